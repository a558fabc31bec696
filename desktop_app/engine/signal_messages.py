"""The texts that a person pastes into an alert, so that it says what a bot of ours understands."""

import json

from desktop_app.core.settings import Settings
from desktop_app.core.strategies.signal_settings import SignalSettings

_POSITION = ("market_position", "market_position_size", "prev_market_position", "prev_market_position_size")
_OF_DEALS = ("start_deal", "close_deal", "close_all", "stop_bot")


def messages_of(uuid: str, secret: str, settings: Settings) -> tuple[tuple[str, str], ...]:
    """(action, text), the names being those that 3Commas gave them. They hold the bot's secret."""
    lag = min(300, settings.max_lag_seconds) if isinstance(settings, SignalSettings) else 300
    head: dict[str, object] = {
        "secret": secret,
        "bot_uuid": uuid,
        "max_lag": str(lag),
        "timestamp": "{{timenow}}",
        "tv_exchange": "{{exchange}}",
        "tv_instrument": "{{ticker}}",
        "trigger_price": "{{close}}",
    }
    if isinstance(settings, SignalSettings) and settings.mode == "strategy":
        strategy: dict[str, object] = {
            "action": "{{strategy.order.action}}",
            "strategy_info": {name: f"{{{{strategy.{name}}}}}" for name in _POSITION},
            "order": {"amount": "{{strategy.order.contracts}}", "currency_type": "base"},
        }
        return (("strategy", _text(head | strategy)),)
    return tuple((action, _text(head | {"action": action})) for action in _actions(settings))


def _actions(settings: Settings) -> tuple[str, ...]:
    if not isinstance(settings, SignalSettings):
        return _OF_DEALS
    sides = ("long", "short") if settings.direction == "both" else (settings.direction,)
    return tuple(f"{verb}_{side}" for side in sides for verb in ("enter", "exit"))


def _text(message: dict[str, object]) -> str:
    return json.dumps(message, indent=2)

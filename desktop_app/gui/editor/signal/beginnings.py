"""Ways to begin a signal bot: each a card."""

from collections.abc import Callable
from decimal import ROUND_CEILING, Decimal
from typing import Any

from desktop_app.core.market import ONE, Market
from desktop_app.core.naming import free_name
from desktop_app.core.strategies.signal_settings import SignalSettings
from desktop_app.gui import fmt
from desktop_app.gui.editor.beginnings import Beginning, Level
from desktop_app.gui.editor.presets import fitted
from desktop_app.gui.i18n import tr_later

_DOLLARS = Decimal(50)


def _settings(name: str, **more: Any) -> Callable[[str, Market, Decimal, tuple[str, ...]], SignalSettings]:
    def made(account: str, market: Market, price: Decimal, taken: tuple[str, ...]) -> SignalSettings:
        return SignalSettings.model_validate(
            {
                "name": free_name(name.format(coin=market.base), taken),
                "account": account,
                "pairs": [market.symbol],
                "entry": {"volume": str(fitted(_DOLLARS, market, price))} | more.get("entry", {}),
                **{key: value for key, value in more.items() if key != "entry"},
            }
        )

    return made


def _needed(settings: SignalSettings, market: Market, _price: Decimal) -> Decimal:
    unit = Decimal(1).scaleb(-fmt.currency_decimals(market.quote))
    total = settings.entry.volume * settings.entry.max_entries * (ONE + market.taker_fee)
    return total.quantize(unit, ROUND_CEILING)


BEGINNINGS = (
    Beginning(
        "strategy", tr_later("Follow a TradingView strategy"),
        tr_later("Buys and sells when the strategy's alerts say so. The message to paste into the alert is made here."),
        (40, 36, 44, 52, 48, 60, 68, 58, 50, 56, 46, 38, 44), (Level(44, "profit"), Level(58, "loss")),
        _settings("{coin} strategy"), _needed,
    ),
    Beginning(
        "indicator", tr_later("Enter and exit by indicators"),
        tr_later("One alert enters, another one exits. A stop loss ends it when no exit comes."),
        (52, 44, 36, 30, 40, 50, 60, 66, 56, 48, 40, 50, 60),
        (Level(30, "profit"), Level(66, "loss"), Level(22, "line_stop")),
        _settings("{coin} alerts", mode="custom", stop_loss={"percent": "5"}), _needed,
    ),
)  # fmt: skip

"""Reads signals strictly: TradingView's alerts in the shape that 3Commas gave them, or a refusal."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal

from desktop_app.core.credentials import Secret
from desktop_app.core.moments import read_moment
from desktop_app.core.settings import read_number
from desktop_app.core.signals import Action, Signal, SignalRefused, Size, Standing
from desktop_app.core.strict_json import TooDeep, read_json

LARGEST_BODY = 65_536  # bytes
MOST_AT_ONCE = 10  # signals of one body
DEEPEST = 6
_LONGEST_TEXT = 200
_LONGEST_SECRET = 512
_MOST_NAMES = 40
_MOST_STEPS = 20

# How 3Commas calls the same for its DCA bots; without an action a message of theirs starts a deal.
_OTHER_NAMES = {
    "close_at_market_price": Action.CLOSE_DEAL,
    "close_at_market_price_all": Action.CLOSE_ALL,
    "close_at_market": Action.CLOSE_DEAL,
    "cancel": Action.CANCEL_DEAL,
    "add_funds_in_quote": Action.ADD_FUNDS,
    "start_new_deal": Action.START_DEAL,
    "start_trailing_now": Action.START_TRAILING,
}


@dataclass(frozen=True, slots=True)
class Message:
    """A signal with whom it is for and the secret that it brought."""

    bot: str
    secret: Secret
    signal: Signal


def read_body(body: bytes, made_at: int | None = None) -> tuple[Message, ...]:
    """The messages of a body: one JSON object or a list of some, whatever content type it came with.

    `made_at` stands in for a missing timestamp where the way it came has one of its own (a mail).

    Raises:
        SignalRefused: nothing of it may be acted on.
    """
    if len(body) > LARGEST_BODY:
        raise SignalRefused(413, "signal_too_large", limit=LARGEST_BODY)
    try:
        text = body.decode("utf-8-sig")
    except UnicodeDecodeError:
        raise SignalRefused(400, "signal_not_text") from None
    try:
        data = read_json(text, DEEPEST)
    except TooDeep:
        raise SignalRefused(400, "signal_too_deep", limit=DEEPEST) from None
    except ValueError:
        raise SignalRefused(400, "signal_not_json") from None
    items: list[object] = data if isinstance(data, list) else [data]
    found = [item for item in items if isinstance(item, dict)]
    if not found or len(found) < len(items):
        raise SignalRefused(400, "signal_not_json")
    if len(found) > MOST_AT_ONCE:
        raise SignalRefused(400, "signal_too_many", limit=MOST_AT_ONCE)
    return tuple(_message(item, made_at) for item in found)


def pair_of(instrument: str, pairs: Sequence[str]) -> str:
    """The bot's pair that an instrument means: BINANCE:BTCUSDT, BTCUSDT, BTC/USDT, BTC-USDT or USDT_BTC.

    Raises:
        SignalRefused: it is none of them, or none was named and there are several.
    """
    if not instrument:
        if len(pairs) == 1:
            return pairs[0]
        raise SignalRefused(422, "signal_without_pair")
    name = instrument.rpartition(":")[2].strip().upper()
    found = [pair for pair in pairs if name in _spellings(pair)]
    if len(found) != 1:
        raise SignalRefused(422, "signal_other_pair", pair=instrument)
    return found[0]


# --- the fields of a message


def _message(data: Mapping[str, object], made_at: int | None) -> Message:
    if len(data) > _MOST_NAMES:
        raise SignalRefused(400, "signal_many_fields", limit=_MOST_NAMES)
    is_deal = _text(data, "message_type") == "bot" or "email_token" in data
    secret = _text(data, "secret", _LONGEST_SECRET) or _text(data, "email_token", _LONGEST_SECRET)
    if _number_of(data, "delay_seconds"):
        raise SignalRefused(422, "signal_delay")
    signal = Signal(
        action=_action(_text(data, "action").lower(), is_deal=is_deal),
        made_at=_made_at(data, made_at),
        instrument=_text(data, "tv_instrument") or _text(data, "pair"),
        price=_positive(data, "trigger_price"),
        standing=_standing(data),
        size=_size(data, is_deal=is_deal),
        take_profit=_take_profit(data),
        stop_loss=_stop_loss(data),
        max_lag_seconds=_lag(data),
        id=_text(data, "signal_id"),
    )
    if signal.action is Action.ADD_FUNDS and signal.size is None:
        raise SignalRefused(422, "signal_field_missing", field="volume")
    return Message(_text(data, "bot_uuid") or _text(data, "bot_id"), Secret(secret), signal)


def _action(name: str, *, is_deal: bool) -> Action:
    if not name:
        if is_deal:
            return Action.START_DEAL
        raise SignalRefused(400, "signal_field_missing", field="action")
    found = _OTHER_NAMES.get(name)
    if found is not None:
        return found
    try:
        return Action(name)
    except ValueError:
        raise SignalRefused(422, "signal_unknown_action", action=name[:40]) from None


def _made_at(data: Mapping[str, object], stand_in: int | None) -> int:
    text = _text(data, "timestamp") or _text(data, "timenow")
    if not text:
        if stand_in is None:
            raise SignalRefused(400, "signal_without_time")
        return stand_in
    moment = read_moment(text)
    if moment is None:
        raise SignalRefused(400, "signal_bad_time")
    return moment


def _standing(data: Mapping[str, object]) -> Standing | None:
    info = _table(data, "strategy_info")
    now = _text(info, "market_position").lower()
    before = _text(info, "prev_market_position").lower()
    if not now:
        return None
    for field, side in (("market_position", now), ("prev_market_position", before)):
        if side not in ("long", "short", "flat") and (side or field == "market_position"):
            raise SignalRefused(422, "signal_bad_position", field=field)
    size = _number_of(info, "market_position_size")
    size_before = _number_of(info, "prev_market_position_size")
    if size is None:
        size = Decimal(0) if now == "flat" else Decimal(1)
    if (now == "flat") != (not size):
        raise SignalRefused(422, "signal_bad_position_size")
    return Standing(now, abs(size), before, abs(size_before) if size_before is not None else None)


_UNITS = {
    "base": "base",
    "quote": "quote",
    "margin_percent": "percent",
    "percent": "percent",
    "position_percent": "position",
}


def _size(data: Mapping[str, object], *, is_deal: bool) -> Size | None:
    if is_deal or "volume" in data:
        volume = _positive(data, "volume")
        return Size(volume, "quote") if volume is not None else None
    order = _table(data, "order")
    amount = _positive(order, "amount")
    if amount is None:
        return None
    unit = _text(order, "currency_type").lower() or "quote"
    if unit not in _UNITS:
        raise SignalRefused(422, "signal_bad_unit")
    return Size(amount, _UNITS[unit])


def _take_profit(data: Mapping[str, object]) -> tuple[tuple[Decimal, Decimal], ...]:
    """Steps as percents of the entry's price; where they come without shares, equal ones."""
    table = _table(data, "take_profit")
    if str(table.get("enabled", True)).lower() == "false":
        return ()
    steps = table.get("steps", [])
    if not isinstance(steps, list) or len(steps) > _MOST_STEPS or not all(isinstance(step, dict) for step in steps):
        raise SignalRefused(422, "signal_bad_targets", limit=_MOST_STEPS)
    found: list[tuple[Decimal, Decimal]] = []
    for step in steps:
        percent = _first(step, "percent", "price_percent", "profit_percentage")
        share = _first(step, "share", "volume_percent", "amount_percentage")
        if percent is None:
            raise SignalRefused(422, "signal_bad_targets", limit=_MOST_STEPS)
        found.append((percent, share if share is not None else Decimal(100) / len(steps)))
    return tuple(found)


def _stop_loss(data: Mapping[str, object]) -> Decimal | None:
    table = _table(data, "stop_loss")
    if str(table.get("enabled", True)).lower() == "false":
        return None
    percent = _first(table, "percent", "price_percent", "percentage")
    if percent is not None and percent >= 100:
        raise SignalRefused(422, "signal_field_number", field="stop_loss")
    return percent


def _lag(data: Mapping[str, object]) -> int | None:
    lag = _number_of(data, "max_lag")
    if lag is None:
        return None
    if lag < 0 or lag != lag.to_integral_value():
        raise SignalRefused(422, "signal_field_number", field="max_lag")
    return int(min(lag, Decimal(1_000_000_000)))


# --- values


def _table(data: Mapping[str, object], name: str) -> Mapping[str, object]:
    value = data.get(name)
    if value is None:
        return {}
    if not isinstance(value, dict):
        raise SignalRefused(422, "signal_field_kind", field=name)
    return value


def _text(data: Mapping[str, object], name: str, longest: int = _LONGEST_TEXT) -> str:
    """A text, or a number as it was written; empty when it is not there."""
    value = data.get(name)
    if value is None:
        return ""
    if isinstance(value, Decimal):
        value = f"{value:f}"
    if not isinstance(value, str):
        raise SignalRefused(422, "signal_field_kind", field=name)
    value = value.strip()
    if len(value) > longest or not value.isprintable():
        raise SignalRefused(422, "signal_field_text", field=name)
    if "{{" in value:
        raise SignalRefused(422, "signal_placeholder", field=name, value=value[:60])
    return value


def _number_of(data: Mapping[str, object], name: str) -> Decimal | None:
    """A number, or None where there is none: NaN is how TradingView says that it has no value."""
    text = _text(data, name)
    if not text or text.lower() in ("nan", "na", "null"):
        return None
    try:
        return read_number(text)
    except ValueError:
        raise SignalRefused(422, "signal_field_number", field=name) from None


def _positive(data: Mapping[str, object], name: str) -> Decimal | None:
    number = _number_of(data, name)
    if number is not None and number <= 0:
        raise SignalRefused(422, "signal_field_positive", field=name)
    return number


def _first(data: Mapping[str, object], *names: str) -> Decimal | None:
    return next((found for name in names if (found := _positive(data, name)) is not None), None)


def _spellings(pair: str) -> frozenset[str]:
    base, _, quote = pair.upper().partition("/")
    return frozenset({f"{base}{quote}", f"{base}/{quote}", f"{base}-{quote}", f"{base}_{quote}", f"{quote}_{base}"})

"""Signals from outside: what they may ask for, and when they are too old or known already."""

import json
from dataclasses import dataclass
from decimal import Decimal
from enum import StrEnum
from hashlib import blake2s

from desktop_app.core.said import Said, Value, said

AHEAD_MS = 30_000  # clocks of senders may be that far before ours


class Action(StrEnum):
    """What a signal asks for. The first seven are for signal bots, the others for every kind with deals."""

    BUY = "buy"
    SELL = "sell"
    ENTER_LONG = "enter_long"
    EXIT_LONG = "exit_long"
    ENTER_SHORT = "enter_short"
    EXIT_SHORT = "exit_short"
    DISABLE = "disable"
    START_DEAL = "start_deal"
    CLOSE_DEAL = "close_deal"
    CLOSE_ALL = "close_all"
    CANCEL_DEAL = "cancel_deal"
    CANCEL_ALL = "cancel_all"
    ADD_FUNDS = "add_funds"
    START_TRAILING = "start_trailing"
    START_BOT = "start_bot"
    STOP_BOT = "stop_bot"


STRATEGY_ACTIONS = frozenset({Action.BUY, Action.SELL})
CUSTOM_ACTIONS = frozenset({Action.ENTER_LONG, Action.EXIT_LONG, Action.ENTER_SHORT, Action.EXIT_SHORT})
BOT_ACTIONS = frozenset({Action.START_BOT, Action.STOP_BOT})


@dataclass(frozen=True, slots=True)
class Size:
    """How much a signal wants to trade. `unit`: "quote", "base", "percent" of the balance or "position" (percent)."""

    amount: Decimal
    unit: str


@dataclass(frozen=True, slots=True)
class Standing:
    """Where a TradingView strategy stands after its order, and where it stood: "long", "short" or "flat"."""

    now: str
    size: Decimal
    before: str = ""
    size_before: Decimal | None = None


@dataclass(frozen=True, slots=True)
class Signal:
    """One wish from outside, without anything secret. `made_at` is when its sender made it, ms UTC."""

    action: Action
    made_at: int
    instrument: str = ""
    price: Decimal | None = None
    standing: Standing | None = None
    size: Size | None = None
    take_profit: tuple[tuple[Decimal, Decimal], ...] = ()  # (percent, share)
    stop_loss: Decimal | None = None  # percent
    max_lag_seconds: int | None = None
    id: str = ""  # by which its sender tells it from another one of the same moment


class SignalRefused(Exception):
    """`status` is the HTTP status that goes with the reason."""

    def __init__(self, status: int, code: str, **values: Value) -> None:
        super().__init__(code)
        self.status = status
        self.said: Said = said(code, **values)


def check_age(signal: Signal, now: int, max_lag_seconds: int) -> None:
    """Raises SignalRefused: it is too old, or from the future. A signal may only shorten the bot's limit."""
    limit = min(max_lag_seconds, signal.max_lag_seconds if signal.max_lag_seconds is not None else max_lag_seconds)
    if now - signal.made_at > limit * 1000:
        raise SignalRefused(410, "signal_late", seconds=(now - signal.made_at) // 1000, limit=limit)
    if signal.made_at - now > AHEAD_MS:
        raise SignalRefused(400, "signal_from_the_future", seconds=(signal.made_at - now) // 1000)


def signal_key(bot_id: int, signal: Signal) -> str:
    """The same for the same signal, however often and by whichever way it comes."""
    parts = [bot_id, signal.action, signal.made_at, signal.instrument.upper(), _plain(signal.price), signal.id]
    if signal.standing is not None:
        stand = signal.standing
        parts += [stand.now, _plain(stand.size), stand.before, _plain(stand.size_before)]
    if signal.size is not None:
        parts += [_plain(signal.size.amount), signal.size.unit]
    parts += [_plain(number) for step in signal.take_profit for number in step] + [_plain(signal.stop_loss)]
    return blake2s(json.dumps(parts).encode(), digest_size=16).hexdigest()


def _plain(number: Decimal | None) -> str:
    return "" if number is None else f"{number.normalize():f}"

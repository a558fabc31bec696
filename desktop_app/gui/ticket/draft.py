"""What a ticket says, as typed: numbers stay texts until they are read."""

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Literal

from desktop_app.core.strategies.smart_settings import TradeKind

if TYPE_CHECKING:
    from collections.abc import Iterable

    from desktop_app.engine.views import BotView

Lead = Literal["price", "percent"]
EntryType = Literal["market", "limit", "conditional", "trailing"]
Unit = Literal["base", "quote", "percent"]
HAS_EXITS: frozenset[TradeKind] = frozenset({"trade", "cover", "hold"})
SELLS_FIRST: frozenset[TradeKind] = frozenset({"sell", "cover"})


@dataclass(frozen=True, slots=True)
class TargetDraft:
    """One target: of price and percent, the one typed last leads and the other follows."""

    price: str = ""
    percent: str = ""
    lead: Lead = "percent"
    share: str = ""


@dataclass(frozen=True, slots=True)
class StopDraft:
    is_on: bool = False
    price: str = ""
    percent: str = ""
    lead: Lead = "percent"
    is_limit: bool = False
    limit_percent: str = "0.5"
    waits: bool = False
    wait_seconds: str = "60"
    has_break_even: bool = False
    break_even_after: str = "1"
    is_trailing: bool = False
    is_native: bool = False


@dataclass(frozen=True, slots=True)
class TicketDraft:
    """`number` makes the name of the trade: the same ticket never becomes two trades."""

    number: int
    account: str = ""
    symbol: str = ""
    verb: TradeKind = "trade"
    entry: EntryType = "limit"
    price: str = ""
    trigger: Literal["last", "bid", "ask"] = "last"
    then_limit: bool = False
    limit_price: str = ""
    follow: str = "0.5"  # percent, of a trailing entry
    amount: str = ""
    unit: Unit = "base"
    risk: str = ""
    is_sized_by_risk: bool = False
    price_paid: str = ""
    targets: tuple[TargetDraft, ...] = ()
    trails: bool = False
    trail: str = "0.5"
    stop: StopDraft = StopDraft()

    @property
    def has_exits(self) -> bool:
        return self.verb in HAS_EXITS

    @property
    def sells_first(self) -> bool:
        return self.verb in SELLS_FIRST

    @property
    def has_entry(self) -> bool:
        return self.verb != "hold"

    def with_target(self, place: int, target: TargetDraft) -> "TicketDraft":
        rows = list(self.targets)
        rows[place] = target
        return replace(self, targets=tuple(rows))


def first_draft(number: int, account: str, symbol: str, price: str) -> TicketDraft:
    """What the ticket offers before anything is typed: in at the price, one target, a stop loss."""
    return TicketDraft(
        number,
        account,
        symbol,
        price=price,
        targets=(TargetDraft(percent="2", share="100"),),
        stop=StopDraft(is_on=True, percent="2.5"),
    )


def next_number(bots: "Iterable[BotView]") -> int:
    """One more than any trade has: names of trades are unique."""
    numbers = [
        int(bot.name.rpartition(" ")[2])
        for bot in bots
        if bot.kind == "smart_trade" and bot.name.rpartition(" ")[2].isdecimal()
    ]
    return max(numbers, default=0) + 1


def with_shares_spread(targets: tuple[TargetDraft, ...]) -> tuple[TargetDraft, ...]:
    """Equal shares that add up to 100; the last takes the remainder."""
    if not targets:
        return ()
    each = 100 // len(targets)
    rest = 100 - each * (len(targets) - 1)
    return tuple(
        replace(target, share=str(rest if at == len(targets) - 1 else each)) for at, target in enumerate(targets)
    )

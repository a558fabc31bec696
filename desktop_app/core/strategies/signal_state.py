"""What a signal bot remembers: nothing else survives a restart."""

from dataclasses import dataclass
from decimal import Decimal

from desktop_app.core.change import replace
from desktop_app.core.deal import Direction
from desktop_app.core.market import ZERO
from desktop_app.core.strategies.dca_settings import Unit
from desktop_app.core.strategies.dca_state import DcaDeal, DcaState


@dataclass(frozen=True, slots=True)
class WaitingEntry:
    """An entry that a signal asked for and that needs a price first. It comes true by `until`, ms UTC, or not at all.

    `most`: its largest value in quote. `take_profit`: (percent, share) of each step. Empty and None: those of the bot.
    """

    symbol: str
    direction: Direction
    volume: Decimal
    unit: Unit
    until: int
    most: Decimal | None = None
    take_profit: tuple[tuple[Decimal, Decimal], ...] = ()
    stop_loss: Decimal | None = None


@dataclass(frozen=True, slots=True)
class Mark:
    """What signals did to a running deal so far."""

    deal: int
    entries: int = 1
    exits: int = 0
    last_entry: Decimal = ZERO  # price of the last entry


@dataclass(frozen=True, slots=True)
class SignalState:
    """The deals are those of a DCA bot without safety orders."""

    dca: DcaState
    waiting: tuple[WaitingEntry, ...] = ()
    marks: tuple[Mark, ...] = ()

    def entry(self, symbol: str) -> WaitingEntry | None:
        return next((entry for entry in self.waiting if entry.symbol == symbol), None)

    def with_entry(self, entry: WaitingEntry) -> "SignalState":
        """Of two entries on a pair the later one counts."""
        others = tuple(other for other in self.waiting if other.symbol != entry.symbol)
        return replace(self, waiting=(*others, entry))

    def without_entry(self, symbol: str) -> "SignalState":
        return replace(self, waiting=tuple(entry for entry in self.waiting if entry.symbol != symbol))

    def running(self, symbol: str) -> tuple[DcaDeal, ...]:
        """Deals on the pair that are not on their way out."""
        return tuple(deal for deal in self.dca.deals if deal.deal.symbol == symbol and deal.ending is None)

    def is_free_for(self, entry: WaitingEntry) -> bool:
        """No deal of the other direction, also none that is just being closed, is on the pair."""
        return all(deal.direction is entry.direction for deal in self.dca.deals if deal.deal.symbol == entry.symbol)

    def mark(self, number: int) -> Mark:
        return next((mark for mark in self.marks if mark.deal == number), Mark(number))

    def with_mark(self, changed: Mark) -> "SignalState":
        return replace(self, marks=(*(mark for mark in self.marks if mark.deal != changed.deal), changed))

"""What a signal means for a position: enter, grow, exit in parts, exit, reverse, or nothing and why."""

from dataclasses import dataclass
from decimal import Decimal

from desktop_app.core.deal import Direction
from desktop_app.core.market import HUNDRED, ONE
from desktop_app.core.said import Said, said
from desktop_app.core.signals import CUSTOM_ACTIONS, STRATEGY_ACTIONS, Action, Signal, Size
from desktop_app.core.strategies.dca_settings import Unit
from desktop_app.core.strategies.signal_settings import SignalSettings


@dataclass(frozen=True, slots=True)
class Move:
    """First the exit of `leave` (None: nothing is left), then the entry into `enter` (None: nothing is entered).

    `part`: how much of what is held the exit sells, 1 being everything; None: by the settings. `is_exit_wish`: the
    signal wanted an exit, so that there being nothing to exit is worth a word.
    """

    leave: Direction | None = None
    part: Decimal | None = None
    enter: Direction | None = None
    is_exit_wish: bool = False


def move_of(settings: SignalSettings, signal: Signal, holds: Direction | None) -> Move | Said:
    """What to do, `holds` being the direction of the running deal on the pair; or why nothing is done."""
    action = signal.action
    if action in (STRATEGY_ACTIONS if settings.mode == "custom" else CUSTOM_ACTIONS):
        return said("signal_other_mode", action=action, mode=settings.mode)
    if action in CUSTOM_ACTIONS:
        direction = Direction.LONG if action in (Action.ENTER_LONG, Action.EXIT_LONG) else Direction.SHORT
        if action in (Action.EXIT_LONG, Action.EXIT_SHORT):
            return Move(leave=direction, part=_part_of_size(signal.size), is_exit_wish=True)
        return _entering(settings, direction, holds)
    stand = signal.standing
    if stand is None:
        return _by_side(settings, action, holds)
    if stand.now == "flat":
        return Move(leave=holds, part=ONE, is_exit_wish=True)
    direction = Direction(stand.now)
    shrinks = stand.before == stand.now and stand.size_before is not None and stand.size < stand.size_before
    if shrinks and stand.size_before:
        return Move(leave=direction, part=ONE - stand.size / stand.size_before, is_exit_wish=True)
    return _entering(settings, direction, holds)


def _entering(settings: SignalSettings, direction: Direction, holds: Direction | None) -> Move | Said:
    """Into this direction; what is held the other way ends first, and everything ends there unless reversing."""
    is_opposite = holds is not None and holds is not direction
    if not settings.may_enter(direction):
        return Move(leave=holds, part=ONE) if is_opposite else said("signal_other_direction", direction=direction)
    if is_opposite:
        return Move(leave=holds, part=ONE, enter=direction if settings.reverse else None)
    return Move(enter=direction)


def _by_side(settings: SignalSettings, action: Action, holds: Direction | None) -> Move | Said:
    """Without position sizes: what ends a position is an exit, anything else an entry."""
    direction = Direction.LONG if action is Action.BUY else Direction.SHORT
    if holds is not None and holds is not direction:
        enters = settings.reverse and settings.may_enter(direction)
        return Move(leave=holds, part=ONE if enters else None, enter=direction if enters else None, is_exit_wish=True)
    return _entering(settings, direction, holds)


def _part_of_size(size: Size | None) -> Decimal | None:
    if size is None or size.unit != "position":
        return None
    return min(ONE, size.amount / HUNDRED)


@dataclass(frozen=True, slots=True)
class EntrySize:
    """`most`: the largest value in quote, of a size that came with the signal."""

    volume: Decimal
    unit: Unit
    most: Decimal | None = None


def entry_size(settings: SignalSettings, signal: Signal) -> EntrySize:
    """What an entry trades: the bot's size, or the signal's where the bot takes that, up to its largest."""
    entry, size = settings.entry, signal.size
    if not entry.size_from_signal or size is None or size.unit == "position":
        return EntrySize(entry.volume, entry.volume_unit)
    if size.unit == "percent":
        return EntrySize(min(size.amount, HUNDRED), "percent", entry.max_volume)
    if size.unit == "quote":
        return EntrySize(size.amount, "quote", entry.max_volume)
    stand, amount = signal.standing, size.amount
    if stand is not None and stand.size and stand.before != stand.now:
        amount = min(amount, stand.size)  # the order that reverses a position also covers what it ends
    return EntrySize(amount, "base", entry.max_volume)

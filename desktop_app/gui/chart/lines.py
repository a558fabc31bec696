"""Order lines: what they mean, which one is being moved, and the only ways a move can end."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal
from enum import StrEnum

from PySide6.QtCore import QObject, QTimer, Signal

from desktop_app.gui.chart.prices import PriceFormat, percent_text
from desktop_app.gui.i18n import tr

GRAB_PIXELS = 6.0
PENDING_MS = 60_000
NOTICE_MS = 8_000


class LineKind(StrEnum):
    """Why a line is there."""

    BASE = "base"
    SAFETY = "safety"
    AVERAGE = "average"
    BREAK_EVEN = "break_even"
    TAKE_PROFIT = "take_profit"
    STOP_LOSS = "stop_loss"
    GRID_BUY = "grid_buy"
    GRID_SELL = "grid_sell"
    WAITING = "waiting"
    MANUAL = "manual"
    TRIGGER = "trigger"
    GRID_WAITING = "grid_waiting"
    BOUND = "bound"  # an end of a grid


class Stage(StrEnum):
    """How far a move has come; nothing is sent before the owner is asked at SENDING."""

    MOVING = "moving"
    PENDING = "pending"
    SENDING = "sending"


@dataclass(frozen=True, slots=True)
class LineStyle:
    """A theme colour's name, a dash pattern (on, off, …; empty is solid) and what gives way first when it is tight."""

    colour: str
    dashes: tuple[int, ...]
    rank: int


STYLES = {
    LineKind.BASE: LineStyle("line_base", (10, 3, 2, 3, 2, 3), 3),
    LineKind.SAFETY: LineStyle("line_safety", (4, 4), 4),
    LineKind.AVERAGE: LineStyle("line_average", (), 1),
    LineKind.BREAK_EVEN: LineStyle("line_break_even", (2, 3), 2),
    LineKind.TAKE_PROFIT: LineStyle("line_take_profit", (12, 5), 1),
    LineKind.STOP_LOSS: LineStyle("line_stop", (9, 4, 2, 4), 1),
    LineKind.GRID_BUY: LineStyle("profit", (6, 3), 4),
    LineKind.GRID_SELL: LineStyle("loss", (3, 3, 6, 3), 4),
    LineKind.WAITING: LineStyle("muted", (1, 5), 5),
    LineKind.MANUAL: LineStyle("accent", (16, 4), 2),
    LineKind.TRIGGER: LineStyle("warning", (2, 2, 2, 6), 2),
    LineKind.GRID_WAITING: LineStyle("muted", (1, 8), 1),
    LineKind.BOUND: LineStyle("accent", (28, 2), 0),
}
PENDING_DASHES = (5, 3)


@dataclass(frozen=True, slots=True)
class ChartLine:
    """One price that matters: an order, a would-be order, an average."""

    key: str
    kind: LineKind
    price: Decimal
    label: str  # short: "TP", "SO2"
    percent: float | None = None
    reference: Decimal | None = None  # what the percentage is measured from, so that a drag can keep it true
    draggable: bool = False
    pending: bool = False  # asked for, not yet confirmed by the exchange
    note: str = ""  # "kept by app", "0.00059 BTC"

    def percent_at(self, price: Decimal) -> float | None:
        """The percentage if the line stood at `price`."""
        if price == self.price and self.percent is not None:
            return self.percent
        if self.reference is not None:
            return float((price / self.reference - 1) * 100)
        if self.percent is None or self.percent <= -100:
            return None
        return (float(price / self.price) * (1 + self.percent / 100) - 1) * 100


@dataclass(frozen=True, slots=True)
class LineMove:
    """A line on its way to another price."""

    key: str
    price: Decimal
    stage: Stage
    note: str = ""


class LineBook(QObject):
    """Holds the lines, the selection and at most one move; paints nothing and sends nothing."""

    changed = Signal()
    line_hovered = Signal(str)  # key; empty when the pointer leaves
    line_selected = Signal(str)  # key; empty when nothing is
    line_drag_moved = Signal(str, str)
    line_commit_requested = Signal(str, str)
    line_drag_cancelled = Signal(str)
    announced = Signal(str)  # for screen readers

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self.format = PriceFormat()
        self.pending_ms = PENDING_MS
        self.move: LineMove | None = None
        self.notice: tuple[str, str] | None = None  # key and why the last move ended
        self.hovered = self.selected = self.highlighted = ""
        self._lines: dict[str, ChartLine] = {}
        self._expiry = QTimer(self, singleShot=True)
        self._expiry.timeout.connect(self._run_out)
        self._notice_end = QTimer(self, singleShot=True)
        self._notice_end.timeout.connect(self._forget_notice)

    @property
    def lines(self) -> tuple[ChartLine, ...]:
        return tuple(self._lines.values())

    def line(self, key: str) -> ChartLine | None:
        return self._lines.get(key)

    def price_of(self, line: ChartLine) -> Decimal:
        """Where the line is drawn: its price, or where it is being moved."""
        return self.move.price if self.move is not None and self.move.key == line.key else line.price

    def set_lines(self, lines: Sequence[ChartLine]) -> bool:
        """Show these lines instead; False if nothing differs. A move whose line changed under it ends here."""
        fresh = {line.key: line for line in lines}
        assert len(fresh) == len(lines), "line keys must be unique"
        if fresh == self._lines and list(fresh) == list(self._lines):
            return False
        before, self._lines = self._lines, fresh
        self._settle_move(before)
        if self.selected not in fresh:
            self._select("")
        if self.hovered not in fresh:
            self.hover("")
        self.changed.emit()
        return True

    # -- pointing -----------------------------------------------------------------------------------------------------

    def hover(self, key: str) -> None:
        if key != self.hovered:
            self.hovered = key
            self.line_hovered.emit(key)
            self.changed.emit()

    def highlight(self, key: str) -> None:
        """Make a line stand out because it is selected elsewhere; empty for none."""
        if key != self.highlighted:
            self.highlighted = key
            self.changed.emit()

    def select(self, key: str) -> None:
        self._select(key)
        self.changed.emit()

    def cycle(self, direction: int) -> None:
        """Select the next line upwards or downwards in price, round and round."""
        if not self._lines or (self.move is not None and self.move.stage is Stage.MOVING):
            return
        order = sorted(self._lines.values(), key=lambda line: (line.price, line.key))
        keys = [line.key for line in order]
        if self.selected in keys:
            place = (keys.index(self.selected) + direction) % len(keys)
        else:
            place = 0 if direction > 0 else len(keys) - 1
        self.select(keys[place])

    def is_moving(self, key: str) -> bool:
        return self.move is not None and self.move.key == key

    def is_strong(self, key: str) -> bool:
        return key in (self.hovered, self.selected, self.highlighted)

    # -- moving -------------------------------------------------------------------------------------------------------

    def grab(self, key: str) -> bool:
        """Start moving a line; refused while it may not be moved or another move waits for the exchange."""
        line = self._lines.get(key)
        if line is None or not line.draggable or (self.move is not None and self.move.stage is Stage.SENDING):
            return False
        if self.move is not None and self.move.key != key:
            self.cancel()
        self._expiry.stop()
        self._forget_notice()
        price = self.price_of(line)
        note = self.move.note if self.move is not None else ""
        self._select(key)
        self.move = LineMove(key, price, Stage.MOVING, note)
        self.changed.emit()
        return True

    def move_to(self, price: float | Decimal) -> None:
        """Follow the hand, a tick at a time."""
        assert self.move is not None and self.move.stage is Stage.MOVING
        snapped = self.format.snapped(price)
        if snapped != self.move.price:
            self.move = LineMove(self.move.key, snapped, Stage.MOVING)
            self.line_drag_moved.emit(self.move.key, str(snapped))
            self.changed.emit()

    def release(self) -> None:
        """Let go: a changed price waits for a decision, an unchanged one was just a click."""
        if self.move is None or self.move.stage is not Stage.MOVING:
            return
        if self.move.price == self._lines[self.move.key].price:
            self.move = None
        else:
            self._wait()
        self.changed.emit()

    def nudge(self, ticks: int) -> bool:
        """Move the selected line by ticks from the keyboard; it waits for a decision at once."""
        if not self.grab(self.selected):
            return False
        assert self.move is not None
        self.move_to(self.move.price + ticks * self.format.tick)
        self.release()
        if self.move is not None:
            self.announced.emit(self.describe(self.move.key))
        return True

    def note(self, key: str, text: str) -> None:
        """What the move would bring ("+0.80 USDT net"), worked out by whoever knows the deal."""
        if self.move is not None and self.move.key == key:
            self.move = LineMove(key, self.move.price, self.move.stage, text)
            self.changed.emit()

    def commit(self) -> bool:
        """Ask for the pending price."""
        if self.move is None or self.move.stage is not Stage.PENDING:
            return False
        self._expiry.stop()
        self.move = LineMove(self.move.key, self.move.price, Stage.SENDING, self.move.note)
        self.changed.emit()
        self.line_commit_requested.emit(self.move.key, str(self.move.price))
        return True

    def cancel(self) -> bool:
        """Back to the old price; too late once it was asked for."""
        if self.move is None or self.move.stage is Stage.SENDING:
            return False
        self._end("")
        return True

    def accept(self, key: str) -> None:
        """The move was carried out; new lines follow."""
        if self.move is not None and self.move.key == key and self.move.stage is Stage.SENDING:
            line = self._lines[key]
            self._lines[key] = ChartLine(
                key, line.kind, self.move.price, line.label, line.percent_at(self.move.price), line.reference,
                line.draggable, line.pending, line.note,
            )  # fmt: skip
            self.move = None
            self.changed.emit()

    def refuse(self, key: str, reason: str) -> None:
        """The move was not carried out: old price, and why."""
        if self.move is not None and self.move.key == key:
            self._end(reason)

    def expire(self, key: str, reason: str = "") -> None:
        """What the move was based on is gone (a fill, a new plan): old price, and why."""
        if self.move is not None and self.move.key == key:
            self._end(reason or tr("Dropped: the order changed meanwhile"))

    # -- words --------------------------------------------------------------------------------------------------------

    def describe(self, key: str) -> str:
        """A line in words for a screen reader: `Take profit line, 64,807.29, plus 1.50 percent, pending, not sent`."""
        line = self._lines[key]
        price = self.price_of(line)
        parts = [tr("{kind} line").format(kind=kind_name(line.kind)), self.format.text(price)]
        percent = line.percent_at(price)
        if percent is not None:
            words = tr("plus {percent} percent") if percent >= 0 else tr("minus {percent} percent")
            parts.append(words.format(percent=f"{abs(percent):.2f}"))
        if self.move is not None and self.move.key == key:
            parts.append(tr("being sent") if self.move.stage is Stage.SENDING else tr("pending, not sent"))
        elif line.pending:
            parts.append(tr("being sent"))
        return ", ".join(parts)

    # -- inside -------------------------------------------------------------------------------------------------------

    def _select(self, key: str) -> None:
        if key != self.selected:
            self.selected = key
            self.line_selected.emit(key)
            if key:
                self.announced.emit(self.describe(key))

    def _wait(self) -> None:
        assert self.move is not None
        self.move = LineMove(self.move.key, self.move.price, Stage.PENDING, self.move.note)
        self._expiry.start(self.pending_ms)

    def _run_out(self) -> None:
        if self.move is not None and self.move.stage is Stage.PENDING:
            self._end(tr("Dropped: not confirmed in time"))

    def _settle_move(self, before: dict[str, ChartLine]) -> None:
        if self.move is None:
            return
        line, old = self._lines.get(self.move.key), before[self.move.key]
        if line is not None and line.price == old.price:
            return
        is_sending = self.move.stage is Stage.SENDING
        if is_sending and (line is None or line.price == self.move.price):
            self.move = None  # it is being carried out: another order takes its place
        else:
            self.expire(self.move.key)

    def _end(self, reason: str) -> None:
        assert self.move is not None
        key, self.move = self.move.key, None
        self._expiry.stop()
        if reason:
            self.notice = (key, reason)
            self._notice_end.start(NOTICE_MS)
            self.announced.emit(reason)
        self.line_drag_cancelled.emit(key)
        self.changed.emit()

    def _forget_notice(self) -> None:
        self._notice_end.stop()
        if self.notice is not None:
            self.notice = None
            self.changed.emit()


def tag_text(line: ChartLine, price: Decimal) -> str:
    """What stands beside the price: `SO2 −2.86 %`."""
    percent = line.percent_at(price)
    return line.label if percent is None else f"{line.label} {percent_text(percent)}"


def kind_name(kind: LineKind) -> str:
    names = {
        LineKind.BASE: tr("Base order"),
        LineKind.SAFETY: tr("Safety order"),
        LineKind.AVERAGE: tr("Average price"),
        LineKind.BREAK_EVEN: tr("Break-even"),
        LineKind.TAKE_PROFIT: tr("Take profit"),
        LineKind.STOP_LOSS: tr("Stop loss"),
        LineKind.GRID_BUY: tr("Grid buy"),
        LineKind.GRID_SELL: tr("Grid sell"),
        LineKind.WAITING: tr("Waiting order"),
        LineKind.MANUAL: tr("Manual order"),
        LineKind.TRIGGER: tr("Trigger"),
        LineKind.GRID_WAITING: tr("Waiting line"),
        LineKind.BOUND: tr("End of the grid"),
    }
    return names[kind]

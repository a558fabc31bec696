"""The way out as a form: targets with price, percent and share, a trailing last one, and the stop loss."""

from dataclasses import replace
from decimal import Decimal

from PySide6.QtCore import QEvent, Signal
from PySide6.QtWidgets import QCheckBox, QHBoxLayout, QLabel, QPushButton, QVBoxLayout, QWidget

from desktop_app.gui import fmt
from desktop_app.gui.fields import DecimalEdit, Segmented
from desktop_app.gui.i18n import tr, tr_later, units
from desktop_app.gui.notices import close_button, link_button
from desktop_app.gui.ticket.draft import StopDraft, TargetDraft, with_shares_spread
from desktop_app.gui.ticket.parts import Line, follow_text, number_field, tightened

MOST_TARGETS = 50
Level = tuple[Decimal | None, Decimal | None]


class TargetRow(QWidget):
    """`1 [65,076.00] + [2.00 %] [50 %] x`: of price and percent, the one typed last leads."""

    edited = Signal()
    removed = Signal()

    def __init__(self, place: int) -> None:
        super().__init__()
        self._place = place
        self.target = TargetDraft()
        self._number, self._sign = QLabel(str(place + 1)), QLabel("+")
        self._number.setProperty("role", "muted")
        self.price, self.percent = number_field(least=60), number_field("%", "0.1", least=50)
        self.share = number_field("%", "5", least=50)
        self.remove = close_button()
        self.remove.setProperty("small", True)
        row = QHBoxLayout(self)
        row.setContentsMargins(0, 0, 0, 0)
        row.setSpacing(3)
        for widget, stretch in (
            (self._number, 0), (self.price, 4), (self._sign, 0), (self.percent, 3), (self.share, 3), (self.remove, 0),
        ):  # fmt: skip
            row.addWidget(widget, stretch)
        self.price.textEdited.connect(lambda _: self._lead("price"))
        self.percent.textEdited.connect(lambda _: self._lead("percent"))
        self.share.textEdited.connect(lambda _: self._lead(""))
        for field, name in ((self.price, "price"), (self.percent, "percent"), (self.share, "")):
            field.stepped.connect(lambda name=name: self._lead(name))
        self.remove.clicked.connect(lambda _=False: self.removed.emit())
        self.retranslate()

    def show_target(self, target: TargetDraft, level: Level, *, is_up: bool, tick: Decimal) -> None:
        self.target = target
        self.price.step = tick
        self._sign.setText("+" if is_up else fmt.MINUS)
        price, percent = level
        follow_text(self.price, target.price if target.lead == "price" else fmt.plain(price))
        follow_text(self.percent, target.percent if target.lead == "percent" else fmt.plain(percent))
        follow_text(self.share, target.share)

    def _lead(self, name: str) -> None:
        target = replace(self.target, price=self.price.text(), percent=self.percent.text(), share=self.share.text())
        if name:
            target = replace(target, lead="price" if name == "price" else "percent")
        self.target = target
        self.edited.emit()

    def retranslate(self) -> None:
        number = self._place + 1
        self.price.setAccessibleName(tr("Target {number}, price").format(number=number))
        self.percent.setAccessibleName(tr("Target {number}, distance from the entry in percent").format(number=number))
        self.share.setAccessibleName(tr("Target {number}, share of the coins in percent").format(number=number))
        self.remove.setAccessibleName(tr("Remove target {number}").format(number=number))
        self.remove.setToolTip(self.remove.accessibleName())


class ExitsBox(QWidget):
    """Holds what is typed as drafts; works nothing out itself."""

    edited = Signal()

    def __init__(self) -> None:
        super().__init__()
        self.targets: tuple[TargetDraft, ...] = ()
        self.stop = StopDraft()
        self.trails, self.trail = QCheckBox(), number_field("%", "0.1")
        self.rows: list[TargetRow] = []
        self.add = link_button("")
        self.targets_title = QLabel()
        self.stop_on = QCheckBox()
        self.stop_price, self.stop_percent = number_field(least=60), number_field("%", "0.1")
        self._stop_sign = QLabel(fmt.MINUS)
        kinds = [("market", tr_later("Market")), ("limit", tr_later("Limit"))]
        self.stop_kind = tightened(Segmented(kinds), ["market", "limit"])
        self.limit = number_field("%", "0.1")
        self.waits, self.wait = QCheckBox(), number_field("s", "10")
        self.even, self.even_after = QCheckBox(), number_field()
        self.follows, self.native = QCheckBox(), QCheckBox()
        self._is_showing = False
        self._row_box = QVBoxLayout()
        self._lay_out()
        self._connect()
        self.retranslate()

    def fields(self) -> dict[str, DecimalEdit]:
        """Every number by the name that problems call it."""
        found = {
            "trail": self.trail, "stop": self.stop_price, "stop.percent": self.stop_percent, "stop.limit": self.limit,
            "stop.wait": self.wait, "stop.after": self.even_after,
        }  # fmt: skip
        for at, row in enumerate(self.rows):
            found |= {
                f"targets.{at}": row.price,
                f"targets.{at}.percent": row.percent,
                f"targets.{at}.share": row.share,
            }
        return found

    def show_exits(
        self, targets: tuple[TargetDraft, ...], trail: tuple[bool, str], stop: StopDraft,
        levels: tuple[tuple[Level, ...], Level], *, is_long: bool, tick: Decimal,
    ) -> None:  # fmt: skip
        """Show drafts and what follows from them."""
        self._is_showing = True
        self.targets, self.stop = targets, stop
        self._show_rows(levels[0], is_long=is_long, tick=tick)
        self.trails.setChecked(trail[0])
        follow_text(self.trail, trail[1])
        self._show_stop(stop, levels[1], is_long=is_long, tick=tick)
        self._is_showing = False

    def show_currencies(self, quote: str) -> None:
        for row in self.rows:
            row.price.setToolTip(quote)

    # --- inside

    def _show_rows(self, levels: tuple[Level, ...], *, is_long: bool, tick: Decimal) -> None:
        while len(self.rows) > len(self.targets):
            row = self.rows.pop()
            self._row_box.removeWidget(row)
            row.hide()
            row.deleteLater()
        while len(self.rows) < len(self.targets):
            self._add_row()
        for at, (row, target) in enumerate(zip(self.rows, self.targets, strict=True)):
            level = levels[at] if at < len(levels) else (None, None)
            row.show_target(target, level, is_up=is_long, tick=tick)
        self.add.setVisible(len(self.targets) < MOST_TARGETS)
        self.trails.setEnabled(bool(self.targets))
        self.trail.setEnabled(bool(self.targets) and self.trails.isChecked())

    def _add_row(self) -> None:
        row = TargetRow(len(self.rows))
        row.edited.connect(lambda: self._row_edited(row))
        row.removed.connect(lambda: self._remove(row))
        before: QWidget = self.rows[-1].remove if self.rows else self.add
        self.rows.append(row)
        self._row_box.addWidget(row)
        for field in (row.price, row.percent, row.share, row.remove):
            QWidget.setTabOrder(before, field)
            before = field

    def _show_stop(self, stop: StopDraft, level: Level, *, is_long: bool, tick: Decimal) -> None:
        self.stop_on.setChecked(stop.is_on)
        self.stop_price.step = tick
        self._stop_sign.setText(fmt.MINUS if is_long else "+")
        follow_text(self.stop_price, stop.price if stop.lead == "price" else fmt.plain(level[0]))
        follow_text(self.stop_percent, stop.percent if stop.lead == "percent" else fmt.plain(level[1]))
        self.stop_kind.set_value("limit" if stop.is_limit else "market")
        follow_text(self.limit, stop.limit_percent)
        self.waits.setChecked(stop.waits)
        follow_text(self.wait, stop.wait_seconds)
        self.even.setChecked(stop.has_break_even)
        follow_text(self.even_after, stop.break_even_after)
        self.follows.setChecked(stop.is_trailing)
        self.native.setChecked(stop.is_native)
        self._stop_box.setVisible(stop.is_on)
        self._limit_line.setVisible(stop.is_limit)
        self.wait.setEnabled(stop.waits)
        self.even_after.setEnabled(stop.has_break_even)

    def _row_edited(self, row: TargetRow) -> None:
        self.targets = tuple(found.target for found in self.rows)
        self._tell()

    def _remove(self, row: TargetRow) -> None:
        at = self.rows.index(row)
        self.targets = with_shares_spread(self.targets[:at] + self.targets[at + 1 :])
        self._tell()

    def _add_target(self) -> None:
        """One step beyond the last, all with equal shares."""
        last = fmt.parse_number(self.rows[-1].percent.text()) if self.rows else Decimal(0)
        percent = fmt.plain(last + 2) if isinstance(last, Decimal) else ""
        self.targets = with_shares_spread((*self.targets, TargetDraft(percent=percent)))
        self._tell()

    def _stop_edited(self, lead: str = "") -> None:
        if self._is_showing:
            return
        stop = replace(
            self.stop,
            is_on=self.stop_on.isChecked(),
            price=self.stop_price.text(),
            percent=self.stop_percent.text(),
            is_limit=self.stop_kind.value == "limit",
            limit_percent=self.limit.text(),
            waits=self.waits.isChecked(),
            wait_seconds=self.wait.text(),
            has_break_even=self.even.isChecked(),
            break_even_after=self.even_after.text(),
            is_trailing=self.follows.isChecked(),
            is_native=self.native.isChecked(),
        )
        if lead:
            stop = replace(stop, lead="price" if lead == "price" else "percent")
        self.stop = stop
        self._tell()

    def _tell(self) -> None:
        if not self._is_showing:
            self.edited.emit()

    def _connect(self) -> None:
        self.add.clicked.connect(lambda _=False: self._add_target())
        self.trails.toggled.connect(lambda _: self._tell())
        for field, lead in (
            (self.stop_price, "price"), (self.stop_percent, "percent"), (self.limit, ""), (self.wait, ""),
            (self.even_after, ""),
        ):  # fmt: skip
            field.textEdited.connect(lambda _, lead=lead: self._stop_edited(lead))
            field.stepped.connect(lambda lead=lead: self._stop_edited(lead))
        self.trail.textEdited.connect(lambda _: self._tell())
        self.trail.stepped.connect(self._tell)
        for box in (self.stop_on, self.waits, self.even, self.follows, self.native):
            box.toggled.connect(lambda _: self._stop_edited())
        self.stop_kind.changed.connect(lambda _: self._stop_edited())

    def _lay_out(self) -> None:
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(4)
        head = QHBoxLayout()
        head.addWidget(self.targets_title, 1)
        head.addWidget(self.add)
        self.targets_title.setProperty("role", "section")
        self.targets_title.setIndent(0)
        column.addLayout(head)
        self._row_box.setContentsMargins(0, 0, 0, 0)
        self._row_box.setSpacing(3)
        column.addLayout(self._row_box)
        column.addLayout(_side_by_side(self.trails, self.trail))
        stop_head = QHBoxLayout()
        stop_head.setSpacing(3)
        stop_head.addWidget(self.stop_on)
        column.addLayout(stop_head)
        self._stop_box = QWidget()
        box = QVBoxLayout(self._stop_box)
        box.setContentsMargins(0, 0, 0, 0)
        box.setSpacing(4)
        level = QHBoxLayout()
        level.setSpacing(3)
        level.addWidget(self.stop_price, 5)
        level.addWidget(self._stop_sign)
        level.addWidget(self.stop_percent, 4)
        box.addLayout(level)
        box.addWidget(Line(tr_later("Sells at"), self.stop_kind))
        self._limit_line = Line(tr_later("Limit beyond the stop"), self.limit)
        box.addWidget(self._limit_line)
        box.addLayout(_side_by_side(self.even, self.even_after))
        box.addLayout(_side_by_side(self.waits, self.wait))
        box.addWidget(self.follows)
        box.addWidget(self.native)
        column.addWidget(self._stop_box)

    def retranslate(self) -> None:
        self.targets_title.setText(tr("Targets"))
        self.add.setText(tr("Add target"))
        self.trails.setText(tr("Last target trails by"))
        self.trail.setAccessibleName(tr("Last target trails by, percent"))
        self.stop_on.setText(tr("Stop loss"))
        self.stop_price.setAccessibleName(tr("Stop loss, price"))
        self.stop_percent.setAccessibleName(tr("Stop loss, distance from the entry in percent"))
        self.stop_kind.setAccessibleName(tr("Stop loss sells at"))
        self.stop_kind.retranslate()
        self.limit.setAccessibleName(tr("Limit beyond the stop, percent"))
        self.waits.setText(tr("Only after waiting"))
        self.waits.setToolTip(tr("The price must stay beyond the stop loss all that time."))
        self.wait.set_unit(units().second)
        self.wait.setAccessibleName(tr("Wait before the stop loss acts, seconds"))
        self.even.setText(tr("Break-even after target no."))
        self.even.setToolTip(tr("Once that target has sold, the stop loss moves to the average price."))
        self.even_after.setAccessibleName(tr("Break-even after target number"))
        self.follows.setText(tr("Stop follows the price"))
        self.native.setText(tr("Stop rests on the exchange"))
        self.native.setToolTip(tr("Protects you while the app is closed, where the exchange has such orders."))
        for row in self.rows:
            row.retranslate()

    def changeEvent(self, event: QEvent) -> None:
        if event.type() == QEvent.Type.LanguageChange:
            self.retranslate()
        super().changeEvent(event)


def _side_by_side(box: QCheckBox, field: DecimalEdit) -> QHBoxLayout:
    row = QHBoxLayout()
    row.setSpacing(6)
    row.addWidget(box, 1)
    field.setMaximumWidth(84)
    row.addWidget(field)
    return row


def part_button(part: int) -> QPushButton:
    """`25 %`: takes that part of what is free."""
    button = QPushButton(f"{part} %")
    button.setAutoDefault(False)
    button.setProperty("segment", True)
    button.setProperty("tight", True)
    return button

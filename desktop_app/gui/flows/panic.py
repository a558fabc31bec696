"""PANIC: says what it will do, does it in the fixed order, shows each step, and is honest about what is left."""

from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import TYPE_CHECKING

from PySide6.QtCore import QElapsedTimer, Qt, Signal
from PySide6.QtWidgets import (
    QApplication,
    QCheckBox,
    QDialog,
    QGridLayout,
    QHBoxLayout,
    QLabel,
    QLineEdit,
    QPushButton,
    QStackedWidget,
    QVBoxLayout,
    QWidget,
)
from shiboken6 import isValid

from desktop_app.core.market import ZERO
from desktop_app.engine.news import PanicNews
from desktop_app.engine.views import AccountView
from desktop_app.gui import fmt, outlook, wording
from desktop_app.gui.bridge import Bridge
from desktop_app.gui.i18n import tr
from desktop_app.gui.icons import icon_pixmap
from desktop_app.gui.notices import Badge, plain_label, restyle

if TYPE_CHECKING:
    from desktop_app.engine.panic import PanicReport

WORD = "SELL"
STOP, CANCEL, SELL, REPORT = 1, 2, 3, 4


@dataclass(frozen=True, slots=True)
class Stake:
    """What PANIC would touch on some accounts: numbers said before."""

    bots: int
    orders: int
    deals: int
    proceeds: tuple[tuple[str, Decimal], ...]  # by quote currency
    results: tuple[tuple[str, Decimal], ...]


def stake_of(bridge: Bridge, accounts: Sequence[str]) -> Stake:
    known = bridge.known
    proceeds: dict[str, Decimal] = {}
    results: dict[str, Decimal] = {}
    deals = [view for view in known.open_deals() if view.account in accounts]
    for view in deals:
        market = known.market(view.account, view.deal.symbol)
        if market is None or view.last is None or not view.deal.held:
            continue
        out = outlook.closing(view.deal, view.last, market)
        proceeds[market.quote] = proceeds.get(market.quote, ZERO) + out.proceeds
        results[market.quote] = results.get(market.quote, ZERO) + out.result
    return Stake(
        bots=sum(bot.account in accounts and bot.status != "stopped" for bot in known.bots.values()),
        orders=sum(order.account in accounts for order in known.orders.values()),
        deals=len(deals),
        proceeds=tuple(proceeds.items()),
        results=tuple(results.items()),
    )


class PanicDialog(QDialog):
    """Opens with nothing done. One click stops and cancels; selling needs a word."""

    started = Signal(bool, tuple)  # sell?, accounts

    def __init__(self, bridge: Bridge, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._bridge = bridge
        self.setObjectName("dialog.panic")
        self.setWindowTitle(tr("PANIC"))
        self.setMinimumWidth(480)
        self.accounts = _AccountBoxes(list(bridge.known.accounts.values()))
        self.sell = QCheckBox()
        self.word = QLineEdit()
        self._cancel_line, self._sell_line = plain_label(), plain_label()
        self.back, self.go = QPushButton(), QPushButton()
        self.progress = _Progress()
        self.progress.close_requested.connect(self.accept)
        self._pages = QStackedWidget()
        self._pages.addWidget(self._plan_page())
        self._pages.addWidget(self.progress)
        column = QVBoxLayout(self)
        column.setContentsMargins(20, 16, 20, 16)
        column.addWidget(self._pages)
        self.accounts.changed.connect(self._show)
        self.sell.toggled.connect(self._show)
        self.word.textChanged.connect(self._show)
        self.back.clicked.connect(self.reject)
        self.go.clicked.connect(lambda _=False: self._start())
        bridge.panic_changed.connect(self._told)
        bridge.orders_changed.connect(self._show)
        self.sell.setChecked(False)
        self._show()
        self.back.setFocus()

    @property
    def is_selling(self) -> bool:
        """Only a ticked box with the word typed sells."""
        return self.sell.isChecked() and self.word.text().strip().upper() == WORD

    def show_report(self, report: "PanicReport") -> None:
        """The last word: what is not confirmed and what stays."""
        self.progress.show_report(report)

    def show_failure(self, text: str) -> None:
        self.progress.show_failure(text)

    # --- inside

    def _plan_page(self) -> QWidget:
        page = QWidget()
        column = QVBoxLayout(page)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(8)
        title = plain_label(tr("PANIC — stop everything"))
        title.setProperty("role", "title")
        column.addWidget(title)
        column.addWidget(self.accounts)
        intro = plain_label(tr("This will, in this order:"))
        intro.setProperty("role", "muted")
        column.addWidget(intro)
        steps = QGridLayout()
        steps.setHorizontalSpacing(10)
        steps.setVerticalSpacing(6)
        steps.setColumnStretch(1, 1)
        first = plain_label(tr("Stop all bots opening or adding to deals, at once."))
        for row, (number, content) in enumerate((("1", first), ("2", self._cancel_line), ("3", self._sell_part()))):
            mark = QLabel(number)
            mark.setProperty("role", "title")
            steps.addWidget(mark, row, 0, Qt.AlignmentFlag.AlignTop)
            steps.addWidget(content, row, 1)
        column.addLayout(steps)
        column.addStretch(1)
        buttons = QHBoxLayout()
        buttons.addStretch(1)
        self.back.setText(tr("Go back"))
        self.back.setDefault(True)
        self.go.setAutoDefault(False)
        self.go.setProperty("danger", True)
        for button in (self.back, self.go):
            buttons.addWidget(button)
        column.addLayout(buttons)
        return page

    def _sell_part(self) -> QWidget:
        part = QWidget()
        column = QVBoxLayout(part)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(4)
        self.sell.setText(tr("Also sell what the bots bought, at market"))
        column.addWidget(self.sell)
        column.addWidget(self._sell_line)
        self._sell_line.setProperty("role", "muted")
        row = QHBoxLayout()
        label = QLabel(tr("Type {word} to enable this step:").format(word=WORD))
        label.setBuddy(self.word)
        self.word.setAccessibleName(label.text())
        self.word.setMaximumWidth(110)
        row.addWidget(label)
        row.addWidget(self.word)
        row.addStretch(1)
        column.addLayout(row)
        return part

    def _show(self, *_: object) -> None:
        chosen = self.accounts.chosen()
        stake = stake_of(self._bridge, chosen)
        cancel = tr("Cancel 1 open order.") if stake.orders == 1 else tr("Cancel {orders} open orders.")
        kept = tr("Open deals are then no longer managed; their coins stay in the account.")
        self._cancel_line.setText(f"{cancel.format(orders=stake.orders)}\n{kept}")
        about = " · ".join(fmt.money(amount, quote) for quote, amount in stake.proceeds) or tr("nothing held")
        result = " · ".join(fmt.pnl(amount, quote) for quote, amount in stake.results)
        sentence = tr("About {proceeds}, result about {result} after fees. Other coins: untouched.")
        if not result:
            sentence = tr("The bots hold nothing. Other coins: untouched.")
        self._sell_line.setText(sentence.format(proceeds=about, result=result))
        self._make_room()
        self.word.setEnabled(self.sell.isChecked())
        self.go.setEnabled(bool(chosen) and (not self.sell.isChecked() or self.is_selling))
        text = tr("Stop bots and cancel orders")
        if self.sell.isChecked():
            text = tr("Stop bots, cancel orders and sell")
        self.go.setText(text)

    def _make_room(self) -> None:
        """What selling brings may grow to more lines while the sheet is open; it is never cut."""
        line = self._sell_line
        lines = line.heightForWidth(line.width()) if line.isVisible() else 0
        line.setMinimumHeight(max(lines, 2 * line.fontMetrics().lineSpacing()))

    def _start(self) -> None:
        is_selling, accounts = self.is_selling, tuple(self.accounts.chosen())
        self.progress.begin(is_selling=is_selling)
        self._pages.setCurrentWidget(self.progress)
        self.started.emit(is_selling, accounts)

    def _told(self, news: Sequence[PanicNews]) -> None:
        for step in news:
            self.progress.take(step)


class _AccountBoxes(QWidget):
    """Live accounts are ticked; paper ones only where there are no others."""

    changed = Signal()

    def __init__(self, accounts: Sequence[AccountView]) -> None:
        super().__init__()
        self._boxes: list[tuple[str, QCheckBox]] = []
        has_live = any(view.mode == "live" for view in accounts)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(4)
        for view in accounts:
            box = QCheckBox(view.name)
            box.setChecked(view.mode == "live" or not has_live)
            meaning = tr("Live account, real money") if view.mode == "live" else tr("Paper account, no real money")
            box.setAccessibleName(f"{view.name}, {meaning}")
            box.toggled.connect(lambda _: self.changed.emit())
            row = QHBoxLayout()
            row.setSpacing(8)
            row.addWidget(box)
            row.addWidget(Badge("live" if view.mode == "live" else "paper"))
            row.addStretch(1)
            column.addLayout(row)
            self._boxes.append((view.name, box))

    def chosen(self) -> list[str]:
        return [name for name, box in self._boxes if box.isChecked()]

    def box(self, name: str) -> QCheckBox:
        return next(box for known, box in self._boxes if known == name)


class _Progress(QWidget):
    """One row per step with its sign, its count and its time; below it what is left."""

    close_requested = Signal()

    def __init__(self) -> None:
        super().__init__()
        self._clock = QElapsedTimer()
        self._is_selling = False
        self._done: set[int] = set()
        self._rows: dict[int, tuple[QLabel, QLabel, QLabel]] = {}
        grid = QGridLayout()
        grid.setHorizontalSpacing(10)
        grid.setVerticalSpacing(6)
        grid.setColumnStretch(1, 1)
        for step in (STOP, CANCEL, SELL, REPORT):
            sign, words, seconds = QLabel(), plain_label(), QLabel()
            seconds.setProperty("role", "muted")
            self._rows[step] = (sign, words, seconds)
            for at, widget in enumerate((sign, words, seconds)):
                grid.addWidget(widget, step - 1, at, Qt.AlignmentFlag.AlignTop if at != 1 else Qt.AlignmentFlag(0))
        self.left = plain_label()
        self.left.setProperty("role", "muted")
        self._trouble = plain_label()
        self._trouble.setProperty("role", "warning")
        self._trouble.hide()
        copy, close = QPushButton(tr("Copy report")), QPushButton(tr("Close this sheet"))
        copy.clicked.connect(lambda _=False: QApplication.clipboard().setText(self.report_text()))
        close.clicked.connect(self.close_requested)
        buttons = QHBoxLayout()
        buttons.addStretch(1)
        buttons.addWidget(copy)
        buttons.addWidget(close)
        title = plain_label(tr("PANIC — running"))
        title.setProperty("role", "title")
        self._title = title
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(8)
        column.addWidget(title)
        column.addLayout(grid)
        column.addWidget(self._trouble)
        column.addWidget(self.left)
        note = plain_label(tr("Closing this sheet stops nothing. What is not confirmed is tried again."))
        note.setProperty("role", "muted")
        column.addWidget(note)
        column.addStretch(1)
        column.addLayout(buttons)

    def begin(self, *, is_selling: bool) -> None:
        self._clock.start()
        self._is_selling = is_selling
        self._done.clear()
        waiting = {
            STOP: tr("Stopping new deals"),
            CANCEL: tr("Cancelling orders"),
            SELL: tr("Selling what the bots hold") if is_selling else tr("Not selling: coins are kept"),
            REPORT: tr("Report"),
        }
        for step, text in waiting.items():
            self._mark(step, "clock", "muted", text)
        if not is_selling:
            self._mark(SELL, "minus", "muted", waiting[SELL])

    def take(self, news: PanicNews) -> None:
        """One step told how far it is."""
        if news.step not in self._rows:
            return
        text = wording.sentence(news.said)
        if news.said.code == "panic_cancel_retry":
            self._trouble.setText(text)
            self._trouble.show()
            return
        if news.step == REPORT and not news.is_done:
            self.left.setText("\n".join(filter(None, (self.left.text(), text))))
            return
        is_done = news.is_done or (news.total >= 0 and news.done >= news.total)
        for before in range(STOP, news.step):
            if before in self._done or (before == SELL and not self._is_selling):
                continue
            if before != CANCEL:
                self._finish(before)
        self._mark(news.step, "check" if is_done else "clock", "profit" if is_done else "warning", text)
        if is_done:
            self._finish(news.step)
            if news.step == CANCEL:
                self._trouble.hide()
        if news.is_done:
            self._title.setText(tr("PANIC — done"))

    def show_report(self, report: "PanicReport") -> None:
        cancelled = tr("Cancelled {done} of {total} orders.").format(done=report.cancelled, total=report.orders)
        is_clean = not report.unconfirmed
        self._mark(CANCEL, "check" if is_clean else "warning", "profit" if is_clean else "warning", cancelled)
        if report.unconfirmed:
            ids = ", ".join(report.unconfirmed)
            self._trouble.setText(tr("Not confirmed yet, tried again until it is: {ids}").format(ids=ids))
            self._trouble.show()
        left = [wording.sentence(said) for said in report.left]
        self.left.setText("\n".join(left) if left else tr("Nothing is left."))
        if not report.is_written_down:
            self._trouble.setText(tr("PANIC could not be written down. After a restart, ask for it again."))
            self._trouble.show()
        if report.is_done:
            self._title.setText(tr("PANIC — done"))

    def show_failure(self, text: str) -> None:
        self._trouble.setText(text)
        self._trouble.show()

    def text_of(self, step: int) -> str:
        return self._rows[step][1].text()

    def report_text(self) -> str:
        steps = [f"{step}. {self._rows[step][1].text()} {self._rows[step][2].text()}" for step in self._rows]
        return "\n".join([self._title.text(), *steps, self._trouble.text(), self.left.text()]).strip()

    def _finish(self, step: int) -> None:
        if step not in self._done:
            self._done.add(step)
            seconds = Decimal(self._clock.elapsed()) / 1000 if self._clock.isValid() else ZERO
            self._rows[step][2].setText(f"{seconds:.1f} s")

    def _mark(self, step: int, picture: str, tint: str, text: str) -> None:
        sign, words, _ = self._rows[step]
        sign.setPixmap(icon_pixmap(picture, 16, tint, self.devicePixelRatioF()))
        words.setText(text)
        restyle(words)


def open_panic(bridge: Bridge, window: QWidget) -> PanicDialog:
    """Show the sheet; what it starts goes on by itself."""
    dialog = PanicDialog(bridge, window)

    async def carry_out(is_selling: bool, accounts: tuple[str, ...]) -> None:
        try:
            report = await bridge.ask(bridge.wishes.panic(is_selling, accounts))
        except Exception as error:
            if isValid(dialog):
                dialog.show_failure(wording.problem_text(error))
            raise
        if isValid(dialog):
            dialog.show_report(report)

    dialog.started.connect(
        lambda is_selling, accounts: bridge.spawn(carry_out(is_selling, tuple(accounts)), tr("PANIC"))
    )
    dialog.finished.connect(dialog.deleteLater)
    dialog.open()
    return dialog

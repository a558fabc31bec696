"""One bot in short: what it does, why it waits, what it uses and what it has earned."""

from decimal import Decimal

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QGridLayout, QHBoxLayout, QLabel, QPushButton, QVBoxLayout, QWidget

from desktop_app.core.market import Market
from desktop_app.engine.views import BotView
from desktop_app.gui import fmt, wording
from desktop_app.gui.fonts import number_font
from desktop_app.gui.i18n import tr, units
from desktop_app.gui.notices import Badge, plain_label, restyle


class BotPage(QWidget):
    start_requested = Signal(list)
    pause_requested = Signal(list)
    stop_requested = Signal(list)
    edit_requested = Signal(int)

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._shown: tuple[BotView, Market | None, int] | None = None
        self.title, self.subtitle, self.why = plain_label(), plain_label(), plain_label()
        self.title.setProperty("role", "title")
        self.subtitle.setProperty("role", "muted")
        self.badge = Badge("paper")
        self._grid = [(QLabel(), QLabel()) for _ in range(6)]
        self.start, self.pause, self.stop, self.edit = QPushButton(), QPushButton(), QPushButton(), QPushButton()
        self._lay_out()
        self.start.clicked.connect(lambda _=False: self._ask("start"))
        self.pause.clicked.connect(lambda _=False: self._ask("pause"))
        self.stop.clicked.connect(lambda _=False: self._ask("stop"))
        self.edit.clicked.connect(lambda _=False: self._ask("edit"))
        self.retranslate()

    def show_bot(self, view: BotView, market: Market | None, now: int) -> None:
        self._shown = (view, market, now)
        quote = view.pairs[0].partition("/")[2] if view.pairs else ""
        self.title.setText(view.name)
        self.badge.set_kind("live" if view.mode == "live" else "paper")
        pairs = ", ".join(view.pairs[:3]) + ("…" if len(view.pairs) > 3 else "")
        self.subtitle.setText(" · ".join((wording.bot_kind(view.kind), pairs, view.account)))
        status, why = wording.bot_status(view.status), wording.sentence(view.why, market)
        self.why.setText(why if why.startswith(status) else f"{status} · {why}")
        mood = {"held": "problem", "paused": "warning"}.get(view.status, "")
        if self.why.property("role") != mood:
            self.why.setProperty("role", mood)
            restyle(self.why)
        age = now - view.started_at if view.started_at and view.status != "stopped" else None
        used = tr("{used} of {most}").format(
            used=fmt.quote(view.funds_used, quote), most=fmt.money(view.funds_max, quote)
        )
        rows = (
            (tr("Profit"), fmt.pnl(view.profit, quote), view.profit),
            (tr("Profit today"), fmt.pnl(view.profit_today, quote), view.profit_today),
            (tr("Open deals"), f"{view.deals_open}/{view.deals_max}", None),
            (tr("Closed deals"), fmt.whole(view.deals_closed), None),
            (tr("Funds used"), used, None),
            (tr("Running for"), fmt.duration(age, units()), None),
        )
        for (name, value), (words, text, result) in zip(self._grid, rows, strict=True):
            name.setText(words)
            value.setText(text)
            _tint(value, result)
        self.start.setEnabled(view.status != "running")
        self.pause.setEnabled(view.status == "running")
        self.stop.setEnabled(view.status != "stopped")

    def retranslate(self) -> None:
        self.start.setText(tr("Start"))
        self.pause.setText(tr("Pause"))
        self.stop.setText(tr("Stop…"))
        self.edit.setText(tr("Edit…"))
        if self._shown is not None:
            self.show_bot(*self._shown)

    def _ask(self, what: str) -> None:
        if self._shown is None:
            return
        bot_id = self._shown[0].bot_id
        match what:
            case "start":
                self.start_requested.emit([bot_id])
            case "pause":
                self.pause_requested.emit([bot_id])
            case "stop":
                self.stop_requested.emit([bot_id])
            case _:
                self.edit_requested.emit(bot_id)

    def _lay_out(self) -> None:
        head = QHBoxLayout()
        head.addWidget(self.title, 1)
        head.addWidget(self.badge, 0, Qt.AlignmentFlag.AlignTop)
        grid = QGridLayout()
        grid.setHorizontalSpacing(10)
        grid.setVerticalSpacing(3)
        grid.setColumnStretch(1, 1)
        for row, (name, value) in enumerate(self._grid):
            name.setProperty("role", "muted")
            value.setFont(number_font(self.font()))
            value.setAlignment(Qt.AlignmentFlag.AlignRight)
            grid.addWidget(name, row, 0)
            grid.addWidget(value, row, 1)
        buttons = QGridLayout()
        buttons.setSpacing(6)
        for at, button in enumerate((self.start, self.pause, self.stop, self.edit)):
            buttons.addWidget(button, at // 2, at % 2)
        column = QVBoxLayout(self)
        column.setContentsMargins(10, 8, 10, 8)
        column.setSpacing(6)
        column.addLayout(head)
        column.addWidget(self.subtitle)
        column.addWidget(self.why)
        column.addSpacing(4)
        column.addLayout(grid)
        column.addStretch(1)
        column.addLayout(buttons)


def _tint(label: QLabel, result: Decimal | None) -> None:
    mood = "" if not result else "profit" if result > 0 else "loss"
    if label.property("role") != mood:
        label.setProperty("role", mood)
        restyle(label)

"""The document in which a grid bot is made or changed: form, lines on the chart, figures and funds of one picture."""

from datetime import UTC, tzinfo
from decimal import Decimal
from typing import Any

from PySide6.QtCore import Qt, QTimer
from PySide6.QtWidgets import QFrame, QScrollArea, QSplitter, QVBoxLayout, QWidget
from shiboken6 import isValid

from desktop_app.core.columns import TIMEFRAMES
from desktop_app.core.deal import Deal
from desktop_app.core.strategies.grid_settings import GridSettings
from desktop_app.engine.problem import Problem
from desktop_app.engine.views import BotView, FundsBar
from desktop_app.gui.dialogs import Question
from desktop_app.gui.editor.bot_editor import Beside, BotEditor, rule
from desktop_app.gui.editor.draft import Draft
from desktop_app.gui.editor.funds import FundsBox
from desktop_app.gui.editor.grid import proposal
from desktop_app.gui.editor.grid.catalogue import LINES
from desktop_app.gui.editor.grid.figures import Figures
from desktop_app.gui.editor.grid.form import GridForm
from desktop_app.gui.editor.grid.keeping import ask_reach, change_of
from desktop_app.gui.editor.grid.lines import lines_of, moved
from desktop_app.gui.editor.grid.picture import GridPicture, cover_words, make_picture
from desktop_app.gui.editor.grid.sentences import money_sentence, start_lines
from desktop_app.gui.editor.link import EngineLink
from desktop_app.gui.editor.preview_chart import PreviewChart
from desktop_app.gui.editor.sentences import start_title
from desktop_app.gui.editor.start_sheet import StartSheet, short_of_money
from desktop_app.gui.i18n import tr
from desktop_app.gui.theme import Theme, current_theme

_FIGURES_HEIGHT = 190


class GridBeside(Beside):
    """Chart, figures and funds bar."""

    def __init__(self, link: EngineLink, theme: Theme, zone: tzinfo, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.chart = PreviewChart(link, theme, zone)
        self.figures, self.funds_box = Figures(), FundsBox()
        area = QScrollArea()
        area.setWidget(self.figures)
        area.setWidgetResizable(True)
        area.setFrameShape(QFrame.Shape.NoFrame)
        area.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        area.setMinimumHeight(_FIGURES_HEIGHT)
        split = QSplitter(Qt.Orientation.Vertical)
        split.setHandleWidth(1)
        split.addWidget(self.chart)
        split.addWidget(area)
        split.setStretchFactor(0, 1)
        split.setCollapsible(1, False)
        split.setSizes([10_000, 1])
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(0)
        column.addWidget(split, 1)
        column.addWidget(rule())
        column.addWidget(self.funds_box)

    def show_picture(self, picture: Any, funds: FundsBar | None, *, is_typed: bool) -> None:
        self.chart.show_lines(lines_of(picture))
        self.figures.show_picture(picture)
        cover = picture.cover
        self.funds_box.show_funds(cover, funds, cover_words(cover) if cover is not None else "", "")

    def set_stale(self, is_stale: bool) -> None:
        self.figures.set_stale(is_stale)


class GridEditor(BotEditor):
    """What is particular to grids: proposals of a range, and ends that can be dragged."""

    picture: GridPicture
    form: GridForm
    beside: GridBeside

    def __init__(
        self,
        link: EngineLink,
        draft: Draft,
        *,
        bot: BotView | None = None,
        is_unsaved: bool = False,
        theme: Theme | None = None,
        zone: tzinfo = UTC,
        parent: QWidget | None = None,
    ) -> None:
        beside = GridBeside(link, theme or current_theme(), zone)
        self.figures, self.funds_box = beside.figures, beside.funds_box
        super().__init__(link, draft, GridForm(), beside, bot=bot, is_unsaved=is_unsaved, zone=zone, parent=parent)
        self.form.history_requested.connect(lambda: link.spawn(self.propose(), "proposing a range"))
        self.form.width_requested.connect(self.use_width)

    def new_title(self) -> str:
        return tr("New grid bot — {pair}")

    def work_out(self) -> GridPicture:
        return make_picture(self.draft, self.situation(), self._running())

    def sentence(self) -> str:
        return money_sentence(self.picture)

    def line_moved(self, key: str, price: Decimal) -> Draft | None:
        self.form.say_how("")
        return moved(self.picture, key, price)

    def start_sheet(self) -> Question:
        picture, around = self.picture, self.situation()
        settings = picture.settings
        ticks: list[str] = []
        if around.is_live and settings is not None and settings.grid.stop_below is None:
            ticks.append(tr("I understand that it keeps holding coins if the price falls out of the range"))
        if around.is_live and picture.is_short_of_money:
            ticks.append(short_of_money())
        title = start_title(settings, is_live=around.is_live)
        return StartSheet(self, title, start_lines(picture, around), around, ticks)

    async def ask_reach(self) -> bool | None:
        settings, market = self.picture.settings, self.picture.market
        if settings is None or market is None or self.bot is None:
            return False
        views = await self.link.ask(self.link.wishes.deals(self.bot_id))
        before = GridSettings.model_validate_json(self.bot.settings_json)
        change = change_of(views, before, settings, market)
        if change is None or before == settings:
            return False
        return await ask_reach(self, change, market, is_live=self.situation().is_live)

    def _running(self) -> Deal | None:
        """The grid of this bot that is at work."""
        views = (view for view in self.link.known.open_deals() if view.bot_id == self.bot_id and self.bot_id)
        return next((view.deal for view in views), None)

    # --- proposals

    async def propose(self) -> bool:
        """Fill in range and lines from what the pair did lately; False if too little of it is known."""
        around = self.situation()
        if around.market is None or around.tick is None:
            return False
        step = TIMEFRAMES[proposal.TIMEFRAME]
        account, symbol = self.draft.text("account"), around.market.symbol
        end = max(self.link.known.now(account), around.tick.at) // step * step
        start = end - proposal.DAYS * TIMEFRAMES["1d"]
        self.form.show_busy(True)
        self.form.say_how(tr("Reading the last {days} days…").format(days=proposal.DAYS))
        asked_for = self.draft
        try:
            wish = self.link.wishes.candles(account, symbol, proposal.TIMEFRAME, start, end)
            candles = await self.link.ask(wish)
        except Problem as problem:
            if isValid(self):
                self.form.show_busy(False)
                self.form.say_how("")
                self.show_problem(problem)
            return False
        if not isValid(self):
            return False
        self.form.show_busy(False)
        self.settle()
        if self.draft != asked_for:
            self.form.say_how(tr("You changed the form meanwhile, so nothing was filled in. Ask once more."))
            return False
        found = proposal.from_history(candles, around.tick.price, around.market)
        if found is None:
            self.form.say_how(tr("Too little is known of this pair's past: {hours} hours.").format(hours=len(candles)))
            return False
        self._use(found)
        return True

    def use_width(self) -> None:
        """Put both ends at the same distance from the price."""
        self.settle()
        around = self.situation()
        if around.market is None or around.tick is None:
            return
        lines = self.draft.text(LINES).strip()
        count = int(lines) if lines.isdecimal() and len(lines) < 5 else 0
        self._use(proposal.around(around.tick.price, around.market, count or 21))

    def propose_soon(self) -> None:
        """For a form that has just been opened: as soon as the window is idle."""
        QTimer.singleShot(0, self, lambda: self.link.spawn(self.propose(), "proposing a range"))

    def _use(self, found: proposal.Proposal) -> None:
        self.form.say_how(found.how)
        self.set_draft(found.put_into(self.draft))

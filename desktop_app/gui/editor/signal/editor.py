"""The document in which a signal bot is made or changed: form, chart, and where its alerts come in."""

from datetime import UTC, tzinfo
from decimal import Decimal
from typing import TYPE_CHECKING, Any

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QFrame, QScrollArea, QSplitter, QVBoxLayout, QWidget

from desktop_app.engine.views import BotView, FundsBar
from desktop_app.gui.dialogs import Choice, Question, ask_choice
from desktop_app.gui.editor.bot_editor import Beside, BotEditor, rule
from desktop_app.gui.editor.draft import Draft
from desktop_app.gui.editor.funds import FundsBox
from desktop_app.gui.editor.link import EngineLink
from desktop_app.gui.editor.preview_chart import PreviewChart
from desktop_app.gui.editor.sentences import start_title
from desktop_app.gui.editor.signal.form import SignalForm
from desktop_app.gui.editor.signal.inflow import Inflow
from desktop_app.gui.editor.signal.picture import SignalPicture, cover_words, make_picture
from desktop_app.gui.editor.signal.sentences import money_sentence, start_lines
from desktop_app.gui.editor.signal.ways_sheet import choose_ways
from desktop_app.gui.editor.start_sheet import StartSheet, short_of_money
from desktop_app.gui.i18n import tr
from desktop_app.gui.theme import Theme, current_theme

if TYPE_CHECKING:
    from desktop_app.gui.bridge import Bridge

_CHART_HEIGHT = 170


class SignalBeside(Beside):
    """Chart above, alerts below, funds bar at the foot."""

    def __init__(self, link: EngineLink, theme: Theme, zone: tzinfo, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.chart = PreviewChart(link, theme, zone)
        self.chart.setMinimumHeight(_CHART_HEIGHT)
        self.inflow, self.funds_box = Inflow(link, zone), FundsBox()
        area = QScrollArea()
        area.setWidget(self.inflow)
        area.setWidgetResizable(True)
        area.setFrameShape(QFrame.Shape.NoFrame)
        area.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        split = QSplitter(Qt.Orientation.Vertical)
        split.setHandleWidth(1)
        split.addWidget(self.chart)
        split.addWidget(area)
        split.setStretchFactor(1, 1)
        split.setCollapsible(1, False)
        split.setSizes([_CHART_HEIGHT, 10_000])
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(0)
        column.addWidget(split, 1)
        column.addWidget(rule())
        column.addWidget(self.funds_box)

    def show_picture(self, picture: Any, funds: FundsBar | None, *, is_typed: bool) -> None:
        cover = picture.cover
        self.funds_box.show_funds(cover, funds, cover_words(cover) if cover is not None else "", "")


class SignalEditor(BotEditor):
    """What is particular to signals: a bot that is saved has an address, a message and a list of what came."""

    picture: SignalPicture
    beside: SignalBeside

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
        beside = SignalBeside(link, theme or current_theme(), zone)
        self.inflow, self.funds_box = beside.inflow, beside.funds_box
        super().__init__(link, draft, SignalForm(), beside, bot=bot, is_unsaved=is_unsaved, zone=zone, parent=parent)
        self.saved.connect(lambda _id: self._show_bot())
        self.inflow.ways_requested.connect(lambda: link.spawn(choose_ways(link, self), "choosing ways for signals"))
        self._show_bot()

    def follow(self, bridge: "Bridge") -> None:
        super().follow(bridge)
        bridge.signals_came.connect(self.inflow.signals_came)
        bridge.ways_changed.connect(self.inflow.ways_changed)

    def became(self, bot: BotView) -> None:
        super().became(bot)
        self._show_bot()

    def new_title(self) -> str:
        return tr("New signal bot — {pair}")

    def work_out(self) -> SignalPicture:
        return make_picture(self.draft, self.situation())

    def sentence(self) -> str:
        return money_sentence(self.picture)

    def line_moved(self, key: str, price: Decimal) -> Draft | None:
        return None

    def start_sheet(self) -> Question:
        picture, around = self.picture, self.situation()
        ticks: list[str] = []
        if around.is_live and not picture.has_stop:
            ticks.append(tr("I understand there is no stop loss"))
        if around.is_live and picture.is_short_of_money:
            ticks.append(short_of_money())
        title = start_title(picture.settings, is_live=around.is_live)
        return StartSheet(self, title, start_lines(picture, around), around, ticks)

    async def ask_reach(self) -> bool | None:
        """Take profit and stop loss of an open position can follow the change."""
        views = await self.link.ask(self.link.wishes.deals(self.bot_id))
        if not any(not view.deal.status.is_over for view in views):
            return False
        is_live = self.situation().is_live
        choices = (
            Choice("new", tr("New positions only"), tr("The open position keeps its take profit and stop loss.")),
            Choice("open", tr("The open position too"), tr("Its take profit and stop loss move at once.")),
        )
        answer = await ask_choice(
            self, tr("Change the position that is open?"), (), choices, yes=tr("Save changes"),
            level=2 if is_live else 1, badge="live" if is_live else "paper",
        )  # fmt: skip
        return None if answer is None else answer == "open"

    def _show_bot(self) -> None:
        self.inflow.show_bot(self.bot_id)

"""The document in which a bot is made or changed, whatever its kind: head, form, what is beside it, foot, one draft."""

from datetime import UTC, tzinfo
from decimal import Decimal
from typing import TYPE_CHECKING, Any

from PySide6.QtCore import QEvent, Qt, QTimer, Signal
from PySide6.QtGui import QCloseEvent, QKeySequence, QPalette, QShortcut
from PySide6.QtWidgets import QHBoxLayout, QVBoxLayout, QWidget

from desktop_app.core.deal import Direction
from desktop_app.core.market import Market
from desktop_app.engine.problem import Problem
from desktop_app.engine.views import AccountView, BotView, FundsBar
from desktop_app.gui import fmt
from desktop_app.gui.dialogs import Question
from desktop_app.gui.editor.deeds import Deeds
from desktop_app.gui.editor.draft import Draft, split_pairs
from desktop_app.gui.editor.foot import EditorFoot
from desktop_app.gui.editor.head import EditorHead
from desktop_app.gui.editor.link import EngineLink
from desktop_app.gui.editor.pictured import Pictured
from desktop_app.gui.editor.preview_chart import PreviewChart
from desktop_app.gui.editor.settings_form import SettingsForm
from desktop_app.gui.editor.situation import Situation
from desktop_app.gui.editor.surroundings import Aim, Surroundings
from desktop_app.gui.i18n import tr
from desktop_app.gui.notices import Banner
from desktop_app.gui.wording import problem_text

if TYPE_CHECKING:
    from collections.abc import Sequence

    from desktop_app.engine.news import CandleNews
    from desktop_app.gui.bridge import Bridge

TYPING_MS = 80
PRICES_MS = 500
_MOST_UNDO = 100


class Beside(QWidget):
    """What stands beside a form: the chart, and what the kind shows of a picture."""

    chart: PreviewChart

    def show_picture(self, picture: Any, funds: FundsBar | None, *, is_typed: bool) -> None:
        """Show a picture that could be worked out; else the last one stays, greyed."""
        raise NotImplementedError

    def show_notes(self, picture: Any) -> None:
        """Say what holds for every picture of the market."""

    def set_stale(self, is_stale: bool) -> None:
        """Grey what is of old prices or of a form that cannot be read."""


class BotEditor(QWidget):
    """Holds the draft; everything shown is worked out from it and from what surrounds it, by one function.

    A kind of bot is a subclass with a form, something beside it, and the five methods under "what a kind answers".
    """

    pictured = Signal(object)  # Picture, each time it was worked out
    saved = Signal(int)  # bot id
    started = Signal(int)
    dirty_changed = Signal(bool)
    title_changed = Signal(str)
    draft_changed = Signal(str)  # as JSON, for whoever keeps drafts over a crash
    market_wanted = Signal(str, str)  # account, pair: prices of it are needed
    close_requested = Signal()
    backtest_requested = Signal()
    optimise_requested = Signal()

    def __init__(
        self,
        link: EngineLink,
        draft: Draft,
        form: SettingsForm,
        beside: Beside,
        *,
        bot: BotView | None = None,
        is_unsaved: bool = False,
        zone: tzinfo = UTC,
        parent: QWidget | None = None,
    ) -> None:
        super().__init__(parent)
        self.setObjectName(f"{draft.kind}_editor")
        self.link, self.bot = link, bot
        self._zone = zone
        self._draft = draft
        self._saved = draft if bot is not None else None
        self._first = Draft() if is_unsaved else draft  # typed before a crash: it would be lost once more
        self._undone: list[Draft] = []
        self._is_dirty = self._may_go = False
        self._wanted = ("", "")
        self._title = ""
        self.head, self.form, self.beside, self.foot = EditorHead(), form, beside, EditorFoot()
        self.head.direction.setVisible("direction" in form.head_paths)
        self.chart = beside.chart
        self.banner = Banner()
        self.deeds = Deeds(self, self)
        self._typing = QTimer(self, singleShot=True, interval=TYPING_MS)
        self._prices = QTimer(self, singleShot=True, interval=PRICES_MS)
        self.surroundings = Surroundings(link, self)
        self.picture: Pictured = self.work_out()
        self._lay_out()
        self._connect()
        self._show_draft()
        self.surroundings_changed()
        self.recompute(is_typed=False)

    # --- what it is

    @property
    def draft(self) -> Draft:
        return self._draft

    @property
    def bot_id(self) -> int:
        return self.bot.bot_id if self.bot is not None else 0

    @property
    def is_dirty(self) -> bool:
        """Whether something typed would be lost."""
        return self._draft != (self._saved if self._saved is not None else self._first)

    @property
    def account(self) -> AccountView | None:
        return self.link.known.accounts.get(self._draft.text("account"))

    @property
    def symbol(self) -> str:
        """The pair that the preview is of: the first one."""
        pairs = split_pairs(self._draft.text("pairs"))
        return pairs[0] if pairs else ""

    def title(self) -> str:
        """What the document's tab says."""
        if self.bot is not None:
            return f"{self._draft.text('name') or self.bot.name} — {self.symbol}"
        return self.new_title().format(pair=self.symbol or fmt.UNKNOWN)

    def situation(self) -> Situation:
        """What surrounds the bot now, as far as the window knows it."""
        return self.surroundings.situation()

    # --- what a kind answers

    def new_title(self) -> str:
        """The title of a new bot's tab, with {pair}."""
        raise NotImplementedError

    def work_out(self) -> Pictured:
        """The picture of the draft in what surrounds it now."""
        raise NotImplementedError

    def sentence(self) -> str:
        """The money sentence of the picture."""
        raise NotImplementedError

    def line_moved(self, key: str, price: Decimal) -> Draft | None:
        """The form after a line was moved to a price; None where no value of the form puts it there."""
        raise NotImplementedError

    def start_sheet(self) -> Question:
        """The last question before the bot starts; "start" is the answer that starts it."""
        raise NotImplementedError

    async def ask_reach(self) -> bool | None:
        """Whether what runs follows a change; None when nothing is to be saved. Raises Problem."""
        raise NotImplementedError

    # --- what happens outside

    def follow(self, bridge: "Bridge") -> None:
        """Keep up with the window's news."""
        bridge.prices_changed.connect(self.prices_changed)
        bridge.candles_changed.connect(self.candles_changed)
        for changed in (bridge.accounts_changed, bridge.feed_changed, bridge.reloaded):
            changed.connect(self.surroundings_changed)
        bridge.bots_changed.connect(self.bots_changed)
        bridge.balances_changed.connect(self.balances_changed)

    def prices_changed(self, keys: list[tuple[str, str]]) -> None:
        """Prices of (account, pair) changed; the preview follows twice a second at most."""
        key = (self._draft.text("account"), self.symbol)
        if key not in keys:
            return
        tick = self.link.known.prices.get(key)
        if tick is not None:
            self.chart.show_tick(tick)
        if not self._prices.isActive():
            self._prices.start()

    def candles_changed(self, news: "Sequence[CandleNews]") -> None:
        for told in news:
            if told.account == self._draft.text("account"):
                self.chart.show_minute(told.symbol, told.candle)

    def bots_changed(self, bots: list[BotView]) -> None:
        for bot in bots:
            if self.bot is not None and bot.bot_id == self.bot_id:
                self.bot = bot
        self.surroundings.fetch_funds_soon()
        self._show_state()

    def balances_changed(self, accounts: list[str]) -> None:
        if self._draft.text("account") in accounts:
            self.surroundings.fetch_funds_soon()

    def surroundings_changed(self, *_news: object) -> None:
        """Accounts, markets or feeds changed."""
        self.surroundings.aim(self._aim())
        self.head.set_accounts(tuple(self.link.known.accounts.values()))
        self.head.pairs.set_pairs(self.surroundings.pairs())
        market = self.situation().market
        if market is not None:
            self._show_market(self._draft.text("account"), market)
        self.surroundings.refresh()
        self._show_state()
        self._show_freshness()
        if not self._prices.isActive():
            self._prices.start()

    # --- the form

    def set_draft(self, draft: Draft, *, is_undoable: bool = True) -> None:
        """Put another draft into the form, as one step that can be undone."""
        if draft == self._draft:
            return
        if is_undoable:
            self._undone = [*self._undone[-_MOST_UNDO:], self._draft]
        self._draft = draft
        self._show_draft()
        if self.surroundings.aim(self._aim()):
            self.surroundings.refresh()
        self.recompute(is_typed=True)

    def undo(self) -> None:
        """Take back the last step that was not typed."""
        if self._undone:
            draft = self._undone.pop()
            self.set_draft(draft, is_undoable=False)
        self.chart.show_undo(bool(self._undone))

    def recompute(self, *, is_typed: bool) -> None:
        """Work out the picture and show all of it; `is_typed`: people caused it, so changed cells light up."""
        self._typing.stop()
        around = self.situation()
        if around.market is not None:
            self._show_market(self._draft.text("account"), around.market)
        picture = self.picture = self.work_out()
        if picture.settings is not None:  # else the last readable picture stays, greyed
            self.beside.show_picture(picture, self.surroundings.funds, is_typed=is_typed)
        for part in (self.head, self.form, self.foot):
            part.show_remarks(picture.remarks)
        self.foot.show_sentence(self.sentence())
        self._show_differences()
        self._show_state()
        self._show_freshness()
        self.chart.show_undo(bool(self._undone))
        self.pictured.emit(picture)

    def settle(self) -> None:
        """Work out now what waits for the typing to pause: before anything is saved or started."""
        if self._typing.isActive():
            self.recompute(is_typed=True)

    def show_simple(self) -> None:
        """Show the few fields a preset is about; the rest stays behind Advanced."""
        self.head.view.set_value("simple")

    def focus_first_problem(self) -> bool:
        """Bring the first thing that keeps the bot from starting into view; False if there is none."""
        blocks = self.picture.blocks
        if not blocks:
            return False
        self.focus_on(blocks[0].path)
        return True

    def focus_on(self, path: str) -> None:
        if path == "funds":
            path = self.form.money_path
        if self.form.is_advanced(path):
            self.head.view.set_value("advanced")
        if not self.head.focus_on(path):
            self.form.focus_on(path)

    # --- becoming a bot

    def became(self, bot: BotView) -> None:
        """The draft is in the engine now."""
        self.bot = bot
        self._saved = self._draft
        self._undone.clear()
        if self.surroundings.aim(self._aim()):
            self.surroundings.refresh()
        self.recompute(is_typed=False)

    def show_problem(self, problem: Problem | None, text: str = "") -> None:
        """Say inline what went wrong; None clears it."""
        if problem is not None:
            text = problem_text(problem)
        if text:
            self.banner.say("error", text)
        else:
            self.banner.hide()

    def show_done(self, text: str) -> None:
        """Say inline what has been done."""
        self.banner.say("good", text)

    def show_busy(self, is_busy: bool) -> None:
        """While the engine is asked, nothing can be asked twice."""
        self.foot.show_busy(is_busy)

    def tell_saved(self) -> None:
        self.saved.emit(self.bot_id)

    def tell_started(self) -> None:
        self.started.emit(self.bot_id)

    async def may_close(self) -> bool:
        """Ask what becomes of unsaved changes; False to stay."""
        return await self.deeds.may_close()

    def closeEvent(self, event: QCloseEvent) -> None:
        """Stay while something would be lost, and ask; whoever holds the document is told when it may go."""
        self.settle()
        if self._may_go or not self.is_dirty:
            self.dirty_changed.emit(False)
            super().closeEvent(event)
            return
        event.ignore()
        self.link.spawn(self._ask_to_go(), "closing an editor")

    async def _ask_to_go(self) -> None:
        if await self.may_close():
            self._may_go = True
            self.close_requested.emit()

    # --- inside

    def _lay_out(self) -> None:
        middle = QHBoxLayout()
        middle.setContentsMargins(0, 0, 0, 0)
        middle.setSpacing(0)
        middle.addWidget(self.form)
        middle.addWidget(rule(is_upright=True))
        middle.addWidget(self.beside, 1)
        whole = QVBoxLayout(self)
        whole.setContentsMargins(0, 0, 0, 0)
        whole.setSpacing(0)
        whole.addWidget(self.head)
        whole.addWidget(self.banner)
        whole.addWidget(rule())
        whole.addLayout(middle, 1)
        whole.addWidget(rule())
        whole.addWidget(self.foot)

    def _connect(self) -> None:
        self.head.changed.connect(self._typed)
        self.form.changed.connect(self._typed)
        self.head.simple_requested.connect(self._show_simple)
        self.form.fix_requested.connect(lambda path, text: self.set_draft(self._draft.with_text(path, text)))
        self._typing.timeout.connect(lambda: self.recompute(is_typed=True))
        self._prices.timeout.connect(self._recompute_unless_typing)
        self.surroundings.funds_changed.connect(self._recompute_unless_typing)
        self.surroundings.markets_changed.connect(self.surroundings_changed)
        self.surroundings.failed.connect(self.show_problem)
        self.chart.line_moved.connect(self._line_moved)
        self.chart.undo_requested.connect(self.undo)
        self.chart.chart.full_requested.connect(lambda: self.form.setVisible(not self.form.isVisible()))
        self.foot.start_requested.connect(lambda: self.link.spawn(self.deeds.start(), "starting a bot"))
        self.foot.save_requested.connect(lambda: self.link.spawn(self.deeds.save(), "saving a bot"))
        self.foot.export_requested.connect(lambda: self.link.spawn(self.deeds.export(), "exporting a bot"))
        self.foot.backtest_requested.connect(self.backtest_requested)
        self.foot.optimise_requested.connect(self.optimise_requested)
        self.foot.problem_picked.connect(self.focus_on)
        first = self.form.rows[self.form.money_path].field
        self.setFocusProxy(first)
        first.setFocus()
        undo = QShortcut(QKeySequence(QKeySequence.StandardKey.Undo), self)
        undo.setContext(Qt.ShortcutContext.WidgetWithChildrenShortcut)
        undo.activated.connect(self.undo)

    def _recompute_unless_typing(self) -> None:
        if not self._typing.isActive():
            self.recompute(is_typed=False)

    def _typed(self) -> None:
        self._draft = self.form.draft(self.head.texts())
        self._typing.start()
        if self.surroundings.aim(self._aim()):
            self.surroundings_changed()

    def _aim(self) -> Aim:
        is_short = self._draft.text("direction") == Direction.SHORT
        return Aim(self._draft.text("account"), self.symbol, is_short, self.bot_id)

    def _show_draft(self) -> None:
        draft = self._draft
        self.head.show_texts(*(draft.text(path) for path in ("name", "account", "pairs", "direction")))
        self.form.show_draft(draft)

    def _show_simple(self, is_simple: bool) -> None:
        self.form.set_simple(is_simple)
        self._show_differences()

    def _line_moved(self, key: str, price: Decimal) -> None:
        self.settle()
        draft = self.line_moved(key, price)
        if draft is None:
            self.recompute(is_typed=False)
        else:
            self.set_draft(draft)

    def _show_market(self, account: str, market: Market) -> None:
        self.form.set_currencies(market.base, market.quote)
        self.chart.show_market(account, market)
        place = (account, market.symbol)
        if place not in self.link.known.prices and place != self._wanted:
            self._wanted = place
            self.market_wanted.emit(account, market.symbol)

    def _show_differences(self) -> None:
        draft = self._draft
        self.form.show_old(draft, self._saved)
        self.form.show_more_changed(draft)
        self.head.show_hidden_changes(self.form.hidden_changes(draft) if self.form.is_simple else 0)
        self.beside.show_notes(self.picture)

    def _show_state(self) -> None:
        around = self.situation()
        self.head.badge.set_kind("live" if around.is_live else "paper")
        self.chart.set_badge("LIVE" if around.is_live else "PAPER")
        is_running = self.bot is not None and self.bot.status == "running"
        self.head.account.setEnabled(not (self.bot is not None and (is_running or self.bot.deals_open)))
        is_dirty = self.is_dirty
        self.foot.show_state(is_live=around.is_live, is_new=self.bot is None, is_running=is_running, is_dirty=is_dirty)
        if is_dirty != self._is_dirty:
            self._is_dirty = is_dirty
            self.dirty_changed.emit(is_dirty)
        if is_dirty:
            self.draft_changed.emit(self._draft.to_json())
        if self.title() != self._title:
            self._title = self.title()
            self.setWindowTitle(self._title)
            self.title_changed.emit(self._title)

    def _show_freshness(self) -> None:
        """Old prices are said to be old, and nothing starts on them."""
        around = self.situation()
        reason = ""
        if around.account is not None and not around.account.may_trade:
            reason = tr("This account can be watched but not traded.")
        elif around.tick is None:
            reason = tr("Waits for the first price of {pair}.").format(pair=self.symbol or fmt.UNKNOWN)
        elif not around.is_fresh:
            reason = tr("Prices from {time}. Start waits for new ones.").format(
                time=fmt.clock(around.tick.at, self._zone)
            )
        self.foot.show_reason(reason)
        is_stale = around.tick is not None and not around.is_fresh
        stale = tr("prices from {time}").format(time=fmt.clock(around.tick.at, self._zone)) if is_stale else None  # type: ignore[union-attr]
        self.chart.show_stale(stale)
        self.beside.set_stale(is_stale or self.picture.settings is None)

    def retranslate(self) -> None:
        self.recompute(is_typed=False)

    def changeEvent(self, event: QEvent) -> None:
        if event.type() == QEvent.Type.LanguageChange:
            self.retranslate()
        super().changeEvent(event)


def rule(*, is_upright: bool = False) -> QWidget:
    """A quiet line between parts, in the palette's colour of separators."""
    line = QWidget()
    line.setAutoFillBackground(True)
    line.setBackgroundRole(QPalette.ColorRole.Mid)
    if is_upright:
        line.setFixedWidth(1)
    else:
        line.setFixedHeight(1)
    return line

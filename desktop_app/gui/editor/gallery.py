"""Where a new bot begins: the kinds, and cards by intent, each leading to an editor that is already filled in."""

from collections.abc import Callable, Coroutine
from datetime import UTC, tzinfo
from decimal import Decimal
from pathlib import Path
from typing import TYPE_CHECKING, Any

from PySide6.QtCore import QEvent, QTimer, Signal
from PySide6.QtGui import QResizeEvent
from PySide6.QtWidgets import (
    QFrame,
    QGridLayout,
    QHBoxLayout,
    QLabel,
    QPushButton,
    QScrollArea,
    QVBoxLayout,
    QWidget,
)

from desktop_app.core.bot_file import BotFile, read_bot_file
from desktop_app.core.library import Ready, fitted
from desktop_app.core.market import ZERO, Market
from desktop_app.core.naming import free_name
from desktop_app.core.settings import Settings
from desktop_app.core.strategies.python_settings import PythonSettings
from desktop_app.gui import fmt
from desktop_app.gui.editor.beginnings import Beginning
from desktop_app.gui.editor.cards import KindCard, PresetCard
from desktop_app.gui.editor.kinds import EDITORS, draft_from, make_editor
from desktop_app.gui.editor.link import EngineLink
from desktop_app.gui.file_box import ask_open, read_bot_text
from desktop_app.gui.i18n import tr, tr_later
from desktop_app.gui.notices import Badge, Banner, plain_label

if TYPE_CHECKING:
    from desktop_app.gui.bridge import Bridge
    from desktop_app.gui.editor.bot_editor import BotEditor
    from desktop_app.gui.editor.own.flows import OwnFlows
    from desktop_app.gui.editor.own.page import OwnPage
    from desktop_app.gui.library.page import LibraryPage

_NARROWEST_CARD = 290
_MOST_PROBLEMS = 12
_REFRESH_MS = 1_000
READY, OWN = "ready", "own"  # the tiles beside the kinds
_USUAL = ("BTC/USDT", "BTC/USDC", "ETH/USDT")


class NewBotGallery(QWidget):
    """Emits an editor that is ready to be opened; the window decides where."""

    editor_made = Signal(object)  # BotEditor
    market_wanted = Signal(str, str)

    def __init__(
        self,
        link: EngineLink,
        account: str = "",
        symbol: str = "",
        *,
        zone: tzinfo = UTC,
        bridge: "Bridge | None" = None,
        parent: QWidget | None = None,
    ) -> None:
        super().__init__(parent)
        self.setObjectName("new_bot")
        self._link, self._zone, self._bridge = link, zone, bridge
        self.account, self.symbol = account, symbol
        self.banner = Banner()
        self.kind = next(iter(EDITORS))
        self.kinds = {entry.kind: KindCard(entry.title, entry.words) for entry in EDITORS.values()}
        made = {entry.kind: [PresetCard(start) for start in entry.beginnings()] for entry in EDITORS.values()}
        self.cards = {card.preset.key: card for cards in made.values() for card in cards}
        self._of_kind = {kind: tuple(cards) for kind, cards in made.items()}
        self.kinds[READY] = KindCard(
            tr_later("Ready-made"), tr_later("Strategies to take over, and what some pasts made of them.")
        )
        self._of_kind[READY] = ()
        self.kinds[OWN] = KindCard(tr_later("Your own"), tr_later("A strategy that you write in Python."))
        self._of_kind[OWN] = ()
        self._own: OwnPage | None = None
        self._library: LibraryPage | None = None
        self._below_cards = QVBoxLayout()
        self.import_button = QPushButton()
        self._badge = Badge("paper")
        self._title, self._where = QLabel(), plain_label()
        self._import_title, self._import_words = QLabel(), plain_label()
        self._grid = QGridLayout()
        self._columns = 0
        self._wanted = ("", "")
        self._soon = QTimer(self, singleShot=True, interval=_REFRESH_MS)
        self._soon.timeout.connect(self.refresh)
        self._lay_out()
        for kind, tile in self.kinds.items():
            tile.chosen.connect(lambda kind=kind: self.show_kind(kind))
        for key, card in self.cards.items():
            card.chosen.connect(lambda key=key: self.open_preset(key))
        self.import_button.clicked.connect(lambda: self._link.spawn(self.import_file(), "importing a bot"))
        if bridge is not None:
            for changed in (bridge.prices_changed, bridge.accounts_changed, bridge.reloaded, bridge.bots_changed):
                changed.connect(self._refresh_soon)
        self.refresh()

    # --- what it is about

    def set_place(self, account: str, symbol: str) -> None:
        """Another account or pair was selected in the window."""
        self.account, self.symbol = account, symbol
        self.refresh()

    def show_kind(self, kind: str) -> None:
        """The cards of a kind; one that has none is left aside."""
        if kind in self.kinds:
            self.kind = kind
            for page, its_kind in ((self._library, READY), (self._own, OWN)):
                if page is not None:
                    page.setVisible(kind == its_kind)
            if kind == READY:
                self.library.show()
            elif kind == OWN:
                self.own.show()
                self._link.spawn(self._list_own(), "reading strategies")
            self._columns = 0
            self._arrange(self._fitting(self.width()))
            self.refresh()

    def refresh(self, *_news: object) -> None:
        """Show whose money it is and what each way would need, from what is known now."""
        account, market = self._place()
        known = self._link.known
        mode = known.mode(account) if account else "paper"
        self._badge.set_kind("live" if mode == "live" else "paper")
        self._title.setText(tr("What should the bot do?"))
        pair = market.symbol if market is not None else self.symbol or fmt.UNKNOWN
        self._where.setText(tr("On {account}, {pair}. You can change everything in the editor.").format(
            account=account or fmt.UNKNOWN, pair=pair
        ))  # fmt: skip
        self._import_title.setText(tr("Import from file"))
        self._import_words.setText(tr("Opens a bot file (TOML) in the editor. Nothing is started."))
        self.import_button.setText(tr("Choose a file…"))
        price = known.price(account, market.symbol) if market is not None else None
        if market is not None and price is None and self._wanted != (account, market.symbol):
            self._wanted = (account, market.symbol)
            self.market_wanted.emit(account, market.symbol)
        for kind, tile in self.kinds.items():
            tile.set_picked(kind == self.kind)
        if self._library is not None:
            is_known = market is not None and price is not None
            self._library.set_usable(lambda kind: is_known and kind in EDITORS)
        for card in self._of_kind[self.kind]:
            needed = self._needed(card.preset, market, price)
            card.show_needed(fmt.money(needed, market.quote) if needed is not None and market is not None else "")
            card.setEnabled(market is not None and price is not None)

    def _refresh_soon(self, *_news: object) -> None:
        if not self._soon.isActive():
            self._soon.start()

    # --- what is chosen

    @property
    def library(self) -> "LibraryPage":
        """The ready-made strategies; read when they are first looked at."""
        if self._library is None:
            from desktop_app.gui.library.page import LibraryPage, load_library

            self._library = LibraryPage(load_library(), _settings_of_ready)
            self._library.chosen.connect(self.open_ready)
            self._below_cards.addWidget(self._library)
        return self._library

    @property
    def own(self) -> "OwnPage":
        """Strategies of the user's own; asked for when they are first looked at."""
        if self._own is None:
            from desktop_app.gui.editor.own.page import OwnPage

            self._own = page = OwnPage()
            page.trust_requested.connect(lambda name: self._do_own(lambda flows: flows.trust(name)))
            page.bot_requested.connect(lambda name: self._do_own(lambda flows: flows.make_bot(name, *self._names())))
            page.example_requested.connect(lambda: self._do_own(lambda flows: flows.copy_example()))
            page.refresh_requested.connect(lambda: self._link.spawn(self._list_own(), "reading strategies"))
            self._below_cards.addWidget(page)
        return self._own

    def own_flows(self) -> "OwnFlows":
        from desktop_app.gui.editor.own.flows import OwnFlows

        return OwnFlows(self, self._link, lambda mood, text: self.banner.say(mood, text, ""))

    def _do_own(self, work: "Callable[[OwnFlows], Coroutine[Any, Any, None]]") -> None:
        async def done() -> None:
            await work(self.own_flows())
            await self._list_own()

        self._link.spawn(done(), "a strategy of one's own")

    async def _list_own(self) -> None:
        self.own.show_views(await self.own_flows().views())

    def _names(self) -> tuple[str, str]:
        account, market = self._place()
        return account, market.symbol if market is not None else ""

    def open_ready(self, key: str) -> "BotEditor | None":
        """An editor filled in with a ready-made strategy; None while the pair or its price is unknown."""
        account, market = self._place()
        price = self._link.known.price(account, market.symbol) if market is not None else None
        if market is None or price is None:
            return None
        ready = next(ready for ready in self.library.library.strategies if ready.key == key)
        settings = _settings_of_ready(ready)
        words = {"name": free_name(settings.name, self._taken()), "account": account}
        return self._open(fitted(ready, settings, market, price, words))

    def open_preset(self, key: str) -> "BotEditor | None":
        """An editor filled in with a preset; None while the pair or its price is unknown."""
        account, market = self._place()
        price = self._link.known.price(account, market.symbol) if market is not None else None
        if market is None or price is None:
            return None
        return self._open(self.cards[key].preset.settings(account, market, price, self._taken()), is_simple=True)

    def open_file(self, path: Path) -> "BotEditor | None":
        """An editor filled in from a bot file; what is wrong with the file is listed here, all of it."""
        try:
            text = read_bot_text(path)
        except (OSError, UnicodeDecodeError) as error:
            reason = getattr(error, "strerror", None) or type(error).__name__
            self._say(tr("{file} cannot be read ({reason}).").format(file=path.name, reason=reason), "")
            return None
        return self.open_text(path.name, text)

    def open_text(self, name: str, text: str) -> "BotEditor | None":
        """The same from a text that was read already; `name` is what to call it."""
        read = read_bot_file(text)
        settings = read.settings
        if isinstance(settings, PythonSettings):
            self.show_kind(OWN)
            self._do_own(lambda flows: flows.take(settings, self._place()[0]))
            return None
        if settings is None or settings.kind not in EDITORS:
            self._say_problems(name, read)
            return None
        self.banner.hide()
        # A mirror starts with its source, unasked: a file of elsewhere makes none.
        changed: dict[str, object] = {"name": free_name(settings.name, self._taken()), "mirror": None}
        if settings.account not in self._link.known.accounts:
            changed["account"] = self._place()[0]
        return self._open(settings.model_copy(update=changed))

    # --- inside

    def _open(self, settings: Settings, is_simple: bool = False) -> "BotEditor | None":
        draft = draft_from(settings)
        assert draft is not None, "cards and files are of kinds that have an editor"
        editor = make_editor(self._link, draft, zone=self._zone, bridge=self._bridge)
        assert editor is not None
        if is_simple:
            editor.show_simple()
        self.editor_made.emit(editor)
        return editor

    async def import_file(self) -> None:
        """Ask for a bot file and open it in an editor."""
        path = await ask_open(self)
        if path is not None:
            self.open_file(path)

    def _say_problems(self, name: str, read: BotFile) -> None:
        if not read.problems:
            self._say(tr("{file} is for a kind of bot that this version does not have.").format(file=name), "")
            return
        lines = [f"{problem.place}: {problem.reason}" for problem in read.problems[:_MOST_PROBLEMS]]
        rest = len(read.problems) - len(lines)
        if rest:
            lines.append(tr("and {count} more").format(count=rest))
        if len(read.problems) == 1:
            title = tr("{file} has 1 problem. Nothing was imported.").format(file=name)
        else:
            title = tr("{file} has {count} problems. Nothing was imported.").format(file=name, count=len(read.problems))
        self._say(title, "\n".join(lines))

    def _say(self, title: str, text: str) -> None:
        self.banner.say("error", title, text)

    def _taken(self) -> tuple[str, ...]:
        return tuple(bot.name for bot in self._link.known.bots.values())

    def _place(self) -> tuple[str, Market | None]:
        """The account and the pair; where none is selected, a usual one."""
        known = self._link.known
        account = self.account if self.account in known.accounts else next(iter(known.accounts), "")
        markets = known.markets.get(account, {})
        symbol = self.symbol if self.symbol in markets else next((pair for pair in _USUAL if pair in markets), "")
        return account, markets.get(symbol) or next(iter(markets.values()), None)

    def _needed(self, start: Beginning, market: Market | None, price: Decimal | None) -> Decimal | None:
        if market is None or price is None or price <= ZERO:
            return None
        return start.needed(start.settings("-", market, price, ()), market, price)

    def _lay_out(self) -> None:
        font = self._title.font()
        font.setPointSizeF(font.pointSizeF() * 1.4)
        font.setBold(True)
        self._title.setFont(font)
        self._where.setProperty("role", "muted")
        head = QHBoxLayout()
        head.setSpacing(12)
        head.addWidget(self._title)
        head.addWidget(self._badge)
        head.addStretch()
        self._grid.setSpacing(14)
        kinds = QHBoxLayout()
        kinds.setSpacing(14)
        for tile in self.kinds.values():
            kinds.addWidget(tile, 1)
            tile.setVisible(len(self.kinds) > 1)
        inside = QWidget()
        column = QVBoxLayout(inside)
        column.setContentsMargins(28, 22, 28, 22)
        column.setSpacing(6)
        column.addLayout(head)
        column.addWidget(self._where)
        column.addSpacing(10)
        column.addWidget(self.banner)
        column.addLayout(kinds)
        column.addSpacing(8 if len(self.kinds) > 1 else 0)
        column.addLayout(self._grid)
        column.addLayout(self._below_cards)
        column.addSpacing(14)
        column.addWidget(self._import_card())
        column.addStretch(1)
        area = QScrollArea()
        area.setWidgetResizable(True)
        area.setFrameShape(QFrame.Shape.NoFrame)
        area.setWidget(inside)
        whole = QVBoxLayout(self)
        whole.setContentsMargins(0, 0, 0, 0)
        whole.addWidget(area)
        self._arrange(2)

    def _import_card(self) -> QFrame:
        card = QFrame()
        card.setProperty("card", True)
        self._import_title.setProperty("role", "title")
        self._import_words.setProperty("role", "muted")
        words = QVBoxLayout()
        words.setSpacing(2)
        words.addWidget(self._import_title)
        words.addWidget(self._import_words)
        row = QHBoxLayout(card)
        row.setContentsMargins(16, 12, 16, 12)
        row.addLayout(words, 1)
        row.addWidget(self.import_button)
        return card

    def _arrange(self, columns: int) -> None:
        if columns == self._columns:
            return
        self._columns = columns
        for card in self.cards.values():
            self._grid.removeWidget(card)
            card.setVisible(card in self._of_kind[self.kind])
        for place, card in enumerate(self._of_kind[self.kind]):
            self._grid.addWidget(card, place // columns, place % columns)
        for column in range(4):
            self._grid.setColumnStretch(column, 1 if column < columns else 0)

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self._arrange(self._fitting(event.size().width()))

    @staticmethod
    def _fitting(width: int) -> int:
        room = width - 60
        return 4 if room >= 4 * _NARROWEST_CARD else 2 if room >= 2 * _NARROWEST_CARD else 1

    def changeEvent(self, event: QEvent) -> None:
        if event.type() == QEvent.Type.LanguageChange:
            self.refresh()
        super().changeEvent(event)


def _settings_of_ready(ready: Ready) -> Settings:
    from desktop_app.gui.library.page import bot_file_of

    settings = read_bot_file(bot_file_of(ready)).settings
    assert settings is not None, ready.file
    return settings

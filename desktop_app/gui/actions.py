"""Every command of the main window: its words, its shortcut, its icon; menus and the toolbar only arrange them."""

from dataclasses import dataclass

from PySide6.QtCore import QObject, Qt
from PySide6.QtGui import QAction, QActionGroup, QKeySequence
from PySide6.QtWidgets import QWidget

from desktop_app.gui.i18n import Language, tr, tr_later
from desktop_app.gui.icons import icon
from desktop_app.gui.notices import announce

INTERVALS = ("1m", "5m", "15m", "1h", "4h", "1d")
SPEEDS = (1, 10, 60, 600)


@dataclass(frozen=True, slots=True)
class _Worded:
    action: QAction
    text: str
    hint: str


class Actions(QObject):
    """QActions by name. The main window connects them; they know nothing of what they do."""

    def __init__(self, window: QWidget) -> None:
        super().__init__(window)
        self._window = window
        self._worded: list[_Worded] = []
        make = self._make
        self.new_bot = make(tr_later("New bot…"), "Ctrl+N", "plus", tr_later("Make a bot, or open one from a file"))
        self.close_tab = make(tr_later("Close tab"), "Ctrl+W")
        self.quit = make(tr_later("Quit"), "Ctrl+Q")
        self.copy = make(tr_later("Copy"), "Ctrl+C", "copy")
        self.find = make(tr_later("Find in panel"), "Ctrl+F", "search")
        self.search = make(
            tr_later("Search everything"),
            "Ctrl+K",
            "search",
            tr_later("Find a pair, a bot, a deal, a setting, a command"),
        )
        self.themes = self._choices(
            ("system", tr_later("Follow system")), ("dark", tr_later("Dark")), ("light", tr_later("Light"))
        )
        self.palettes = self._choices(
            ("green_red", tr_later("Green up, red down")),
            ("red_green", tr_later("Red up, green down")),
            ("blue_orange", tr_later("Blue up, orange down")),
        )
        self.languages = self._choices(
            ("system", tr_later("Follow system")), *((language.value, language.own_name) for language in Language)
        )
        self.larger, self.smaller = make(tr_later("Larger text"), "Ctrl+="), make(tr_later("Smaller text"), "Ctrl+-")
        self.usual_size = make(tr_later("Usual text size"), "Ctrl+0")
        self.full_screen = make(tr_later("Full-screen chart"), "F11", "fullscreen")
        self.full_screen.setCheckable(True)
        self.intervals = self._choices(*((interval, interval) for interval in INTERVALS))
        self.new_chart = make(tr_later("New chart tab"), "Ctrl+Shift+N", "chart")
        self.indicators = make(tr_later("Indicators…"), "", "", tr_later("What is drawn over and under the candles"))
        self.reset_view = make(tr_later("Reset view"), "Alt+R", "refresh")
        self.snapshot = make(tr_later("Copy picture of the chart"), "Alt+S", "copy")
        self.start_bot = make(tr_later("Start"), "", "play")
        self.pause_bot = make(tr_later("Pause new deals"), "", "pause")
        self.stop_bot = make(tr_later("Stop…"), "", "stop")
        self.edit_bot = make(tr_later("Edit…"), "F2", "edit")
        self.remove_bot = make(tr_later("Remove…"), "")
        self.duplicate_bot = make(tr_later("Duplicate…"), "", "copy")
        self.mirror_bot = make(tr_later("Mirror onto…"), "", "", tr_later("Keep a bot on another account in step"))
        self.export_bot = make(tr_later("Export…"), "", "", tr_later("Write the bot's settings into a file"))
        self.copy_link = make(
            tr_later("Copy as a link"), "", "link", tr_later("A link that opens the bot's settings as a draft")
        )
        self.import_bot = make(tr_later("Import a bot…"), "Ctrl+O", "", tr_later("Open a bot file in the editor"))
        self.signal_ways = make(
            tr_later("Ways for signals…"), "", "", tr_later("How alerts from outside reach this computer")
        )
        self.pause_all = make(tr_later("Pause all…"), "Ctrl+Shift+P", "pause", tr_later("No new deals on any bot"))
        self.smart_trade = make(tr_later("Smart trade"), "F9", "money", tr_later("Buy, sell or manage coins by hand"))
        self._make_research()
        self.add_funds = make(tr_later("Add funds…"), "", "plus")
        self.close_deal = make(tr_later("Close deal at market…"), "", "money")
        self.stop_managing = make(tr_later("Stop managing (keep coins)…"), "")
        self.panic = make(
            tr_later("PANIC…"), "Ctrl+Alt+Shift+X", "panic", tr_later("Stop all bots and cancel their orders")
        )
        self.panic.setIcon(icon("panic", "panic_fg"))
        self.connect_exchange = make(
            tr_later("Connect an exchange…"),
            "Ctrl+Shift+A",
            "key",
            tr_later("A real account, or paper on live prices"),
        )
        self.security = make(tr_later("Security centre"), "Ctrl+Shift+S", "shield")
        self.accounts = make(tr_later("Accounts"), "")
        self.exchanges = make(tr_later("Exchanges…"), "", "", tr_later("What works on which exchange"))
        self.lock_layout = make(tr_later("Lock layout"), "", "lock")
        self.lock_layout.setCheckable(True)
        self.reset_layout = make(tr_later("Reset layout"), "")
        self.markets = make(tr_later("Markets"), "Ctrl+M", "markets")
        self.bottom = make(tr_later("Show or hide the bottom panels"), "Ctrl+T")
        self.next_panel = make(tr_later("Next panel"), "F6")
        self.previous_panel = make(tr_later("Previous panel"), "Shift+F6")
        self.guide = make(tr_later("User guide"), "F1")
        self.updates = make(
            tr_later("Check for updates…"), "", "", tr_later("Ask the project's page for the newest version")
        )
        self.settings = make(
            tr_later("Settings"), "Ctrl+,", "settings", tr_later("Power, start at login, tray, newer versions")
        )
        self.about = make(tr_later("About Strongroom"), "")
        self.retranslate()
        self.show_possible(has_bot=False, has_deal=False, has_chart=False)

    def _make_research(self) -> None:
        make = self._make
        self.backtest = make(
            tr_later("Backtest"), "Ctrl+R", "backtest", tr_later("Play candles of the past to the bot in view")
        )
        self.optimise = make(
            tr_later("Optimise…"), "", "", tr_later("Search better settings for the bot in view, on past candles")
        )
        self.backtest_bots = make(
            tr_later("Backtest several bots…"), "", "", tr_later("Play the past to several bots over one balance")
        )
        self.backtest_file = make(tr_later("Backtest a bot file…"), "")
        self.backtest_results = make(
            tr_later("Backtest results"), "", "history", tr_later("Results that were kept; two can be compared")
        )

    def show_possible(self, *, has_bot: bool, has_deal: bool, has_chart: bool) -> None:
        """Grey what needs something selected."""
        for action in (self.duplicate_bot, self.mirror_bot, self.export_bot, self.copy_link):
            action.setEnabled(has_bot)
        for action in (self.edit_bot, self.remove_bot, self.start_bot, self.pause_bot, self.stop_bot):
            action.setEnabled(has_bot)
        for action in (self.add_funds, self.close_deal, self.stop_managing):
            action.setEnabled(has_deal)
        for action in (self.indicators, self.reset_view, self.snapshot):
            action.setEnabled(has_chart)
        self.intervals.setEnabled(has_chart)

    def retranslate(self) -> None:
        for worded in self._worded:
            worded.action.setText(tr(worded.text))
            hint = tr(worded.hint or worded.text).removesuffix("…")
            keys = worded.action.shortcut().toString(QKeySequence.SequenceFormat.NativeText)
            worded.action.setToolTip(f"{hint} ({keys})" if keys else hint)

    def announce(self, text: str) -> None:
        announce(self._window, text)

    def _make(self, text: str, keys: str, picture: str = "", hint: str = "") -> QAction:
        action = QAction(self)
        if keys:
            action.setShortcut(QKeySequence(keys))
            action.setShortcutContext(Qt.ShortcutContext.WindowShortcut)
        if picture:
            action.setIcon(icon(picture))
        action.setIconVisibleInMenu(False)
        self._window.addAction(action)
        self._worded.append(_Worded(action, text, hint))
        return action

    def _choices(self, *choices: tuple[str, str]) -> QActionGroup:
        group = QActionGroup(self)
        group.setExclusionPolicy(QActionGroup.ExclusionPolicy.Exclusive)
        for key, text in choices:
            action = QAction(group)
            action.setCheckable(True)
            action.setData(key)
            self._worded.append(_Worded(action, text, ""))
        return group


def check(group: QActionGroup, key: str) -> None:
    """Tick the choice with this key."""
    for action in group.actions():
        action.setChecked(action.data() == key)

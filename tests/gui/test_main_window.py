import json
import threading
from dataclasses import replace
from decimal import Decimal
from pathlib import Path

import pytest
from PySide6.QtCore import Qt
from PySide6.QtGui import QAction, QKeySequence
from PySide6.QtTest import QTest
from PySide6.QtWidgets import (
    QAbstractButton,
    QAbstractItemView,
    QApplication,
    QComboBox,
    QDockWidget,
    QLabel,
    QLineEdit,
    QTabBar,
    QWidget,
)

from desktop_app.core.deal import DealStatus
from desktop_app.gui import fmt
from desktop_app.gui.chart_page import ChartPage
from desktop_app.gui.i18n import Language, set_language
from desktop_app.gui.main_window import MainWindow
from desktop_app.gui.notices import Badge
from tests.gui.fake_engine import ACCOUNT, NOW, account_view, bot_view, deal_128, deal_view
from tests.gui.grids import after_a_round_trip
from tests.gui.shell import SETTINGS, Shell

D = Decimal
PACKAGE = Path(__file__).resolve().parents[2] / "desktop_app"


def names(window: MainWindow) -> list[str]:
    return [dock.objectName() for dock in window.findChildren(QDockWidget)]


def test_the_window_stands_before_the_engine_does(shell: Shell) -> None:
    assert shell.window.windowTitle() == "Starter — Strongroom"
    assert shell.window.status.feed.text() == "Starting…"
    assert shell.window.toolbar.badge.isHidden()


def test_what_the_first_paint_does_not_need_is_not_loaded() -> None:
    import subprocess
    import sys

    script = (
        "import sys, os; os.environ['QT_QPA_PLATFORM']='offscreen';"
        "import desktop_app.gui.main_window;"
        "heavy = {'pyqtgraph', 'ccxt', 'sqlalchemy', 'numpy', 'pydantic'} & set(sys.modules); print(sorted(heavy))"
    )
    done = subprocess.run(
        [sys.executable, "-c", script], capture_output=True, text=True, cwd=PACKAGE.parent, check=True
    )

    assert done.stdout.strip() == "[]"


def test_g_01_the_paper_badge_is_on_every_surface_that_moves_money(shell: Shell) -> None:
    shell.arrive(with_charts=True)
    window = shell.window

    assert window.windowTitle().startswith("PAPER · ")
    assert window.toolbar.badge.kind == "paper"
    assert window.toolbar.badge.accessibleName() == "Paper account, no real money"
    assert window.toolbar.simulated.text() == "simulated market"
    assert window.panels.inspector.deal.badge.kind == "paper"
    page = window.active_chart()
    assert page is not None and page.chart is not None
    assert page.chart.canvas.legend.badge == "PAPER"
    assert "Paper account" in page.chart.canvas.accessibleName()


def test_g_01_live_is_said_as_soon_as_one_live_bot_runs(shell: Shell) -> None:
    shell.arrive()

    shell.engine.bot(bot_view(bot_id=9, name="Real one", mode="live"))
    shell.hear()

    assert shell.window.windowTitle().startswith("LIVE · ")


def test_g_01_paper_and_live_results_are_never_one_sum(shell: Shell) -> None:
    shell.arrive()

    shell.engine.deal(deal_view(deal_128(number=129), bot_id=9, mode="live"))
    shell.hear()

    assert shell.window.panels.deals.head.count.text() == "2 of 2 deals · PAPER −0.51 USDT · LIVE −0.51 USDT"


def test_g_04_old_prices_never_look_live(shell: Shell) -> None:
    shell.arrive()
    window = shell.window

    shell.engine.account(is_live_feed=False)
    shell.hear()
    assert window.panels.deals.model.is_stale
    assert window.panels.markets.model.is_stale
    assert not window.panels.inspector.deal.close_at_market.isEnabled()
    assert window.panels.inspector.deal.result.property("role") == "muted"
    assert window.panels.inspector.deal.close_at_market.toolTip() == "Prices are old. This needs a fresh one."
    assert window.status.feed.text().startswith("Offline")

    shell.engine.account(is_live_feed=True)
    shell.hear()
    fresh = window.panels.deals.model
    assert not fresh.is_stale
    assert window.panels.inspector.deal.close_at_market.isEnabled()


def test_g_08_the_layout_survives_a_restart_and_a_language_change(shell: Shell) -> None:
    shell.arrive()
    window = shell.window
    window.resize(window.minimumSize())  # a larger one would be fitted to the small screen that tests have
    window.panels.bots.hide()
    window.panels.markets.table.show_column("volume")
    shell.do(lambda: None)
    shell.do(window.save_layout)
    before = window.layouts.kept.narrow

    for language in (Language.ENGLISH, Language.CHINESE):
        set_language(language)
        again = Shell(shell.loop, shell.folder).arrive()
        assert again.window.panels.bots.isHidden()
        assert again.window.tabifiedDockWidgets(again.window.panels.deals)
        assert "volume" in again.window.panels.markets.table.visible_keys()
        again.window.save_layout()
        assert language is Language.CHINESE or again.window.layouts.kept.narrow == before
        again.close()
    set_language(Language.ENGLISH)


@pytest.mark.parametrize("content", ["{", "[]", '{"narrow": 5}', '{"narrow": "not base64!", "geometry": "xx"}', "\x00"])
def test_g_08_a_broken_layout_becomes_the_usual_one_and_is_told(shell: Shell, content: str) -> None:
    (shell.folder / "window.json").write_text(content)

    again = Shell(shell.loop, shell.folder)
    again.do(lambda: None)

    assert not again.window.panels.deals.isHidden()
    assert any("layout could not be read" in text for text in again.window.toasts.texts())
    again.close()


def test_g_08_names_are_ascii_unique_and_the_same_in_both_languages(shell: Shell) -> None:
    english = names(shell.window)
    set_language(Language.CHINESE)
    chinese = names(shell.window)
    set_language(Language.ENGLISH)

    assert english == chinese
    assert len(set(english)) == len(english)
    assert all(name.isascii() and name.startswith("dock.") for name in english)


def test_g_08_reset_brings_every_panel_back(shell: Shell) -> None:
    window = shell.window
    for panel in window.panels.all():
        panel.hide()
    window.panels.bots.setFloating(True)

    shell.do(window.commands.reset_layout.trigger)

    assert not any(panel.isHidden() or panel.isFloating() for panel in window.panels.all())


def test_the_other_size_of_window_has_the_other_layout(shell: Shell) -> None:
    shell.arrive()
    shell.do(lambda: shell.window.resize(1920, 1080))

    assert shell.window.windowTitle() == "PAPER · Trade — Strongroom"
    assert not shell.window.tabifiedDockWidgets(shell.window.panels.deals)


def test_a_locked_layout_cannot_be_moved_or_closed(shell: Shell) -> None:
    shell.do(lambda: shell.window.commands.lock_layout.setChecked(True))

    free = QDockWidget.DockWidgetFeature.NoDockWidgetFeatures
    assert all(panel.features() == free and panel.head.cross.isHidden() for panel in shell.window.panels.all())


def test_g_09_one_selection_drives_chart_orders_inspector_and_log(shell: Shell) -> None:
    shell.engine.supervisor.deal_views.append(
        deal_view(replace(deal_128(number=7), symbol="ETH/USDT", orders=()), bot_id=2, name="ETH swing")
    )
    shell.arrive(with_charts=True)
    window = shell.window
    window.panels.log.own.setChecked(True)

    shell.do(lambda: window.panels.deals.table.select("1-128"))
    page = window.active_chart()
    assert page is not None
    assert page.symbol == "BTC/USDT"
    assert sorted(window.panels.orders.table.selected_ids()) == ["s2", "s3", "tp"]
    assert window.panels.inspector.deal.deal_id == "1-128"
    assert {row.bot for row in window.panels.log.model.shown_rows()} == {"BTC starter"}

    shell.do(lambda: window.panels.deals.table.select("2-7"))
    assert page.symbol == "ETH/USDT"
    assert window.panels.orders.table.selected_ids() == []
    assert window.panels.inspector.deal.deal_id == "2-7"
    assert window.panels.log.model.shown_rows() == []


def test_g_09_an_open_chain_follows_no_more(shell: Shell) -> None:
    shell.arrive()
    window = shell.window
    window.panels.inspector.head.chain.setChecked(False)

    shell.do(lambda: window.selection.pick_bot(2, ACCOUNT, "ETH/USDT"))
    assert window.panels.inspector.pages.currentWidget() is window.panels.inspector.deal

    shell.do(lambda: window.panels.inspector.head.chain.setChecked(True))
    assert window.panels.inspector.pages.currentWidget() is window.panels.inspector.bot


def test_the_chart_has_the_selected_deals_lines_and_fills(shell: Shell) -> None:
    shell.arrive(with_charts=True)
    page = shell.window.active_chart()
    assert page is not None and page.chart is not None

    assert [line.label for line in page.chart.canvas.book.lines] == ["Avg", "BE", "SO2", "SO3", "TP", "SO4"]
    assert len(page.chart.canvas.markers.markers) == 2
    assert page.chart.interval == "15m"


def test_g_11_no_dialog_or_menu_runs_a_loop_of_its_own() -> None:
    guilty = [
        path.name
        for path in (PACKAGE / "gui").rglob("*.py")
        if any(call in path.read_text(encoding="utf-8") for call in (".exec(", ".exec_("))
    ]

    assert guilty == []


def test_g_13_every_shortcut_is_unique_and_no_bare_letter_orders_anything(shell: Shell) -> None:
    keys = [
        key.toString(QKeySequence.SequenceFormat.PortableText)
        for action in shell.window.findChildren(QAction)
        for key in action.shortcuts()
    ]

    assert len(keys) == len(set(keys))
    assert all("+" in key or key.startswith("F") for key in keys)


def test_g_13_every_command_is_in_the_menus(shell: Shell) -> None:
    def under(menu: QWidget) -> set[QAction]:
        found = set()
        for action in menu.actions():
            sub = action.menu()
            found |= under(sub) if isinstance(sub, QWidget) else {action}
        return found

    reachable = under(shell.window.menuBar())
    commands = {action for action in shell.window.actions() if action.parent() is shell.window.commands}

    assert commands - reachable == set()


def test_g_17_dark_and_light_switch_while_everything_is_open(shell: Shell) -> None:
    shell.arrive(with_charts=True)
    window = shell.window
    light = next(action for action in window.commands.themes.actions() if action.data() == "light")

    shell.do(light.trigger)

    palette = QApplication.palette()
    assert palette.window().color().lightness() > 200
    page = window.active_chart()
    assert page is not None and page.chart is not None
    assert page.chart.canvas.backgroundBrush().color().lightness() > 200
    assert json.loads((shell.folder / "settings.json").read_text())["theme"] == "light"


def test_a_04_the_language_switches_while_everything_is_open(shell: Shell) -> None:
    shell.arrive()
    window = shell.window
    chinese = next(action for action in window.commands.languages.actions() if action.data() == "zh_CN")

    try:
        shell.do(chinese.trigger)
        assert window.panels.deals.windowTitle() == "交易"
        assert window.windowTitle().startswith("模拟盘 · ")
        assert window.menuBar().actions()[0].text() == "文件(&F)"
        assert "等待止盈" in window.panels.bots.model.shown_rows()[0].why
        assert window.panels.inspector.deal.on_exchange_title.text() == "在交易所"
    finally:
        set_language(Language.ENGLISH)


def is_part_of_another(widget: QWidget) -> bool:
    """The list of a combo box, the cross of a line: their owner speaks for them."""
    parent = widget.parentWidget()
    assert parent is not None
    return isinstance(parent, QComboBox | QLineEdit) or "QComboBox" in parent.metaObject().className()


def test_a_01_whatever_takes_the_focus_has_a_name(shell: Shell) -> None:
    shell.arrive()
    shell.do(lambda: shell.window.selection.pick_deal("1-128", 1, ACCOUNT, "BTC/USDT"))
    kinds = (QAbstractButton, QAbstractItemView, QComboBox, QLineEdit, QTabBar)

    nameless = [
        f"{type(widget).__name__} {widget.objectName()}"
        for widget in shell.window.findChildren(QWidget)
        if isinstance(widget, kinds)
        and widget.focusPolicy() != Qt.FocusPolicy.NoFocus
        and not widget.isHidden()
        and not widget.accessibleName()
        and not (isinstance(widget, QAbstractButton) and widget.text())
        and not widget.objectName().startswith("qt_")
        and not is_part_of_another(widget)
    ]

    assert nameless == []


def test_labels_with_outside_text_never_read_markup(shell: Shell) -> None:
    name = "<b>bold</b>"
    shell.arrive()
    shell.engine.bot(bot_view(name=name))
    shell.engine.deal(deal_view(name=name))
    shell.hear()

    shown = [label for label in shell.window.findChildren(QLabel) if name in label.text()]

    assert shown
    assert all(label.textFormat() == Qt.TextFormat.PlainText for label in shown)


def test_f6_visits_every_panel_in_sight_and_the_documents(shell: Shell) -> None:
    shell.arrive(with_charts=True)
    window = shell.window
    window.activateWindow()
    visited = []

    for _ in range(5):
        shell.do(window.commands.next_panel.trigger)
        panel = window.panels.in_focus()
        visited.append(panel.objectName() if panel is not None else "documents")

    assert sorted(visited) == ["dock.bots", "dock.deals", "dock.inspector", "dock.markets", "documents"]


def test_the_speed_chip_asks_the_engine_and_shows_what_it_says(shell: Shell) -> None:
    shell.arrive()

    shell.do(shell.window.toolbar.speeds.buttons[600].click)
    assert shell.calls == [("set_speed", ACCOUNT, D(600))]

    shell.engine.account(speed=D(10))
    shell.hear()
    assert shell.window.toolbar.speeds.buttons[10].isChecked()


def test_the_speed_chip_is_only_for_simulated_markets(shell: Shell) -> None:
    shell.engine.supervisor.views = [account_view(is_simulated=False, exchange="binance")]
    shell.arrive()

    assert shell.window.toolbar.speeds.isHidden()
    assert shell.window.toolbar.simulated.isHidden()


def test_the_status_bar_counts_and_sums(shell: Shell) -> None:
    shell.arrive()
    status = shell.window.status

    assert status.bots.text() == "2 running"
    assert status.orders.text() == "3 orders"
    assert status.equity.text() == "10,005.49 USDT"
    assert status.today.text() == "Today +4.12 (+0.04 %)"
    assert status.clock.text() == "2026-11-25 13:41:07 simulated"
    assert status.keys.text() == "No keys needed (paper)"


def test_what_open_deals_have_realised_is_told_beside_today_so_that_the_panels_add_up(shell: Shell) -> None:
    shell.arrive()
    today = shell.window.status.today
    assert today.toolTip() == "Profit of deals closed since 00:00 UTC, after fees"
    grid = after_a_round_trip()
    shell.engine.deal(grid.view())
    shell.hear()
    shell.window.status.refresh()

    assert today.toolTip().splitlines()[1].startswith(f"Open deals have realised {fmt.pnl(grid.deal.profit, 'USDT')}")


def test_a_chart_whose_pair_is_chosen_says_that_its_candles_load(shell: Shell) -> None:
    shell.arrive(with_charts=True)
    (page,) = shell.window.chart_pages()
    chart = page.chart
    assert chart is not None

    seen: list[str] = []

    def choose() -> None:
        page.show_pair(ACCOUNT, "ETH/USDT")
        seen.extend(label.text() for label in chart.findChildren(QLabel))

    shell.do(choose)
    assert "Loading candles…" in seen


def test_d_04_the_real_result_is_told_when_a_deal_is_over(shell: Shell) -> None:
    shell.arrive()
    shell.engine.deal(deal_view(deal_128(status=DealStatus.CLOSED_BY_USER)))
    shell.hear()

    assert any("deal #128 closed" in text and "(paper)" in text for text in shell.window.toasts.texts())
    assert shell.window.panels.deals.model.total == 0


def test_a_problem_in_the_log_reaches_people_at_once(shell: Shell) -> None:
    shell.arrive()

    shell.engine.log("error", "feed_lost", account=ACCOUNT, reason="no answer")
    shell.hear()

    assert shell.window.toasts.texts() == [
        "No prices from Paper wallet (no answer). Orders on the exchange stay active."
    ]


def test_an_editor_takes_the_room_of_inspector_and_bottom_and_gives_it_back_exactly(shell: Shell) -> None:
    shell.arrive()
    window, editor = shell.window, QWidget()
    panels = window.panels
    editor.setMinimumWidth(900)
    shell.do(lambda: panels.show("dock.orders"))
    before = [panel.geometry() for panel in (panels.markets, panels.bots, panels.inspector, panels.orders)]

    shell.do(lambda: window.open_document(editor, "New bot"))
    assert all(panel.isHidden() for panel in (panels.inspector, panels.deals, panels.orders, panels.log))
    assert not panels.markets.isHidden()

    shell.do(lambda: window.close_document(editor))
    assert not any(panel.isHidden() for panel in panels.all())
    assert [panel.geometry() for panel in (panels.markets, panels.bots, panels.inspector, panels.orders)] == before
    assert all(panel.head.title.isHidden() for panel in (panels.inspector, panels.deals)), "their tabs name them"


def test_f9_over_an_editor_brings_the_chart_to_the_front_instead_of_squeezing_the_editor(shell: Shell) -> None:
    shell.arrive()
    window, editor = shell.window, QWidget()
    shell.do(lambda: window.open_document(editor, "New bot"))
    shell.do(lambda: QTest.keyClick(window, Qt.Key.Key_F9))
    assert isinstance(window.documents.currentWidget(), ChartPage)
    assert not window.panels.deals.isHidden()
    assert window.panels.ticket.isVisible()

    shell.do(lambda: window.documents.setCurrentWidget(editor))
    assert window.panels.ticket.isHidden(), "an editor needs its room"
    shell.do(lambda: window.close_document(editor))


def test_a_document_may_refuse_to_close(shell: Shell) -> None:
    class Stubborn(QWidget):
        def closeEvent(self, event: object) -> None:
            event.ignore()  # type: ignore[attr-defined]

    editor = Stubborn()
    shell.do(lambda: shell.window.open_document(editor, "New bot"))

    assert not shell.window.close_document(editor)
    assert shell.window.documents.indexOf(editor) >= 0


def test_the_full_screen_chart_comes_back_to_what_was(shell: Shell) -> None:
    shell.arrive()
    window = shell.window

    shell.do(lambda: window.commands.full_screen.setChecked(True))
    assert all(panel.isHidden() for panel in window.panels.all())

    shell.do(lambda: window.commands.full_screen.setChecked(False))
    assert not any(panel.isHidden() for panel in window.panels.all())
    assert not window.toolbar.isHidden()


def test_g_14_a_second_start_brings_this_window_to_the_front_from_any_thread(shell: Shell) -> None:
    shell.arrive()
    shell.window.showMinimized()
    thread = threading.Thread(target=shell.bridge.focus_requested.emit)

    thread.start()
    thread.join()
    shell.do(lambda: None)

    assert not shell.window.isMinimized()
    assert shell.window.toasts.texts() == ["Strongroom was running already. This is it."]


def test_new_bot_and_edit_are_asked_for_by_signals(shell: Shell) -> None:
    shell.arrive()
    asked: list[object] = []
    shell.window.new_bot_requested.connect(asked.append)
    shell.window.edit_bot_requested.connect(asked.append)

    shell.do(shell.window.commands.new_bot.trigger)
    shell.do(shell.window.commands.edit_bot.trigger)

    assert asked == ["", 1]


def test_the_text_size_keeps_within_its_limits(shell: Shell) -> None:
    for _ in range(20):
        shell.do(shell.window.commands.larger.trigger)
    assert shell.window.appearance.settings.text_percent == 200
    shell.do(shell.window.commands.usual_size.trigger)
    assert shell.window.appearance.settings == SETTINGS


def test_badges_tell_apart_without_colour(shell: Shell) -> None:
    live, paper = Badge("live"), Badge("paper")

    assert live.text() != paper.text()


def test_the_log_begins_with_what_the_journal_remembers(shell: Shell) -> None:
    shell.arrive()

    first = shell.window.panels.log.model.shown_rows()[0]
    assert (first.bot, first.deal, first.said.code) == ("BTC starter", 128, "deal_started")
    assert first.at < NOW


def test_wishes_of_bots_that_are_gone_do_nothing(shell: Shell) -> None:
    shell.arrive()
    shell.do(lambda: shell.bridge.spawn(shell.window.errands.bots.stop([77])))

    assert shell.calls == []

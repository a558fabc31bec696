"""From a bot to a search and from its runs back into the form, by click."""

from dataclasses import replace

from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QDialog, QWidget

from desktop_app.core.strategies.smart_settings import SmartTradeSettings
from desktop_app.gui.backtest.page import BacktestPage
from desktop_app.gui.backtest.subject import Subject
from desktop_app.gui.editor.bot_editor import BotEditor
from desktop_app.gui.optimiser.applying import ChangeTable
from desktop_app.gui.optimiser.page import OptimiserPage
from desktop_app.research.search import Trial
from desktop_app.research.search_run import Batch, Examined, Searched, Tried
from desktop_app.research.space import Point
from tests.gui.fake_engine import ACCOUNT
from tests.gui.optimiser.conftest import Bench, search_over
from tests.gui.optimiser.trials import SCALE, STEP, D, found, summary
from tests.gui.shell import button

TRADE = SmartTradeSettings.model_validate(
    {
        "name": "Trade 1", "account": ACCOUNT, "pair": "BTC/USDT", "amount": "0.01",
        "take_profit": {"steps": [{"percent": "2", "share": "100"}], "trailing_deviation": "0.5"},
        "stop_loss": {"percent": "3"},
    }
)  # fmt: skip
LEFT = Qt.MouseButton.LeftButton
_MONEY = ("start_bot", "edit_bot", "add_bot", "stop_bot", "ask", "add_trade")


def front(bench: Bench) -> QWidget:
    return bench.shell.window.documents.currentWidget()


def open_editor(bench: Bench) -> BotEditor:
    bench.shell.do(lambda: bench.shell.window.edit_bot_requested.emit(1))
    bench.until(lambda: isinstance(front(bench), BotEditor))
    editor = front(bench)
    assert isinstance(editor, BotEditor)
    return editor


def press(name: str):  # type: ignore[no-untyped-def]
    def act(sheet: QDialog) -> None:
        button(sheet, name).click()

    return act


def test_every_way_in_opens_a_search_of_the_bot(bench: Bench) -> None:
    window = bench.shell.window
    bench.shell.do(lambda: window.panels.bots.optimise_requested.emit(1))
    page = front(bench)
    assert isinstance(page, OptimiserPage) and page.title() == "Optimise — BTC starter"
    backtest: list[BacktestPage | None] = []
    bench.shell.do(
        lambda: backtest.append(bench.backtests.open_settings(page.subject.settings, page.subject.account, 1))
    )
    assert backtest[0] is not None
    bench.shell.do(lambda: QTest.mouseClick(backtest[0].buttons["optimise"], LEFT))  # type: ignore[union-attr]
    assert front(bench) is page and len(bench.desk.pages) == 1
    bench.shell.do(lambda: window.selection.pick_bot(1, page.subject.account, "BTC/USDT"))
    bench.shell.do(lambda: window.documents.setCurrentIndex(0))
    bench.shell.do(window.commands.optimise.trigger)
    assert front(bench) is page


def test_x07_apply_shows_field_by_field_what_would_change(bench: Bench) -> None:
    page = bench.searched()
    seen: list[str] = []

    def look(sheet: QDialog) -> None:
        seen.extend(table.accessibleName() for table in sheet.findChildren(ChangeTable))
        button(sheet, "Keep the bot as it is").click()

    bench.shell.answer(lambda: QTest.mouseClick(page.details.apply, LEFT), look)

    assert seen == ["First step 1.5 % → 0.8 %; Volume scale 1.5 → 1.0; Plan 215.50 → 168.99 USDT"]


def test_x07_apply_puts_the_run_into_the_form_never_starts_and_can_be_undone(bench: Bench) -> None:
    page = bench.searched()
    bench.shell.answer(
        lambda: QTest.mouseClick(page.details.apply, LEFT), press("Put into the form")
    )  # fmt: skip
    bench.until(lambda: isinstance(front(bench), BotEditor))
    editor = front(bench)
    assert isinstance(editor, BotEditor)

    assert (editor.draft.text(STEP), editor.draft.text(SCALE)) == ("0.8", "1.0")
    was_dirty = editor.is_dirty
    bench.shell.do(editor.undo)
    assert (editor.draft.text(STEP), editor.draft.text(SCALE)) == ("1.5", "1.5")
    assert (was_dirty, editor.is_dirty, editor.bot_id) == (True, False, 1)
    assert not [call for call in bench.shell.calls if call[0] in _MONEY]


def test_x07_the_form_counts_as_typed_and_what_is_typed_meanwhile_stays(bench: Bench) -> None:
    editor = open_editor(bench)
    bench.shell.do(lambda: editor.set_draft(editor.draft.with_text(STEP, "2.5")))
    bench.shell.do(lambda: QTest.mouseClick(editor.foot.optimise, LEFT))
    page = bench.desk.pages[-1]
    assert page.form.space.rows[STEP].variable.now == 2.5
    bench.until(lambda: page.past.has_candles)
    search_over(bench.shell, page, bench.jobs)
    bench.shell.do(lambda: editor.set_draft(editor.draft.with_text("take_profit.percent", "3")))
    bench.shell.answer(
        lambda: QTest.mouseClick(page.details.apply, LEFT), press("Put into the form")
    )  # fmt: skip

    row = page.results.chosen
    assert row is not None and front(bench) is editor
    assert editor.draft.text(STEP) == str(row.value(STEP)) and editor.draft.text("take_profit.percent") == "3"


def test_x07_apply_can_make_a_draft_of_a_new_bot(bench: Bench) -> None:
    page = bench.searched()
    bench.shell.answer(lambda: QTest.mouseClick(page.details.apply, LEFT), press("Open as a new bot"))
    editor = front(bench)

    assert isinstance(editor, BotEditor) and editor.bot is None
    assert editor.draft.text("name") == "BTC starter, row 1" and editor.draft.text(STEP) == "0.8"
    assert not [call for call in bench.shell.calls if call[0] in _MONEY]


def test_a_row_opens_as_a_backtest_with_its_settings(bench: Bench) -> None:
    page = bench.searched()
    bench.shell.do(lambda: QTest.mouseClick(page.details.backtest, LEFT))
    shown = front(bench)

    assert isinstance(shown, BacktestPage)
    safety = shown.subject.settings.safety_orders  # type: ignore[attr-defined]
    assert (str(safety.price_deviation), str(safety.volume_scale)) == ("0.8", "1.0")


def test_without_a_bot_in_view_it_says_how_to_get_one(bench: Bench) -> None:
    bench.shell.do(lambda: bench.shell.window.selection.pick_pair("Paper wallet", "ETH/USDT"))
    bench.shell.do(bench.shell.window.commands.optimise.trigger)

    assert bench.desk.pages == []


def test_x07_a_run_of_a_smart_trade_opens_in_the_ticket_and_places_nothing(bench: Bench) -> None:
    bench.shell.do(lambda: bench.desk.open_subject(Subject(TRADE, ACCOUNT)))
    page = bench.desk.pages[-1]
    bench.until(lambda: page.past.has_candles)
    bench.shell.do(page.start)
    order = bench.jobs.search.order
    point = Point(tuple((one.name, one.values[1]) for one in order.search.space.dimensions))
    tried = Tried(Trial(point, summary(), summary(), (0.9,), ()), D("100"))
    answer = Searched(replace(found(search=order.search), total=1), (tried,), 1, D("90"))
    for part in (Batch((tried,)), answer, Examined(point, None)):
        bench.jobs.search.came.emit(part)
    bench.shell.do(lambda: bench.jobs.search.finished.emit(None, False))
    assert page.details.apply.text() == "Open in the ticket…"

    bench.shell.answer(lambda: QTest.mouseClick(page.details.apply, LEFT), press("Open in the ticket"))

    panel, values = bench.shell.window.panels.ticket, dict(point.values)
    made = panel.desk.picture.settings
    assert made is not None and panel.isVisible()
    assert made.stop_loss.percent == values["stop_loss.percent"] != TRADE.stop_loss.percent
    assert made.take_profit.trailing_deviation == values["take_profit.trailing_deviation"]
    assert (made.account, made.pair, made.amount) == (ACCOUNT, "BTC/USDT", D("0.01"))
    assert not [call for call in bench.shell.calls if call[0] in _MONEY]

"""The candles of several bots' pairs: what is missing is fetched when that is agreed to."""

from PySide6.QtCore import Qt
from PySide6.QtTest import QTest

from desktop_app.gui.backtest.pair_rows import state_of
from tests.gui.backtest.conftest import Bench
from tests.gui.backtest.trials import OTHER, QUICK, fill
from tests.gui.fake_engine import bot_view
from tests.gui.shell import button, words

LEFT = Qt.MouseButton.LeftButton


def test_missing_candles_of_all_pairs_are_offered_with_their_size_and_not_fetched_without_a_yes(bench: Bench) -> None:
    fill(bench.shell.folder, range(100, 160))
    known = bench.shell.bridge.known.bots
    known.clear()
    known[1] = bot_view(settings_json=QUICK.model_dump_json())
    known[2] = bot_view(bot_id=2, name=OTHER.name, settings_json=OTHER.model_dump_json())
    bench.shell.do(lambda: bench.desk.portfolios.open_bots([1, 2]))
    bench.until(lambda: bool(bench.desk.portfolios.pages))
    box = bench.desk.portfolios.pages[0].box
    bench.until(lambda: len(box.plans) == 2 and all(plan.is_known for plan in box.plans))
    states = [state_of(plan) for plan in box.plans]
    assert states[0] == "60 of 6,000 candles are missing"
    assert states[1] == "None of 6,000 candles are kept yet"
    assert box.get.text() == "Get data… (291 kB)"
    before = len(bench.shell.calls)

    bench.shell.answer(
        lambda: QTest.mouseClick(box.get, LEFT),
        lambda sheet: (
            sheet.setProperty("said", words(sheet)), QTest.mouseClick(button(sheet, "Not now"), LEFT)
        ),
    )  # fmt: skip

    assert not [call for call in bench.shell.calls[before:] if call[0] == "candles"]
    assert not box.is_fetching

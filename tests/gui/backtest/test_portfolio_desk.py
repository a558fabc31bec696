"""What is done with a result of several bots, and the ways to it, by click."""

from dataclasses import replace
from pathlib import Path

import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest

from desktop_app.gui.backtest import follow_up
from desktop_app.gui.backtest.compare_page import ComparePage, short_name
from desktop_app.gui.backtest.figures import name_of
from desktop_app.research.past import Source
from desktop_app.research.portfolio_run import PortfolioOutcome
from tests.gui.backtest.conftest import Bench
from tests.gui.backtest.test_kept import keep, select_all
from tests.gui.backtest.test_portfolio_pane import shown
from tests.gui.backtest.trials import OTHER, QUICK, SOURCE, fill, ready, ready_portfolio
from tests.gui.fake_engine import bot_view
from tests.gui.shell import words

LEFT = Qt.MouseButton.LeftButton


def test_a_kept_result_opens_with_its_bots_ticked_and_each_of_them_by_itself(bench: Bench) -> None:
    page = keep(bench, ready_portfolio())  # type: ignore[arg-type]

    bench.shell.do(lambda: page.table.select(page.model.id_at(0)))
    bench.shell.do(lambda: QTest.mouseClick(page.open, LEFT))
    bench.until(lambda: bool(bench.desk.portfolios.pages))
    opened = bench.desk.portfolios.pages[0]
    bench.until(lambda: opened.outcome is not None)

    assert opened.outcome == ready_portfolio()
    assert [one.settings for one in opened.box.subjects] == [QUICK, OTHER]
    assert opened.box.subjects[0].bot_id == 1
    assert not opened.buttons["part"].isEnabled()
    bench.until(lambda: opened.pane.bots_model.rowCount() == 2)
    bench.shell.do(lambda: opened.pane.bots.select("0"))
    bench.shell.do(lambda: QTest.mouseClick(opened.buttons["part"], LEFT))
    bench.until(lambda: bool(bench.desk.pages) and bench.desk.pages[0].outcome is not None)
    alone = bench.desk.pages[0]
    assert alone.outcome == ready_portfolio().parts[0]
    assert "over a balance that 2 bots shared." in words(alone.banner)


def test_the_tested_bot_goes_on_with_others_on_the_same_candles(bench: Bench) -> None:
    imported = Source("imported", "BTC/USDT", "1m")
    for source in (SOURCE, imported):
        fill(bench.shell.folder, source=source)
    alone = bench.page()
    bench.shell.do(lambda: alone.form.choose("BTC/USDT", ("imported", "1m")))
    bench.until(lambda: alone.past.has_candles)
    bench.shell.do(lambda: alone.form.slippage.set_value(alone.form.fee.value))

    bench.shell.do(lambda: QTest.mouseClick(alone.buttons["others"], LEFT))
    bench.until(lambda: bool(bench.desk.portfolios.pages))
    page = bench.desk.portfolios.pages[0]
    bench.until(lambda: page.box.is_ready)

    assert [one.name for one in page.box.subjects] == ["BTC starter"]
    assert page.form.choice is not None
    assert page.form.choice.source == imported
    assert page.form.slippage.value == alone.form.fee.value
    assert page.form.period() == alone.form.period()


def test_bots_selected_together_in_the_list_are_ticked(bench: Bench) -> None:
    known = bench.shell.bridge.known.bots
    known[2] = bot_view(bot_id=2, name=OTHER.name, settings_json=OTHER.model_dump_json())
    panel = bench.shell.window.panels.bots
    bench.shell.do(lambda: panel.backtest_many_requested.emit([1, 2]))
    bench.until(lambda: bool(bench.desk.portfolios.pages))

    assert [one.bot_id for one in bench.desk.portfolios.pages[0].box.subjects] == [1, 2]


def test_one_and_several_are_compared_and_what_differs_is_named_by_its_pair(bench: Bench) -> None:
    page = keep(bench, ready(), ready_portfolio())  # type: ignore[arg-type]
    bench.shell.do(lambda: select_all(page))
    bench.shell.do(lambda: QTest.mouseClick(page.compare, LEFT))
    bench.until(lambda: isinstance(bench.shell.window.documents.currentWidget(), ComparePage))

    compared = bench.shell.window.documents.currentWidget()
    assert isinstance(compared, ComparePage)
    assert {name_of(compared.first), name_of(compared.second)} == {"BTC starter", "BTC starter + ETH dips"}
    many = max((compared.first, compared.second), key=lambda made: len(name_of(made)))
    assert isinstance(many, PortfolioOutcome)
    named = replace(many.bots[0].parts[0], settings=QUICK.model_copy(update={"name": "A bot with a long name"}))
    longer = replace(many, bots=(replace(many.bots[0], parts=(named,)), many.bots[1]))
    assert (short_name(many), short_name(longer)) == ("BTC starter + ETH dips", "2 bots")
    said = words(compared.banner)
    assert "These two were not tested alike" in said
    assert "BTC/USDT, ETH/USDT" in said
    assert "taker fee" not in said
    assert len(compared.curves.canvas.strips[0].curves) == 2


def test_it_is_exported_with_all_that_was_assumed(
    bench: Bench, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    made, page = ready_portfolio(), shown(bench)
    for ending in ("html", "csv", "json"):
        place = tmp_path / f"made.{ending}"

        async def where(*_: object, place: Path = place) -> Path:
            return place

        monkeypatch.setattr(follow_up, "ask_where", where)
        bench.shell.do(lambda: QTest.mouseClick(page.buttons["export"], LEFT))
        bench.until(place.exists)

        text = place.read_text(encoding="utf-8")
        for part in made.parts:
            assert part.assumptions.data_hash[:16] in text
            assert part.report.pair in text

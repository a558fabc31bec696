"""What is done with a result, by click."""

import json
from dataclasses import replace
from decimal import Decimal
from pathlib import Path

import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QDialog, QPushButton

from desktop_app.core.bot_file import write_bot_file
from desktop_app.gui.backtest import follow_up
from desktop_app.gui.backtest.exporting import write
from desktop_app.gui.backtest.page import BacktestPage
from desktop_app.gui.editor.bot_editor import BotEditor
from tests.gui.backtest.conftest import Bench
from tests.gui.backtest.trials import QUICK, ready
from tests.gui.fake_engine import ACCOUNT, SETTINGS, live_view
from tests.gui.shell import button, words

D = Decimal
LEFT = Qt.MouseButton.LeftButton


def page_of(bench: Bench, bot_id: int = 1) -> BacktestPage:
    made = ready()
    pages: list[BacktestPage | None] = []
    bench.shell.do(lambda: pages.append(bench.desk.open_settings(QUICK, ACCOUNT, bot_id)))
    page = pages[0]
    assert page is not None
    bench.shell.do(lambda: page.show_outcome(made))
    return page


def editors(bench: Bench) -> list[BotEditor]:
    documents = bench.shell.window.documents
    found = [documents.widget(at) for at in range(documents.count())]
    return [one for one in found if isinstance(one, BotEditor)]


def asked_to_change(bench: Bench) -> list[str]:
    """What the engine was asked that changes or starts something."""
    return [call[0] for call in bench.shell.calls if call[0] in ("add_bot", "edit_bot", "start_bot", "pause_bot")]


def test_x_07_apply_shows_the_difference_fills_the_form_starts_nothing_and_can_be_undone(bench: Bench) -> None:
    page = page_of(bench)
    apply = page.buttons["apply"]
    bench.shell.answer(
        lambda: QTest.mouseClick(apply, LEFT), lambda sheet: button(sheet, "Leave the bot as it is").click()
    )
    assert [editor.is_dirty for editor in editors(bench)] == [False]
    said: list[str] = []

    def agree(sheet: QDialog) -> None:
        said.append(words(sheet))
        button(sheet, "Put into the form").click()

    bench.shell.answer(lambda: QTest.mouseClick(apply, LEFT), agree)
    bench.until(lambda: bool(editors(bench)) and editors(bench)[0].is_dirty)

    assert "2 settings of BTC starter would change" in said[0]
    assert "Take profit · Profit" in said[0]
    assert "1.5 % → 0.6 %" in said[0]
    assert "Nothing is started, stopped or ordered." in said[0]
    editor = editors(bench)[0]
    assert editor.bot_id == 1
    assert editor.draft.text("take_profit.percent") == "0.6"
    assert editor.draft.text("base_order.type") == "market"
    assert editor.draft.text("name") == "BTC starter"

    undo = [found for found in bench.shell.window.findChildren(QPushButton) if found.text() == "Undo"]
    bench.shell.do(lambda: QTest.mouseClick(next(one for one in undo if one.isVisible()), LEFT))
    assert editor.draft.text("take_profit.percent") == "1.5"
    assert not editor.is_dirty
    assert asked_to_change(bench) == []


def test_x_07_open_as_new_bot_is_an_unsaved_draft(bench: Bench) -> None:
    page = page_of(bench, bot_id=0)

    bench.shell.do(lambda: QTest.mouseClick(page.buttons["open"], LEFT))

    (editor,) = editors(bench)
    assert editor.bot_id == 0
    assert editor.is_dirty
    assert editor.draft.text("take_profit.percent") == "0.6"
    assert asked_to_change(bench) == []


def test_x_07_only_bots_on_paper_can_be_applied_to(bench: Bench) -> None:
    known = bench.shell.bridge.known
    known.accounts["Binance main"] = live_view()
    known.bots = {1: replace(known.bots[1], account="Binance main", mode="live")}
    page = page_of(bench)

    bench.shell.do(lambda: QTest.mouseClick(page.buttons["apply"], LEFT))

    assert "There is no bot of this kind on a paper account." in words(bench.shell.window)
    assert editors(bench) == []


def test_x_07_the_form_that_was_tested_gets_nothing_where_nothing_differs(bench: Bench) -> None:
    made = ready()
    bench.shell.do(lambda: bench.shell.bridge.spawn(bench.editors.edit(1)))
    bench.until(lambda: bool(editors(bench)))
    bench.shell.do(bench.desk.open_current)
    page = bench.desk.pages[0]
    assert page.subject.settings == SETTINGS
    bench.shell.do(lambda: page.show_outcome(replace(made, settings=SETTINGS)))

    bench.shell.do(lambda: QTest.mouseClick(page.buttons["apply"], LEFT))

    assert "BTC starter has these settings already." in words(bench.shell.window)


def test_a_result_is_exported_where_it_should_be(bench: Bench, monkeypatch: pytest.MonkeyPatch) -> None:
    path = bench.shell.folder / "r.json"
    page = page_of(bench)

    async def where(*_: object) -> Path:
        return path

    monkeypatch.setattr(follow_up, "ask_where", where)
    bench.shell.do(lambda: QTest.mouseClick(page.buttons["export"], LEFT))
    bench.until(lambda: "Exported to r.json." in words(bench.shell.window))

    assert json.loads(path.read_text())["assumptions"]["data_hash"] == ready().assumptions.data_hash

    path = bench.shell.folder / "r.json" / "inside.csv"
    bench.shell.do(lambda: QTest.mouseClick(page.buttons["export"], LEFT))
    bench.until(lambda: "The file was not written" in words(bench.shell.window))


@pytest.mark.parametrize(
    ("name", "beginning"),
    [("r.html", b"<!DOCTYPE html>"), ("r.png", b"\x89PNG"), ("r.csv", b"# Backtest of"), ("r.json", b"{")],
)
def test_the_name_of_a_file_says_how_it_is_written(
    name: str, beginning: bytes, tmp_path: Path, themed: QApplication
) -> None:
    write(ready(), tmp_path / name)

    assert (tmp_path / name).read_bytes().startswith(beginning)


def test_a_bot_file_and_the_selected_bot_can_be_tested(bench: Bench) -> None:
    path = bench.shell.folder / "b.toml"
    path.write_text(write_bot_file(QUICK.model_copy(update={"name": "From a file"})), encoding="utf-8-sig")
    bad = bench.shell.folder / "bad.toml"
    bad.write_text("kind = 'dca'", encoding="utf-8")

    bench.shell.run(bench.desk.open_file(path))
    bench.shell.run(bench.desk.open_file(bad))
    bench.shell.do(lambda: bench.shell.window.backtest_requested.emit(2))

    assert [page.title() for page in bench.desk.pages] == ["Backtest — From a file", "Backtest — BTC starter"]
    assert "bad.toml cannot be read as a bot file" in words(bench.shell.window)

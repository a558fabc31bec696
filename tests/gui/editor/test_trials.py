"""Conditions on the form are tried out over the history of the pair, and the chart shows where they fired."""

import asyncio
from decimal import Decimal
from typing import Any

import pytest
from pytestqt.qtbot import QtBot

from tests.gui.editor.building import (
    ON_RSI,
    RSI,
    SELL,
    START,
    builder,
    conditional,
    try_out,
)
from tests.gui.editor.conftest import Open, Run
from tests.gui.editor.fake_engine import FakeEngine, dca_ref

D = Decimal


def test_how_often_it_fired_is_said_and_marked_on_the_chart(open_editor: Open, qtbot: QtBot) -> None:
    editor = open_editor(conditional())
    try_out(qtbot, editor)
    verdict = builder(editor).verdict
    assert verdict.startswith(("Fired ", "Did not fire in "))
    assert "on BTC/USDT." in verdict
    assert builder(editor).rows[(0,)].note.startswith("needs 16 candles of 15m · came true ")
    surface = editor.chart.chart.canvas
    assert next(pane.study.title for pane in surface.studies if pane.study is not None) == "RSI(14) 15m"
    assert [one.key for one in surface.firing_marks.firings] == [START, SELL, "limits.on_conditions"]


def test_each_click_on_the_verdict_shows_the_firing_before(open_editor: Open, qtbot: QtBot, engine: FakeEngine) -> None:
    editor = open_editor(dca_ref(start={"mode": "conditions", "all": [RSI | {"value": 45}]}))
    try_out(qtbot, editor)
    fired = editor.trials.tried[START].fired
    assert len(fired) > 3
    view = editor.chart.chart.canvas.view
    for place in (1, 2, len(fired), 1):
        editor.trials._at[START] = place - 1
        builder(editor)._show.click()
        bar = int(fired[-place]) - view.series.step_ms
        assert view.x0 <= bar / view.series.step_ms <= view.x1, place
    builder(editor).rows[(0,)].remove_button.click()
    assert not builder(editor)._show.isVisible()


def test_another_pair_is_tried_anew(open_editor: Open, qtbot: QtBot, engine: FakeEngine) -> None:
    engine.set_price(D(3000), "ETH/USDT")
    editor = open_editor(dca_ref(start=ON_RSI))
    try_out(qtbot, editor)
    calls = engine.candle_calls
    editor.recompute(is_typed=False)
    editor.trials.begin()
    assert engine.candle_calls == calls, "what has been tried is not asked for again"
    editor.set_draft(editor.draft.with_text("pairs", "ETH/USDT"))
    editor.trials.begin()
    assert "on ETH/USDT" in builder(editor).verdict


def test_without_conditions_nothing_is_tried_or_drawn(open_editor: Open, engine: FakeEngine) -> None:
    editor = open_editor()
    editor.trials.begin()
    assert editor.chart.chart.canvas.studies == []
    assert engine.candle_calls == 2, "the chart's own, and the minutes of its running candle"


def test_removing_conditions_clears_the_chart(open_editor: Open, qtbot: QtBot) -> None:
    editor = open_editor(dca_ref(start=ON_RSI))
    try_out(qtbot, editor)
    assert editor.chart.chart.canvas.studies
    builder(editor).rows[(0,)].remove_button.click()
    assert editor.chart.chart.canvas.studies == []
    assert editor.chart.chart.canvas.firing_marks.firings == ()


def test_trying_out_never_holds_the_loop_up(
    open_editor: Open, engine: FakeEngine, run: Run, monkeypatch: pytest.MonkeyPatch
) -> None:
    import threading

    from desktop_app.gui.conditions import history, lab

    threads: list[str] = []
    judge = history.try_out

    def told(*arguments: Any) -> Any:
        threads.append(threading.current_thread().name)
        return judge(*arguments)

    monkeypatch.setattr(lab, "try_out", told)
    editor = open_editor(dca_ref(start=ON_RSI))

    async def tried() -> None:
        done = asyncio.Event()
        editor.trials.shown.connect(done.set)
        editor.trials.begin()
        await done.wait()

    run(tried(), editor)
    assert threads
    assert all(name.startswith("window-job") for name in threads)

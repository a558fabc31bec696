"""A range is proposed from what the pair did, and how is said."""

from decimal import Decimal
from typing import Any

import numpy as np
import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest

from desktop_app.core.columns import Candles
from desktop_app.core.grid_preview import make_grid_preview
from desktop_app.core.market import Market
from desktop_app.gui.editor.grid import proposal
from tests.gui.editor.conftest import Run
from tests.gui.editor.fake_engine import LAST, MARKET, FakeEngine
from tests.gui.editor.grid.conftest import OpenGrid
from tests.gui.grids import grid_ref

D = Decimal
LINES, UPPER, LOWER = "grid.lines", "grid.upper", "grid.lower"


def test_a_range_is_proposed_from_the_past_and_says_how(open_grid: OpenGrid) -> None:
    editor = open_grid()
    before = editor.draft
    QTest.mouseClick(editor.form.history_button, Qt.MouseButton.LeftButton)
    settings = editor.picture.settings
    assert settings is not None and settings.grid.upper is not None
    assert settings.grid.lower < LAST < settings.grid.upper
    assert editor.form.how.text().startswith("From 30 days of prices: nine of ten hours closed between ")
    assert editor.picture.blocks == ()
    editor.undo()
    assert editor.draft == before


def test_a_range_around_the_price_keeps_the_number_of_lines(open_grid: OpenGrid) -> None:
    editor = open_grid()
    QTest.mouseClick(editor.form.width_button, Qt.MouseButton.LeftButton)
    assert (editor.draft.text(LOWER), editor.draft.text(UPPER), editor.draft.text(LINES)) == ("59000", "69000", "21")
    assert editor.form.how.text() == "8 % to each side of the price 64,210.50. The number of lines stays."


def test_a_proposal_that_comes_late_overwrites_nothing(open_grid: OpenGrid, engine: FakeEngine, run: Run) -> None:
    editor = open_grid()
    candles = engine.candles

    async def slow(*call: Any) -> Any:
        editor.set_draft(editor.draft.with_text(LINES, "40"))
        return await candles(*call)

    engine.candles = slow  # type: ignore[method-assign,assignment]
    assert run(editor.propose(), editor) is False
    assert (editor.draft.text(LINES), editor.draft.text(UPPER)) == ("40", "70000")
    assert "nothing was filled in" in editor.form.how.text()


# --- what is proposed


def hours(closes: "np.ndarray[Any, Any]", spread: float = 0.002) -> Candles:
    at = np.arange(len(closes), dtype=np.int64) * 3_600_000
    return Candles(at, closes, closes * (1 + spread), closes * (1 - spread), closes, np.ones(len(closes)))


def walk(price: float, step: float, seed: int = 3, count: int = 720) -> Candles:
    moves = np.random.default_rng(seed).standard_normal(count) * step
    path = np.exp(np.cumsum(moves))
    return hours(path / path[-1] * price)


@pytest.mark.parametrize("seed", range(6))
@pytest.mark.parametrize("step", [0.0005, 0.004, 0.02])
@pytest.mark.parametrize(
    ("price", "tick"), [("64210.50", "0.01"), ("0.00001234", "0.00000001"), ("0.04512", "0.00001")]
)
def test_what_is_proposed_can_run_whatever_the_pair_did(seed: int, step: float, price: str, tick: str) -> None:
    market = Market("X/USDT", "X", "USDT", D(tick), D("0.00001"))
    found = proposal.from_history(walk(float(price), step, seed), D(price), market)
    assert found is not None
    assert 0 < found.lower < D(price) < found.upper
    assert 6 <= found.lines <= 101
    grid = grid_ref(lower=found.lower, upper=found.upper, lines=found.lines, investment="100000").grid
    blocks = make_grid_preview(grid, market, D(price)).blocks
    assert [one.reason.code for one in blocks if one.reason.code != "grid_lines_touch"] == []


def test_livelier_pairs_get_wider_ranges_and_wider_cells() -> None:
    quiet, lively = (proposal.from_history(walk(64210.5, step), D("64210.50"), MARKET) for step in (0.001, 0.01))
    assert quiet is not None and lively is not None
    assert lively.upper - lively.lower > quiet.upper - quiet.lower
    assert lively.step_percent > quiet.step_percent


def test_one_wild_hour_does_not_widen_the_range() -> None:
    calm = walk(64210.5, 0.001)
    wild = calm.close.copy()
    wild[100:103] *= 1.5
    found, usual = (proposal.from_history(hours(closes), D("64210.50"), MARKET) for closes in (wild, calm.close))
    assert found is not None and usual is not None
    assert (found.lower, found.upper, found.lines) == (usual.lower, usual.upper, usual.lines)


def test_of_a_pair_that_is_hardly_known_nothing_is_proposed(open_grid: OpenGrid, engine: FakeEngine, run: Run) -> None:
    assert proposal.from_history(walk(64210.5, 0.001, count=20), D("64210.50"), MARKET) is None
    editor = open_grid()

    async def few(*call: Any) -> Candles:
        return walk(64210.5, 0.001, count=20)

    engine.candles = few  # type: ignore[method-assign,assignment]
    assert run(editor.propose(), editor) is False
    assert editor.form.how.text() == "Too little is known of this pair's past: 20 hours."
    assert not editor.is_dirty

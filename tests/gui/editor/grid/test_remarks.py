"""What is wrong with a grid is said at its field, with the number that would do."""

from dataclasses import replace
from decimal import Decimal
from typing import Any

import pytest

from desktop_app.core.market import Market
from desktop_app.core.strategies.grid_settings import GridSettings
from desktop_app.gui.editor.grid.draft import draft_of
from desktop_app.gui.editor.grid.picture import make_picture
from desktop_app.gui.editor.grid.sentences import money_sentence, profit_words
from desktop_app.gui.editor.remarks import Remark
from desktop_app.gui.editor.situation import Situation
from desktop_app.gui.i18n import Language, set_language
from tests.gui.editor.fake_engine import MARKET, FakeEngine
from tests.gui.grids import grid_ref

D = Decimal
LINES, UPPER, LOWER, INVEST = "grid.lines", "grid.upper", "grid.lower", "grid.investment"


def around(price: str = "64210.50", market: Market = MARKET) -> Situation:
    engine = FakeEngine()
    tick = replace(engine.known.prices[engine.view.name, "BTC/USDT"], price=D(price))
    return Situation(engine.view, market, tick, free_quote=D(10000), funds=engine.funds)


def remark(settings: GridSettings, path: str, **more: Any) -> Remark:
    made = make_picture(draft_of(settings), around(**more))
    return next(one for one in made.remarks if one.path == path and one.level != "info")


def test_B_06_cells_that_do_not_pay_their_fees_are_blocked_with_both_numbers_and_the_one_that_would_do() -> None:
    said = remark(grid_ref(lines=101, investment="100000"), LINES)
    assert said.level == "block"
    assert said.text == (
        "A cell of 0.14 % is no more than its two fees (0.20 %). "
        "At your fees this range holds at most 71 cells, that is 72 lines."
    )
    assert (said.use, said.label) == ("72", "Use 72")
    fixed = make_picture(draft_of(grid_ref(lines=72, investment="100000")), around())
    assert fixed.blocks == ()


@pytest.mark.parametrize("language", list(Language))
@pytest.mark.parametrize(
    ("changes", "path"),
    [
        ({"lower": "64000", "upper": "64010", "lines": 5}, UPPER),
        ({"lower": "64000", "upper": "64000.10", "lines": 21}, LINES),
        ({"investment": "60"}, INVEST),
        ({"investment": None, "volume_per_line": "0.00001"}, "grid.volume_per_line"),
        ({"upper": None, "lines": None, "spacing": "geometric", "step_percent": "0.05", "volume_unit": "quote"},
         "grid.step_percent"),
        ({"lower": "1", "upper": None, "lines": None, "spacing": "geometric", "step_percent": "0.5",
          "volume_unit": "quote"}, "grid.step_percent"),
        ({"lower": "65000"}, LOWER),
        ({"upper": "64000"}, UPPER),
        ({"stop_below": {"price": "59000"}, "upper": "64000"}, UPPER),
        ({"stop_above": {"price": "71000"}, "lower": "50000"}, "grid.stop_below.price"),
        ({}, "grid.stop_below.price"),
    ],
)  # fmt: skip
def test_B_08_every_case_of_a_grid_has_its_words(language: Language, changes: dict[str, Any], path: str) -> None:
    set_language(language)
    try:
        said = remark(grid_ref(**changes), path)
    finally:
        set_language(Language.ENGLISH)
    assert said.text and "{" not in said.text and "=" not in said.text
    if said.use:
        data = grid_ref(**changes).model_dump(mode="json")
        data["grid"][path.removeprefix("grid.")] = int(said.use) if path == LINES else said.use
        fixed = make_picture(draft_of(GridSettings.model_validate(data)), around())
        assert not any(one.path == path and one.text == said.text for one in fixed.blocks)


def test_what_a_cell_loses_is_said_with_figures_that_mean_something() -> None:
    made = make_picture(draft_of(grid_ref(lines=101, investment="1000")), around())
    assert profit_words(made) == "−0.0060 to −0.0030 USDT"
    assert "a cell comes to −0.0060 to −0.0030 USDT after fees" in money_sentence(made)


def test_a_cell_that_earns_less_than_a_cent_says_how_much() -> None:
    made = make_picture(draft_of(grid_ref(lines=61, investment="1000")), around())
    assert profit_words(made) == "0.0070–0.012 USDT"

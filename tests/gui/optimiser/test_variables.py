from decimal import Decimal

import pytest

from desktop_app.core.strategies.dca_settings import DcaSettings
from desktop_app.core.strategies.grid_settings import GridSettings
from desktop_app.core.strategies.signal_settings import SignalSettings
from desktop_app.core.strategies.smart_settings import SmartTradeSettings
from desktop_app.gui.editor.draft import draft_of, read_draft
from desktop_app.gui.optimiser.variables import Reach, Variable, dimension, problem_of, proposal, variables_of
from tests.gui.editor.building import conditional
from tests.gui.editor.fake_engine import dca_ref

D = Decimal
PLACE = {"name": "bot", "account": "paper", "pairs": ["BTC/USDT"]}


def grid(**more: object) -> GridSettings:
    shape = {"lower": 60_000, "upper": 70_000, "lines": 21, "investment": 1000} | more
    return GridSettings.model_validate({**PLACE, "grid": shape})


def by_path(variables: tuple[Variable, ...]) -> dict[str, Variable]:
    return {variable.path: variable for variable in variables}


def test_a_dca_bot_offers_what_its_own_form_offers() -> None:
    offered = by_path(variables_of(dca_ref()))

    assert offered["safety_orders.price_deviation"].now == dca_ref().safety_orders.price_deviation
    assert [path for path, variable in offered.items() if variable.is_usual] == [
        "safety_orders.price_deviation",
        "safety_orders.volume_scale",
    ]
    assert offered["take_profit.trailing_deviation"].now is None


def test_own_steps_and_own_targets_are_not_varied_by_settings_that_they_replace() -> None:
    settings = DcaSettings.model_validate(
        {
            **PLACE,
            "base_order": {"volume": 20},
            "safety_orders": {"custom": [{"deviation": -2, "volume": 20}]},
            "take_profit": {"steps": [{"percent": 1, "share": 100}]},
        }
    )
    offered = by_path(variables_of(settings))

    assert not any(path.startswith("safety_orders.") for path in offered)
    assert "take_profit.percent" not in offered and "take_profit.trailing_deviation" in offered


def test_a_grid_and_an_endless_grid_offer_their_own_settings() -> None:
    between = by_path(variables_of(grid()))
    endless = by_path(variables_of(grid(upper=None, lines=None, step_percent=1, spacing="geometric")))

    assert {"grid.lines", "grid.upper", "grid.lower", "grid.spacing"} <= between.keys()
    assert "grid.step_percent" in endless and "grid.upper" not in endless


def test_what_lives_on_signals_has_nothing_to_vary() -> None:
    settings = SignalSettings.model_validate({**PLACE, "entry": {"volume": 10}})

    assert variables_of(settings) == ()


def test_a_smart_trade_offers_its_exits() -> None:
    settings = SmartTradeSettings.model_validate(
        {**PLACE, "amount": 1, "take_profit": {"steps": [{"percent": 5, "share": 100}]}, "stop_loss": {"percent": 3}}
    )

    assert set(by_path(variables_of(settings))) == {"stop_loss.percent", "take_profit.trailing_deviation"}


@pytest.mark.parametrize(
    ("variable", "wanted"),
    [
        (Variable("a", "", "%", D("1.5"), least=D("0.1")), Reach(D("0.8"), D(3), D("0.2"))),
        (Variable("a", "", "×", D("1.5"), least=D("0.1"), around=D("0.5")), Reach(D(1), D(2), D("0.1"))),
        (Variable("a", "", "", D(5), least=D(1), step=D(1)), Reach(D(3), D(10), D(1))),
        (Variable("a", "", "%", D("0.1"), least=D("0.1")), Reach(D("0.1"), D("0.2"), D("0.1"))),
        (Variable("stop_loss.percent", "", "%", None, least=D("0.1"), most=D(99)), Reach(D(6), D(30), D(2))),
        (Variable("a", "", "%", D(80), least=D("0.1"), most=D(99)), Reach(D(40), D(95), D(5))),
    ],
)
def test_a_proposal_is_about_ten_round_values_around_what_the_bot_does(variable: Variable, wanted: Reach) -> None:
    assert proposal(variable) == wanted
    assert problem_of(variable, proposal(variable)) == ""


@pytest.mark.parametrize("price", ["60000", "0.00001234", "1.0003", "999999999"])
def test_every_proposal_of_a_grid_can_be_tried_as_it_is(price: str) -> None:
    settings = grid(lower=price, upper=D(price) * D("1.2"), stop_below={"price": D(price) * D("0.8")})

    for variable in variables_of(settings):
        if variable.is_number:
            reach = proposal(variable)
            assert 3 <= reach.count <= 25, (variable.path, reach)
            assert problem_of(variable, reach) == ""


def test_the_ends_of_a_grid_never_meet_in_a_proposal() -> None:
    offered = by_path(variables_of(grid(lower=64_000, upper=66_000)))

    assert proposal(offered["grid.lower"]).high < proposal(offered["grid.upper"]).low


@pytest.mark.parametrize(
    ("reach", "words"),
    [
        (Reach(D(3), D(1), D(1)), "above the last"),
        (Reach(D(1), D(3), D(0)), "step"),
        (Reach(D(0), D(3), D(1)), "At least 1"),
        (Reach(D(1), D(300), D(1)), "At most 200"),
        (Reach(D(1), D(3), D("0.5")), "Whole"),
        (Reach(D(1), D(200), D("0.001")), "too many"),
    ],
)
def test_values_that_cannot_be_tried_are_said_to_be_wrong(reach: Reach, words: str) -> None:
    count = Variable("a", "", "", D(5), least=D(1), most=D(200), step=D(1))

    assert words in problem_of(count, reach)


def test_a_dimension_has_the_values_of_its_reach_or_the_choices() -> None:
    number = Variable("a.b", "", "%", D(1))
    choice = Variable("c", "", "", "x", (("x", "one"), ("y", "two")))

    assert dimension(number, Reach(D(1), D(2), D("0.5"))).values == (D(1), D("1.5"), D(2))
    assert dimension(choice, None, ("x", "y")).values == ("x", "y")


def test_the_numbers_of_conditions_can_be_varied_around_what_they_are() -> None:
    offered = by_path(variables_of(conditional()))
    rsi = offered["start.all.0.value"]

    assert {path for path in offered if path.endswith(".value")} == {
        "start.all.0.value", "start.any.1.value", "take_profit.on_conditions.any.0.value",
    }  # fmt: skip
    titles = [variable.title for variable in offered.values()]
    assert len(set(titles)) == len(titles) and "RSI 15m (2)" in titles
    assert (rsi.title, rsi.now, proposal(rsi)) == ("RSI 15m", D(30), Reach(D(20), D(40), D(2)))


def test_groups_within_groups_are_reached_too() -> None:
    written = read_draft(draft_of(conditional())).settings  # the form puts “any of” into a group of its own

    assert written is not None
    assert {path for path in by_path(variables_of(written)) if path.startswith("start.")} == {
        "start.all.0.value", "start.all.1.any.1.value",
    }  # fmt: skip


def test_a_number_below_nothing_is_varied_on_both_sides() -> None:
    fall = {"indicator": "price_change", "timeframe": "1h", "trigger": "less_than", "value": -2}
    (variable,) = [
        one for one in variables_of(dca_ref(start={"mode": "conditions", "all": [fall]})) if one.path.endswith(".value")
    ]

    assert proposal(variable) == Reach(D(-3), D(-1), D("0.2")) and problem_of(variable, proposal(variable)) == ""

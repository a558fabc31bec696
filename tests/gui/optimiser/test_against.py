from decimal import Decimal

from desktop_app.gui.optimiser.against import Change, applied, changes_of, plan_change
from desktop_app.gui.optimiser.variables import variables_of
from desktop_app.research.space import Point
from tests.gui.editor.fake_engine import dca_ref
from tests.gui.optimiser.trials import SCALE, STEP, point

D = Decimal


def test_x07_a_run_against_the_bot_names_each_field_that_differs() -> None:
    variables = [variable for variable in variables_of(dca_ref()) if variable.path in (STEP, SCALE)]
    now = dca_ref().safety_orders

    changes = changes_of(variables, point("1.6", str(now.volume_scale)), "USDT")

    assert [change.text for change in changes] == [f"First step {now.price_deviation:f} % → 1.6 %"]


def test_what_was_off_is_said_to_have_been_off() -> None:
    stop = next(variable for variable in variables_of(dca_ref()) if variable.path == "stop_loss.percent")

    if stop.now is None:
        (change,) = changes_of([stop], Point(((stop.path, D(6)),)), "USDT")
        assert (change.before, change.after) == ("off", "6 %")


def test_the_plan_is_a_change_too() -> None:
    assert plan_change(D("215.50"), D("168.99"), "USDT") == Change("Plan", "215.50", "168.99 USDT")
    assert plan_change(D(1), D(1), "USDT") is None and plan_change(D(1), None, "USDT") is None


def test_a_run_makes_the_bot_with_its_settings_and_nothing_else() -> None:
    made = applied(dca_ref(), point("1.6", "1.3"))

    assert made is not None
    safety = dca_ref().safety_orders.model_copy(update={"price_deviation": D("1.6"), "volume_scale": D("1.3")})
    assert made == dca_ref().model_copy(update={"safety_orders": safety})
    assert applied(dca_ref(), point("0", "1.3")) is None

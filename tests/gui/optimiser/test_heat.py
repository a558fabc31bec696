from decimal import Decimal

from desktop_app.gui.optimiser.heat import Spot, make_heat


def test_runs_outside_the_axes_stand_in_no_cell() -> None:
    heat = make_heat([Spot("a", (("x", Decimal(9)),), 1.0)], ("x", (Decimal(1),)), None)

    assert heat.cells == ((None,),) and heat.best() is None and heat.scores() == []

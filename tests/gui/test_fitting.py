from decimal import Decimal

from desktop_app.gui.fitting import shortest

D = Decimal


def test_the_shortest_number_that_fits_is_found_beside_the_guess() -> None:
    assert shortest(D("1.8017"), lambda value: round(value, 1) == D("1.8")) == D("1.80")
    assert shortest(D("1.80181"), lambda value: abs(value - D("1.80181")) < D("0.000004")) == D("1.80181")


def test_what_nothing_fits_has_no_number() -> None:
    assert shortest(D(1), lambda _: False) is None

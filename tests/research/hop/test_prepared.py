"""Candles in the form of the hop are made once, and few forms are kept."""

from decimal import Decimal

from desktop_app.research.hop import prepared as module
from desktop_app.research.hop.prepared import prepared
from tests.research.searches import candles

CENT = Decimal("0.01")


def test_the_same_candles_are_made_once() -> None:
    past = candles()
    assert prepared(past, 1, CENT)[0] is prepared(past, 1, CENT)[0]
    assert prepared(past, 1, CENT)[0] is not prepared(past, -1, CENT)[0]


def test_few_forms_of_candles_are_kept() -> None:
    for _ in range(6):
        prepared(candles(), 1, CENT)
    assert len(module._kept) == module._MOST_KEPT

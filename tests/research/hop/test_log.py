"""Trades of one candle move the account once; a deal's end is booked where it traded last."""

from decimal import Decimal

from desktop_app.core.order import Role
from desktop_app.research.hop.log import HopDeal, Log, Trade

D = Decimal


def test_trades_of_one_candle_are_one_place() -> None:
    log = Log(D("0.01"))
    log.add(Trade(3, Role.BASE, 0, 100, 2), -2.0, 2.0)
    log.add(Trade(7, Role.SAFETY, 1, 90, 2), -1.8, 2.0)
    log.add(Trade(7, Role.TAKE_PROFIT, 1, 110, 4), 4.4, -4.0)
    log.close(HopDeal(0, 420_000, D("0.6"), D(0), 1))

    assert log.places == [3, 7] and log.cash == [-2.0, -1.8 + 4.4] and log.coins == [2.0, -2.0]
    assert log.booked == [0.0, 0.6] and log.is_open == [True, False]
    assert len(log.trades) == 3


def test_the_most_that_was_used_is_in_quote() -> None:
    assert Log(D("0.01"), most=1234).most_used == D("12.34")

"""Safety orders that follow the price down and are bought when it comes back."""

from decimal import Decimal
from typing import Any

import pytest

from desktop_app.core.events import PriceTick
from desktop_app.core.order import OrderType, Role
from tests.core.dialogue import FREE_OF_FEES, PAIR, Dialogue, placed, settings

D = Decimal


def trailer(direction: str = "long", **more: Any) -> Dialogue:
    safety = {"volume": 50, "price_deviation": 2, "max_count": 3, "trailing_deviation": 1, **more}
    return Dialogue(settings(direction=direction, safety_orders=safety), FREE_OF_FEES).opened()


def indexes(talk: Dialogue, price: str, **more: Any) -> list[int]:
    return [order.index for order in placed(talk.tick(price, **more)) if order.role is Role.SAFETY]


def test_nothing_rests_and_the_next_rung_is_watched() -> None:
    talk = trailer()

    assert not talk.deal.live(Role.SAFETY)
    assert talk.bot.watch(talk.state, PAIR).below == D("98.00")


def test_a_reached_rung_follows_the_price_and_is_bought_on_the_bounce() -> None:
    talk = trailer()
    assert indexes(talk, "98") == [] and "rungs_follow" in talk.told
    watch = talk.bot.watch(talk.state, PAIR)
    assert watch.follows and watch.above == D("98.98") and watch.below is None
    assert indexes(talk, "97") == []
    assert talk.bot.watch(talk.state, PAIR).above == D("97.97")
    assert indexes(talk, "97.96") == []

    assert indexes(talk, "97.97") == [1]
    order = talk.order(Role.SAFETY)
    assert order.type is OrderType.MARKET and "rungs_turned" in talk.told
    talk.fill(order, "97.97")
    talk.cancel()
    assert talk.bot.watch(talk.state, PAIR).below == D("96.00")


def test_all_rungs_that_were_reached_are_bought_together() -> None:
    talk = trailer()
    for price in ("98", "95.5", "95"):
        assert indexes(talk, price) == []

    assert indexes(talk, "95.95") == [1, 2]


def test_it_is_off_by_default() -> None:
    talk = trailer(trailing_deviation=None)

    assert indexes(talk, "98.5") == [] and talk.deal.live(Role.SAFETY)


def test_a_jump_over_the_level_buys_at_its_end_and_a_jump_down_begins_there() -> None:
    talk = trailer()
    talk.at += 1000
    talk.hear(PriceTick(PAIR, D("95"), talk.at, path=D("98")))
    assert talk.deal.rung_worst == D("95")

    assert indexes(talk, "99", path=D("95.95")) == [1, 2]


def test_a_short_mirrors_it() -> None:
    talk = trailer("short")
    assert talk.bot.watch(talk.state, PAIR).above == D("102.00")
    assert indexes(talk, "103") == []
    assert talk.bot.watch(talk.state, PAIR).below == D("101.97")

    assert indexes(talk, "101.97") == [1]


@pytest.mark.parametrize("price", ["99", "98.01"])
def test_a_rung_that_was_not_reached_does_nothing(price: str) -> None:
    talk = trailer()
    indexes(talk, price)

    assert not talk.deal.rung_worst

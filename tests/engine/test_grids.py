"""A grid at work in the engine: what is told of it, changes while it runs, coins of the account, ends, restarts."""

from collections.abc import AsyncIterator
from decimal import Decimal
from pathlib import Path

import pytest

from desktop_app.core.bot_file import read_bot_file
from desktop_app.core.deal import DealStatus
from desktop_app.core.events import AddFunds, CloseDeal
from desktop_app.core.order import Order, Role, Side
from desktop_app.core.risk import Limits
from desktop_app.core.strategies import KINDS
from desktop_app.engine.views import DealDetail
from tests.engine.lab import Lab
from tests.fakes import START

D = Decimal
GRID = """
kind = "grid"
name = "Grid"
account = "demo"
pairs = ["BTC/USDT"]
grid = { lower = 48000, upper = 52000, lines = 5, volume_per_line = 100 }
"""


@pytest.fixture
async def grid_lab(tmp_path: Path) -> AsyncIterator[Lab]:
    lab = Lab(tmp_path, kinds=KINDS)
    await lab.start()
    yield lab
    await lab.stop()


def lines(lab: Lab) -> list[tuple[str, Decimal | None]]:
    return sorted((str(order.side), order.price) for order in lab.venue.resting)


async def detail(lab: Lab, number: int = 1) -> DealDetail:
    found: DealDetail = await lab.running.supervisor.deal(1, number)
    return found


async def test_its_lines_rest_and_turn_and_what_it_earned_is_told(grid_lab: Lab) -> None:
    lab = grid_lab
    await lab.add(GRID)
    await lab.price("50000")
    assert lines(lab) == [("buy", D(48000)), ("buy", D(49000)), ("sell", D(51000)), ("sell", D(52000))]
    await lab.price("49000")
    await lab.price("50000")
    view = (await detail(lab)).view
    assert view.deal.grid is not None and view.deal.grid.round_trips == 1
    assert view.deal.profit == view.deal.grid.profit > 0
    bots = await lab.running.supervisor.bots()
    assert bots[0].kind == "grid" and bots[0].why.code == "why_grid_waits" and bots[0].deals_open == 1
    summary = await lab.running.supervisor.quit_summary()
    assert "quit_stops_grid" in {told.code for told in summary.accounts[0].deals[0].stops}
    await lab.check_books()


async def test_it_goes_on_after_a_kill_with_what_filled_meanwhile(grid_lab: Lab) -> None:
    lab = grid_lab
    await lab.add(GRID)
    await lab.price("50000")
    await lab.kill()
    lab.venue.set_price("BTC/USDT", "48000")
    await lab.start()
    assert lines(lab) == [("sell", D(49000)), ("sell", D(50000)), ("sell", D(51000)), ("sell", D(52000))]
    await lab.check_books()


async def test_money_is_added_and_lines_are_changed_while_it_runs(grid_lab: Lab) -> None:
    lab = grid_lab
    bot = await lab.add(GRID)
    await lab.price("50000")
    await lab.price("49000")
    await lab.price("50000")
    earned = (await detail(lab)).view.deal.profit
    await lab.running.supervisor.ask(bot, AddFunds(1, D(400)))
    await lab.settle()
    assert {order.remaining * (order.price or D(0)) > 150 for order in lab.venue.resting} == {True}
    wider = GRID.replace("lower = 48000", "lower = 46000").replace("lines = 5", "lines = 7")
    await lab.running.supervisor.edit_bot(bot, wider, apply_to_open=True)
    await lab.settle()
    await lab.price("50000")
    assert len(lines(lab)) == 6 and lines(lab)[0] == ("buy", D(46000))
    view = (await detail(lab)).view
    assert view.deal.profit == earned and view.deal.grid is not None and view.deal.grid.round_trips == 1
    assert read_bot_file(wider).settings is not None
    await lab.check_books()


async def test_it_may_use_coins_that_the_account_holds(grid_lab: Lab) -> None:
    lab = grid_lab
    lab.venue.balances["BTC"] = D("0.001")
    await lab.add(GRID.replace("lines = 5", "lines = 5, use_held_coins = true"))
    await lab.price("50000")
    balancing = [order for order in placed(lab) if order.role is Role.BALANCING]
    assert [order.amount for order in balancing] == [D("0.00288")]
    assert (await detail(lab)).view.deal.held == D("0.00388")


@pytest.mark.parametrize("sell", [False, True])
async def test_panic_takes_its_lines_away_and_sells_if_told_so(grid_lab: Lab, sell: bool) -> None:
    lab = grid_lab
    await lab.add(GRID)
    await lab.price("50000")
    done: list[object] = []

    async def press() -> None:
        done.append(await lab.running.supervisor.panic(sell=sell))

    lab.running._crew.spawn(press(), "a hand")
    await lab.until(lambda: bool(done))
    await lab.settle()
    assert lab.venue.resting == []
    (deal,) = await lab.deals()
    assert deal.status is (DealStatus.CLOSED_BY_USER if sell else DealStatus.CANCELLED)
    assert (lab.venue.balances["BTC"] == 0) is sell


async def test_a_refused_balancing_is_no_grid_and_says_why(grid_lab: Lab) -> None:
    lab = grid_lab
    lab.venue.fail("place", "refused")
    await lab.add(GRID)
    await lab.price("50000")
    assert await lab.statuses() == [DealStatus.FAILED]
    lab.clock.at = START + 120_000
    await lab.price("50000")
    assert (await lab.statuses())[-1] is DealStatus.OPEN


async def test_a_line_refused_for_want_of_money_is_tried_again(grid_lab: Lab) -> None:
    lab = grid_lab
    await lab.add(GRID)
    lab.venue.fail("place", "", "refused")
    await lab.price("50000")
    assert len(lines(lab)) == 3
    await lab.clock.advance(301)
    await lab.settle()
    assert len(lines(lab)) == 4


def placed(lab: Lab) -> list[Order]:
    return [resting.order for resting in lab.venue.orders.values() if resting.order.side is Side.BUY]


async def test_a_grid_whose_lines_were_refused_has_not_begun_and_waits_for_room(grid_lab: Lab) -> None:
    lab = grid_lab
    await lab.add(GRID.replace('"Grid"', '"Below"').replace("48000, upper = 52000", "40000, upper = 44000"))
    await lab.running.supervisor.set_limits("demo", Limits(max_order_value=D(50)))
    await lab.price("50000")
    assert lines(lab) == []
    await lab.running.supervisor.set_limits("demo", Limits(max_open_deals=1))
    other = await lab.add(GRID)
    await lab.price("50000")
    before = lines(lab)
    assert before
    for price in ("50001", "50002"):
        await lab.clock.advance(301)
        await lab.price(price)
    assert lines(lab) == before

    await lab.running.supervisor.pause_bot(other)
    await lab.running.supervisor.ask(other, CloseDeal(1))
    await lab.clock.advance(301)
    await lab.price("50000")
    await lab.price("50001")
    assert lines(lab) == [("buy", D(40000)), ("buy", D(41000)), ("buy", D(42000)), ("buy", D(43000))]

"""What happens on a real account that no bot did: told within seconds, with evidence, and new risk stops."""

from dataclasses import replace
from decimal import Decimal

from desktop_app.core.deal import DealStatus
from desktop_app.core.order import Order, OrderType, Role, Side
from desktop_app.core.risk import Limits
from desktop_app.engine.news import ForeignNews, HappenedNews, LogNews
from tests.engine.lab import BOT, Lab


def _alarms(lab: Lab) -> list[ForeignNews]:
    return [news for news in lab.news if isinstance(news, ForeignNews)]


def _stranger(name: str, symbol: str = "ETH/USDT", side: Side = Side.BUY, price: str | None = None) -> Order:
    kind = OrderType.LIMIT if price else OrderType.MARKET
    limit = Decimal(price) if price else None
    return Order(name, symbol, Role.MANUAL, 0, side, kind, Decimal("0.5"), limit)


async def _running(lab: Lab, text: str = BOT) -> None:
    lab.venue.prices["ETH/USDT"] = Decimal(2_000)
    await lab.add(text)
    await lab.price("50000")


async def _pass(lab: Lab, seconds: float) -> None:
    await lab.clock.advance(seconds)
    await lab.settle()


async def test_a_stranger_who_buys_is_told_within_ten_seconds_and_bots_open_nothing(lab: Lab) -> None:
    await _running(lab, BOT.replace("deals = 1", "deals = 2"))
    lab.venue.take(_stranger("android_1"))
    await _pass(lab, 10)
    alarms = _alarms(lab)
    assert len(alarms) == 1
    assert alarms[0].is_frozen
    assert [one.symbol for one in alarms[0].evidence] == ["ETH/USDT"]
    assert any(isinstance(news, HappenedNews) and news.event == "foreign_activity" for news in lab.news)

    await lab.price("51000")  # exits go on
    await lab.price("51001")
    assert await lab.statuses() == [DealStatus.COMPLETED]
    assert (await lab.running.supervisor.bot(1)).why.code == "account_frozen_foreign"

    await lab.running.supervisor.acknowledge_foreign("demo")
    await lab.price("51002")
    assert len(await lab.statuses()) == 2
    assert await lab.running.supervisor.foreign("demo") == ()


async def test_a_silent_stranger_is_found_in_the_list_of_orders(lab: Lab) -> None:
    await _running(lab)
    lab.venue.tells_trades = False
    session, lab.venue.session = lab.venue.session, None
    lab.venue.take(_stranger("x", price="1000"))
    lab.venue.session = session
    await _pass(lab, 31 + 10)

    assert [one.evidence[0].kind for one in _alarms(lab)] == ["order"]


async def test_what_rested_there_before_is_the_users_and_is_never_touched(lab: Lab) -> None:
    lab.venue.take(_stranger("mine", "BTC/USDT", Side.BUY, "30000"))
    await _running(lab)
    await _pass(lab, 700)
    await lab.price("51000")
    await lab.running.supervisor.stop_bot(1, "cancel")
    await lab.settle()

    assert _alarms(lab) == []
    assert lab.venue.cancels.count("mine") == 0
    assert [order.client_id for order in lab.venue.resting] == ["mine"]


async def test_an_order_of_ours_is_never_a_stranger(lab: Lab) -> None:
    lab.venue.repeats_news = True
    await _running(lab, BOT.replace("deals = 1", "deals = 3"))
    for price in ("48900", "51000", "51001", "49900", "52000", "52001"):
        await lab.price(price)
        await _pass(lab, 40)

    assert _alarms(lab) == []


async def test_coins_that_leave_are_told_when_a_second_look_agrees(lab: Lab) -> None:
    await _running(lab)
    await _pass(lab, 61)
    lab.venue.balances["USDT"] -= 5_000
    await _pass(lab, 40)
    alarms = _alarms(lab)

    assert [one.kind for one in alarms[-1].evidence] == ["balance"]
    assert alarms[-1].evidence[0].amount == 5_000
    await _pass(lab, 120)
    assert len(_alarms(lab)) == 1


async def test_coins_that_come_are_no_alarm(lab: Lab) -> None:
    await _running(lab)
    await _pass(lab, 61)
    lab.venue.balances["USDT"] += 5_000
    await _pass(lab, 120)

    assert _alarms(lab) == []


async def test_an_alarm_survives_a_restart(lab: Lab) -> None:
    await _running(lab)
    lab.venue.take(_stranger("android_1", price="1000"))
    await _pass(lab, 40)
    await lab.kill()
    await lab.start()
    view = (await lab.running.supervisor.accounts())[0]
    assert view.frozen is not None
    assert len(await lab.running.supervisor.foreign("demo")) == 1
    await lab.running.supervisor.acknowledge_foreign("demo")
    await lab.kill()
    before = len(_alarms(lab))
    await lab.start()
    await _pass(lab, 60)

    assert (await lab.running.supervisor.accounts())[0].frozen is None
    assert len(_alarms(lab)) == before


async def test_what_came_while_the_program_was_away_is_told_after_the_start(lab: Lab) -> None:
    await _running(lab)
    await lab.kill()
    lab.venue.take(_stranger("night", price="1000"))
    await lab.start()
    await _pass(lab, 10)

    assert len(_alarms(lab)) == 1


async def test_bots_go_on_where_a_person_chose_that(lab: Lab) -> None:
    await _running(lab)
    await lab.running.supervisor.set_limits("demo", Limits(pause_on_foreign=False))
    lab.venue.take(_stranger("android_1", price="1000"))
    await _pass(lab, 40)

    assert [news.is_frozen for news in _alarms(lab)] == [False]
    assert (await lab.running.supervisor.accounts())[0].frozen is None


async def test_an_order_of_ours_that_somebody_changed_is_told_once(lab: Lab) -> None:
    await _running(lab)
    safety = next(order for order in lab.venue.resting if order.role is Role.SAFETY)
    lab.venue.orders[safety.client_id].order = replace(safety, amount=safety.amount * 2)
    await _pass(lab, 100)

    told = [news for news in lab.news if isinstance(news, LogNews) and news.said.code == "order_changed_outside"]
    assert len(told) == 1
    assert _alarms(lab) == []

import asyncio
import threading
from dataclasses import replace
from typing import Any

import pytest
from pytestqt.qtbot import QtBot

from desktop_app.core.market import Candle
from desktop_app.core.order import OrderStatus, Role, Side
from desktop_app.core.said import said
from desktop_app.engine.news import BotGone, BotNews, CandleNews, DealNews, LogNews, OrderNews, PriceNews
from desktop_app.engine.problem import problem
from desktop_app.gui import bridge as bridge_module
from desktop_app.gui.bridge import Bridge
from tests.gui.fake_engine import ACCOUNT, NOW, D, FakeEngine, bot_view, deal_view, order, tick
from tests.gui.shell import Shell


@pytest.fixture
def bridge(qtbot: QtBot) -> Bridge:
    return Bridge()


def collected(signal: Any) -> list[Any]:
    heard: list[Any] = []
    signal.connect(heard.append)
    return heard


def test_ten_prices_of_one_pair_become_one_batch_with_the_latest(bridge: Bridge) -> None:
    heard = collected(bridge.prices_changed)

    for cents in range(10):
        bridge.receive(PriceNews(ACCOUNT, tick("BTC/USDT", f"63120.0{cents}", NOW + cents)))
    bridge.deliver()

    assert heard == [[(ACCOUNT, "BTC/USDT")]]
    assert bridge.known.price(ACCOUNT, "BTC/USDT") == D("63120.09")
    assert bridge.known.now(ACCOUNT) == NOW + 9


def test_nothing_is_announced_while_nothing_happens(bridge: Bridge) -> None:
    heard = collected(bridge.prices_changed) + collected(bridge.bots_changed)

    bridge.deliver()

    assert heard == []


def test_closed_candles_all_arrive_before_the_running_one(bridge: Bridge) -> None:
    heard = collected(bridge.candles_changed)

    for minute, is_closed in ((0, False), (0, True), (1, True), (2, False), (2, False)):
        candle = Candle(minute * 60_000, D(1), D(1), D(1), D(1))
        bridge.receive(CandleNews(ACCOUNT, "BTC/USDT", candle, is_closed))
    bridge.deliver()

    assert [(news.candle.at // 60_000, news.is_closed) for news in heard[0]] == [(0, True), (1, True), (2, False)]


def test_an_order_that_is_over_leaves_the_known_ones_and_is_still_announced(bridge: Bridge) -> None:
    live = order("s2", Role.SAFETY, 2, Side.BUY, "0.00059", "61960.82")
    heard = collected(bridge.orders_changed)

    bridge.receive(OrderNews(1, 128, live, ACCOUNT))
    bridge.deliver()
    assert "s2" in bridge.known.orders
    bridge.receive(OrderNews(1, 128, live.becomes(OrderStatus.CANCELED), ACCOUNT))
    bridge.deliver()

    assert "s2" not in bridge.known.orders
    assert [batch[0].order.status for batch in heard] == [OrderStatus.OPEN, OrderStatus.CANCELED]


def test_a_deal_brings_its_resting_orders_with_it(bridge: Bridge) -> None:
    bridge.receive(DealNews(1, deal_view()))
    bridge.deliver()

    assert sorted(bridge.known.orders) == ["s2", "s3", "tp"]


def test_news_may_come_from_another_thread(bridge: Bridge) -> None:
    heard = collected(bridge.bots_changed)
    thread = threading.Thread(target=lambda: bridge.receive(BotNews(bot_view())))

    thread.start()
    thread.join()
    bridge.deliver()

    assert heard == [[bot_view()]]


def test_a_failing_widget_keeps_no_other_from_hearing(bridge: Bridge, qtbot: QtBot) -> None:
    def fail(_: object) -> None:
        raise RuntimeError("a widget broke")

    bridge.log_added.connect(fail)
    heard = collected(bridge.log_added)

    with qtbot.capture_exceptions() as caught:
        bridge.receive(LogNews(NOW, "info", ACCOUNT, "", 0, "x", said("engine_bot_started")))
        bridge.deliver()

    assert len(caught) == 1
    assert len(heard[0]) == 1


def test_a_window_that_slept_too_long_reads_everything_anew(shell: Shell, monkeypatch: pytest.MonkeyPatch) -> None:
    shell.arrive()
    heard: list[int] = []
    shell.bridge.reloaded.connect(lambda: heard.append(1))
    monkeypatch.setattr(bridge_module, "_MOST_WAITING", 3)

    for number in range(5):
        shell.engine.price("BTC/USDT", f"6312{number}")
    shell.hear()

    assert heard == [1]


def test_one_unreachable_account_does_not_hide_the_others(shell: Shell) -> None:
    async def refuse(account: str) -> Any:
        raise problem("account_unreachable", account=account, reason="no answer")

    shell.engine.supervisor.markets = refuse  # type: ignore[method-assign]
    failures: list[str] = []
    shell.bridge.failed.connect(lambda _error, doing: failures.append(doing))
    shell.bridge.attach(shell.engine.supervisor, shell.engine.bus)

    shell.run(shell.bridge.reload())

    assert failures == [ACCOUNT]
    assert [bot.name for bot in shell.bridge.known.bots.values()] == ["BTC starter", "ETH swing", "SHIB dips"]


def test_news_that_come_while_everything_is_read_anew_win(shell: Shell) -> None:
    shell.arrive()
    supervisor, bus = shell.engine.supervisor, shell.engine.bus
    pictures: dict[str, Any] = {"bots": supervisor.bots, "deals": supervisor.deals}

    def later(name: str, news: list[Any]) -> Any:
        async def answer() -> Any:
            picture = tuple(await pictures[name]())
            for one in news:
                bus.publish(one)
            shell.bridge.deliver()
            return picture

        return answer

    added = replace(bot_view(), bot_id=11, name="Added just now")
    supervisor.bots = later("bots", [BotNews(added), BotGone(2)])  # type: ignore[method-assign]
    closed = order("tp", Role.TAKE_PROFIT, 0, Side.SELL, "0.001", "64000").becomes(OrderStatus.CANCELED)
    supervisor.deals = later("deals", [OrderNews(1, 128, closed, ACCOUNT)])  # type: ignore[method-assign]

    shell.run(shell.bridge.reload())

    assert shell.bridge.known.bots[11] is added and 2 not in shell.bridge.known.bots
    assert "tp" not in shell.bridge.known.orders and "s2" in shell.bridge.known.orders


def test_what_goes_wrong_in_spawned_work_is_told_once_and_held_by_nobody(shell: Shell) -> None:
    shell.arrive()
    told: list[tuple[object, str]] = []
    shell.bridge.failed.connect(lambda error, doing: told.append((error, doing)))
    trouble = problem("no_speed", account=ACCOUNT)

    async def fail() -> None:
        raise trouble

    shell.do(lambda: shell.bridge.spawn(fail(), "changing the speed"))

    assert told == [(trouble, "changing the speed")]


def test_wishes_run_on_the_engines_own_loop(shell: Shell) -> None:
    engine_loop = asyncio.new_event_loop()
    thread = threading.Thread(target=engine_loop.run_forever)
    thread.start()
    fake = FakeEngine()
    shell.bridge.attach(fake.supervisor, fake.bus, engine_loop)

    async def where() -> str:
        return threading.current_thread().name

    try:
        assert shell.run(shell.bridge.ask(where())) == thread.name
    finally:
        engine_loop.call_soon_threadsafe(engine_loop.stop)
        thread.join()
        engine_loop.close()


def test_after_detaching_nothing_is_heard(shell: Shell) -> None:
    shell.arrive()
    heard = collected(shell.bridge.prices_changed)

    shell.bridge.detach()
    shell.engine.price("BTC/USDT", "1")
    shell.bridge.deliver()

    assert heard == []

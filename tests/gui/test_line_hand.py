"""Lines of running deals in the hand, on the window over a fake engine."""

from dataclasses import replace
from decimal import Decimal

import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest

from desktop_app.core.order import Fill, OrderStatus, Role
from desktop_app.core.strategies.dca_settings import DcaSettings, StopLoss, StopRules, TakeProfit, TakeProfitStep
from desktop_app.core.strategies.smart_settings import SmartTradeSettings, Targets
from desktop_app.engine.news import FillNews
from desktop_app.engine.problem import problem
from desktop_app.gui.chart.lines import ChartLine, LineBook
from desktop_app.gui.chart.placing import Tag
from desktop_app.gui.chart.widget import ChartWidget
from tests.gui.chart.hand import Mouse
from tests.gui.fake_engine import ACCOUNT, NOW, SETTINGS, deal_128, deal_view
from tests.gui.shell import Shell

D = Decimal
STOPPED = SETTINGS.model_copy(update={"stop_loss": StopLoss(percent=D(5))})


@pytest.fixture
def drawn(shell: Shell) -> Shell:
    return shell.arrive(with_charts=True)


def chart(shell: Shell) -> ChartWidget:
    page = shell.window.active_chart()
    assert page is not None
    assert page.chart is not None
    return page.chart


def book(shell: Shell) -> LineBook:
    return chart(shell).canvas.book


def line(shell: Shell, key: str) -> ChartLine:
    found = book(shell).line(key)
    assert found is not None
    return found


def tag(shell: Shell, key: str) -> Tag:
    return next(tag for tag in chart(shell).canvas.tags.tags() if tag.key == key)


def drag(shell: Shell, key: str, price: str) -> None:
    """By hand: from the line to where the price is, as near as a pixel comes, then tick by tick."""
    canvas, lines = chart(shell).canvas, book(shell)
    start, end = canvas.view.y_of(float(line(shell, key).price)), canvas.view.y_of(float(price))
    if 0 <= start <= canvas.view.pane_height:
        Mouse(canvas).drag((80.0, start), (80.0, end))
    else:  # out of sight: by the keyboard
        lines.select(key)
        lines.nudge(1)
    assert lines.move is not None
    assert lines.move.price % D("0.01") == 0, "it snaps to the tick"
    lines.nudge(int((D(price) - lines.move.price) / D("0.01")))


def test_c_05_the_tag_of_a_dragged_take_profit_says_price_percent_and_net_money(drawn: Shell) -> None:
    drag(drawn, "tp", "65000.00")

    shown = tag(drawn, "tp")
    assert (shown.price_text, shown.text) == ("65,000.00", "TP +1.80 %")
    assert shown.detail == "+0.80 USDT net  was 64,807.29"
    assert shown.commit is not None
    assert drawn.calls == [], "nothing is sent before the tick"


def test_c_05_the_tick_edits_the_deal_through_the_engine(drawn: Shell) -> None:
    drag(drawn, "tp", "65000.00")
    middle = tag(drawn, "tp").commit
    assert middle is not None
    drawn.do(lambda: Mouse(chart(drawn).canvas).click(middle.center().x(), middle.center().y()))

    profit = SETTINGS.take_profit.model_copy(update={"percent": D("1.80181")})
    assert [call[:2] for call in drawn.calls] == [("ask", 1)]
    sent = DcaSettings.model_validate_json(drawn.calls[0][2].settings)
    assert sent == SETTINGS.model_copy(update={"take_profit": profit})
    assert line(drawn, "tp").price == D("65000.00")
    assert book(drawn).move is None


def test_c_05_enter_commits_and_escape_restores(drawn: Shell) -> None:
    drag(drawn, "tp", "65000.00")
    drawn.do(lambda: QTest.keyClick(chart(drawn).canvas, Qt.Key.Key_Escape))
    assert (drawn.calls, book(drawn).price_of(line(drawn, "tp"))) == ([], D("64807.29"))

    drag(drawn, "tp", "65000.00")
    drawn.do(lambda: QTest.keyClick(chart(drawn).canvas, Qt.Key.Key_Return))
    assert len(drawn.calls) == 1


def test_c_05_a_refusal_restores_and_explains(drawn: Shell) -> None:
    drag(drawn, "tp", "65000.00")
    drawn.engine.supervisor.problem = problem("deal_is_over", deal="1-128")
    drawn.do(lambda: book(drawn).commit())

    assert book(drawn).price_of(line(drawn, "tp")) == D("64807.29")
    assert book(drawn).notice == ("tp", "Deal 1-128 is over. Nothing was changed.")


def test_c_05_a_fill_during_the_drag_expires_the_change(drawn: Shell) -> None:
    drag(drawn, "tp", "65000.00")
    fill = Fill("t9", D("61960.82"), D("0.00059"), at=NOW)
    drawn.engine.bus.publish(FillNews(1, 128, "s2", fill, Role.SAFETY, ACCOUNT, "BTC/USDT"))
    drawn.hear()

    assert book(drawn).move is None
    assert book(drawn).notice == ("tp", "Dropped: an order of this deal has filled")
    assert drawn.calls == []


def test_c_05_what_would_lose_is_said_and_never_sent(drawn: Shell) -> None:
    drag(drawn, "tp", "63800.00")
    assert tag(drawn, "tp").detail.startswith("would lose; 63,849.55 is break-even")
    drawn.do(lambda: book(drawn).commit())

    assert drawn.calls == []
    assert book(drawn).price_of(line(drawn, "tp")) == D("64807.29")


def test_c_05_a_stop_loss_is_dragged_too(drawn: Shell) -> None:
    level = D("64274.7105") * D("0.95")
    drawn.engine.deal(replace(deal_view(deal_128(stop_loss=level)), settings_json=STOPPED.model_dump_json()))
    drawn.hear()
    drag(drawn, "1-128.sl", "61000.00")
    assert tag(drawn, "1-128.sl").text == "SL −4.46 %"
    assert tag(drawn, "1-128.sl").detail == "−1.99 USDT net  was 61,060.97"

    drawn.do(lambda: book(drawn).commit())

    sent = DcaSettings.model_validate_json(drawn.calls[0][2].settings)
    assert sent.stop_loss.percent is not None
    assert round(D("64274.7105") * (1 - sent.stop_loss.percent / 100), 2) == D("61000.00")
    assert sent.take_profit == SETTINGS.take_profit


def test_c_05_a_stop_loss_above_the_price_is_not_sent(drawn: Shell) -> None:
    level = D("64274.7105") * D("0.95")
    drawn.engine.deal(replace(deal_view(deal_128(stop_loss=level)), settings_json=STOPPED.model_dump_json()))
    drawn.hear()
    drag(drawn, "1-128.sl", "63500.00")
    assert tag(drawn, "1-128.sl").detail.startswith("would sell at once")
    drawn.do(lambda: book(drawn).commit())

    assert drawn.calls == []


def test_c_05_targets_are_moved_one_by_one_and_stay_in_order(drawn: Shell) -> None:
    steps = (TakeProfitStep(percent=D(1), share=D(50)), TakeProfitStep(percent=D(3), share=D(50)))
    settings = SETTINGS.model_copy(update={"take_profit": TakeProfit(steps=steps)})
    deal = deal_128()
    first, second = (
        replace(deal.orders[4], client_id=f"tp{n}", index=n, amount=D("0.00035"), price=D(price))
        for n, price in ((1, "64488.04"), (2, "65765.03"))
    )
    both = replace(
        deal,
        orders=(*deal.orders[:4], first, second),
        take_profits=tuple(order.price for order in (first, second) if order.price),
    )
    drawn.engine.deal(replace(deal_view(both), settings_json=settings.model_dump_json()))
    drawn.hear()

    drag(drawn, "tp2", "65000.00")
    assert tag(drawn, "tp2").detail == "+0.40 USDT net  was 65,765.03", "half of the coins, half of the money"
    drag(drawn, "tp1", "66000.00")
    assert tag(drawn, "tp1").detail.startswith("targets must stay in order")
    drag(drawn, "tp2", "65000.00")
    drawn.do(lambda: book(drawn).commit())
    sent = DcaSettings.model_validate_json(drawn.calls[0][2].settings)
    assert [step.percent for step in sent.take_profit.steps] == [D(1), D("1.80181")]


def test_c_05_while_the_old_order_is_leaving_the_new_price_is_shown(drawn: Shell) -> None:
    drag(drawn, "tp", "65000.00")
    drawn.do(lambda: book(drawn).commit())
    deal = deal_128()
    leaving = replace(deal.orders[4], status=OrderStatus.CANCELING)
    drawn.engine.deal(deal_view(replace(deal, orders=(*deal.orders[:4], leaving), take_profits=(D("65000.00"),))))
    drawn.hear()

    assert book(drawn).line("tp") is None
    assert (line(drawn, "1-128.tp1").price, line(drawn, "1-128.tp1").pending) == (D("65000.00"), True)


def test_lines_of_a_closing_deal_cannot_be_dragged(drawn: Shell) -> None:
    from desktop_app.core.deal import DealStatus

    drawn.engine.deal(deal_view(deal_128(status=DealStatus.CLOSING)))
    drawn.hear()

    assert not any(line.draggable for line in book(drawn).lines)


TRADE = SmartTradeSettings(
    name="BTC/USDT trade 1", account=ACCOUNT, pairs=("BTC/USDT",), amount=D("0.0007"),
    take_profit=Targets(
        steps=(TakeProfitStep(percent=D(1), share=D(50)), TakeProfitStep(percent=D(3), share=D(50)))
    ),
    stop_loss=StopRules(percent=D(5)),
)  # fmt: skip


def as_trade(shell: Shell) -> None:
    """The deal as one of a smart trade, with two targets and a stop loss."""
    assert TRADE.plan.take_profit.targets, "what is remembered must not come back in a copy"
    deal = deal_128(stop_loss=D("60535.60"))
    first, second = (
        replace(deal.orders[4], client_id=f"tp{n}", index=n, amount=D("0.00035"), price=D(price))
        for n, price in ((1, "64359.06"), (2, "65633.51"))
    )
    both = replace(
        deal,
        orders=(*deal.orders[:2], first, second),
        take_profits=tuple(order.price for order in (first, second) if order.price),
    )
    shell.engine.deal(replace(deal_view(both), settings_json=TRADE.model_dump_json()))
    shell.hear()


def test_c_05_a_target_of_a_smart_trade_gets_the_price_itself(drawn: Shell) -> None:
    as_trade(drawn)
    drag(drawn, "tp2", "65000.00")
    assert tag(drawn, "tp2").detail == "+0.40 USDT net  was 65,633.51"
    drawn.do(lambda: book(drawn).commit())

    sent = SmartTradeSettings.model_validate_json(drawn.calls[0][2].settings)
    assert [(step.percent, step.price) for step in sent.take_profit.steps] == [(D(1), None), (D(0), D("65000.00"))]
    assert sent.stop_loss == TRADE.stop_loss
    assert sent.entry == TRADE.entry


def test_c_05_the_stop_loss_of_a_smart_trade_gets_the_price_itself(drawn: Shell) -> None:
    as_trade(drawn)
    drag(drawn, "1-128.sl", "61000.00")
    drawn.do(lambda: book(drawn).commit())

    sent = SmartTradeSettings.model_validate_json(drawn.calls[0][2].settings)
    assert (sent.stop_loss.percent, sent.stop_loss.price) == (None, D("61000.00"))
    assert sent.take_profit == TRADE.take_profit

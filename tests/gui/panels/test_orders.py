from dataclasses import replace

from desktop_app.core.order import OrderStatus
from desktop_app.engine.news import OrderNews
from tests.gui.fake_engine import ACCOUNT, deal_128
from tests.gui.shell import Shell


def test_every_resting_order_says_what_it_is_for(shell: Shell) -> None:
    shell.arrive()
    model = shell.window.panels.orders.model
    texts = {column.key: [column.text(row) for row in model.shown_rows()] for column in model.columns}

    assert texts["purpose"] == ["SO2", "SO3", "TP"]
    assert texts["price"] == ["61,960.82", "60,071.14", "64,807.29"]
    assert texts["total"] == ["36.56", "54.06", "45.37"]
    assert texts["deal"] == ["BTC starter #128"] * 3


def test_d_07_an_unknown_order_is_never_shown_as_cancelled(shell: Shell) -> None:
    shell.arrive()
    unsure = replace(deal_128().orders[2], status=OrderStatus.PENDING)

    shell.engine.bus.publish(OrderNews(1, 128, unsure, ACCOUNT))
    shell.hear()

    model = shell.window.panels.orders.model
    row = model.row_by_id("s2")
    state = next(column for column in model.columns if column.key == "state")
    assert row is not None and state.tooltip is not None and state.icon is not None
    assert state.text(row) == "Not confirmed"
    assert "not sent again" in state.tooltip(row)
    assert state.icon(row) is not None
    assert shell.window.status.orders.text() == "3 orders (1 not confirmed)"


def test_orders_that_are_over_leave(shell: Shell) -> None:
    shell.arrive()

    for order in deal_128().live_orders:
        over = order.becomes(OrderStatus.CANCELING).becomes(OrderStatus.CANCELED)
        shell.engine.bus.publish(OrderNews(1, 128, over, ACCOUNT))
    shell.hear()

    assert shell.window.panels.orders.model.total == 0

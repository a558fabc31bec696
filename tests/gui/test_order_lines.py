from dataclasses import replace
from decimal import Decimal

from desktop_app.core.deal import DealStatus
from desktop_app.core.order import OrderStatus, Role
from desktop_app.gui.chart.lines import LineKind
from desktop_app.gui.order_lines import lines_of, markers_of
from tests.gui.fake_engine import FILLS, MARKETS, SETTINGS, deal_128, deal_view

D = Decimal
BTC = MARKETS["BTC/USDT"]
JSON = SETTINGS.model_dump_json()


def test_c_01_every_order_and_level_of_a_deal_is_a_line() -> None:
    lines = {line.label: line for line in lines_of([(deal_view(), JSON)], BTC)}

    assert list(lines) == ["Avg", "BE", "SO2", "SO3", "TP", "SO4"]
    assert lines["Avg"].price == D("63785.69")
    assert lines["BE"].price == D("63849.54")
    assert lines["TP"].price == D("64807.29")
    assert lines["SO4"].kind is LineKind.WAITING
    assert lines["SO4"].note == "kept by app"
    assert lines["SO2"].note == "0.00059 BTC"


def test_levels_that_do_not_rest_are_planned_lines() -> None:
    deal = deal_128(stop_loss=D("55000.004"))
    deal = replace(deal, orders=tuple(order for order in deal.orders if order.role is not Role.TAKE_PROFIT))

    lines = {line.label: line for line in lines_of([(deal_view(deal), JSON)], BTC)}

    assert (lines["TP"].note, lines["SL"].note) == ("kept by app", "kept by app")
    assert lines["SL"].price == D("55000.00")


def test_an_order_that_may_not_exist_is_drawn_as_pending() -> None:
    deal = deal_128()
    unsure = replace(deal.orders[2], status=OrderStatus.PENDING)

    lines = lines_of([(deal_view(replace(deal, orders=(*deal.orders[:2], unsure))), JSON)], BTC)

    assert [line.label for line in lines if line.pending] == ["SO2"]


def test_a_deal_that_is_over_has_no_lines() -> None:
    assert lines_of([(deal_view(deal_128(status=DealStatus.COMPLETED)), JSON)], BTC) == ()


def test_c_10_fills_say_what_they_were() -> None:
    markers = markers_of(deal_128().orders, FILLS, BTC)

    assert [(marker.side, marker.price) for marker in markers] == [("buy", 64210.5), ("buy", 63310.58)]
    assert markers[1].text == "Safety order 1 · Buy\n0.00038 BTC at 63,310.58\nFee 0.02 USDT"

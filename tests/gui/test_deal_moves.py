"""What the exits of a running deal can be moved to; the numbers of C-05 by hand are in test_line_hand."""

from dataclasses import replace
from decimal import Decimal

from desktop_app.core.deal import DealStatus, Direction, Position
from desktop_app.core.order import Fill, Side
from desktop_app.core.strategies.dca_settings import DcaSettings, StopLoss
from desktop_app.engine.views import DealView
from desktop_app.gui.deal_moves import Grip, grips, proposal, why_no_trailing
from tests.gui.fake_engine import MARKETS, SETTINGS, deal_128, deal_view

D = Decimal
BTC = MARKETS["BTC/USDT"]
SHORT = SETTINGS.model_copy(update={"direction": Direction.SHORT})


def short_view() -> DealView:
    deal = deal_128()
    sold = Position().with_fill(Fill("t1", D("64210.50"), D("0.00070"), D("0.0449"), at=1), is_entry=True)
    base = replace(
        deal.orders[0], side=Side.SELL, amount=D("0.0007"), filled=D("0.0007"), cost=D("44.94735"), fee=D("0.0449")
    )
    back = replace(deal.orders[4], side=Side.BUY, price=D("63000.00"))
    return deal_view(
        replace(deal, direction=Direction.SHORT, position=sold, orders=(base, back), take_profits=(D("63000.00"),))
    )


def test_a_take_profit_of_a_short_lies_below() -> None:
    view = short_view()
    found = proposal(view, SHORT.model_dump_json(), BTC, Grip(1), D("62500.00"))
    assert found.wish is not None
    assert found.words.endswith("USDT net")
    assert proposal(view, SHORT.model_dump_json(), BTC, Grip(1), D("65000.00")).wish is None


def test_a_trailing_stop_loss_changes_its_distance() -> None:
    trailing = SETTINGS.model_copy(update={"stop_loss": StopLoss(percent=D(5), trailing=True)})
    view = deal_view(deal_128(stop_loss=D("60000.00")))
    found = proposal(view, trailing.model_dump_json(), BTC, Grip(0), D("61000.00"))
    assert found.wish is not None
    stop = DcaSettings.model_validate_json(found.wish.settings).stop_loss
    assert stop.trailing
    assert stop.percent is not None
    assert round(D("60000.00") / D("0.95") * (1 - stop.percent / 100), 2) == D("61000.00")


def test_a_stop_loss_beyond_what_a_percent_can_say_gets_a_price() -> None:
    stopped = SETTINGS.model_copy(update={"stop_loss": StopLoss(percent=D(5))})
    view = replace(deal_view(deal_128(stop_loss=D("61060.97"))), last=D("66000.00"))
    found = proposal(view, stopped.model_dump_json(), BTC, Grip(0), D("65000.00"))
    assert found.wish is not None
    stop = DcaSettings.model_validate_json(found.wish.settings).stop_loss
    assert (stop.percent, stop.price) == (None, D("65000.00"))


def test_only_exits_that_the_deal_still_has_can_be_grabbed() -> None:
    assert set(grips(deal_view(), SETTINGS)) == {"tp", "1-128.tp1"}
    assert grips(deal_view(deal_128(status=DealStatus.CLOSING)), SETTINGS) == {}
    assert grips(deal_view(), None) == {}
    armed = deal_128(status=DealStatus.TRAILING, orders=deal_128().orders[:2], stop_loss=D(60000))
    assert set(grips(deal_view(armed), SETTINGS)) == {"1-128.sl"}, "where trailing closes follows the price"


def test_trailing_can_start_in_profit_only() -> None:
    assert why_no_trailing(replace(deal_view(), last=D(64000)), BTC) == ""
    assert "not in profit yet" in why_no_trailing(deal_view(), BTC)
    assert why_no_trailing(deal_view(deal_128(status=DealStatus.TRAILING)), BTC) == "The deal trails already."
    assert "base order has filled" in why_no_trailing(deal_view(deal_128(status=DealStatus.OPENING)), BTC)

from decimal import Decimal
from typing import Any

from desktop_app.core.deal import Direction
from desktop_app.core.market import FeeCurrency, Market
from desktop_app.core.risk_reward import amount_for_risk, weigh
from desktop_app.core.strategies.smart_settings import SmartTradeSettings

D = Decimal
MARKET = Market("BTC/USDT", "BTC", "USDT")
SMART_REF: dict[str, Any] = {
    "name": "SMART-REF",
    "account": "paper",
    "pair": "BTC/USDT",
    "amount": "0.00150",
    "entry": {"type": "limit", "price": "63800"},
    "take_profit": {"steps": [{"percent": 2, "share": 50}, {"percent": 6, "share": 50}], "trailing_deviation": 1},
    "stop_loss": {"percent": "2.5", "breakeven_after": 1},
}
CENT = D("0.01")


def trade(**changes: Any) -> SmartTradeSettings:
    return SmartTradeSettings.model_validate(SMART_REF | changes)


def test_D_13_the_reference_ticket_shows_its_cost_risk_reward_and_ratio() -> None:
    shown = weigh(trade(), MARKET, D("64210.50"))

    assert shown.cost == D("95.70")
    assert shown.risk is not None and shown.reward is not None and shown.ratio is not None
    assert shown.risk.quantize(CENT) == D("2.58")
    assert shown.reward.quantize(CENT) == D("3.63")
    assert shown.ratio.quantize(CENT) == D("1.41")


def test_D_13_the_reference_ticket_shows_its_prices() -> None:
    shown = weigh(trade(), MARKET, D("64210.50"))

    assert [(exit_.price, exit_.amount) for exit_ in shown.targets] == [
        (D("65076.00"), D("0.00075")),
        (D("67628.00"), D("0.00075")),
    ]
    assert shown.stop is not None and shown.stop.price == D("62205")
    assert shown.stop.percent == D("-2.5")
    assert sum(exit_.money for exit_ in shown.targets) == shown.reward


def test_D_13_a_risk_sets_the_amount() -> None:
    amount = amount_for_risk(D("2.58"), D("63800"), D("62205"), Direction.LONG, MARKET, is_limit=True)

    assert amount == D("0.00150")


def test_a_stop_that_wins_sets_no_amount() -> None:
    assert amount_for_risk(D("2.58"), D("63800"), D("65000"), Direction.LONG, MARKET, is_limit=False) is None


def test_the_prices_of_the_ticket_mean_the_same_as_its_percents() -> None:
    steps = [{"price": "65076", "share": 50}, {"price": "67628", "share": 50}]
    by_price = trade(take_profit={"steps": steps, "trailing_deviation": 1}, stop_loss={"price": "62205"})

    assert weigh(by_price, MARKET, D("64210.50")) == weigh(trade(), MARKET, D("64210.50"))


def test_without_targets_or_stop_there_is_no_ratio() -> None:
    shown = weigh(trade(take_profit={}, stop_loss={}), MARKET, D("64210.50"))

    assert (shown.risk, shown.reward, shown.ratio, shown.stop) == (None, None, None, None)


def test_a_stop_above_the_entry_is_no_risk() -> None:
    shown = weigh(trade(trade="hold", entry={}, price_paid="60000", stop_loss={"price": "62000"}), MARKET, D("64000"))

    assert shown.risk is not None and shown.risk < 0
    assert shown.ratio is None


def test_a_cover_wins_when_the_price_falls() -> None:
    cover = trade(trade="cover", take_profit={"steps": [{"percent": 2, "share": 100, "type": "market"}]})
    shown = weigh(cover, MARKET, D("64210.50"))

    assert [exit_.price for exit_ in shown.targets] == [D("62524.00")]
    assert shown.stop is not None and shown.stop.price == D("65395")
    assert shown.reward is not None and shown.reward > 0
    assert shown.risk is not None and shown.risk > 0


def test_a_market_entry_is_weighed_at_the_price_that_there_is() -> None:
    shown = weigh(trade(entry={}, unit="quote", amount="100"), MARKET, D("64210.50"))

    assert shown.entry == D("64210.50")
    assert shown.amount == D("0.00156")


def test_a_conditional_entry_is_weighed_at_its_trigger() -> None:
    assert weigh(trade(entry={"type": "conditional", "price": "60000"}), MARKET, D("64210.50")).entry == D("60000")


def test_a_fee_in_coins_leaves_less_to_sell() -> None:
    market = Market("BTC/USDT", "BTC", "USDT", fee_currency=FeeCurrency.RECEIVED)
    shown = weigh(trade(), market, D("64210.50"))

    assert sum(exit_.amount for exit_ in shown.targets) == D("0.00149")
    assert shown.stop is not None and shown.stop.amount == D("0.00149")

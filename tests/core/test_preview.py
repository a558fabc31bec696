"""The preview says what the bot will do, and what is wrong with it, before any money moves."""

from decimal import Decimal
from typing import Any

import pytest

from desktop_app.core.order import Role
from desktop_app.core.preview import Preview, make_preview
from tests.core.dialogue import FREE_OF_FEES, MARKET, Dialogue, settings

D = Decimal
LADDER = {"volume": 15, "price_deviation": 1, "step_scale": 4, "volume_scale": "1.7", "max_count": 3}


def preview(price: str = "100", **parts: Any) -> Preview:
    return make_preview(settings(**parts), MARKET, D(price))


def codes(made: Preview, *, is_block: bool) -> set[str]:
    return {problem.reason.code for problem in made.problems if problem.is_block is is_block}


def test_reference_d_comes_out() -> None:
    fine = FREE_OF_FEES.__class__("B/U", "B", "U", D("1e-8"), D("1e-8"), maker_fee=D(0), taker_fee=D(0))
    made = make_preview(settings(safety_orders=LADDER), fine, D(100))
    rows = [(row.price, round(row.average, 6), round(row.take_profit or D(0), 6)) for row in made.rungs]
    assert rows == [
        (D(99), D("99.868421"), D("101.865789")),
        (D(95), D("98.948107"), D("100.927070")),
        (D(79), D("93.387904"), D("95.255662")),
    ]


@pytest.mark.parametrize("direction", ["long", "short"])
@pytest.mark.parametrize("steps", [1, 2])
def test_B_01_what_the_preview_shows_is_what_the_bot_then_places(direction: str, steps: int) -> None:
    profit = {"percent": 2} if steps == 1 else {"steps": [{"percent": 1, "share": 50}, {"percent": 2, "share": 50}]}
    chosen = settings(direction=direction, safety_orders=LADDER, take_profit=profit)
    made = make_preview(chosen, MARKET, D("123.45"))
    talk = Dialogue(chosen).opened("123.45")
    placed = {order.index: (order.price, order.amount) for order in talk.live if order.role is Role.SAFETY}
    assert placed == {row.index: (row.price, row.amount) for row in made.rungs}
    assert talk.order(Role.TAKE_PROFIT, steps).price == made.base.take_profit
    for row in made.rungs:
        talk.fill(talk.order(Role.SAFETY, row.index))
        talk.cancel()
        talk.accept()
        assert talk.deal.deal.average == row.average
        assert talk.order(Role.TAKE_PROFIT, steps).price == row.take_profit


def test_a_bot_without_problems_only_hints_at_the_missing_stop() -> None:
    made = preview(safety_orders=LADDER)
    assert codes(made, is_block=True) == set()
    assert codes(made, is_block=False) == {"no_stop_loss"}
    assert made.total > made.orders > made.funds


@pytest.mark.parametrize(
    ("parts", "code", "is_block"),
    [
        ({"base_order": {"volume": 3}}, "order_too_small", True),
        ({"safety_orders": LADDER | {"volume": 3}}, "order_too_small", True),
        ({"safety_orders": LADDER | {"price_deviation": 40}}, "rung_below_zero", False),
        ({"safety_orders": LADDER | {"price_deviation": "0.01"}}, "rung_at_once", False),
        ({"safety_orders": LADDER, "stop_loss": {"percent": 3}}, "stop_before_rungs", False),
        ({"take_profit": {"percent": "0.15"}}, "profit_below_fees", False),
        ({"take_profit": {"percent": 1, "trailing_deviation": 2}}, "trailing_wide", False),
    ],
)
def test_what_is_wrong_is_said(parts: dict[str, Any], code: str, is_block: bool) -> None:
    assert code in codes(preview(**parts), is_block=is_block)


IN_COINS = MARKET.__class__("B/U", "B", "U", D("0.01"), D("0.0001"), fee_currency="received")  # type: ignore[arg-type]


def test_what_could_not_be_sold_again_is_said_with_the_size_that_could() -> None:
    made = make_preview(settings(base_order={"volume": 5}), IN_COINS, D(100))
    (hint,) = [problem for problem in made.problems if problem.reason.code == "exit_too_small"]
    assert hint.reason["least"] == D("5.01")  # 0.0501 coins less 0.1 % are 0.05004995: 0.05 can be sold
    again = make_preview(settings(base_order={"volume": "5.01"}), IN_COINS, D(100))
    assert "exit_too_small" not in codes(again, is_block=False)


def test_at_the_stop_loss_coins_are_worth_less() -> None:
    parts: dict[str, Any] = {"base_order": {"volume": "5.1"}, "safety_orders": {}}
    assert "exit_too_small" not in codes(preview(**parts), is_block=False)
    assert "exit_too_small" in codes(preview(**parts, stop_loss={"percent": 4}), is_block=False)
    assert "exit_too_small" not in codes(preview(**parts, direction="short"), is_block=False)


def test_a_stop_loss_is_shown_and_a_bot_without_target_has_no_target() -> None:
    assert preview(stop_loss={"percent": 4}).stop_loss == D("96.096")
    assert preview(take_profit={}).base.take_profit is None
    assert preview(take_profit={}).base.net is None


def test_targets_and_stops_that_are_prices_are_shown_as_they_are() -> None:
    made = preview(take_profit={"steps": [{"percent": 1, "share": 50}, {"price": "110", "share": 50}]})
    assert made.base.take_profit == D(110)
    stopped = preview(stop_loss={"price": "93"})
    assert stopped.stop_loss == D(93)
    assert "no_stop_loss" not in codes(stopped, is_block=False)
    priced = preview(take_profit={"steps": [{"price": "100.05", "share": 100}], "trailing_deviation": 3})
    assert not {"profit_below_fees", "trailing_wide"} & codes(priced, is_block=False)


def test_percents_of_the_entry_price_leave_the_fees_out() -> None:
    made = preview(take_profit={"percent": 2, "basis": "entry"}, stop_loss={"percent": 4, "basis": "entry"})
    assert (made.base.take_profit, made.stop_loss) == (D(102), D(96))


def test_a_target_at_market_has_to_earn_the_fee_of_a_market_order() -> None:
    resting = preview(take_profit={"steps": [{"percent": 2, "share": 100}]}).base
    at_market = preview(take_profit={"steps": [{"percent": 2, "share": 100, "type": "market"}]}).base
    assert resting.take_profit is not None and at_market.take_profit is not None
    assert (at_market.take_profit > resting.take_profit) == (MARKET.taker_fee > MARKET.maker_fee)


def test_a_trigger_rung_is_shown_but_not_counted() -> None:
    made = preview(safety_orders={"custom": [{"deviation": 2, "volume": 20}, {"deviation": -2, "volume": 20}]})
    assert [(row.index, row.is_trigger) for row in made.rungs] == [(2, False), (1, True)]
    assert made.orders == made.base.volume + made.rungs[0].volume


def test_a_fee_kept_in_coins_is_part_of_the_average() -> None:
    coins = MARKET.__class__("B/U", "B", "U", D("0.01"), D("0.0001"), fee_currency="received")  # type: ignore[arg-type]
    assert make_preview(settings(), coins, D(100)).base.average == D("100.1")

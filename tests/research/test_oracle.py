"""The backtest, order for order, against an independent and naive reading of the same rules."""

import os
import random
from decimal import Decimal
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from tests.research.agreement import differences, product
from tests.research.oracle import Bar, Oracle, Rules
from tests.research.random_cases import MINUTE, START, Case, make_case

D = Decimal
EXAMPLES = int(os.environ.get("STRONGROOM_ORACLE_EXAMPLES", "60"))
FEE = Rules(D("0.01"), D("0.0001"), D(0), D(5), D("0.001"), D("0.001"), MINUTE)
FREE = Rules(D("0.01"), D("0.00000001"), D(0), D(5), D(0), D(0), MINUTE)
LADDER = {"volume": "15", "price_deviation": "1", "step_scale": "4", "volume_scale": "1.7", "max_count": 6}


@settings(max_examples=EXAMPLES, deadline=None, derandomize=True, suppress_health_check=list(HealthCheck))
@given(st.integers(0, 2**32))
def test_every_order_of_random_bots_over_random_candles_is_the_oracles(seed: int) -> None:
    assert differences(make_case(random.Random(seed), most=25)) == []


def bars(*rows: str) -> list[Bar]:
    """Rows of `open high low close`, or of a price that does not move; `-` is a missing candle."""
    made = []
    for i, row in enumerate(rows):
        prices = [D(text) for text in row.split() if text != "-"]
        if prices:
            made.append(Bar(START + i * MINUTE, *(prices if len(prices) == 4 else prices * 4)))
    return made


def bot(base: str = "100", kind: str = "market", **parts: Any) -> dict[str, Any]:
    given: dict[str, Any] = {
        "name": "a bot",
        "account": "demo",
        "pairs": ["BTC/USDT"],
        "base_order": {"volume": base, "type": kind},
        "take_profit": {"percent": "2"},
    }
    return {name: exact(part) for name, part in (given | parts).items()}


def exact(thing: Any) -> Any:
    """Numbers as decimals, as the oracle wants them."""
    if isinstance(thing, dict):
        return {key: exact(value) for key, value in thing.items()}
    if isinstance(thing, list):
        return [exact(value) for value in thing]
    return D(thing) if isinstance(thing, str) and thing.replace(".", "").replace("-", "").isdigit() else thing


def fills(case: Case, deal: int = 0) -> list[tuple[str, int, Decimal, Decimal]]:
    """(role, index, price, amount) of a deal's orders, on which both readings must agree."""
    assert differences(case) == []
    deals = product(case)
    assert deals is not None
    return [(o["role"], o["index"], D(o["price"]), D(o["amount"])) for o in deals[deal]["orders"]]


STEPS = [{"percent": "2", "share": "40"}, {"percent": "3", "share": "50"}, {"percent": "4", "share": "10"}]
BASE_A = ("base", 0, D("3095.4"), D("0.0324"))


def a_case(*rows: str) -> Case:
    settings = bot(
        kind="limit",
        safety_orders=LADDER | {"max_active": 3},
        take_profit={"steps": STEPS},
        stop_loss={"percent": "4"},
    )
    return Case(settings, FEE, bars(*rows))


def test_numbers_a_of_the_reference_going_up() -> None:
    case = a_case("3095.4", "3095.4 3230 3095.4 3230")
    assert fills(case) == [
        BASE_A,
        ("take_profit", 1, D("3163.63"), D("0.0129")),
        ("take_profit", 2, D("3194.65"), D("0.0162")),
        ("take_profit", 3, D("3225.67"), D("0.0033")),
    ]


def test_numbers_a_of_the_reference_going_down() -> None:
    case = a_case("3095.4", "3095.4 3095.4 2900 2900")
    assert fills(case) == [
        BASE_A,
        ("safety", 1, D("3067.51"), D("0.0049")),
        ("stop_loss", 0, D("2974.555584"), D("0.0373")),
    ]


def test_numbers_a_of_the_reference_in_a_jump_over_everything() -> None:
    """Rungs over the stop are bought first, at the open like the stop itself; the rest of the ladder is not."""
    assert [(role, index) for role, index, _, _ in fills(a_case("3095.4", "2400"))] == [
        ("base", 0),
        ("safety", 1),
        ("stop_loss", 0),
    ]


def test_numbers_b_of_the_reference() -> None:
    equal = {"-1": "18.080799", "-5": "28.580799", "-21": "46.430799"}
    rungs = [{"deviation": deviation, "volume": volume} for deviation, volume in equal.items()]
    settings = bot("33.080799", "limit", take_profit={"percent": "1"}, safety_orders={"custom": rungs})
    start = ("base", 0, D("3423.12"), D("0.0097"))
    one, two = ("safety", 1, D("3392.27"), D("0.0054")), ("safety", 2, D("3255.21"), D("0.0088"))

    assert fills(Case(settings, FEE, bars("3423.12", "3423.12 3470 3423.12 3470"))) == [
        start,
        ("take_profit", 1, D("3464.28"), D("0.0097")),
    ]
    assert fills(
        Case(settings, FEE, bars("3423.12", "3423.12 3423.12 3392.27 3392.27", "3392.27 3470 3392.27 3470"))
    ) == [
        start,
        one,
        ("take_profit", 1, D("3453.11"), D("0.0151")),
    ]
    assert fills(
        Case(settings, FEE, bars("3423.12", "3423.12 3423.12 3255.21 3255.21", "3255.21 3423 3255.21 3423"))
    ) == [
        start,
        one,
        two,
        ("take_profit", 1, D("3394.66"), D("0.0239")),
    ]
    assert fills(Case(settings, FEE, bars("3423.12", "3423.12 3423.12 2706 2706")))[-1] == (
        "safety",
        3,
        D("2706.96"),
        D("0.0172"),
    )


@pytest.mark.parametrize(
    ("low", "target"), [("99", "101.865789"), ("95", "100.927070"), ("79", "95.255662")], ids=["one", "two", "three"]
)
def test_numbers_d_of_the_reference(low: str, target: str) -> None:
    """Without rounding: the reference gives six decimals."""
    fine = Rules(D("0.000001"), D("0.00000001"), D(0), D(5), D(0), D(0), MINUTE)
    case = Case(
        bot(safety_orders=LADDER | {"max_count": 3}), fine, bars(f"100 100 {low} {low}", f"{low} 102 {low} 102")
    )
    role, _, price, _ = fills(case)[-1]
    assert role == "take_profit" and abs(price - D(target)) <= D("0.000001")


def test_numbers_e_of_the_reference() -> None:
    """Profits of +10, −20 and +50 on 100: the next deals take 110, 100 and 140."""
    oracle = Oracle(bot(reinvest_percent="100"), FREE)
    for profit, volume in ((10, 110), (-20, 100), (50, 140)):
        oracle.profit += profit
        assert oracle.sizing(D(100))[0] * 100 == volume


TRAILING = {"percent": "2", "trailing_deviation": "1"}


@pytest.mark.parametrize(
    "case",
    [
        Case(bot(take_profit=TRAILING), FEE, bars("100", "100 110 100 109", "90", "104", "103")),
        Case(bot(take_profit=TRAILING), FEE, bars("100", "100 102.21 100 102", "101.1 101.18 101.1 101.1")),
        Case(bot(safety_orders=LADDER | {"max_active": 1}), FEE, bars("100", "90", "70", "-", "120")),
        Case(bot(direction="short", safety_orders=LADDER), FEE, bars("100 101 99 100", "100 101 99 100", "150", "80")),
        Case(
            bot(stop_loss={"percent": "4", "timeout_seconds": 60}),
            FEE,
            bars("100", "100 100 96.096 96.1", "96 96 95 95", "-", "96.5", "96", "95"),
        ),
    ],
    ids=["a jump out of profit", "a tie", "a ladder in jumps", "short ties", "a stop that waits"],
)
def test_the_backtest_and_the_oracle_agree_on_a_directed_case(case: Case) -> None:
    assert differences(case) == []

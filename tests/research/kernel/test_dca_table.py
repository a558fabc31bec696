"""What a DCA bot needs, told without a preview where that is beyond doubt."""

import random
from dataclasses import replace
from decimal import Decimal
from typing import Any

import pytest

from desktop_app.core.market import Market
from desktop_app.core.preview import make_preview
from desktop_app.core.strategies.dca_settings import DcaSettings
from desktop_app.research.backtest import BacktestRules
from desktop_app.research.kernel.dca_table import ladder_rows, make_terms, plain_funds
from tests.research.kernel.dca_agreement import legal_settings
from tests.research.random_cases import make_rules

D = Decimal
MARKET = Market("BTC/USDT", "BTC", "USDT")
RULES = BacktestRules(60_000)


def funds_of(given: dict[str, Any], market: Market, price: Decimal) -> tuple[float | None, Decimal, bool]:
    """(without a preview, by the preview, whether that refuses it)."""
    settings = DcaSettings.model_validate(given)
    terms = make_terms(8, market, RULES)
    preview = make_preview(settings, market, price)
    is_refused = any(problem.is_block for problem in preview.problems)
    return plain_funds(settings, terms, ladder_rows(settings, terms), price), preview.funds, is_refused


@pytest.mark.parametrize("seed", range(40))
def test_what_needs_no_preview_is_not_refused_and_needs_what_the_preview_says(seed: int) -> None:
    rng = random.Random(seed)
    given = legal_settings(rng, make_rules(rng))
    market = replace(MARKET, min_cost=D(rng.choice([0, 5, 15, 40])), min_amount=D(rng.choice(["0", "0.1", "0.5"])))
    plain, funds, is_refused = funds_of(given, market, D(rng.randint(60, 160)))
    if plain is not None:
        assert not is_refused
        assert plain == pytest.approx(float(funds), rel=1e-14)


def test_orders_that_might_be_too_small_and_rungs_that_might_not_exist_are_left_to_the_preview() -> None:
    given: dict[str, Any] = {
        "name": "a bot",
        "account": "demo",
        "pairs": ["BTC/USDT"],
        "base_order": {"volume": D(10)},
        "take_profit": {"percent": D(1)},
    }
    assert funds_of(given, MARKET, D(100))[0] == 10
    assert funds_of(given | {"base_order": {"volume": D(6)}}, MARKET, D(100))[0] is None
    small = {"volume": D(6), "price_deviation": D(1), "max_count": 2}
    assert funds_of(given | {"safety_orders": small}, MARKET, D(100))[0] is None
    deep = {"volume": D(10), "price_deviation": D(60), "max_count": 2}
    assert funds_of(given | {"safety_orders": deep}, MARKET, D(100))[0] is None
    assert funds_of(given, replace(MARKET, min_amount=D("0.09")), D(100))[0] is None

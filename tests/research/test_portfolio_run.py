from dataclasses import replace
from decimal import Decimal

import pytest

from desktop_app.research.export import to_html
from desktop_app.research.portfolio_run import (
    PortfolioOrder,
    PortfolioOutcome,
    pairs_for,
    run_portfolio_trial,
)
from desktop_app.research.trial_run import NotTested
from desktop_app.research.worker import Reporter
from tests.research.small import STARTER, small_portfolio

D = Decimal
START = 1_700_000_040_000


@pytest.fixture(scope="module")
def order(tmp_path_factory: pytest.TempPathFactory) -> PortfolioOrder:
    return small_portfolio(tmp_path_factory.mktemp("candles"))


@pytest.fixture(scope="module")
def made(order: PortfolioOrder) -> PortfolioOutcome:
    outcome = run_portfolio_trial(Reporter(), order)
    assert isinstance(outcome, PortfolioOutcome)
    return outcome


class Stopped(Reporter):
    """Wants no more after some candles."""

    def progress(self, done: int, total: int, at: int = 0) -> bool:
        assert at
        return done < total // 2


def test_bots_over_one_balance_add_up_to_the_whole(made: PortfolioOutcome) -> None:
    assert [bot.settings.name for bot in made.bots] == ["BTC starter", "Two coins"]
    assert [part.report.pair for part in made.parts] == ["BTC/USDT", "ETH/USDT", "BTC/USDT"]
    assert made.pairs == ("BTC/USDT", "ETH/USDT")
    assert made.funds == 1000
    assert sum(bot.total_quote for bot in made.bots) == made.total_quote == sum(one.total_quote for one in made.parts)


def test_every_part_says_what_it_took_for_granted(made: PortfolioOutcome) -> None:
    for part in made.parts:
        assert part.assumptions.balance == 1000
        assert part.assumptions.pair == part.report.pair
        assert part.assumptions.source == "binance"
        assert "Balance: 1000, shared by 2 bots" in to_html(part)
    assert made.parts[0].assumptions.data_hash == made.parts[2].assumptions.data_hash
    assert made.parts[0].assumptions.data_hash != made.parts[1].assumptions.data_hash


def test_its_report_is_the_one_of_the_command(made: PortfolioOutcome) -> None:
    report = made.report

    assert (report.summary, report.equity) == (made.summary, made.equity)
    assert [len(bot.parts) for bot in report.bots] == [1, 2]


def test_a_balance_that_is_too_small_for_all_is_told_by_the_bots(order: PortfolioOrder) -> None:
    poor = replace(order, rules=replace(order.rules, balance=D(50)), end=START + 200 * 60_000)

    outcome = run_portfolio_trial(Reporter(), poor)

    assert isinstance(outcome, PortfolioOutcome)
    assert outcome.summary.max_funds_quote <= 50
    (said, count), *_ = outcome.bots[1].told
    assert said.code == "order_refused"
    assert count > 10


def test_a_run_that_is_stopped_is_a_whole_result_of_a_shorter_period(
    order: PortfolioOrder, made: PortfolioOutcome
) -> None:
    outcome = run_portfolio_trial(Stopped(), order)

    assert isinstance(outcome, PortfolioOutcome)
    assert outcome.is_partial
    assert all(part.is_partial for part in outcome.parts)
    assert outcome.end < made.end
    assert outcome.wanted == order.end
    assert outcome.insight.course.at[-1] == outcome.end
    assert outcome.insight.course.equity[-1] == pytest.approx(float(outcome.funds + outcome.total_quote))


def test_bots_that_a_stopped_run_did_not_get_to_are_left_out(order: PortfolioOrder) -> None:
    late = replace(order, members=order.members[::-1])
    outcome = run_portfolio_trial(Stopped(), late)

    assert isinstance(outcome, PortfolioOutcome)
    assert [bot.settings.name for bot in outcome.bots] == ["Two coins", "BTC starter"]


def test_without_candles_or_with_orders_too_small_nothing_is_tested(order: PortfolioOrder) -> None:
    assert run_portfolio_trial(Reporter(), replace(order, start=0, end=60_000)) == NotTested()
    dear = tuple(replace(pair, market=replace(pair.market, min_cost=D(500))) for pair in order.pairs)

    refused = run_portfolio_trial(Reporter(), replace(order, pairs=dear))

    assert isinstance(refused, NotTested)
    assert refused.problems
    assert refused.bot == "BTC starter"


def test_a_bot_trades_the_pairs_it_names_and_those_its_list_could_hold() -> None:
    listed = STARTER.model_copy(update={"pairs": ("SOL/USDT", "BTC/USDT")})

    assert pairs_for(listed, ("BTC/USDT", "ETH/USDT", "SOL/USDT")) == ("SOL/USDT", "BTC/USDT")
    assert pairs_for(listed, ("ETH/USDT",)) == ()

import pytest

from desktop_app.research.portfolio_run import PortfolioOutcome, run_portfolio_trial
from desktop_app.research.worker import Reporter
from tests.research.small import small_portfolio


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory) -> PortfolioOutcome:
    outcome = run_portfolio_trial(Reporter(), small_portfolio(tmp_path_factory.mktemp("candles")))
    assert isinstance(outcome, PortfolioOutcome)
    return outcome


def test_the_course_of_the_balance_is_the_sum_of_all_bots(made: PortfolioOutcome) -> None:
    course = made.insight.course

    assert course.equity[-1] == pytest.approx(float(made.funds + made.total_quote))
    assert course.booked[-1] == pytest.approx(float(made.funds + made.summary.profit_quote))
    assert -min(course.drawdown) == pytest.approx(float(made.summary.max_drawdown_percent))
    assert max(course.in_use) <= float(made.summary.max_funds_quote) + 1e-6
    holding = made.funds + made.funds * made.summary.buy_and_hold_percent / 100
    assert course.holding[-1] == pytest.approx(float(holding))


def test_months_and_the_deepest_fall_are_of_the_whole(made: PortfolioOutcome) -> None:
    fall = made.insight.fall

    assert sum(month.profit_quote for month in made.insight.months) == pytest.approx(made.total_quote)
    assert sum(month.deals_closed for month in made.insight.months) == made.summary.deals_closed > 0
    assert fall is not None
    assert made.start <= fall.start < fall.deepest <= made.end

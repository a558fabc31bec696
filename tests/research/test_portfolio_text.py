from dataclasses import replace
from pathlib import Path

import pytest

from desktop_app.research.portfolio_run import PortfolioOutcome, run_portfolio_trial
from desktop_app.research.result_text import BadResult
from desktop_app.research.results import PORTFOLIO, ResultStore
from desktop_app.research.worker import Reporter
from tests.research.small import small_portfolio

START = 1_700_000_040_000


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory) -> PortfolioOutcome:
    outcome = run_portfolio_trial(Reporter(), small_portfolio(tmp_path_factory.mktemp("candles")))
    assert isinstance(outcome, PortfolioOutcome)
    return outcome


def test_a_kept_portfolio_comes_back_whole(made: PortfolioOutcome, tmp_path: Path) -> None:
    store = ResultStore(tmp_path)

    head = store.keep(replace(made, is_partial=True), START)

    assert store.read(head.key) == replace(made, is_partial=True)
    assert store.heads() == (head,)
    assert (head.kind, head.name, head.pair) == (PORTFOLIO, "BTC starter + Two coins", "BTC/USDT, ETH/USDT")
    assert head.total_percent == made.total_quote / 10
    assert (head.start, head.end, head.deals) == (made.start, made.end, made.summary.deals_closed)


@pytest.mark.parametrize(
    ("old", "new"),
    [
        (b'"parts": 1', b'"parts": 0'),
        (b'"parts": 1', b'"parts": 7'),
        (b'"parts": 1', b'"parts": 1000000'),
        (b'"wanted": ', b'"wanted": 9999999'),
        (b'"year": 2023', b'"year": 20230'),
        (b'"insight": {"course": {"at": [', b'"insight": {"course": {"at": [1, '),
        (b'"bots": [', b'"bots": 3, "x": ['),
    ],
)
def test_a_portfolio_that_does_not_fit_together_is_refused(
    made: PortfolioOutcome, tmp_path: Path, old: bytes, new: bytes
) -> None:
    store = ResultStore(tmp_path)
    head = store.keep(made, START)
    (file,) = tmp_path.iterdir()
    text = file.read_bytes()
    assert old in text
    file.write_bytes(text.replace(old, new, 1))

    with pytest.raises(BadResult):
        store.read(head.key)

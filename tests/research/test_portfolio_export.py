import csv
import io
import json
from dataclasses import replace

import pytest

from desktop_app.research.portfolio_export import to_csv, to_document, to_html
from desktop_app.research.portfolio_run import PortfolioOutcome, run_portfolio_trial
from desktop_app.research.worker import Reporter
from tests.research.small import small_portfolio


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory) -> PortfolioOutcome:
    outcome = run_portfolio_trial(Reporter(), small_portfolio(tmp_path_factory.mktemp("candles")))
    assert isinstance(outcome, PortfolioOutcome)
    return outcome


def test_a_page_has_every_bot_every_deal_and_all_that_was_assumed(made: PortfolioOutcome) -> None:
    page = to_html(replace(made, is_partial=True))

    assert "Backtest of 2 bots over one balance" in page
    assert "partial result" in page
    assert page.count("<tr>") == 1 + len(made.deals) + 1 + len(made.bots) + 1 + len(made.insight.months)
    assert page.count("sha256") == len(made.parts)
    assert "Two coins, ETH/USDT" in page
    assert "<script" not in page


def test_a_sheet_has_a_line_for_each_deal_with_its_bot_and_pair(made: PortfolioOutcome) -> None:
    text = to_csv(made)
    lines = [line for line in text.splitlines() if not line.startswith("#")]
    rows = list(csv.DictReader(io.StringIO("\n".join(lines))))

    assert len(rows) == len(made.deals)
    assert {(row["bot"], row["pair"]) for row in rows} <= {
        (part.settings.name, part.report.pair) for part in made.parts
    }
    assert sum(line.startswith("# Two coins, BTC/USDT: ") for line in text.splitlines()) >= 7


def test_the_document_is_the_one_of_the_command(made: PortfolioOutcome) -> None:
    document = json.loads(to_document(made))

    assert [len(bot["pairs"]) for bot in document["bots"]] == [1, 2]
    assert document["bots"][1]["pairs"][0]["assumptions"]["pair"] == "ETH/USDT"

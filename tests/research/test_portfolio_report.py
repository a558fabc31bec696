"""Reports of portfolios: one bot alone comes to what its backtest says, and several add up."""

import json
from decimal import Decimal

import pytest

from desktop_app.research.assumptions import make_assumptions
from desktop_app.research.backtest import BacktestRules
from desktop_app.research.portfolio import Member, PairPast, run_portfolio
from desktop_app.research.portfolio_document import to_json, to_text
from desktop_app.research.portfolio_report import PortfolioReport, make_portfolio_report
from desktop_app.research.report import make_report
from desktop_app.research.trial import try_settings
from tests.research.test_portfolio import BTC, ETH, MARKETS, MINUTE, bot, past

D = Decimal
RULES = BacktestRules(MINUTE, balance=D(5000))
PASTS = {BTC: past(1), ETH: past(2, count=700, first=100, gaps=20)}


def _reported(*kinds: tuple[str, str]) -> PortfolioReport:
    members = [Member(bot(kind, symbol), (symbol,)) for kind, symbol in kinds]
    traded = {symbol for _, symbol in kinds}
    pasts = {symbol: PairPast(PASTS[symbol], MARKETS[symbol]) for symbol in PASTS if symbol in traded}
    return make_portfolio_report(run_portfolio(members, pasts, RULES))


@pytest.mark.parametrize("kind", ["ladder", "grid", "short"])
def test_one_bot_alone_comes_to_what_its_backtest_says(kind: str) -> None:
    alone = make_report(try_settings(bot(kind, ETH), PASTS[ETH], MARKETS[ETH], RULES))

    found = _reported((kind, ETH))

    assert found.summary == found.bots[0].summary == alone.summary
    assert found.equity == alone.equity
    assert found.bots[0].parts[0].deals == alone.deals


def test_several_bots_add_up() -> None:
    found = _reported(("ladder", BTC), ("grid", ETH))

    parts = [part for one in found.bots for part in one.parts]
    for name in ("profit_quote", "unrealised_quote", "fees_quote", "deals_closed", "deals_open"):
        assert getattr(found.summary, name) == sum(getattr(part.summary, name) for part in parts)
    worth = D(5000) + found.summary.profit_quote + found.summary.unrealised_quote
    assert found.equity[-1][1] == pytest.approx(worth)
    assert found.equity[0][0] == parts[0].start and len(found.equity) == 900
    assert found.summary.max_drawdown_percent <= sum(part.summary.max_drawdown_percent for part in parts)
    assert found.summary.round_trips == parts[1].summary.round_trips


def test_programs_and_people_get_every_bot_with_its_assumptions() -> None:
    members = [Member(bot("ladder", BTC, ETH), (BTC, ETH)), Member(bot("grid", ETH), (ETH,))]
    result = run_portfolio(members, {symbol: PairPast(PASTS[symbol], MARKETS[symbol]) for symbol in PASTS}, RULES)
    taken = [make_assumptions(part.result, members[part.bot].settings) for part in result.parts]
    report = make_portfolio_report(result)

    document, page = json.loads(to_json(report, taken)), to_text(report, taken)

    assert [[pair["pair"] for pair in one["pairs"]] for one in document["bots"]] == [[BTC, ETH], [ETH]]
    assert document["bots"][1]["pairs"][0]["assumptions"]["data_hash"] == taken[2].data_hash
    assert Decimal(document["summary"]["profit_quote"]) == report.summary.profit_quote
    assert "2 bots on 2 pairs over one balance" in page and page.count("Assumed") == 3
    assert f"grid on {ETH}: " in page

from dataclasses import replace
from datetime import UTC

from desktop_app.core.said import said
from desktop_app.gui.backtest.portfolio_figures import bot_rows, portfolio_cautions
from desktop_app.research.portfolio_run import BotOutcome, PortfolioOutcome
from desktop_app.research.trial_run import Outcome
from tests.gui.backtest.trials import MINUTE, ready_portfolio


def with_part(made: PortfolioOutcome, at: int, part: Outcome) -> PortfolioOutcome:
    bots = list(made.bots)
    bots[at] = BotOutcome(bots[at].summary, (part,))
    return replace(made, bots=tuple(bots))


def test_the_rows_of_the_bots_add_up_to_the_whole() -> None:
    made = ready_portfolio()
    rows = bot_rows(made)

    assert sum(row.net for row in rows) == made.total_quote
    assert [row.pairs for row in rows] == [("BTC/USDT",), ("ETH/USDT",)]
    assert rows[0].percent == rows[0].net / 10


def test_what_flatters_or_is_missing_is_said_with_the_name_of_its_bot_or_pair() -> None:
    made = ready_portfolio()
    part = made.parts[1]
    late = replace(part.report, start=part.report.start + 2_000 * MINUTE)
    poor = replace(
        part,
        report=late,
        assumptions=replace(part.assumptions, gaps=3),
        told=((said("order_refused", role="base", index=0, reason="insufficient funds"), 7),),
    )

    words = portfolio_cautions(with_part(made, 1, poor), UTC)

    assert words[0].startswith("ETH dips: 7 times:")
    assert any(text.startswith("ETH/USDT: Its candles begin only on") for text in words)
    assert "ETH/USDT: The candles have 3 gaps. Nothing was traded in them." in words
    assert not any(text.startswith("BTC/USDT:") for text in words)

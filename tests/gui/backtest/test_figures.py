from dataclasses import replace
from decimal import Decimal

import pytest

from desktop_app.core.said import said
from desktop_app.gui.backtest.figures import cautions_of, endings_of, figures_of, reason_of
from desktop_app.research.trial_run import Outcome
from tests.gui.backtest.trials import ready

D = Decimal


@pytest.fixture
def made() -> Outcome:
    return ready()


def test_x_03_profit_has_open_deals_in_it_and_stands_beside_what_it_took(made: Outcome) -> None:
    figures = {figure.key: figure for figure in figures_of(made)}

    assert [figure.key for figure in figures_of(made)][:6] == [
        "profit", "holding", "drawdown", "funds", "open", "fees",
    ]  # fmt: skip
    summary = made.report.summary
    total = summary.profit_quote + summary.unrealised_quote
    assert figures["profit"].value == f"{total:+.2f} USDT".replace("-", "−")
    assert figures["profit"].note == f"{total / 10:+.2f} %".replace("-", "−")
    assert figures["open"].value == str(summary.deals_open)
    assert "to recover" in figures["drawdown"].note or figures["drawdown"].note == "not made good yet"


def test_x_03_open_deals_gaps_few_deals_and_rosy_fills_are_said(made: Outcome) -> None:
    rosy = replace(
        made,
        assumptions=replace(made.assumptions, fill_through=0, gaps=2, maker_fee=D(0), taker_fee=D(0)),
        told=((said("signal_no_backtest"), 3),),
    )
    words = "\n".join(cautions_of(rosy))

    assert "1 deal is still open at −" in words
    assert "The candles have 2 gaps." in words
    assert "too few to tell luck from rule" in words
    assert "others stand in line before yours" in words
    assert "No fees were counted." in words
    assert "3 times: A signal bot trades" in words


def test_a_market_that_hardly_fell_is_said(made: Outcome) -> None:
    month = made.insight.months[0]
    months = tuple(replace(month, holding_percent=D(change)) for change in (4, 5, -1, 3, 8, 2))
    rising = replace(made, insight=replace(made.insight, months=months))

    assert "Only 1 of 6 months were falling months." in cautions_of(rising)
    mixed = tuple(replace(month, holding_percent=D(change)) for change in (4, -5, -1, 3, -8, 2))
    assert not any(
        "falling" in text for text in cautions_of(replace(made, insight=replace(made.insight, months=mixed)))
    )


def test_endings_and_the_ladder_are_told_in_one_line(made: Outcome) -> None:
    line = endings_of(made)

    assert line.startswith("Ended: Take profit reached ")
    assert ", Still open 1  ·  Safety orders × deals: 0 × " in line
    assert endings_of(replace(made, insight=replace(made.insight, endings=()))) == ""


def test_an_open_deal_has_no_reason_yet(made: Outcome) -> None:
    reasons = {reason_of(deal) for deal in made.report.deals}

    assert reasons == {"Take profit reached", "Still open"}


def test_a_grid_shows_its_round_trips(made: Outcome) -> None:
    summary = replace(made.report.summary, grid_profit_quote=D("12.5"), round_trips=40)
    figures = {figure.key: figure for figure in figures_of(replace(made, report=replace(made.report, summary=summary)))}

    assert (figures["grid"].value, figures["grid"].note) == ("+12.50 USDT", "40 round trips")
    assert "deals" not in figures

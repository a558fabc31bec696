"""A result of several bots as JSON and back: a line for all of it, then one for each bot on each pair."""

import json
from collections.abc import Callable, Iterator
from decimal import Decimal
from typing import Any

from desktop_app.research.portfolio_insight import PortfolioInsight
from desktop_app.research.portfolio_run import BotOutcome, PortfolioOutcome
from desktop_app.research.report import Summary
from desktop_app.research.result_text import (
    BadResult,
    adapter,
    body_of,
    check_course,
    check_moments,
    loaded,
    outcome_of,
)

_MOST_PARTS = 10_000


def lines_of(outcome: PortfolioOutcome) -> Iterator[str]:
    """Lines of their own, so that whoever reads them gets to do other things in between."""
    whole: dict[str, Any] = {
        "bots": [
            {"summary": adapter(Summary).dump_python(bot.summary, mode="json"), "parts": len(bot.parts)}
            for bot in outcome.bots
        ],
        "summary": adapter(Summary).dump_python(outcome.summary, mode="json"),
        "insight": adapter(PortfolioInsight).dump_python(outcome.insight, mode="json"),
        "equity": [[at, str(value)] for at, value in outcome.equity],
        "funds": str(outcome.funds),
        "wanted": outcome.wanted,
        "engine_seconds": outcome.engine_seconds,
        "is_partial": outcome.is_partial,
    }
    yield json.dumps(whole)
    for part in outcome.parts:
        yield json.dumps(body_of(part))


def portfolio_of(next_line: Callable[[], bytes]) -> PortfolioOutcome:
    """Raises BadResult."""
    try:
        data = loaded(next_line())
        counts = _counts(data["bots"])
        bots = tuple(
            BotOutcome(
                summary=adapter(Summary).validate_python(bot["summary"]),
                parts=tuple(outcome_of(next_line()) for _ in range(count)),
            )
            for bot, count in zip(data["bots"], counts, strict=True)
        )
        outcome = PortfolioOutcome(
            bots=bots,
            summary=adapter(Summary).validate_python(data["summary"]),
            insight=adapter(PortfolioInsight).validate_python(data["insight"]),
            equity=tuple((int(at), Decimal(value)) for at, value in data["equity"]),
            funds=Decimal(data["funds"]),
            wanted=int(data["wanted"]),
            engine_seconds=float(data["engine_seconds"]),
            is_partial=bool(data["is_partial"]),
        )
        check_course(outcome.insight.course, outcome.insight.months)
        check_moments((outcome.wanted, *(at for at, _ in outcome.equity)))
    except (ValueError, KeyError, TypeError, ArithmeticError, RecursionError) as error:
        raise BadResult(str(error)[:200]) from None
    return outcome


def _counts(bots: list[dict[str, Any]]) -> list[int]:
    counts = [int(bot["parts"]) for bot in bots]
    if not counts or min(counts) < 1 or sum(counts) > _MOST_PARTS:
        raise BadResult("its bots do not fit its parts")
    return counts

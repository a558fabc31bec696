"""A result as JSON and back: decimals as strings, and nothing taken that does not fit together."""

import json
import re
from collections.abc import Iterable
from decimal import Decimal
from functools import cache
from typing import Any

from pydantic import TypeAdapter

from desktop_app.core.bot_file import read_settings
from desktop_app.core.said import Said
from desktop_app.research.assumptions import Assumptions
from desktop_app.research.insight import Course, Insight, Month
from desktop_app.research.past import Source
from desktop_app.research.report import Report
from desktop_app.research.trial_run import Outcome
from desktop_app.store.candle_rules import NEWEST

# In exponents of three digits and more: to write such a number out would take all memory. Few places look like one.
_EXPONENT = re.compile(rb"[0-9_.][eE][+-]?[0-9_]{3}")
_HUGE = re.compile(rb'[:,\[]\s*"?\s*[+-]?[0-9_.]+[eE][+-]?[0-9_]{3,}\s*"?\s*[,\]}]')


class BadResult(ValueError):
    """A file that is no result, or one of another version."""


def body_of(outcome: Outcome) -> dict[str, Any]:
    """Everything, as JSON has it: decimals as strings."""
    return {
        "settings": {"kind": outcome.settings.kind}
        | outcome.settings.model_dump(mode="json", exclude_defaults=True),
        "report": adapter(Report).dump_python(outcome.report, mode="json"),
        "insight": adapter(Insight).dump_python(outcome.insight, mode="json"),
        "assumptions": adapter(Assumptions).dump_python(outcome.assumptions, mode="json"),
        "source": adapter(Source).dump_python(outcome.source, mode="json"),
        "funds": str(outcome.funds),
        "wanted": outcome.wanted,
        "is_partial": outcome.is_partial,
        "told": [[adapter(Said).dump_python(said, mode="json"), count] for said, count in outcome.told],
    }  # fmt: skip


def outcome_of(text: bytes) -> Outcome:
    """Raises BadResult."""
    try:
        data = loaded(text)
        kept = dict(data["settings"])
        settings = read_settings(str(kept.pop("kind")), kept).settings
        if settings is None:
            raise BadResult("its settings are of another version")
        outcome = Outcome(
            settings=settings,
            report=adapter(Report).validate_python(data["report"]),
            insight=adapter(Insight).validate_python(data["insight"]),
            assumptions=adapter(Assumptions).validate_python(data["assumptions"]),
            source=adapter(Source).validate_python(data["source"]),
            funds=Decimal(data["funds"]),
            wanted=int(data["wanted"]),
            is_partial=bool(data["is_partial"]),
            told=tuple((adapter(Said).validate_python(said), int(count)) for said, count in data["told"]),
        )
        _check_fit(outcome)
    except (ValueError, KeyError, TypeError, ArithmeticError, RecursionError) as error:
        raise BadResult(str(error)[:200]) from None
    return outcome


def loaded(text: bytes) -> Any:
    """Raises ValueError: no JSON, or a number that nobody could show."""
    if _has_huge(text):
        raise ValueError("it has a number out of all proportion")
    return json.loads(text, parse_constant=_refuse)


def _has_huge(text: bytes) -> bool:
    for found in _EXPONENT.finditer(text):
        start = max(text.rfind(sign, 0, found.start()) for sign in (b":", b",", b"["))
        if start >= 0 and _HUGE.match(text, start):
            return True
    return False


def _refuse(name: str) -> None:
    raise ValueError(f"{name} is no number")


def _check_fit(outcome: Outcome) -> None:
    """Whoever shows a result goes through its parts side by side. Raises BadResult."""
    report, insight = outcome.report, outcome.insight
    check_course(insight.course, insight.months)
    if len(insight.excursions) != len(report.deals):
        raise BadResult("its deals do not fit each other")
    ends = (deal.closed_at or deal.opened_at for deal in report.deals)
    check_moments((report.start, report.end, outcome.wanted, *ends))
    check_moments(deal.opened_at for deal in report.deals)


def check_course(course: Course, months: Iterable[Month]) -> None:
    """Raises BadResult."""
    curves = (course.equity, course.booked, course.holding, course.drawdown, course.in_use)
    if not course.at or any(len(curve) != len(course.at) for curve in curves):
        raise BadResult("its curves do not fit each other")
    if not all(1970 <= month.year < 2100 and 1 <= month.month <= 12 for month in months):
        raise BadResult("it has a month that is none")
    check_moments(course.at)


def check_moments(moments: Iterable[int]) -> None:
    if not all(0 <= at < NEWEST for at in moments):
        raise BadResult("it has a time that is none")


@cache
def adapter(kind: Any) -> TypeAdapter[Any]:
    return TypeAdapter(kind)

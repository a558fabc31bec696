"""Results of backtests that are kept: one file each, with everything that they took for granted."""

import json
import logging
import re
import secrets
from collections.abc import Iterable
from dataclasses import asdict, dataclass
from decimal import Decimal
from functools import cache
from pathlib import Path
from typing import Any

from pydantic import TypeAdapter, ValidationError

from desktop_app.config import write_atomically
from desktop_app.core.bot_file import read_settings
from desktop_app.core.market import HUNDRED
from desktop_app.core.said import Said
from desktop_app.research.assumptions import Assumptions
from desktop_app.research.insight import Insight
from desktop_app.research.past import Source
from desktop_app.research.report import Report
from desktop_app.research.trial_run import Outcome
from desktop_app.store.candle_rules import NEWEST

VERSION = 1  # of the files: another one is not read
MOST_KEPT = 200  # the oldest go first
_LONGEST_HEAD, _LONGEST_FILE = 10_000, 100_000_000  # bytes
# In exponents of three digits and more: to write such a number out would take all memory. Few places look like one.
_EXPONENT = re.compile(rb"[0-9_.][eE][+-]?[0-9_]{3}")
_HUGE = re.compile(rb'[:,\[]\s*"?\s*[+-]?[0-9_.]+[eE][+-]?[0-9_]{3,}\s*"?\s*[,\]}]')
_log = logging.getLogger(__name__)


class BadResult(ValueError):
    """A file that is no result, or one of another version."""


@dataclass(frozen=True, slots=True)
class ResultHead:
    """What a list says of a result. `made_at` is when; `total_quote` has open deals in it."""

    key: str
    made_at: int
    name: str
    kind: str
    pair: str
    timeframe: str
    start: int
    end: int
    quote: str
    total_quote: Decimal
    total_percent: Decimal | None
    holding_percent: Decimal
    drawdown_percent: Decimal
    deals: int
    is_partial: bool
    data_hash: str
    settings_hash: str


class ResultStore:
    """A folder of results. Every call may take a moment: not for a loop."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder

    def keep(self, outcome: Outcome, now: int) -> ResultHead:
        """Write it down; past the most that are kept, the oldest leave. Raises OSError."""
        head = head_of(outcome, f"{now:013d}-{secrets.token_hex(4)}", now)
        lines = (json.dumps(_plain(asdict(head) | {"version": VERSION})), json.dumps(body_of(outcome)))
        write_atomically(self._place(head.key), "\n".join(lines).encode())
        for key in self._keys()[:-MOST_KEPT]:
            self.remove(key)
        return head

    def heads(self) -> tuple[ResultHead, ...]:
        """What is kept, the newest first; what cannot be read is left out."""
        found = []
        for key in reversed(self._keys()):
            try:
                found.append(self._head(key))
            except (OSError, BadResult) as error:
                _log.warning("the result %s cannot be read: %s", key, error)
        return tuple(found)

    def read(self, key: str) -> Outcome:
        """Raises BadResult, OSError."""
        with self._place(key).open("rb") as file:
            _check_version(file.readline(_LONGEST_HEAD))
            return outcome_of(file.read(_LONGEST_FILE))

    def remove(self, key: str) -> None:
        self._place(key).unlink(missing_ok=True)

    def _head(self, key: str) -> ResultHead:
        with self._place(key).open("rb") as file:
            said = _check_version(file.readline(_LONGEST_HEAD))
        said.pop("version")
        try:
            head: ResultHead = _adapter(ResultHead).validate_python(said | {"key": key})
        except ValidationError as error:
            raise BadResult(str(error)) from None
        _check_moments((head.made_at, head.start, head.end))
        return head

    def _keys(self) -> list[str]:
        return sorted(path.stem for path in self._folder.glob("*.json") if path.is_file())

    def _place(self, key: str) -> Path:
        return self._folder / f"{Path(key).name}.json"


def head_of(outcome: Outcome, key: str, now: int) -> ResultHead:
    report, taken = outcome.report, outcome.assumptions
    return ResultHead(
        key=key,
        made_at=now,
        name=outcome.settings.name,
        kind=outcome.settings.kind,
        pair=report.pair,
        timeframe=report.timeframe,
        start=report.start,
        end=report.end,
        quote=report.market.quote,
        total_quote=outcome.total_quote,
        total_percent=outcome.total_quote / outcome.funds * HUNDRED if outcome.funds else None,
        holding_percent=report.summary.buy_and_hold_percent,
        drawdown_percent=report.summary.max_drawdown_percent,
        deals=report.summary.deals_closed,
        is_partial=outcome.is_partial,
        data_hash=taken.data_hash,
        settings_hash=taken.settings_hash,
    )


# --- as JSON


def body_of(outcome: Outcome) -> dict[str, Any]:
    """Everything, as JSON has it: decimals as strings."""
    return {
        "settings": {"kind": outcome.settings.kind}
        | outcome.settings.model_dump(mode="json", exclude_defaults=True),
        "report": _adapter(Report).dump_python(outcome.report, mode="json"),
        "insight": _adapter(Insight).dump_python(outcome.insight, mode="json"),
        "assumptions": _adapter(Assumptions).dump_python(outcome.assumptions, mode="json"),
        "source": _adapter(Source).dump_python(outcome.source, mode="json"),
        "funds": str(outcome.funds),
        "wanted": outcome.wanted,
        "is_partial": outcome.is_partial,
        "told": [[_adapter(Said).dump_python(said, mode="json"), count] for said, count in outcome.told],
    }  # fmt: skip


def outcome_of(text: bytes) -> Outcome:
    """Raises BadResult."""
    try:
        data = _loaded(text)
        kept = dict(data["settings"])
        settings = read_settings(str(kept.pop("kind")), kept).settings
        if settings is None:
            raise BadResult("its settings are of another version")
        outcome = Outcome(
            settings=settings,
            report=_adapter(Report).validate_python(data["report"]),
            insight=_adapter(Insight).validate_python(data["insight"]),
            assumptions=_adapter(Assumptions).validate_python(data["assumptions"]),
            source=_adapter(Source).validate_python(data["source"]),
            funds=Decimal(data["funds"]),
            wanted=int(data["wanted"]),
            is_partial=bool(data["is_partial"]),
            told=tuple((_adapter(Said).validate_python(said), int(count)) for said, count in data["told"]),
        )
        _check_fit(outcome)
    except (ValueError, KeyError, TypeError, ArithmeticError, RecursionError) as error:
        raise BadResult(str(error)[:200]) from None
    return outcome


def _loaded(text: bytes) -> Any:
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
    report, insight, course = outcome.report, outcome.insight, outcome.insight.course
    curves = (course.equity, course.booked, course.holding, course.drawdown, course.in_use)
    if not course.at or any(len(curve) != len(course.at) for curve in curves):
        raise BadResult("its curves do not fit each other")
    if len(insight.excursions) != len(report.deals):
        raise BadResult("its deals do not fit each other")
    if not all(1970 <= month.year < 2100 and 1 <= month.month <= 12 for month in insight.months):
        raise BadResult("it has a month that is none")
    ends = (deal.closed_at or deal.opened_at for deal in report.deals)
    _check_moments((report.start, report.end, outcome.wanted, *course.at, *ends))
    _check_moments(deal.opened_at for deal in report.deals)


def _check_moments(moments: Iterable[int]) -> None:
    if not all(0 <= at < NEWEST for at in moments):
        raise BadResult("it has a time that is none")


def _check_version(line: bytes) -> dict[str, Any]:
    try:
        said = _loaded(line)
        version = said["version"]
    except (ValueError, KeyError, TypeError, RecursionError):
        raise BadResult("it is no result of a backtest") from None
    if version != VERSION:
        raise BadResult(f"it was written by another version ({version})")
    return dict(said)


@cache
def _adapter(kind: Any) -> TypeAdapter[Any]:
    return TypeAdapter(kind)


def _plain(values: dict[str, Any]) -> dict[str, Any]:
    return {name: str(value) if isinstance(value, Decimal) else value for name, value in values.items()}

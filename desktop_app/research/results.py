"""Results of backtests that are kept: one file each, with everything that they took for granted."""

import hashlib
import json
import logging
import secrets
from collections.abc import Iterable
from dataclasses import asdict, dataclass
from decimal import Decimal
from pathlib import Path
from typing import TYPE_CHECKING, Any, TypeAlias, Union

from pydantic import ValidationError

from desktop_app.config import write_atomically
from desktop_app.core.market import HUNDRED
from desktop_app.research.result_text import BadResult, adapter, body_of, check_moments, loaded, outcome_of
from desktop_app.research.trial_run import Outcome

if TYPE_CHECKING:  # imported where one is kept or read
    from desktop_app.research.portfolio_run import PortfolioOutcome

Kept: TypeAlias = Union[Outcome, "PortfolioOutcome"]

VERSION = 1  # of the files: another one is not read
MOST_KEPT = 200  # the oldest go first
PORTFOLIO = "portfolio"  # the kind of a result of several bots
_LONGEST_HEAD, _LONGEST_FILE = 10_000, 100_000_000  # bytes
_LONGEST_NAME = 300
_log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class ResultHead:
    """What a list says of a result. `made_at` is when; `total_quote` has open deals in it.

    Of several bots over one balance `kind` is PORTFOLIO, and `name` and `pair` name all of them.
    """

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

    def keep(self, outcome: Kept, now: int) -> ResultHead:
        """Write it down; past the most that are kept, the oldest leave. Raises OSError."""
        head = head_of(outcome, f"{now:013d}-{secrets.token_hex(4)}", now)
        lines = [json.dumps(_plain(asdict(head) | {"version": VERSION}))]
        if isinstance(outcome, Outcome):
            lines.append(json.dumps(body_of(outcome)))
        else:
            from desktop_app.research.portfolio_text import lines_of

            lines.extend(lines_of(outcome))
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

    def read(self, key: str) -> Kept:
        """Raises BadResult, OSError."""
        with self._place(key).open("rb") as file:
            said = _check_version(file.readline(_LONGEST_HEAD))
            if said.get("kind") != PORTFOLIO:
                return outcome_of(file.read(_LONGEST_FILE))
            from desktop_app.research.portfolio_text import portfolio_of

            return portfolio_of(lambda: file.readline(_LONGEST_FILE))

    def remove(self, key: str) -> None:
        self._place(key).unlink(missing_ok=True)

    def _head(self, key: str) -> ResultHead:
        with self._place(key).open("rb") as file:
            said = _check_version(file.readline(_LONGEST_HEAD))
        said.pop("version")
        try:
            head: ResultHead = adapter(ResultHead).validate_python(said | {"key": key})
        except ValidationError as error:
            raise BadResult(str(error)) from None
        check_moments((head.made_at, head.start, head.end))
        return head

    def _keys(self) -> list[str]:
        return sorted(path.stem for path in self._folder.glob("*.json") if path.is_file())

    def _place(self, key: str) -> Path:
        return self._folder / f"{Path(key).name}.json"


def head_of(outcome: Kept, key: str, now: int) -> ResultHead:
    parts = (outcome,) if isinstance(outcome, Outcome) else outcome.parts
    names = dict.fromkeys(part.report.pair for part in parts)
    reports = [part.report for part in parts]
    summary = outcome.report.summary
    return ResultHead(
        key=key,
        made_at=now,
        name=outcome.settings.name if isinstance(outcome, Outcome) else outcome.name[:_LONGEST_NAME],
        kind=outcome.settings.kind if isinstance(outcome, Outcome) else PORTFOLIO,
        pair=", ".join(names)[:_LONGEST_NAME],
        timeframe=reports[0].timeframe,
        start=min(report.start for report in reports),
        end=max(report.end for report in reports),
        quote=reports[0].market.quote,
        total_quote=outcome.total_quote,
        total_percent=outcome.total_quote / outcome.funds * HUNDRED if outcome.funds else None,
        holding_percent=summary.buy_and_hold_percent,
        drawdown_percent=summary.max_drawdown_percent,
        deals=summary.deals_closed,
        is_partial=outcome.is_partial,
        data_hash=_joined(part.assumptions.data_hash for part in parts),
        settings_hash=_joined(part.assumptions.settings_hash for part in parts),
    )


def _joined(hashes: Iterable[str]) -> str:
    """One of several; the only one is itself."""
    first, *others = tuple(hashes)
    return hashlib.sha256("".join((first, *others)).encode()).hexdigest() if others else first


def _check_version(line: bytes) -> dict[str, Any]:
    try:
        said = loaded(line)
        version = said["version"]
    except (ValueError, KeyError, TypeError, RecursionError):
        raise BadResult("it is no result of a backtest") from None
    if version != VERSION:
        raise BadResult(f"it was written by another version ({version})")
    return dict(said)


def _plain(values: dict[str, Any]) -> dict[str, Any]:
    return {name: str(value) if isinstance(value, Decimal) else value for name, value in values.items()}

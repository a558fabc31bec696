"""Whether a strategy of the user's own decides from what it may know: another future must change no decision."""

import json
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from decimal import Decimal

from desktop_app.core.columns import Candles
from desktop_app.core.events import Event, StrategyAnswered
from desktop_app.core.gathering import rows
from desktop_app.core.market import Market
from desktop_app.core.strategies.python_settings import PythonSettings
from desktop_app.own.folder import StrategyFile
from desktop_app.research.backtest import BacktestRules
from desktop_app.research.own_trial import try_own

_MOST_SAID = 400  # characters of an answer that people are shown

Progress = Callable[[int, int], object]  # runs done, runs in all


@dataclass(frozen=True, slots=True)
class Decision:
    """One answer of the strategy, and when it gave it."""

    at: int
    price: Decimal
    answer: str

    @property
    def wants_something(self) -> bool:
        """Not an answer that leaves all as it is."""
        said = json.loads(self.answer)
        return isinstance(said, dict) and any(value for name, value in said.items() if name != "state")


@dataclass(frozen=True, slots=True)
class Disagreement:
    """The first decision that came out differently: `shown` with all that followed, `hidden` without it."""

    at: int
    shown: str
    hidden: str


@dataclass(frozen=True, slots=True)
class OwnCheck:
    """`peeked`: what followed a decision changed it. `wavered`: the very same candles gave another decision.

    `decisions` were compared, some of them at several of the `cuts`.
    """

    decisions: int
    cuts: int
    peeked: Disagreement | None = None
    wavered: Disagreement | None = None

    @property
    def is_sound(self) -> bool:
        return self.peeked is None and self.wavered is None


def check_own(
    settings: PythonSettings,
    candles: Candles,
    market: Market,
    rules: BacktestRules,
    file: StrategyFile,
    *,
    cuts: int = 8,
    progress: Progress | None = None,
) -> OwnCheck:
    """Ask the strategy over all candles, twice, and over parts that end where it had just decided something.

    A part ends with the open of the candle that was beginning: that much of it a decision may know.

    Raises:
        BacktestRefused: it cannot be asked like this, or failed on the way.
    """

    def decisions_over(part: Candles) -> list[Decision]:
        found: list[Decision] = []

        def hear(answer: Event) -> None:
            if isinstance(answer, StrategyAnswered):
                found.append(Decision(answer.at, answer.price, answer.answer))

        try_own(settings, part, market, rules, file, hears=hear)
        return found

    whole = decisions_over(candles)
    ends = _ends(whole, candles, cuts)
    total = len(ends) + 2
    if (wavered := _difference(whole, decisions_over(candles))) is not None:
        return OwnCheck(len(whole), 0, wavered=wavered)
    compared = 0
    for nth, end in enumerate(ends):
        if progress is not None:
            progress(nth + 2, total)
        last = int(candles.at[end])
        before = [one for one in whole if one.at <= last]
        found = [one for one in decisions_over(_until(candles, end)) if one.at <= last]
        compared += len(before)
        if (peeked := _difference(before, found)) is not None:
            return OwnCheck(compared, nth + 1, peeked=peeked)
    if progress is not None:
        progress(total, total)
    return OwnCheck(compared, len(ends))


def _ends(whole: Sequence[Decision], candles: Candles, cuts: int) -> list[int]:
    """The candles that were beginning when the strategy wanted something; where it never did, any."""
    wanting = [one for one in whole if one.wants_something] or list(whole)
    picked = {wanting[len(wanting) * nth // cuts].at for nth in range(cuts)} if wanting else set()
    ends = {int(candles.at.searchsorted(at)) for at in picked}
    return sorted(end for end in ends if end < len(candles))


def _until(candles: Candles, end: int) -> Candles:
    """The candles before this one, and of this one the open."""
    part = rows(candles, 0, end + 1)
    open_ = candles.open[end]
    high, low, close, volume = (column.copy() for column in (part.high, part.low, part.close, part.volume))
    high[-1] = low[-1] = close[-1] = open_
    volume[-1] = 0.0
    return replace(part, high=high, low=low, close=close, volume=volume)


def _difference(shown: Sequence[Decision], hidden: Sequence[Decision]) -> Disagreement | None:
    for one, other in zip(shown, hidden, strict=False):
        if one != other:
            return Disagreement(min(one.at, other.at), one.answer[:_MOST_SAID], other.answer[:_MOST_SAID])
    if len(shown) != len(hidden):
        longer = shown if len(shown) > len(hidden) else hidden
        extra = longer[min(len(shown), len(hidden))]
        said = extra.answer[:_MOST_SAID]
        return Disagreement(extra.at, *((said, "") if longer is shown else ("", said)))
    return None

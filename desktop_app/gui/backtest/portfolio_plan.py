"""Which pairs several bots need together, and of which candles they are played."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from decimal import ROUND_CEILING, Decimal

from desktop_app.core.market import ZERO, Market
from desktop_app.core.pair_list import example_pair
from desktop_app.gui.backtest.choices import DataChoice
from desktop_app.gui.backtest.subject import USUAL_BALANCE, Subject
from desktop_app.gui.fmt import currency_decimals
from desktop_app.gui.i18n import tr
from desktop_app.research.backtest import BacktestRefused, BacktestRules
from desktop_app.research.past import Coverage
from desktop_app.research.portfolio import Member
from desktop_app.research.portfolio_run import ALONE, pairs_for
from desktop_app.research.trial import prepare

_MINUTE = 60_000
_ROUND = Decimal(500)  # a suggested balance is a multiple of it


@dataclass(frozen=True, slots=True)
class PairPlan:
    """A pair, who trades it, and its candles: `choice` None where there are none; `coverage` None while looked at."""

    symbol: str
    bots: tuple[str, ...]
    choice: DataChoice | None
    coverage: Coverage | None = None

    @property
    def has_candles(self) -> bool:
        return self.coverage is not None and self.coverage.candles > 0

    @property
    def is_known(self) -> bool:
        """Whether it has been looked at."""
        return self.choice is None or self.coverage is not None

    @property
    def can_fetch(self) -> bool:
        coverage, choice = self.coverage, self.choice
        return choice is not None and bool(choice.account) and coverage is not None and not coverage.is_whole


def why_not(subject: Subject) -> str:
    """Why a bot cannot be tested beside others, translated; empty when it can."""
    kind = subject.settings.kind
    if kind not in ALONE:
        return ""
    if kind == "signal":
        return tr("trades on alerts from outside, and the past has none")
    return tr("a strategy of your own is tested by itself")


def pairs_of(subjects: Sequence[Subject]) -> tuple[str, ...]:
    """All pairs that they name; of a bot that picks its pairs by a list and could trade none of these, an example."""
    named = tuple(dict.fromkeys(pair for one in subjects for pair in one.settings.pairs))
    others = [example_pair(one.settings) for one in subjects if not pairs_for(one.settings, named)]
    return tuple(dict.fromkeys((*named, *others)))


def members_of(subjects: Sequence[Subject], symbols: Sequence[str]) -> tuple[Member, ...]:
    return tuple(Member(one.settings, pairs_for(one.settings, symbols)) for one in subjects)


def bots_on(symbol: str, subjects: Sequence[Subject], symbols: Sequence[str]) -> tuple[Subject, ...]:
    return tuple(one for one in subjects if symbol in pairs_for(one.settings, symbols))


def currency_problem(subjects: Sequence[Subject]) -> str:
    """One balance is in one currency; empty when it is."""
    first = {symbol.partition("/")[2]: one.name for one in reversed(subjects) for symbol in pairs_of((one,))}
    if len(first) < 2:
        return ""
    words = tr("One balance is in one currency, but {bots}. Untick all but those of one currency.")
    told = [tr("{bot} trades in {currency}").format(bot=bot, currency=quote) for quote, bot in sorted(first.items())]
    return words.format(bots=", ".join(told))


def choice_like(lead: DataChoice, choices: Sequence[DataChoice]) -> DataChoice | None:
    """Of another pair's candles those in the lead's timeframe: kept ones of the same place, other kept ones, the
    longest first, and else what an account could fetch."""
    same = [one for one in choices if one.source.timeframe == lead.source.timeframe]
    here = [one for one in same if one.source.exchange == lead.source.exchange]
    kept = [one for one in same if one.kept is not None]
    longest = max(kept, key=lambda one: one.kept.count if one.kept is not None else 0, default=None)
    return next((one for one in here if one.kept is not None), None) or longest or next(iter(here or same), None)


def shared_balance(
    subjects: Sequence[Subject], markets: Mapping[str, Market], prices: Mapping[str, Decimal]
) -> Decimal | None:
    """A thousand, or as much more as all of them need where their prices are known; None: as much as they need."""
    if any(currency_decimals(market.quote) > 2 for market in markets.values()):
        return None
    needed = sum((_needed(one, markets, prices) for one in subjects), ZERO)
    return max(USUAL_BALANCE, (needed / _ROUND).to_integral_value(ROUND_CEILING) * _ROUND)


def _needed(subject: Subject, markets: Mapping[str, Market], prices: Mapping[str, Decimal]) -> Decimal:
    known = [pair for pair in pairs_of((subject,)) if pair in markets and pair in prices]
    if not known:
        return ZERO
    mine, first = {pair: markets[pair] for pair in known}, {pair: prices[pair] for pair in known}
    try:
        return prepare(subject.settings, mine, first, BacktestRules(_MINUTE, balance=USUAL_BALANCE)).funds
    except BacktestRefused:
        return ZERO  # the run will say why

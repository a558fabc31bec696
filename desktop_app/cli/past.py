"""The past that a call asks for: its candles, the finer ones inside them, and the rules by which it is played."""

from argparse import Namespace
from dataclasses import dataclass, replace
from decimal import Decimal
from typing import TYPE_CHECKING

from desktop_app.cli.histories import find_series, pair_of, read_candles
from desktop_app.cli.output import BAD_INPUT, CallProblem, complain
from desktop_app.cli.reading import read_count, read_decimal, read_moment, read_positive
from desktop_app.cli.session import House
from desktop_app.core.gathering import rows
from desktop_app.core.pair_list import example_pair, may_trade

if TYPE_CHECKING:
    from desktop_app.core.columns import Candles
    from desktop_app.core.settings import Settings
    from desktop_app.research.backtest import BacktestRules
    from desktop_app.research.detail import Finer

_HIGHEST_PERCENT = Decimal(100)


def symbol_of(call: Namespace, settings: "Settings") -> str:
    symbol = pair_of(call.symbol) if call.symbol is not None else example_pair(settings)
    if not may_trade(settings, symbol):
        traded = ", ".join(settings.pairs[:5]) or f"pairs like {example_pair(settings)}"
        raise CallProblem(
            f"{call.file.name} trades {traded}, not {symbol}. No deal was computed. Choose one of its pairs."
        )
    return symbol


@dataclass(frozen=True, slots=True)
class Past:
    """What lies before the times, the candles between them, their spacing, and where they came from."""

    before: "Candles"
    candles: "Candles"
    timeframe_ms: int
    source: str


def past_of(call: Namespace, house: House, symbol: str) -> Past:
    """The candles of the file or of the store, between the times."""
    from desktop_app.store.candle_rules import step_of

    if call.candles is not None:
        file = read_candles(call.candles, call.timeframe)
        candles, timeframe, source = file.candles, file.timeframe, call.candles.name
    else:
        from desktop_app.store.candles import CandleStore

        if call.symbol is None:
            raise CallProblem(
                "A backtest needs candles. No deal was computed. Add --candles FILE or --symbol BTC/USDT."
            )
        store = CandleStore(house.paths.candles)
        series = find_series(store.kept(), symbol, call.timeframe, call.exchange)
        candles, timeframe = store.read(series.exchange, symbol, series.timeframe), series.timeframe
        source = series.exchange
    start, end = read_moment(call.start, "--from"), read_moment(call.end, "--to")
    first = int(candles.at.searchsorted(start)) if start is not None else 0
    last = int(candles.at.searchsorted(end)) if end is not None else len(candles)
    if first >= last:
        raise CallProblem("There are no candles between these times. No deal was computed. Choose other ones.")
    return Past(rows(candles, 0, first), rows(candles, first, last), step_of(timeframe), source)


def finer_of(call: Namespace, past: Past) -> "Finer | None":
    """The finer candles of --detail, matched to those of the run. Raises CallProblem."""
    if call.detail is None:
        return None
    from desktop_app.research.detail import DetailRefused, make_finer
    from desktop_app.store.candle_rules import step_of

    file = read_candles(call.detail, None)
    try:
        finer = make_finer(past.candles, past.timeframe_ms, file.candles, step_of(file.timeframe))
    except DetailRefused as refused:
        row = f"row {refused.row + 2}: " if refused.row >= 0 else ""
        raise CallProblem(
            f"{call.detail} is not the detail of these candles: {row}{refused}. No deal was computed. Give the finer "
            "candles of the same pair from the same place, or leave --detail out.",
            BAD_INPUT,
        ) from None
    lacking = [(finer.missing, "have no finer ones"), (finer.partial, "lack some that made their extremes")]
    if told := ", ".join(f"{number} {words}" for number, words in lacking if number):
        complain(f"Of {len(past.candles)} candles {told}; these were walked as without --detail.")
    return finer


def with_volume_share(call: Namespace, rules: "BacktestRules") -> "BacktestRules":
    if call.volume_share is None:
        return rules
    share = read_positive(call.volume_share, "--volume-share")
    if share > _HIGHEST_PERCENT:
        raise CallProblem("--volume-share is at most 100. No deal was computed. 10 means a tenth of what was traded.")
    return replace(rules, volume_share_percent=share)


def rules_of(call: Namespace, timeframe_ms: int) -> "BacktestRules":
    from desktop_app.core.market import FeeCurrency
    from desktop_app.research.backtest import BacktestRules

    return BacktestRules(
        timeframe_ms=timeframe_ms,
        fee_percent=_percent(call.fee_percent, "--fee-percent") if call.fee_percent is not None else None,
        fee_currency=FeeCurrency(call.fee_currency) if call.fee_currency is not None else None,
        slippage_percent=_percent(call.slippage_percent, "--slippage-percent"),
        fill_through=read_count(call.fill_through, "--fill-through"),
        balance=read_positive(call.balance, "--balance") if call.balance is not None else None,
    )


def _percent(text: str, option: str) -> Decimal:
    value = read_decimal(text, option, least=Decimal(0))
    if value >= _HIGHEST_PERCENT:
        raise CallProblem(f"{option} must be below 100. No deal was computed. 0.1 means 0.1 %.")
    return value

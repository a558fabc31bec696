"""`backtest` of several bots or pairs at once, over one balance."""

import re
from argparse import Namespace
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING

from desktop_app.cli.output import BAD_INPUT, DONE, CallProblem, complain, show, show_json, visible, wording
from desktop_app.cli.past import Past, finer_of, past_of, rules_of, with_volume_share
from desktop_app.cli.reading import read_bot, read_market_of
from desktop_app.cli.session import House

if TYPE_CHECKING:
    from desktop_app.core.settings import Settings
    from desktop_app.research.detail import Finer
    from desktop_app.research.portfolio import Member

_OF_A_PAIR = re.compile(r"([^/=]+/[^/=]+)=(.+)", re.DOTALL)  # BTC/USDT=FILE
_ALONE = {
    "signal": "trades on alerts from outside, and the past has none to play",
    "python": "asks a strategy of your own, which is tested by itself",
}


def pair_and_file(text: str) -> tuple[str | None, Path]:
    """The parts of BTC/USDT=FILE; the pair is None where only a file is named."""
    found = _OF_A_PAIR.fullmatch(text)
    if found is None or Path(text).exists():
        return None, Path(text)
    return found[1], Path(found[2])


def is_meant(call: Namespace) -> bool:
    """Whether the call names more than one bot or pair."""
    return any(len(given or ()) > 1 for given in (call.files, call.candles, call.symbols))


def act(call: Namespace, house: House) -> int:
    from desktop_app.research.assumptions import make_assumptions
    from desktop_app.research.backtest import BacktestRefused
    from desktop_app.research.portfolio import PairPast, run_portfolio
    from desktop_app.research.portfolio_document import to_json, to_text
    from desktop_app.research.portfolio_report import make_portfolio_report

    bots = [_readable(path) for path in call.files]
    candles, markets, details = (_by_pair(one, bots) for one in (call.candles, call.markets, call.details))
    symbols = tuple(candles) or tuple(call.symbols or dict.fromkeys(pair for bot in bots for pair in bot.pairs))
    members = _members(bots, symbols, call.files)
    pasts: dict[str, Past] = {}
    finer: dict[str, Finer | None] = {}
    for symbol in symbols:
        here = Namespace(
            **vars(call) | {"candles": candles.get(symbol), "symbol": symbol, "detail": details.get(symbol)}
        )
        pasts[symbol] = past_of(here, house, symbol)
        finer[symbol] = finer_of(here, pasts[symbol])
    spacings = {past.timeframe_ms for past in pasts.values()}
    if len(spacings) > 1:
        raise CallProblem(
            "The pairs' candles differ in their timeframe. No deal was computed. Give them all in the same one.",
            BAD_INPUT,
        )
    rules = with_volume_share(call, rules_of(call, spacings.pop()))
    played = {
        symbol: PairPast(
            candles=past.candles,
            market=rules.applied_to(read_market_of(markets.get(symbol), symbol)),
            before=past.before,
            inside=one.inside if (one := finer[symbol]) is not None else None,
        )
        for symbol, past in pasts.items()
    }
    try:
        result = run_portfolio(members, played, rules)
    except BacktestRefused as refused:
        reasons = " ".join(f"{one.place}: {wording(one.reason)}" for one in refused.problems)
        of = f"{visible(refused.bot)}: {reasons}"
        complain(f"These bots cannot be tested like this. {of} No deal was computed. Choose other sizes.")
        return BAD_INPUT
    taken = []
    for part in result.parts:
        symbol = part.result.market.symbol
        detail = one.said(details[symbol].name) if (one := finer[symbol]) is not None else None
        past, settings = pasts[symbol], members[part.bot].settings
        own = make_assumptions(part.result, settings, source=past.source, warm_up=past.before, detail=detail)
        taken.append(replace(own, bots=len(members)))
    report = make_portfolio_report(result)
    if call.json:
        show_json(to_json(report, taken))
    else:
        show(to_text(report, taken))
    return DONE


def _readable(path: Path) -> "Settings":
    settings = read_bot(path)
    if settings.kind in _ALONE:
        raise CallProblem(
            f"{path.name} {_ALONE[settings.kind]}. No deal was computed. Leave it out of this test.", BAD_INPUT
        )
    return settings


def _by_pair(given: Sequence[str] | None, bots: Sequence["Settings"]) -> dict[str, Path]:
    """The files of an option, by their pairs; one without a pair is of the only pair that the bots name."""
    found: dict[str, Path] = {}
    for text in given or ():
        pair, path = pair_and_file(text)
        if pair is None:
            named = {symbol for bot in bots for symbol in bot.pairs}
            if len(named) != 1:
                raise CallProblem(
                    f"Whose file is {visible(text)[:80]}? No deal was computed. Name its pair, as in BTC/USDT=FILE."
                )
            (pair,) = named
        if pair in found:
            raise CallProblem(f"{visible(pair)} is given twice. No deal was computed. Name each pair once.")
        found[pair] = path
    return found


def _members(bots: Sequence["Settings"], symbols: Sequence[str], files: Sequence[Path]) -> "list[Member]":
    """Each bot with those of its pairs that there are candles of, in its own order."""
    from desktop_app.research.portfolio import Member
    from desktop_app.research.portfolio_run import pairs_for

    if not symbols:
        raise CallProblem("A backtest needs candles. No deal was computed. Add --candles PAIR=FILE or --symbol PAIR.")
    if len({symbol.partition("/")[2] for symbol in symbols}) > 1:
        raise CallProblem("One balance is in one currency. No deal was computed. Choose pairs of one quote currency.")
    members = []
    for bot, file in zip(bots, files, strict=True):
        mine = pairs_for(bot, symbols)
        if not mine:
            raise CallProblem(
                f"{file.name} trades none of {visible(', '.join(symbols))}. No deal was computed. Leave it out."
            )
        if idle := [symbol for symbol in bot.pairs if symbol not in symbols]:
            complain(f"{file.name} has no candles of {visible(', '.join(idle))} here and trades without them.")
        members.append(Member(bot, mine))
    if unused := [symbol for symbol in symbols if not any(symbol in one.symbols for one in members)]:
        raise CallProblem(f"No bot trades {visible(', '.join(unused))}. No deal was computed. Leave it out.")
    return members

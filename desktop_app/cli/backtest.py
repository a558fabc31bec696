"""`backtest`: candles of the past, played to a bot file."""

from argparse import Namespace
from typing import TYPE_CHECKING

from desktop_app.cli import portfolio
from desktop_app.cli.output import BAD_INPUT, DONE, CallProblem, complain, show, show_json, visible, wording
from desktop_app.cli.past import Past, finer_of, past_of, rules_of, symbol_of, with_volume_share
from desktop_app.cli.plot import check_plot, write_plot
from desktop_app.cli.reading import read_bot, read_market_of
from desktop_app.cli.session import House

if TYPE_CHECKING:
    from desktop_app.core.market import Market
    from desktop_app.core.settings import Settings
    from desktop_app.own.folder import StrategyFile
    from desktop_app.research.backtest import BacktestResult, BacktestRules
    from desktop_app.research.detail import Finer


def act(call: Namespace, house: House) -> int:
    if portfolio.is_meant(call):
        if call.plot is not None:
            raise CallProblem("--plot draws one bot on one pair. No deal was computed. Leave it out, or name one bot.")
        return portfolio.act(call, house)
    return _act(_alone(call), house)


def _alone(call: Namespace) -> Namespace:
    """A call of one bot and one pair: options that may be given for several pairs are there once or not at all."""
    options = {"candles": call.candles, "market": call.markets, "detail": call.details}
    named = {name: portfolio.pair_and_file(given[0]) for name, given in options.items() if given}
    pairs = dict.fromkeys([*(call.symbols or ()), *(pair for pair, _ in named.values() if pair is not None)])
    if len(pairs) > 1:
        raise CallProblem(f"Which pair is meant, {' or '.join(map(visible, pairs))}? No deal was computed. Name one.")
    files = dict.fromkeys(options) | {name: file for name, (_, file) in named.items()}
    return Namespace(**vars(call) | {"file": call.files[0], "symbol": next(iter(pairs), None)} | files)


def _act(call: Namespace, house: House) -> int:
    from desktop_app.research.assumptions import make_assumptions
    from desktop_app.research.backtest import BacktestRefused
    from desktop_app.research.document import to_json, to_text
    from desktop_app.research.report import make_report

    check_plot(call.plot)
    settings = read_bot(call.file)
    if settings.kind == "signal":
        raise CallProblem(
            f"{call.file.name} trades on alerts from outside, and the past has none to play. No deal was computed. "
            "Test the rule itself as a DCA bot with conditions.",
            BAD_INPUT,
        )
    symbol = symbol_of(call, settings)
    past = past_of(call, house, symbol)
    market = read_market_of(call.market, symbol)
    rules = with_volume_share(call, rules_of(call, past.timeframe_ms))
    finer = finer_of(call, past)
    try:
        program = _program_of(settings, house)
        result = _try(settings, past, market, rules, program, finer)
    except BacktestRefused as refused:
        reasons = " ".join(f"{one.place}: {wording(one.reason)}" for one in refused.problems)
        complain(f"{call.file.name} cannot be tested like this. {reasons} No deal was computed. Choose other sizes.")
        return BAD_INPUT
    report = make_report(result)
    text = program.text if program is not None else ""
    detail = finer.said(call.detail.name) if finer is not None else None
    taken = make_assumptions(result, settings, source=past.source, warm_up=past.before, detail=detail, program=text)
    if call.plot is not None:
        write_plot(call.plot, house, settings, result, report, taken)
    if call.json:
        show_json(to_json(report, taken))
    else:
        show(to_text(report, taken))
    return DONE


def _program_of(settings: "Settings", house: House) -> "StrategyFile | None":
    """The strategy of the user's own that the bot asks. Raises BacktestRefused."""
    if settings.kind != "python":
        return None
    from desktop_app.core.strategies.python_settings import PythonSettings
    from desktop_app.own.folder import StrategyFolder
    from desktop_app.research.own_trial import trusted_file

    assert isinstance(settings, PythonSettings)
    return trusted_file(StrategyFolder(house.paths.strategies), settings.file)


def _try(
    settings: "Settings",
    past: "Past",
    market: "Market",
    rules: "BacktestRules",
    program: "StrategyFile | None",
    finer: "Finer | None",
) -> "BacktestResult":
    inside = finer.inside if finer is not None else None
    if program is not None:
        from desktop_app.core.strategies.python_settings import PythonSettings
        from desktop_app.research.own_trial import try_own

        assert isinstance(settings, PythonSettings)
        return try_own(settings, past.candles, market, rules, program, inside=inside)
    from desktop_app.research.trial import try_settings

    return try_settings(settings, past.candles, market, rules, before=past.before, inside=inside)

"""`strategy check`: whether a strategy of one's own decides from what it may know."""

from argparse import Namespace
from typing import TYPE_CHECKING

from desktop_app.cli.output import (
    BAD_INPUT,
    DONE,
    FAILED,
    REFUSED_FOR_SAFETY,
    CallProblem,
    Json,
    count,
    moment,
    show,
    show_document,
    visible,
    wording,
)
from desktop_app.cli.past import past_of
from desktop_app.cli.progress_line import ProgressLine
from desktop_app.cli.reading import read_bot, read_count
from desktop_app.cli.session import House

if TYPE_CHECKING:
    from desktop_app.core.strategies.python_settings import PythonSettings
    from desktop_app.own.folder import StrategyFile
    from desktop_app.research.own_check import Disagreement, OwnCheck

_USUAL_FUNDS = "1000"
_USUAL_PAIR = "BTC/USDT"
_MOST_CUTS = 200


def check(call: Namespace, house: House) -> int:
    from desktop_app.research.backtest import BacktestRefused, BacktestRules
    from desktop_app.research.market_file import default_market
    from desktop_app.research.own_check import check_own

    cuts = read_count(call.cuts, "--cuts")
    if not 1 <= cuts <= _MOST_CUTS:
        raise CallProblem(f"--cuts must be between 1 and {_MOST_CUTS}. Nothing was checked.", BAD_INPUT)
    settings = _settings_of(call)
    symbol = call.symbol or settings.pairs[0]
    file = _trusted(settings.file, house)
    past = past_of(call, house, symbol)
    if call.file.suffix == ".py" and settings.every_ms % past.timeframe_ms:
        settings = _in_timeframe_of(settings, past.timeframe_ms)
    rules, told = BacktestRules(past.timeframe_ms), ProgressLine("runs")
    try:
        found = check_own(settings, past.candles, default_market(symbol), rules, file, cuts=cuts, progress=told)
    except BacktestRefused as refused:
        reasons = " ".join(wording(one.reason) for one in refused.problems)
        raise CallProblem(f"{file.name} cannot be checked like this. {reasons} Nothing was compared.", FAILED) from None
    if call.json:
        show_document(_document(found))
    else:
        show(_sentence(found, file.name))
    return DONE if found.is_sound else FAILED


def _settings_of(call: Namespace) -> "PythonSettings":
    """Those of the bot file, or the usual ones for the strategy itself. Raises CallProblem."""
    from desktop_app.core.strategies.python_settings import PythonSettings

    if call.file.suffix == ".py":
        try:
            return PythonSettings.model_validate(
                {"name": call.file.stem, "account": "check", "pairs": [call.symbol or _USUAL_PAIR]}
                | {"file": call.file.name, "max_funds": _USUAL_FUNDS}
            )
        except ValueError:
            raise CallProblem(
                f"{visible(call.file.name)[:80]} is no name of a strategy file. Nothing was checked. Check its name."
            ) from None
    settings = read_bot(call.file)
    if not isinstance(settings, PythonSettings):
        raise CallProblem(
            f"{call.file.name} is a {settings.kind} bot, and has no strategy of your own. Nothing was checked."
        )
    return settings


def _in_timeframe_of(settings: "PythonSettings", every_ms: int) -> "PythonSettings":
    from desktop_app.core.columns import TIMEFRAMES

    name = next((name for name, ms in TIMEFRAMES.items() if ms == every_ms), settings.timeframe)
    return settings.model_copy(update={"timeframe": name})


def _trusted(name: str, house: House) -> "StrategyFile":
    from desktop_app.own.folder import NoStrategy, StrategyFolder

    folder = StrategyFolder(house.paths.strategies)
    try:
        file = folder.read(name)
    except NoStrategy as error:
        raise CallProblem(
            f"{str(error)[:1].upper()}{str(error)[1:]} among the strategies. Nothing was checked. "
            f"`strongroom strategy trust FILE` puts one there."
        ) from None
    if not folder.is_trusted(file):
        raise CallProblem(
            f"{file.name} is not trusted, so it was not run. Read it, then `strongroom strategy trust {file.name}`.",
            REFUSED_FOR_SAFETY,
        )
    return file


def _document(found: "OwnCheck") -> Json:
    def of(one: "Disagreement | None") -> Json:
        return None if one is None else {"at": one.at, "shown": one.shown, "hidden": one.hidden}

    return {
        "ok": found.is_sound,
        "decisions": found.decisions,
        "cuts": found.cuts,
        "peeked": of(found.peeked),
        "wavered": of(found.wavered),
    }


def _sentence(found: "OwnCheck", name: str) -> str:
    if found.peeked is not None:
        return (
            f"{name} knows the future. At {moment(found.peeked.at)} UTC it answered {visible(found.peeked.shown)} "
            f"with the candles that followed, and {visible(found.peeked.hidden) or 'nothing'} without them. "
            "What a backtest of it says is worth nothing."
        )
    if found.wavered is not None:
        return (
            f"{name} does not decide the same way twice. At {moment(found.wavered.at)} UTC it answered "
            f"{visible(found.wavered.shown)}, and of the same candles {visible(found.wavered.hidden) or 'nothing'}. "
            "A strategy decides from what it is given and from nothing else."
        )
    compared = f"{count(found.decisions, 'decision')} with the future hidden in {count(found.cuts, 'place')}"
    return f"{name} decides from the past alone: compared {compared}, and none was another."

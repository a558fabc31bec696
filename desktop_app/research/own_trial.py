"""A backtest of a strategy of the user's own: the same process and the same questions as in real trading."""

from collections.abc import Callable

from desktop_app.core.client_id import BotIdentity
from desktop_app.core.columns import Candles
from desktop_app.core.events import Event
from desktop_app.core.gathering import gather
from desktop_app.core.market import Market
from desktop_app.core.matching import Point
from desktop_app.core.preview import Problem
from desktop_app.core.said import said
from desktop_app.core.strategies.python import PythonBot, failure_said
from desktop_app.core.strategies.python_settings import PythonSettings
from desktop_app.core.strategies.python_state import Failure
from desktop_app.core.strategy import Question
from desktop_app.own.asking import Asker, window
from desktop_app.own.folder import NoStrategy, StrategyFile, StrategyFolder
from desktop_app.own.process import ANSWER_SECONDS, StrategyTrouble
from desktop_app.research.backtest import BacktestRefused, BacktestResult, BacktestRules, Inside, Progress, run_backtest

_FAILURES = frozenset(f"own_{code}" for code in ("raised", "slow", "broken", "answer"))


def try_own(
    settings: PythonSettings,
    candles: Candles,
    market: Market,
    rules: BacktestRules,
    file: StrategyFile,
    *,
    progress: Progress | None = None,
    inside: Inside | None = None,
    answer_seconds: float = ANSWER_SECONDS,
    hears: Callable[[Event], None] | None = None,
) -> BacktestResult:
    """`hears` is told every answer of the strategy.

    Raises:
        BacktestRefused: the strategy cannot be asked like this, or failed on the way.
    """
    market = rules.applied_to(market)
    if settings.every_ms % rules.timeframe_ms:
        raise BacktestRefused((Problem("timeframe", said("own_needs_finer", timeframe=settings.timeframe)),))
    settings = settings.model_copy(update={"pairs": (market.symbol,)})
    asker = Asker(file, settings, answer_seconds=answer_seconds)
    coarse = gather(candles, settings.every_ms, int(candles.at[-1]) + rules.timeframe_ms)
    bot = PythonBot(BotIdentity(1), settings, {market.symbol: market})

    def ask(question: Question, point: Point) -> Event:
        answer = asker.ask(question, window(coarse, settings, question.until), point.at)
        if hears is not None:
            hears(answer)
        return answer

    try:
        asker.start()
        result = run_backtest(
            bot,
            candles,
            market,
            rules,
            name=settings.name,
            funds=settings.max_funds,
            progress=progress,
            asker=ask,
            inside=inside,
        )
    except StrategyTrouble as trouble:
        told = failure_said(file.name, Failure(trouble.code, trouble.place, trouble.error))
        raise BacktestRefused((Problem("file", told),)) from None
    finally:
        asker.close()
    failures = [tell.said for tell in result.told_problems if tell.said.code in _FAILURES]
    if failures:
        raise BacktestRefused((Problem("file", failures[0]),))
    return result


def trusted_file(folder: StrategyFolder, name: str) -> StrategyFile:
    """The strategy, if the user has agreed to run it as it is now. Raises BacktestRefused."""
    try:
        file = folder.read(name)
    except NoStrategy:
        raise BacktestRefused((Problem("file", said("own_not_there", file=name, folder=str(folder.path))),)) from None
    if not folder.is_trusted(file):
        raise BacktestRefused((Problem("file", said("own_not_trusted", file=name)),))
    return file

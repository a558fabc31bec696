"""`run`: the bots without a window, until Ctrl-C, SIGTERM or the end of the given time."""

import asyncio
import signal
import time
from argparse import Namespace
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from types import FrameType
from typing import TYPE_CHECKING, Any

from desktop_app.cli.herald import Herald
from desktop_app.cli.log_file import logged
from desktop_app.cli.output import DONE, Json, count, show, show_document, visible
from desktop_app.cli.session import House, running

if TYPE_CHECKING:
    from desktop_app.engine.engine import Engine
    from desktop_app.engine.news import News

_PATIENCE_SECONDS = 5.0  # for another command that holds the data folder for a moment
_LOOK_SECONDS = 0.1
_MODES = {"sim": "simulated", "paper": "paper", "live": "real money"}


def act(call: Namespace, house: House) -> int:
    with logged(house.paths, house.scrubber), asyncio.Runner() as runner:
        return runner.run(_run(call, house))


async def _run(call: Namespace, house: House) -> int:
    from desktop_app.engine.events_file import EventsFile
    from desktop_app.engine.work import Work

    engine = house.build_engine(house.paths, Work.TRADE)
    events = EventsFile(call.events.expanduser(), engine.bus) if call.events is not None else None
    counts: Counter[str] = Counter()
    engine.bus.subscribe(lambda news: _count(counts, news))
    herald = Herald()
    if not call.json:
        engine.bus.subscribe(herald.on_news)
    began = time.monotonic()
    try:
        farewell = await _live(call, house, engine, herald)
    finally:
        herald.close()
        if events is not None:
            events.close()
    if call.json:
        happened: dict[str, Json] = dict(sorted(counts.items()))
        show_document({"seconds": round(time.monotonic() - began, 3), "happened": happened})
    else:
        show(farewell)
    return DONE


async def _live(call: Namespace, house: House, engine: "Engine", herald: Herald) -> str:
    """From the start to the orderly stop; what is left to say then."""
    stop = asyncio.Event()
    with _signals(stop):
        await _start(engine, house)
        try:
            if not call.json:
                herald.say(await _greeting(engine))
            with suppress(TimeoutError):
                async with asyncio.timeout(call.seconds):
                    await stop.wait()
            farewell = await _farewell(engine)
        finally:
            await engine.stop()
    return farewell


async def _start(engine: "Engine", house: House) -> None:
    """Raises Problem."""
    from desktop_app.engine.problem import Problem

    deadline = time.monotonic() + _PATIENCE_SECONDS
    while True:
        try:
            return await engine.start()
        except Problem as problem:
            is_held = problem.said.code == "second_instance"
            if not is_held or time.monotonic() >= deadline or _is_running(house):
                raise
        await asyncio.sleep(_LOOK_SECONDS)


def _is_running(house: House) -> bool:
    client = running(house.paths)
    if client is None:
        return False
    with client:
        return True


@contextmanager
def _signals(stop: asyncio.Event) -> Iterator[None]:
    """The first Ctrl-C or SIGTERM stops in order; a second Ctrl-C interrupts even that."""
    loop = asyncio.get_running_loop()
    names = [name for name in ("SIGINT", "SIGTERM", "SIGHUP", "SIGBREAK") if hasattr(signal, name)]
    before: dict[int, Any] = {}

    def on_signal(number: int, _frame: FrameType | None) -> None:
        signal.signal(number, before[number])
        loop.call_soon_threadsafe(stop.set)

    for name in names:
        number = getattr(signal, name)
        if signal.getsignal(number) == signal.SIG_IGN:  # nohup: somebody wants it ignored
            continue
        before[number] = signal.signal(number, on_signal)
    try:
        yield
    finally:
        for number, handler in before.items():
            signal.signal(number, handler)


async def _greeting(engine: "Engine") -> str:
    accounts = {account.name: account for account in await engine.supervisor.accounts()}
    bots = [bot for bot in await engine.supervisor.bots() if bot.status != "stopped"]
    if not bots:
        return "No bot is wanted. `strongroom bot start ID` marks one. Ctrl-C stops."
    places = ", ".join(
        f"{visible(name)} ({_MODES[accounts[name].mode]})" for name in sorted({bot.account for bot in bots})
    )
    return f"Running {count(len(bots), 'bot')} on {places}. Ctrl-C stops."


async def _farewell(engine: "Engine") -> str:
    summary = await engine.supervisor.quit_summary()
    if not summary.bots:
        return "Stopped. No bot was at work."
    deals = sum(len(account.deals) for account in summary.accounts)
    stay = f"{count(deals, 'open deal')} and {count(summary.orders, 'resting order')} stay as they are"
    if all(account.is_simulated for account in summary.accounts):
        return f"Stopped. {stay} until the next start; pretend money fills nothing meanwhile."
    return f"Stopped {count(summary.bots, 'bot')}. {stay}; nothing is moved or closed while Strongroom is off."


def _count(counts: Counter[str], news: "News") -> None:
    from desktop_app.engine.news import HappenedNews

    if isinstance(news, HappenedNews):
        counts[news.event] += 1

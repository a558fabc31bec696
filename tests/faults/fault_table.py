"""The life of a DCA deal on a real-exchange account, with one thing going wrong at every place in turn.

`python tests/faults/fault_table.py [--venue binance|kucoin] [--seeds 3] [--only TEXT] [--sample N] [--jobs N]` prints
what was found; the suite runs a seeded selection. Everything happens on loopback and on a clock that is turned by hand.
"""

import argparse
import asyncio
import random
import re
import sys
import tempfile
import time
from collections.abc import Awaitable, Callable, Iterable, Iterator
from concurrent.futures import ProcessPoolExecutor
from contextlib import suppress
from dataclasses import dataclass, replace
from decimal import Decimal
from multiprocessing import get_context
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
sys.path.insert(0, str(ROOT))  # when called as a script

from desktop_app.exchange.live.exchange import LiveExchange  # noqa: E402
from tests.faults.house_live import SYMBOL, LiveHouse  # noqa: E402
from tests.loopback.faults import Fault, What  # noqa: E402
from tests.loopback.floor import Kind as OrderKind  # noqa: E402
from tests.loopback.floor import No, Order, Status  # noqa: E402

MINUTES_TO_END = 20
KEY_CODES = (-2015, 400003)
SHORT_CODES = (-2010, 200004)  # an entry without money is tried again only when there is other money
KEY_TOLD = ("key_not_taken",)
STEPS = ("opened", "dipped", "in part", "deep", "risen")
Act = Callable[[LiveHouse], Awaitable[None]]
D = Decimal


@dataclass(frozen=True, slots=True)
class Case:
    """One life. `ends`: whether the deal must come to its end by itself once all is well again."""

    name: str
    venue: str
    seed: int
    faults: tuple[Fault, ...] = ()
    act: str = ""
    step: str = ""
    fee_in: str = "received"
    ends: bool = True
    minutes: int = MINUTES_TO_END
    told: tuple[str, ...] = ()  # the errors in the log that belong to it


@dataclass(frozen=True, slots=True)
class Outcome:
    case: Case
    wrong: tuple[str, ...]
    injected: int
    calls: int
    seconds: float


# --- a life -----------------------------------------------------------------------------------------------------------


async def live(case: Case, folder: Path, kind: type[LiveExchange] = LiveExchange) -> Outcome:
    """`kind`: another one than ours makes mistakes on purpose."""
    began = time.monotonic()
    house = LiveHouse(folder, case.venue, case.fee_in, kind)
    house.faults.plan = [replace(fault) for fault in case.faults]
    wrong: list[str] = []
    async with house:
        await _go_through(house, case)
        house.faults.clear()
        if not await _come_to_an_end(house, case.minutes) and case.ends:
            wrong.append(f"the deal has not ended: {await _told(house)}")
        await house.wait(40)
        if await house.wrong():
            await house.wait(400)  # what only the regular comparison finds
        wrong += [one for one in await house.wrong() if one not in case.told]
        injected = house.faults.injected
        calls = len(house.faults.calls)
    return Outcome(case, tuple(wrong), injected + bool(case.act), calls, time.monotonic() - began)


async def _go_through(house: LiveHouse, case: Case) -> None:
    dice = random.Random(case.seed)
    start = house.floor.pairs[SYMBOL].price

    async def step(name: str) -> None:
        await house.wait(3)
        if case.step == name:
            await ACTS[case.act](house)
            await house.wait(3)

    await house.add_bot()
    await step("opened")
    await house.price(start * (D(1) - D(dice.randint(115, 150)) / 10_000))
    await step("dipped")
    selling = house.resting("sell")
    if selling and dice.random() < 0.7:
        part = selling[0].rest / 2
        with suppress(AssertionError):
            house.floor.fill(selling[0], part - part % house.floor.pairs[SYMBOL].amount_step)
    await step("in part")
    await house.price(start * (D(1) - D(dice.randint(280, 330)) / 10_000))
    await step("deep")
    await house.price(start * (D(1) + D(dice.randint(150, 250)) / 10_000))
    await step("risen")


async def _come_to_an_end(house: LiveHouse, minutes: int) -> bool:
    """Without faults, and with prices that would end any deal."""
    price = house.floor.pairs[SYMBOL].price
    for turn in range(minutes * 2):
        if house.is_over and not await house.wrong():
            return True
        await house.wait(20)
        await house.price(price * (D("0.97") if turn % 4 == 1 else D("1.03") if turn % 4 == 3 else D(1)))
        await house.wait(10)
    return house.is_over


async def _told(house: LiveHouse) -> str:
    runner = house.desk.runners.get(house.bot)
    live = (
        ""
        if runner is None
        else ", ".join(f"{one.order.role} {one.order.status}" for one in runner.ledger.live.values())
    )
    deals = ", ".join(f"{deal.number} {deal.status}" for deal in await house.deals())
    held = house.desk.held.get(house.bot)
    link = house.desk.link
    return f"deals {deals}; live {live}; held {held.code if held else 'no'}; link {link.is_connected} {link.reason!r}"


# --- what people, clocks and exchanges do besides ---------------------------------------------------------------------


async def _cancel_exit(house: LiveHouse) -> None:
    for order in house.resting("sell")[:1]:
        house.floor.cancel(house.account, order_of(house, order), "web_1")


async def _cancel_safety(house: LiveHouse) -> None:
    for order in house.resting("buy")[:1]:
        house.floor.cancel(house.account, order_of(house, order), "web_2")


async def _sell_coins(house: LiveHouse) -> None:
    free = house.account.of("BTC").free
    house.floor.give(house.account, "BTC", -free)
    house.given -= free


async def _deposit(house: LiveHouse) -> None:
    house.floor.give(house.account, "BTC", "0.2")
    house.given += D("0.2")
    house.floor.give(house.account, "USDT", "500")
    house.given_quote += 500


async def _withdraw_money(house: LiveHouse) -> None:
    free = house.account.of("USDT").free
    house.floor.give(house.account, "USDT", -free)
    house.given_quote -= free


async def _manual_order(house: LiveHouse) -> None:
    pair = house.floor.pairs[SYMBOL]
    price = pair.price * D("0.5") // pair.price_tick * pair.price_tick
    with suppress(No):
        house.floor.place(Order(house.account, pair, "by_hand", "buy", OrderKind.LIMIT, D("0.001"), price))


async def _expire_exit(house: LiveHouse) -> None:
    for order in house.resting("sell")[:1]:
        house.floor.expire(order, Status.EXPIRED_IN_MATCH)


async def _expire_safety(house: LiveHouse) -> None:
    for order in house.resting("buy")[:1]:
        house.floor.expire(order)


async def _hang_up(house: LiveHouse) -> None:
    await house.stand.sockets.disconnect()


async def _sleep_for_hours(house: LiveHouse) -> None:
    house.clock.at += 8 * 3_600_000


async def _clock_forward(house: LiveHouse) -> None:
    house.lag_ms += 300_000


async def _clock_back(house: LiveHouse) -> None:
    house.lag_ms -= 300_000


async def _their_clock_jumps(house: LiveHouse) -> None:
    house.floor.skew_ms += 20_000


async def _restart(house: LiveHouse) -> None:
    await house.stop()
    house.floor.move(SYMBOL, house.floor.pairs[SYMBOL].price * D("0.99") // 1)
    house.clock.at += 60_000
    await house.start()


async def _halt(house: LiveHouse) -> None:
    house.floor.pairs[SYMBOL].status = "halt"
    await house.wait(90)
    house.floor.pairs[SYMBOL].status = "trading"


async def _lag(house: LiveHouse) -> None:
    house.floor.order_lag_ms, house.floor.trade_lag_ms = 2_000, 6_000


async def _thin_book(house: LiveHouse) -> None:
    house.floor.pairs[SYMBOL].liquidity = D("0.0005")


async def _coarser_steps(house: LiveHouse) -> None:
    house.floor.pairs[SYMBOL].amount_step = D("0.0001")
    house.floor.pairs[SYMBOL].price_tick = D("0.1")


async def _revoke_for_a_while(house: LiveHouse) -> None:
    house.account.is_revoked = True
    await house.wait(60)
    house.account.is_revoked = False
    await house.running.supervisor.reconnect("live")


async def _amend_exit(house: LiveHouse) -> None:
    for order in house.resting("sell")[:1]:
        live, tick = order_of(house, order), order.pair.price_tick
        live.price = live.price * D("0.998") // tick * tick


async def _overfill_safety(house: LiveHouse) -> None:
    for order in house.resting("buy")[:1]:
        house.floor.fill(order_of(house, order), order.rest + order.pair.amount_step)


async def _fill_behind_the_stream(house: LiveHouse) -> None:
    """The exit fills while nobody listens."""
    await house.stand.sockets.disconnect()
    for order in house.resting("sell")[:1]:
        house.floor.fill(order_of(house, order))


ACTS: dict[str, Act] = {
    "U1 exit cancelled by hand": _cancel_exit,
    "U1 safety cancelled by hand": _cancel_safety,
    "U2 coins sold by hand": _sell_coins,
    "U3 deposit": _deposit,
    "U3 money withdrawn": _withdraw_money,
    "U4 manual order": _manual_order,
    "U5 exit amended": _amend_exit,
    "F9 safety overfilled": _overfill_safety,
    "W4 exit fills while nobody listens": _fill_behind_the_stream,
    "E16 exit expired in match": _expire_exit,
    "E16 safety expired": _expire_safety,
    "W6 all sockets hang up": _hang_up,
    "C1 computer sleeps": _sleep_for_hours,
    "C2 our clock jumps forward": _clock_forward,
    "C2 our clock jumps back": _clock_back,
    "C6 their clock jumps": _their_clock_jumps,
    "P4 orderly restart": _restart,
    "E12 halted for a while": _halt,
    "E17 F2 lists lag": _lag,
    "F1 thin book": _thin_book,
    "E14 coarser steps": _coarser_steps,
    "E20 key revoked for a while": _revoke_for_a_while,
}
_NEEDS_PEOPLE = {
    "U1 exit cancelled by hand",
    "U1 safety cancelled by hand",
    "U2 coins sold by hand",
    "U3 money withdrawn",
}
TOLD_BY = {  # what people do is told to people
    "U2": ("foreign_balance",),
    "U3": ("foreign_balance",),
    "U4": ("foreign_order_unmarked",),
    "E20": KEY_TOLD,
}
BINANCE_ACTS = ("W6 stream terminated", "W6 server shutdown")


async def _terminate(house: LiveHouse) -> None:
    house.stand.sockets.terminate()  # type: ignore[union-attr]


async def _shutdown(house: LiveHouse) -> None:
    house.stand.sockets.announce_shutdown()  # type: ignore[union-attr]
    await house.wait(5)
    await house.stand.sockets.disconnect()


ACTS |= {"W6 stream terminated": _terminate, "W6 server shutdown": _shutdown}


def order_of(house: LiveHouse, order: Order) -> Order:
    return house.floor.orders[order.id]


# --- the table --------------------------------------------------------------------------------------------------------

_DOUBTS = (
    *(Fault(What.ACCEPT_THEN_STATUS, number=status) for status in (500, 502, 503, 504, 408, 523, 527)),
    *(
        Fault(what)
        for what in (
            What.ANSWER_LOST, What.ANSWER_RESET, What.HTML, What.EMPTY, What.NULL, What.BRACES, What.TRUNCATED,
            What.CUT, What.BAD_GZIP, What.BAD_CHUNK, What.MALFORMED, What.NEVER_ARRIVES, What.REDIRECT, What.FORBIDDEN,
        )
    ),
    Fault(What.LATE, number=3_000),
    Fault(What.LATE, number=8_000),
    Fault(What.STATUS, number=503),
    Fault(What.STATUS, number=504),
    Fault(What.MOVED, text="http://127.0.0.1:9/"),
    Fault(What.TOO_MANY, retry_after="3"),
    Fault(What.BANNED, retry_after="20"),
)  # fmt: skip
_BINANCE_CODES = (
    *(Fault(What.CODE, number=code) for code in (-1000, -1001, -1003, -1006, -1008, -1015, -1016, -1021, -2010)),
    Fault(What.CODE, number=-1013, text="Filter failure: LOT_SIZE"),
    Fault(What.CODE, number=-1013, text="Filter failure: NOTIONAL"),
    Fault(What.CODE, number=-1013, text="Market is closed."),
    Fault(What.ACCEPT_THEN_CODE, number=-1007),
    Fault(What.ACCEPT_THEN_CODE, number=-1006),
    Fault(What.ACCEPT_THEN_CODE, number=-2010, text="Duplicate order sent."),
    Fault(What.CODE, number=-2015),
)
_KUCOIN_CODES = (
    *(Fault(What.CODE, number=code) for code in (200004, 300000, 400002, 400100, 429000, 500000, 900001, 400003)),
    *(Fault(What.ACCEPT_THEN_CODE, number=code) for code in (408000, 500000)),
)
_READ_FAULTS = (
    Fault(What.STATUS, number=503),
    Fault(What.NEVER_ARRIVES),
    Fault(What.HTML),
    Fault(What.EMPTY),
    Fault(What.BRACES),
    Fault(What.TRUNCATED),
    Fault(What.CUT),
    Fault(What.MALFORMED),
    Fault(What.REDIRECT),
    Fault(What.TOO_MANY, retry_after="3"),
)
_SPOILS = (
    "clientOrderId=another", "side=SELL", "side=BUY", "symbol=ETHUSDT", "origQty=7.00000000", "executedQty=NaN",
    "executedQty=1e400", "executedQty=-1.00000000", "price=", "status=PENDING_SOMETHING", "qty=NaN", "commission=",
    "cummulativeQuoteQty=-1.00000000", "orderId=null", "transactTime=0",
)  # fmt: skip
_SOCKETS = ("ws private", "ws market")


def label(fault: Fault) -> str:
    extra = f" {fault.number}" if fault.number else ""
    return f"{fault.what.value}{extra}{' ' + fault.text if fault.text else ''}"


def table(venue: str, seed: int, calls: list[str]) -> Iterator[Case]:
    """Every case for one seed. `calls`: the names of the requests of a life in which nothing goes wrong."""
    yield Case("nothing goes wrong", venue, seed)
    yield from (Case(f"fees in {coin}", venue, seed, fee_in=coin) for coin in ("quote", "BNB") if venue == "binance")
    codes = _BINANCE_CODES if venue == "binance" else _KUCOIN_CODES
    first = next(number for number, name in enumerate(calls, 1) if name.startswith("POST") and "bullet" not in name)
    for number, name in enumerate(calls, 1):
        changes = name.startswith(("POST", "DELETE")) and "bullet" not in name
        for fault in (*_DOUBTS, *codes) if changes else _READ_FAULTS:
            told = KEY_TOLD if fault.number in KEY_CODES else ()
            ends = number != first or fault.number not in SHORT_CODES or bool(fault.text)
            name_of = f"{label(fault)} at call {number} {name}"
            yield Case(name_of, venue, seed, (replace(fault, at=number),), told=told, ends=ends)
    for what in (What.ACCEPT_THEN_SILENCE, What.SILENCE):  # these take as long as the client's patience, really
        yield Case(f"{what.value} at POST", venue, seed, (Fault(what, "POST /api/v3/order"),))
    for spoil in _SPOILS if venue == "binance" else ():
        for skip in range(3):
            spoilt = Fault(What.SPOILT, "POST /api/v3/order", skip=skip, text=spoil)
            yield Case(f"answer {skip} has {spoil}", venue, seed, (spoilt,))
        spoilt = Fault(What.SPOILT, "DELETE /api/v3/order", text=spoil)
        yield Case(f"answer to a cancel has {spoil}", venue, seed, (spoilt,))
    for verb in ("POST", "DELETE"):
        for fault in (Fault(What.ANSWER_LOST), Fault(What.NEVER_ARRIVES), Fault(What.ACCEPT_THEN_STATUS, number=503)):
            yield Case(f"{label(fault)} three times at {verb}", venue, seed, (replace(fault, where=verb, times=3),))
    yield from _stream_cases(venue, seed)
    acts = [name for name in ACTS if venue == "binance" or name not in BINANCE_ACTS]
    for name in acts:
        for step in STEPS[:4]:
            ends, told = name not in _NEEDS_PEOPLE, TOLD_BY.get(name[:2], TOLD_BY.get(name[:3], ()))
            yield Case(f"{name} when {step}", venue, seed, act=name, step=step, ends=ends, told=told)


def _stream_cases(venue: str, seed: int) -> Iterator[Case]:
    for socket in _SOCKETS:
        for what in (What.DROP, What.DUPLICATE, What.REORDER):
            yield Case(f"{what.value} all of {socket}", venue, seed, (Fault(what, socket, times=10_000),))
        for what in (What.MUTE, What.DISCONNECT, What.DROP, What.REORDER):
            for skip in range(0, 24, 2):
                yield Case(f"{what.value} frame {skip} of {socket}", venue, seed, (Fault(what, socket, skip=skip),))
    for price in ("0.00000000", "1000000000000", "-1", "NaN", "1e400", ""):
        wreck = Fault(What.REWRITE, "ws market", times=3, skip=4, text=price)
        yield Case(f"absurd price {price!r} on the stream", venue, seed, (wreck,))


# --- running it -------------------------------------------------------------------------------------------------------


def run(case: Case) -> Outcome:
    with tempfile.TemporaryDirectory(prefix="fault-table-", ignore_cleanup_errors=True) as folder:
        try:
            return replace(asyncio.run(live(with_changes(case), Path(folder))), case=case)
        except Exception as error:  # noqa: BLE001 - a case that cannot be finished is a finding
            return Outcome(case, (f"could not be finished: {type(error).__name__}: {error}",), 0, 0, 0.0)


def with_changes(case: Case) -> Case:
    """Functions do not travel between processes: what rewrites a frame is made from its text here."""

    def rewriting(price: str) -> Callable[[str], str]:
        def change(frame: str) -> str:
            return re.sub(r'"(p|c|b|a|price)": "[0-9.]+"', rf'"\1": "{price}"', frame)

        return change

    def spoiling(text: str) -> Callable[[str], str]:
        name, _, value = text.partition("=")
        told = value if value in ("null", "0") else f'"{value}"'

        def change(body: str) -> str:
            return re.sub(rf'"{name}": (?:"[^"]*"|[0-9.]+)', f'"{name}": {told}', body)

        return change

    faults = tuple(
        replace(fault, change={What.REWRITE: rewriting, What.SPOILT: spoiling}[fault.what](fault.text))
        if fault.what in (What.REWRITE, What.SPOILT)
        else fault
        for fault in case.faults
    )
    return replace(case, faults=faults)


def calls_of_a_life(venue: str, seed: int) -> list[str]:
    """The names of its requests, in their order."""

    async def record(folder: Path) -> list[str]:
        house = LiveHouse(folder, venue)
        async with house:
            case = Case("", venue, seed)
            await _go_through(house, case)
            await _come_to_an_end(house, 5)
            return [call.name for call in house.faults.calls]

    with tempfile.TemporaryDirectory(prefix="fault-table-", ignore_cleanup_errors=True) as folder:
        return asyncio.run(record(Path(folder)))


def chosen(
    venue: str, seeds: Iterable[int], *, only: str = "", without: str = "", sample: int = 0, dice_seed: int = 0
) -> list[Case]:
    cases: list[Case] = []
    for seed in seeds:
        calls = calls_of_a_life(venue, seed)
        cases += [
            case for case in table(venue, seed, calls) if only in case.name and not (without and without in case.name)
        ]
    return random.Random(dice_seed).sample(cases, min(sample, len(cases))) if sample else cases


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--venue", default="binance", choices=("binance", "kucoin"))
    parser.add_argument("--seeds", type=int, default=3)
    parser.add_argument("--only", default="", help="cases with this in their names")
    parser.add_argument("--without", default="", help="no cases with this in their names")
    parser.add_argument("--first", type=int, default=1, help="the first seed")
    parser.add_argument("--sample", type=int, default=0)
    parser.add_argument("--jobs", type=int, default=2)
    parser.add_argument("--dice", type=int, default=1)
    wish = parser.parse_args()
    cases = chosen(
        wish.venue,
        range(wish.first, wish.first + wish.seeds),
        only=wish.only,
        without=wish.without,
        sample=wish.sample,
        dice_seed=wish.dice,
    )
    print(f"{len(cases)} cases on {wish.venue}", flush=True)
    began, bad, injected, calls, idle = time.monotonic(), 0, 0, 0, 0
    with ProcessPoolExecutor(wish.jobs, mp_context=get_context("spawn")) as pool:
        for number, outcome in enumerate(pool.map(run, cases, chunksize=4), 1):
            if number % 50 == 0:
                print(f"… {number} of {len(cases)}, {time.monotonic() - began:.0f} s", file=sys.stderr, flush=True)
            injected += outcome.injected
            calls += outcome.calls
            idle += bool(outcome.case.faults) and not outcome.injected
            bad += bool(outcome.wrong)
            if outcome.wrong:
                print(f"WRONG seed {outcome.case.seed}: {outcome.case.name}: {'; '.join(outcome.wrong)}", flush=True)
    print(
        f"{len(cases)} lives, {injected} faults, {calls} requests, {idle} faults met nothing, {bad} wrong, "
        f"{time.monotonic() - began:.0f} s"
    )
    return 1 if bad else 0


if __name__ == "__main__":
    sys.exit(main())

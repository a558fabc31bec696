"""Judges every signal, whichever way it came: whose, genuine, young, new, not too many; then its bot decides."""

from collections import deque
from dataclasses import dataclass, replace

from desktop_app.core.commands import PlaceOrder, Tell
from desktop_app.core.credentials import Secret
from desktop_app.core.events import FundsSeen, TakeSignal, UserAsked
from desktop_app.core.market import ZERO
from desktop_app.core.said import Said, said
from desktop_app.core.settings import Settings
from desktop_app.core.signal_reading import Message, pair_of, read_body
from desktop_app.core.signals import BOT_ACTIONS, Action, Signal, SignalRefused, check_age, signal_key
from desktop_app.engine.bots import Bots
from desktop_app.engine.problem import Problem
from desktop_app.engine.runner import BotRunner
from desktop_app.engine.shapes import Surroundings
from desktop_app.engine.signal_keys import SignalKeys
from desktop_app.engine.signal_log import ACCEPTED, REFUSED_BY_BOT, Arrival, SignalLog
from desktop_app.store.codec import said_to_json
from desktop_app.store.errors import RuleBroken
from desktop_app.store.rows import BotRow, SignalRow

MAX_LAG_SECONDS = 300  # of bots whose settings say nothing about signals
SIGNALS_A_MINUTE = 10
ALL_SIGNALS_A_MINUTE = 60
_MINUTE_MS = 60_000
STRANGER = said("signal_wrong_secret")


@dataclass(frozen=True, slots=True)
class Verdict:
    """`status` as HTTP has it. Of a stranger's signal it tells no more than that."""

    status: int
    said: Said
    bot_id: int = 0


@dataclass(frozen=True, slots=True)
class Proof:
    """What a signal brought beside its body to show whose it is: a secret in a header, or a signature of the body."""

    secret: Secret | None = None
    signature: str = ""
    signed_at: str = ""


NO_PROOF = Proof()


class SignalDesk:
    """Runs on the engine's loop; one signal of a bot after another."""

    def __init__(self, shared: Surroundings, bots: Bots, keys: SignalKeys, log: SignalLog) -> None:
        self._shared = shared
        self._bots = bots
        self._keys = keys
        self._log = log
        self._taken: dict[int, deque[int]] = {}
        self._under_way: set[str] = set()
        self.last_at = 0

    def bot_of(self, name: str) -> int:
        """The bot that a name in an address or a message means; 0: none."""
        for row in self._bots.rows():
            if name == self._keys.uuid_of(row.bot_id) or name == str(row.bot_id):
                return row.bot_id
        return 0

    async def from_outside(
        self, body: bytes, arrival: Arrival, *, addressed: int = 0, proof: Proof = NO_PROOF, made_at: int | None = None
    ) -> tuple[Verdict, ...]:
        """Judge what a stranger may have sent. `addressed`: the bot that its address names."""
        try:
            messages = read_body(body, made_at)
        except SignalRefused as refused:
            self._log.refused(arrival, addressed, refused.status, refused.said)
            return (Verdict(refused.status, refused.said, addressed),)
        verdicts: list[Verdict] = []
        for message in messages:
            bot_id = self.bot_of(message.bot) if message.bot else addressed
            if not await self._is_genuine(bot_id, addressed, message, body, proof):
                self._log.refused(arrival, addressed or bot_id, 401, STRANGER)
                verdicts.append(Verdict(401, STRANGER))
                break  # whoever has one secret wrong has no further try in the same message
            verdicts.append(await self._judge(bot_id, message.signal, arrival))
        return tuple(verdicts)

    async def from_here(self, bot_id: int, body: bytes, way: str) -> tuple[Verdict, ...]:
        """The user's own: by command or from the window, so it needs no secret."""
        arrival = Arrival(way, "this computer", self._keys.masked(body.decode("utf-8", "replace")))
        try:
            messages = read_body(body, self._shared.clock())
        except SignalRefused as refused:
            self._log.refused(arrival, bot_id, refused.status, refused.said)
            return (Verdict(refused.status, refused.said, bot_id),)
        return tuple([await self._judge(bot_id, message.signal, arrival) for message in messages])

    def masked(self, body: bytes) -> str:
        return self._keys.masked(body.decode("utf-8", "replace"))

    async def _is_genuine(self, bot_id: int, addressed: int, message: Message, body: bytes, proof: Proof) -> bool:
        if bot_id:
            await self._keys.load(bot_id)
        is_right = self._keys.is_right(bot_id, proof.secret if proof.secret is not None else message.secret)
        if proof.signature:
            is_right = self._keys.has_signed(
                bot_id, proof.signed_at.encode("utf-8", "surrogateescape") + b"." + body, proof.signature
            )
        return is_right and (not addressed or addressed == bot_id)

    async def _judge(self, bot_id: int, signal: Signal, arrival: Arrival) -> Verdict:
        self.last_at = self._shared.clock()
        try:
            row = self._bots.row(bot_id)
            settings = self._settings(row)
            now = self._shared.clock()
            check_age(signal, now, getattr(settings, "max_lag_seconds", MAX_LAG_SECONDS))
            symbol = self._symbol(row, settings, signal)
            key = signal_key(bot_id, signal)
            await self._claim(key)
            try:
                self._count(bot_id, now, getattr(settings, "signals_a_minute", SIGNALS_A_MINUTE))
                if arrival.way == "test":
                    return await self._try_out(row, TakeSignal(signal, symbol, key), arrival)
                if signal.action in BOT_ACTIONS:
                    return await self._on_bot(row, signal, key, arrival)
                return await self._on_deals(row, TakeSignal(signal, symbol, key), arrival)
            finally:
                self._under_way.discard(key)
        except SignalRefused as refused:
            status, why = refused.status, refused.said
        except Problem as problem:
            status, why = 503, problem.said
        self._log.refused(arrival, bot_id, status, why)
        return Verdict(status, why, bot_id)

    # --- acting

    async def _on_deals(self, row: BotRow, taken: TakeSignal, arrival: Arrival) -> Verdict:
        """Returns after the bot's decision is on the disk. Raises Problem: it does not work, and knows of nothing."""
        runner = self._bots.runner(row)
        desk = self._bots.desk_of(row)
        if runner is not None and row.kind == "signal" and desk.balances:
            free = tuple(sorted((asset, balance.free) for asset, balance in desk.balances.items()))
            runner.deliver(FundsSeen(free, desk.exchange.now()))
        problems = await self._bots.ask(row, taken, "signal")
        if problems and problems[0].code == "signal_repeated":
            raise SignalRefused(409, "signal_repeated")
        if taken.signal.action is Action.DISABLE and not problems:
            await self._bots.pause(row.bot_id)
        if runner is not None and not problems:
            desk.nudge(runner, taken.symbol)
        status, verdict = (REFUSED_BY_BOT, problems[0]) if problems else (ACCEPTED, said("signal_taken"))
        await self._log.decided(arrival, row.bot_id, taken.key, status, verdict)
        return Verdict(status, verdict, row.bot_id)

    async def _on_bot(self, row: BotRow, signal: Signal, key: str, arrival: Arrival) -> Verdict:
        """Start or stop it. Written down before, for doing it twice would be worse than once too little.

        What PANIC stopped or an error holds, only a person starts again.
        """
        is_halted = row.bot_id in self._bots.desk_of(row).halt.bots or "why_stopped_by_panic" in row.reason_json
        if signal.action is Action.START_BOT and (is_halted or row.status == "held"):
            raise SignalRefused(409, "signal_needs_you")
        verdict = said("signal_taken")
        line = SignalRow(0, self._shared.clock(), row.bot_id, "", "", key, ACCEPTED, said_to_json(verdict))
        try:
            await self._shared.store.note_signals((line,))
        except RuleBroken:
            raise SignalRefused(409, "signal_repeated") from None
        status = ACCEPTED
        try:
            if signal.action is Action.START_BOT:
                await self._bots.start(row.bot_id)
            else:
                await self._bots.stop(row.bot_id)
        except Problem as problem:
            status, verdict = REFUSED_BY_BOT, problem.said
        await self._log.decided(arrival, row.bot_id, key, status, verdict)
        return Verdict(status, verdict, row.bot_id)

    async def _try_out(self, row: BotRow, taken: TakeSignal, arrival: Arrival) -> Verdict:
        """What the bot would do now; nothing of it happens. Raises Problem: the bot does not work."""
        runner = self._bots.runner(row)
        if runner is None:
            raise Problem(said("bot_not_running", bot=row.name))
        if taken.signal.action in BOT_ACTIONS:
            would: Said = said("signal_would_switch", action=taken.signal.action)
        else:
            would = self._would(runner, taken)
        self._log.refused(arrival, row.bot_id, ACCEPTED, would)
        return Verdict(ACCEPTED, would, row.bot_id)

    def _would(self, runner: BotRunner, taken: TakeSignal) -> Said:
        desk = self._bots.desk_of(runner.row)
        now, bot = desk.exchange.now(), runner.bot
        step = bot.on_event(runner.state, UserAsked(taken, now, "signal"))
        commands, tick = step.commands, desk.last.get(taken.symbol)
        if tick is not None:
            commands += bot.on_event(step.state, replace(tick, at=max(now, tick.at), opens=True)).commands
        problem = next((one.said for one in commands if isinstance(one, Tell) and one.is_problem), None)
        order = next((one.order for one in commands if isinstance(one, PlaceOrder)), None)
        if problem is not None:
            return problem
        if order is None:
            return said("signal_would_nothing")
        price = order.price if order.price is not None else tick.price if tick is not None else ZERO
        return said(
            "signal_would_trade", side=order.side, amount=order.amount, pair=order.symbol, value=order.amount * price
        )

    # --- judging

    async def _claim(self, key: str) -> None:
        """Raises SignalRefused: it was acted on before, or is being acted on."""
        if key in self._under_way:
            raise SignalRefused(409, "signal_repeated")
        self._under_way.add(key)
        if await self._shared.store.has_signal(key):
            self._under_way.discard(key)
            raise SignalRefused(409, "signal_repeated")

    def _settings(self, row: BotRow) -> Settings:
        """Raises SignalRefused: they cannot be read, so nothing can be done with the bot."""
        settings = self._bots.settings_of(row)
        if settings is None:
            raise SignalRefused(503, "signal_bot_unreadable")
        return settings

    def _symbol(self, row: BotRow, settings: Settings, signal: Signal) -> str:
        runner = self._bots.runner(row)
        pairs = runner.bot.symbols if runner is not None else settings.pairs
        if signal.action in (Action.CLOSE_ALL, Action.CANCEL_ALL, Action.DISABLE) or signal.action in BOT_ACTIONS:
            return pairs[0] if not signal.instrument else pair_of(signal.instrument, pairs)
        return pair_of(signal.instrument, pairs)

    def _count(self, bot_id: int, now: int, limit: int) -> None:
        """Raises SignalRefused: more than a bot takes in a minute, or all together."""
        for times, most in (
            (self._taken.setdefault(bot_id, deque()), limit),
            (self._taken.setdefault(0, deque()), ALL_SIGNALS_A_MINUTE),
        ):
            while times and times[0] <= now - _MINUTE_MS:
                times.popleft()
            if len(times) >= most:
                raise SignalRefused(429, "signal_too_often", limit=most)
        self._taken[bot_id].append(now)
        self._taken[0].append(now)

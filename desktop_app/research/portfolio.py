"""Several bots and pairs of the past over one balance: the same bots, one account, in the order of time."""

import time
from collections import deque
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from decimal import Decimal
from typing import Any

from desktop_app.core.client_id import BotIdentity
from desktop_app.core.columns import Candles, exact
from desktop_app.core.commands import CancelOrder, Command, PlaceOrder, Tell
from desktop_app.core.deal import Deal, Direction
from desktop_app.core.events import Event, FundsSeen, OrderCanceled, OrderFilled, OrderRejected, PriceTick
from desktop_app.core.market import ZERO, Balance, Market
from desktop_app.core.matching import TOO_SMALL, Matcher, MatchRules, Point
from desktop_app.core.order import Role
from desktop_app.core.settings import Settings
from desktop_app.core.strategy import Watch, conditions_of
from desktop_app.core.walk import Moment, Walk
from desktop_app.core.wallet import Wallet
from desktop_app.research.backtest import (
    BacktestRefused,
    BacktestResult,
    BacktestRules,
    Inside,
    Progress,
    Trade,
    invested,
    is_place,
    too_small,
)
from desktop_app.research.condition_news import ConditionNews, make_news, problems_of
from desktop_app.research.prepared import Prepared
from desktop_app.research.trial import prepare

_MOST_ANSWERS = 10_000  # events at one point of the path: past this, orders are answering each other without end
_REPORTS = 200  # how often progress is told
_NEVER = 10**18


@dataclass(frozen=True, slots=True)
class PairPast:
    """The past of one pair; `market` already has the fees of the run (BacktestRules.applied_to)."""

    candles: Candles
    market: Market
    before: Candles | None = None
    inside: Inside | None = None


@dataclass(frozen=True, slots=True)
class Member:
    """A bot of the portfolio and those of its pairs that it trades, in the order in which they may open deals."""

    settings: Settings
    symbols: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Part:
    """What one bot did on one pair. `bot` is its place among the members."""

    bot: int
    result: BacktestResult


@dataclass(frozen=True, slots=True)
class BotFunds:
    """`funds`: what its percentages refer to; `most_used`: the most quote that it had in the market at once."""

    name: str
    funds: Decimal
    most_used: Decimal


@dataclass(frozen=True, slots=True)
class PortfolioResult:
    parts: tuple[Part, ...]
    bots: tuple[BotFunds, ...]
    whole: BotFunds
    engine_seconds: float

    @property
    def is_complete(self) -> bool:
        return all(part.result.is_complete for part in self.parts)


def run_portfolio(
    members: Sequence[Member], pasts: Mapping[str, PairPast], rules: BacktestRules, progress: Progress | None = None
) -> PortfolioResult:
    """Play their pasts to several bots at once over one account in one quote currency.

    Where candles of several pairs open at the same time, the price first gets to all openings; then clocks and new
    deals have their turn, and then each candle is walked to its end: always in the order of the members and of their
    pairs, because nobody knows what really came first within a candle. So nothing that happens inside a candle, such
    as money that comes free, is there for any deal that opens with it.

    Raises:
        BacktestRefused: as try_settings.
    """
    assert members and all(one.symbols for one in members), "a portfolio needs bots with pairs"
    assert len({past.market.quote for past in pasts.values()}) == 1, "one balance is in one currency"
    run = _Portfolio(members, pasts, rules)
    started = time.perf_counter()
    run.play(progress)
    seconds = time.perf_counter() - started
    parts = tuple(
        Part(number, lane.result(rules, seconds)) for number, player in enumerate(run.players) for lane in player.lanes
    )
    bots = tuple(
        BotFunds(one.ready.name, rules.balance if rules.balance is not None else one.ready.funds, one.most_used)
        for one in run.players
    )
    needed = sum((player.ready.funds for player in run.players), ZERO)
    whole = BotFunds("", rules.balance if rules.balance is not None else needed, run.most_used)
    return PortfolioResult(parts, bots, whole, seconds)


@dataclass(slots=True, eq=False)
class _Lane:
    """One bot on one pair: its orders there and the walk of the pair's candles."""

    player: "_Player"
    past: PairPast
    rules: BacktestRules
    matcher: Matcher
    walk: Walk = field(init=False)
    next: int = 0  # the candle to be visited next
    at: int = -1  # the opening moment of the candle under way
    trades: list[Trade] = field(default_factory=list)
    held: list[PlaceOrder] = field(default_factory=list)  # until the pair has a price again
    most_used: Decimal = ZERO
    candles_done: int = 0
    _watched: tuple[object, Watch] | None = None  # the state last asked about, and its answer

    def __post_init__(self) -> None:
        ready = self.player.ready
        self.walk = Walk(
            self.matcher,
            self.symbol,
            self.rules.timeframe_ms,
            self._watch,
            lambda: ready.bot.wake_at(self.player.state),
            is_high_first_on_tie=ready.direction is Direction.SHORT,
            news=self._news(),
            inside=self.past.inside,
        )

    @property
    def symbol(self) -> str:
        return self.past.market.symbol

    @property
    def next_at(self) -> int:
        return int(self.past.candles.at[self.next]) if self.next < len(self.past.candles) else _NEVER

    def _watch(self) -> Watch:
        state = self.player.state
        if self._watched is None or self._watched[0] is not state:
            self._watched = (state, self.player.ready.bot.watch(state, self.symbol))
        return self._watched[1]

    def _news(self) -> ConditionNews | None:
        conditions = conditions_of(self.player.ready.bot, self.player.state, self.symbol)
        if problems := problems_of(conditions, self.rules.timeframe_ms):
            raise BacktestRefused(problems, self.player.ready.name)
        past, every = self.past, self.rules.timeframe_ms
        return make_news(conditions, self.symbol, past.candles, every, past.before) if conditions else None

    def look_ahead(self, now: int) -> None:
        """Find the next candle, of those that open after `now`, in which something can happen."""
        start = int(self.past.candles.at.searchsorted(now, side="right"))
        self.next = start if self.held else self.walk.next_visit(self.past.candles, start)

    def measure_funds(self) -> None:
        used = sum((invested(deal) for deal in self.player.deals_of(self.symbol)), ZERO)
        self.most_used = max(self.most_used, used)

    def result(self, rules: BacktestRules, seconds: float) -> BacktestResult:
        player = self.player
        mine = [*(deal for deal in player.closed if deal.symbol == self.symbol), *player.deals_of(self.symbol)]
        deals = sorted((player.in_candles(deal) for deal in mine), key=lambda deal: deal.number)
        result = BacktestResult(
            bot=player.ready.name,
            market=self.past.market,
            rules=rules,
            candles=self.past.candles,
            candles_done=self.candles_done,
            deals=tuple(deal for deal in deals if deal.position.entry_amount or deal.position.exit_amount),
            trades=tuple(self.trades),
            funds=rules.balance if rules.balance is not None else player.ready.funds,
            most_funds_used=self.most_used,
            told_problems=tuple(player.problems),
            engine_seconds=seconds,
            orders={client_id: placed.order for client_id, (lane, placed) in player.placed.items() if lane is self},
        )
        return player.ready.with_past(result)


@dataclass(slots=True, eq=False)
class _Player:
    """One bot, whose state all its lanes share."""

    ready: Prepared
    state: Any
    wallet: Wallet
    on_fill: Callable[[], None]
    lanes: list[_Lane] = field(default_factory=list)
    closed: list[Deal] = field(default_factory=list)
    problems: list[Tell] = field(default_factory=list)
    placed: dict[str, tuple[_Lane, PlaceOrder]] = field(default_factory=dict)
    most_used: Decimal = ZERO
    _spans: dict[int, tuple[int, int]] = field(default_factory=dict)  # candles in which deals began and ended
    _free: tuple[tuple[str, Decimal], ...] = ()

    def deals_of(self, symbol: str) -> list[Deal]:
        return [deal for deal in self.ready.bot.deals(self.state) if deal.symbol == symbol]

    def lane(self, symbol: str) -> _Lane:
        return next(lane for lane in self.lanes if lane.symbol == symbol)

    def deliver(self, lane: _Lane, moment: Moment) -> None:
        waiting = deque(moment.events)
        answered = 0
        while waiting:
            event = waiting.popleft()
            answered += 1
            assert answered <= _MOST_ANSWERS, f"no end of events at {lane.at}"
            if isinstance(event, PriceTick) and event.opens:
                self._see_funds(event.at)
            self._note(event, moment.point)
            waiting.extend(self._answers(event, lane.at))

    def _answers(self, event: Event, now: int) -> list[Event]:
        """What the bot does about an event, and what that makes the exchange say; cancels go first, as live."""
        step = self.ready.bot.on_event(self.state, event)
        self.state = step.state
        for deal in step.closed:
            self._spans[deal.number] = (self._spans.get(deal.number, (deal.opened_at, 0))[0], now)
        self.closed.extend(step.closed)
        if isinstance(event, OrderFilled):
            self.placed[event.client_id][0].measure_funds()
            self.most_used = max(self.most_used, self.used())
            self.on_fill()
        said_back: list[Event] = []
        for command in sorted(step.commands, key=is_place):
            said_back.extend(self._act(command, now))
        return said_back

    def _act(self, command: Command, now: int) -> tuple[Event, ...]:
        if isinstance(command, PlaceOrder):
            lane = self.lane(command.order.symbol)
            self.placed[command.order.client_id] = (lane, command)
            self._spans.setdefault(command.deal, (now, 0))
            if lane.at != now or lane.walk.point is None:
                lane.held.append(command)
                return ()
            return lane.matcher.place(command.order, lane.walk.point)
        if isinstance(command, CancelOrder):
            if command.client_id not in self.placed:
                return ()
            lane, placed = self.placed[command.client_id]
            if placed in lane.held:
                lane.held.remove(placed)
                return (OrderCanceled(command.client_id, now),)
            return lane.matcher.cancel(command.client_id, now)
        if isinstance(command, Tell) and command.is_problem:
            self.problems.append(command)
        return ()

    def release(self, lane: _Lane) -> None:
        """Place what waited until this pair had a price again."""
        held, lane.held = lane.held, []
        for command in held:
            assert lane.walk.point is not None
            self.deliver(lane, Moment(lane.walk.point, lane.matcher.place(command.order, lane.walk.point)))

    def _note(self, event: Event, point: Point) -> None:
        if isinstance(event, OrderFilled):
            lane, placed = self.placed[event.client_id]
            lane.trades.append(Trade(lane.walk.index, placed.deal, event.client_id, placed.order.side, event.fill))
        elif isinstance(event, OrderRejected):
            lane, placed = self.placed[event.client_id]
            if event.reason == TOO_SMALL and placed.order.role in (Role.BASE, Role.SAFETY):
                price = placed.order.price or point.price
                raise BacktestRefused((too_small(placed.order, price, lane.past.market),), self.ready.name)

    def _see_funds(self, at: int) -> None:
        free = tuple((balance.asset, balance.free) for balance in self.wallet.balances())
        if free != self._free:
            self._free = free
            self.state = self.ready.bot.on_event(self.state, FundsSeen(free, at)).state

    def used(self) -> Decimal:
        return sum((invested(deal) for deal in self.ready.bot.deals(self.state)), ZERO)

    def in_candles(self, deal: Deal) -> Deal:
        """A grid starts and ends also where nothing trades: inside a candle that is told with the candle's time."""
        opened, closed = self._spans.get(deal.number, (0, 0))
        return deal if deal.grid is None else replace(deal, opened_at=opened, closed_at=closed)


class _Portfolio:
    """The account, its bots, and the order of time."""

    def __init__(self, members: Sequence[Member], pasts: Mapping[str, PairPast], rules: BacktestRules) -> None:
        self.most_used = ZERO
        ready = [_prepared(one, pasts, rules, number + 1) for number, one in enumerate(members)]
        wallet = Wallet(_balances(members, ready, pasts, rules))
        sharing = {symbol: sum(symbol in one.symbols for one in members) for symbol in pasts}
        self.players: list[_Player] = []
        for member, bot in zip(members, ready, strict=True):
            first = min(int(pasts[symbol].candles.at[0]) for symbol in member.symbols)
            player = _Player(bot, bot.bot.first_state(first), wallet, self._measure_funds)
            self.players.append(player)
            for symbol in member.symbols:
                matcher = Matcher([pasts[symbol].market], _match_rules(rules, sharing[symbol]), wallet=wallet)
                player.lanes.append(_Lane(player, pasts[symbol], rules, matcher))
        self.lanes = [lane for player in self.players for lane in player.lanes]

    def play(self, progress: Progress | None) -> None:
        longest = max((lane.past.candles for lane in self.lanes), key=len)
        every, told = max(1, len(longest) // _REPORTS), 0
        while (now := min(lane.next_at for lane in self.lanes)) != _NEVER:
            done = int(longest.at.searchsorted(now))
            if progress is not None and done - told >= every:
                told = done
                if not progress(done, len(longest)):
                    break
            self._visit(now)
        for lane in self.lanes:
            lane.candles_done = int(lane.past.candles.at.searchsorted(now))
        if progress is not None and now == _NEVER:
            progress(len(longest), len(longest))

    def _visit(self, now: int) -> None:
        """One opening moment, and the candles that begin with it."""
        due = [lane for lane in self.lanes if lane.next_at == now]
        states = [player.state for player in self.players]
        candles = [lane.past.candles.candle(lane.next) for lane in due]
        for lane, candle in zip(due, candles, strict=True):
            lane.walk.leap(lane.past.candles, lane.next)
            lane.at = now
            self._deliver(lane, lane.walk.arrive(candle))
            lane.player.release(lane)
        for lane, candle in zip(due, candles, strict=True):
            self._deliver(lane, lane.walk.open(candle))
        for lane, candle in zip(due, candles, strict=True):
            self._deliver(lane, lane.walk.finish(candle))
        for player, before in zip(self.players, states, strict=True):
            for lane in player.lanes:
                if lane.at == now or player.state is not before:
                    lane.look_ahead(now)

    @staticmethod
    def _deliver(lane: _Lane, moments: Iterator[Moment]) -> None:
        for moment in moments:
            lane.player.deliver(lane, moment)

    def _measure_funds(self) -> None:
        self.most_used = max(self.most_used, sum((player.used() for player in self.players), ZERO))


def _prepared(member: Member, pasts: Mapping[str, PairPast], rules: BacktestRules, number: int) -> Prepared:
    markets = {symbol: pasts[symbol].market for symbol in member.symbols}
    first = {symbol: exact(pasts[symbol].candles.open[0]) for symbol in member.symbols}
    try:
        return prepare(member.settings, markets, first, rules, BotIdentity(number))
    except BacktestRefused as refused:
        raise BacktestRefused(refused.problems, member.settings.name) from None


def _match_rules(rules: BacktestRules, sharing: int) -> MatchRules:
    """Bots on the same pair share what a candle trades."""
    share = rules.volume_share_percent
    return MatchRules(rules.slippage_percent, rules.fill_through, share / sharing if share is not None else None)


def _balances(
    members: Sequence[Member], ready: Sequence[Prepared], pasts: Mapping[str, PairPast], rules: BacktestRules
) -> tuple[Balance, ...] | None:
    """Of a pair with a short, the balance's worth of its coins besides, valued at the first open, as in a backtest."""
    if rules.balance is None:
        return None
    quote = next(iter(pasts.values())).market.quote
    coins: dict[str, Decimal] = {}
    for symbol, past in pasts.items():
        here = [bot for one, bot in zip(members, ready, strict=True) if symbol in one.symbols]
        held = sum((bot.coins for bot in here), ZERO)
        if any(bot.direction is Direction.SHORT for bot in here):
            held += rules.coins_of_short(past.market, past.candles)
        if held:
            coins[past.market.base] = coins.get(past.market.base, ZERO) + held
    return Balance(quote, rules.balance), *(Balance(asset, amount) for asset, amount in coins.items())

"""The reference backtest: a bot of the core over candles of the past, every fill as bots.md 5 says."""

import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from decimal import Decimal
from typing import Generic, TypeVar

from desktop_app.core.columns import Candles, exact
from desktop_app.core.commands import CancelOrder, Command, PlaceOrder, Tell
from desktop_app.core.deal import Deal, Direction
from desktop_app.core.events import Event, FundsSeen, OrderFilled, OrderRejected, PriceTick
from desktop_app.core.market import ZERO, Balance, Candle, FeeCurrency, Market
from desktop_app.core.matching import TOO_SMALL, Matcher, MatchRules, Point
from desktop_app.core.order import Fill, Order, Role, Side
from desktop_app.core.preview import Problem, least_volume
from desktop_app.core.said import said
from desktop_app.core.strategy import AsksStrategy, Bot, Question, Watch, conditions_of
from desktop_app.core.walk import Moment, Walk
from desktop_app.research.condition_news import ConditionNews, make_news, problems_of
from desktop_app.research.market_file import with_fee_percent

S = TypeVar("S")
Progress = Callable[[int, int], bool]  # (candles done, candles in all) → go on?
Inside = Callable[[int], Sequence[Candle]]
Asker = Callable[[Question, Point], Event]  # has a strategy of the user's own answer

_MOST_ANSWERS = 10_000  # events at one point of the path: past this, orders are answering each other without end
_REPORTS = 200  # how often progress is told


class BacktestRefused(ValueError):
    """The bot cannot be tested like this; `problems` say what to change. `bot` is its name, of several."""

    def __init__(self, problems: tuple[Problem, ...], bot: str = "") -> None:
        super().__init__("; ".join(f"{problem.place}: {problem.reason.code}" for problem in problems))
        self.problems, self.bot = problems, bot


@dataclass(frozen=True, slots=True)
class BacktestRules:
    """How the past is played. `fee_percent` replaces both fees of the market; `balance` None: funds without end.

    `volume_share_percent`: how much of a candle's volume a limit order may fill; None: all that it wants.
    """

    timeframe_ms: int
    fee_percent: Decimal | None = None
    fee_currency: FeeCurrency | None = None
    slippage_percent: Decimal = ZERO
    fill_through: int = 0
    balance: Decimal | None = None
    volume_share_percent: Decimal | None = None

    def applied_to(self, market: Market) -> Market:
        if self.fee_percent is not None:
            market = with_fee_percent(market, self.fee_percent)
        return market if self.fee_currency is None else replace(market, fee_currency=self.fee_currency)

    def coins_of_short(self, market: Market, candles: Candles) -> Decimal:
        """What a short has to sell: the balance's worth of coins, valued at the first open; none without a balance."""
        return ZERO if self.balance is None else market.amount_up(self.balance / exact(candles.open[0]))


@dataclass(frozen=True, slots=True)
class Trade:
    """One fill of the run: in which candle, for which deal."""

    index: int
    deal: int
    client_id: str
    side: Side
    fill: Fill

    @property
    def quote(self) -> Decimal:
        """What it did to the quote balance."""
        paid = self.fill.fee if not self.fill.coin_fee else ZERO
        return (-self.fill.cost if self.side is Side.BUY else self.fill.cost) - paid

    @property
    def base(self) -> Decimal:
        """What it did to the coins."""
        return (self.fill.amount if self.side is Side.BUY else -self.fill.amount) - self.fill.coin_fee


@dataclass(frozen=True, slots=True)
class BacktestResult:
    """What came out, before anybody adds it up. `funds` is what percentages refer to; `orders` are all that were
    placed, by client id.

    `deals` are those that traded, oldest first, the last ones perhaps still running. `told_problems` are what the
    bot itself complained of. A cancelled run has seen `candles_done` candles.
    """

    bot: str
    market: Market
    rules: BacktestRules
    candles: Candles
    candles_done: int
    deals: tuple[Deal, ...]
    trades: tuple[Trade, ...]
    funds: Decimal
    most_funds_used: Decimal
    told_problems: tuple[Tell, ...]
    engine_seconds: float
    orders: Mapping[str, Order] = field(default_factory=dict)

    @property
    def is_complete(self) -> bool:
        return self.candles_done == len(self.candles)


def run_backtest(
    bot: Bot[S],
    candles: Candles,
    market: Market,
    rules: BacktestRules,
    *,
    name: str = "",
    direction: Direction = Direction.LONG,
    funds: Decimal | None = None,
    progress: Progress | None = None,
    coins: Decimal = ZERO,
    asker: Asker | None = None,
    before: Candles | None = None,
    inside: Inside | None = None,
) -> BacktestResult:
    """Play the candles to the bot. `market` already has the fees of the run (BacktestRules.applied_to).

    `funds`: what percentages refer to where no balance is given; default what the bot says it needs.
    `before`: candles right before the first; nothing is traded in them, indicators are ready all the sooner.
    `coins`: what the account has of the base beside the balance. `inside`: the finer candles of a candle by its
    number, walked in the place of its path (detail.py).

    Raises:
        BacktestRefused: an order of the ladder came out under the market's minimum, or a condition wants finer
        candles.
    """
    assert len(candles), "a backtest needs candles"
    run = _Run(bot, candles, market, rules, direction, asker, coins, before, inside)
    started = time.perf_counter()
    done = run.play(progress)
    seconds = time.perf_counter() - started
    first = exact(candles.open[0])
    needed = funds if funds is not None else bot.funds_needed(bot.first_state(int(candles.at[0])), market.symbol, first)
    deals = sorted(
        (run.in_candles(deal) for deal in (*run.closed, *bot.deals(run.state))), key=lambda deal: deal.number
    )
    return BacktestResult(
        bot=name,
        market=market,
        rules=rules,
        candles=candles,
        candles_done=done,
        deals=tuple(deal for deal in deals if deal.position.entry_amount or deal.position.exit_amount),
        trades=tuple(run.trades),
        funds=rules.balance if rules.balance is not None else needed,
        most_funds_used=run.most_funds_used,
        told_problems=tuple(run.problems),
        engine_seconds=seconds,
        orders={client_id: placed.order for client_id, placed in run.placed.items()},
    )


@dataclass(slots=True)
class _Run(Generic[S]):
    """One bot, one matcher, one walk."""

    bot: Bot[S]
    candles: Candles
    market: Market
    rules: BacktestRules
    direction: Direction
    asker: Asker | None = None
    coins: Decimal = ZERO
    before: Candles | None = None
    inside: Inside | None = None
    state: S = field(init=False)
    matcher: Matcher = field(init=False)
    walk: Walk = field(init=False)
    closed: list[Deal] = field(default_factory=list)
    trades: list[Trade] = field(default_factory=list)
    problems: list[Tell] = field(default_factory=list)
    most_funds_used: Decimal = ZERO
    placed: dict[str, PlaceOrder] = field(default_factory=dict)
    _spans: dict[int, tuple[int, int]] = field(default_factory=dict)  # candles in which deals began and ended
    _free: tuple[tuple[str, Decimal], ...] = ()
    _watched: tuple[S, Watch] | None = None  # the state last asked about, and its answer
    _waking: tuple[S, int | None] | None = None

    def __post_init__(self) -> None:
        self.state = self.bot.first_state(int(self.candles.at[0]))
        rules = MatchRules(self.rules.slippage_percent, self.rules.fill_through, self.rules.volume_share_percent)
        self.matcher = Matcher([self.market], rules, self._balances())
        symbol = self.market.symbol
        self.walk = Walk(
            self.matcher,
            symbol,
            self.rules.timeframe_ms,
            self._watch,
            self._wake_at,
            is_high_first_on_tie=self.direction is Direction.SHORT,
            news=self._news(),
            inside=self.inside,
        )

    def _news(self) -> ConditionNews | None:
        every, symbol = self.rules.timeframe_ms, self.market.symbol
        conditions = conditions_of(self.bot, self.state, symbol)
        if problems := problems_of(conditions, every):
            raise BacktestRefused(problems)
        return make_news(conditions, symbol, self.candles, every, self.before) if conditions else None

    def _watch(self) -> Watch:
        """A walk asks often, and the answer hangs on the state alone."""
        if self._watched is None or self._watched[0] is not self.state:
            self._watched = (self.state, self.bot.watch(self.state, self.market.symbol))
        return self._watched[1]

    def _wake_at(self) -> int | None:
        if self._waking is None or self._waking[0] is not self.state:
            self._waking = (self.state, self.bot.wake_at(self.state))
        return self._waking[1]

    def _balances(self) -> tuple[Balance, ...] | None:
        """A short also has the balance's worth of coins to sell, valued at the first open."""
        if self.rules.balance is None:
            return None
        quote = Balance(self.market.quote, self.rules.balance)
        coins = self.coins
        if self.direction is Direction.SHORT:
            coins += self.rules.coins_of_short(self.market, self.candles)
        if not coins:
            return (quote,)
        return quote, Balance(self.market.base, coins)

    def play(self, progress: Progress | None) -> int:
        total = len(self.candles)
        every = max(1, total // _REPORTS)
        told = 0
        for moment in self.walk.columns(self.candles):
            if progress is not None and self.walk.index - told >= every:
                told = self.walk.index
                if not progress(told, total):
                    return told
            self._deliver(moment)
        if progress is not None:
            progress(total, total)
        return total

    def _deliver(self, moment: Moment) -> None:
        waiting, point = list(moment.events), moment.point
        for nth, event in enumerate(waiting, 1):
            assert nth <= _MOST_ANSWERS, f"no end of events in candle {self.walk.index}"
            waiting += self._answers(event, point)
            if self.asker is not None and nth == len(waiting) and isinstance(self.bot, AsksStrategy):
                question = self.bot.question(self.state)
                if question is not None:
                    waiting.append(self.asker(question, point))

    def _answers(self, event: Event, point: Point) -> Sequence[Event]:
        """What the bot does about an event, and what that makes the exchange say; cancels go first, as live."""
        if isinstance(event, PriceTick) and event.opens:
            self._see_funds(event.at)
        elif isinstance(event, OrderRejected):
            self._refuse_too_small(event, point)
        step = self.bot.on_event(self.state, event)
        self.state = step.state
        for deal in step.closed:
            self._spans[deal.number] = (self._spans.get(deal.number, (deal.opened_at, 0))[0], self._candle_at())
            self.closed.append(deal)
        if isinstance(event, OrderFilled):
            self._note_trade(event)
        return self._act(step.commands, point) if step.commands else ()

    def in_candles(self, deal: Deal) -> Deal:
        """A grid starts and ends also where nothing trades: inside a candle that is told with the candle's time."""
        opened, closed = self._spans.get(deal.number, (0, 0))
        return deal if deal.grid is None else replace(deal, opened_at=opened, closed_at=closed)

    def _candle_at(self) -> int:
        return int(self.candles.at[self.walk.index])

    def _act(self, commands: Sequence[Command], point: Point) -> list[Event]:
        said_back: list[Event] = []
        places: list[PlaceOrder] = []
        for command in commands:
            if isinstance(command, PlaceOrder):
                places.append(command)
            elif isinstance(command, CancelOrder):
                said_back += self.matcher.cancel(command.client_id, point.at)
            elif isinstance(command, Tell) and command.is_problem:
                self.problems.append(command)
        for command in places:
            self.placed[command.order.client_id] = command
            if command.deal not in self._spans:
                self._spans[command.deal] = (self._candle_at(), 0)
            said_back += self.matcher.place(command.order, point)
        return said_back

    def _note_trade(self, event: OrderFilled) -> None:
        placed = self.placed[event.client_id]
        side = placed.order.side
        self.trades.append(Trade(self.walk.index, placed.deal, event.client_id, side, event.fill))
        if side is self.direction.entry:  # exits only give funds back
            self._measure_funds()

    def _refuse_too_small(self, event: OrderRejected, point: Point) -> None:
        order = self.placed[event.client_id].order
        if event.reason == TOO_SMALL and order.role in (Role.BASE, Role.SAFETY):
            raise BacktestRefused((too_small(order, order.price or point.price, self.market),))

    def _see_funds(self, at: int) -> None:
        """Bots that size by percent see the free balances before each opening."""
        free = tuple((balance.asset, balance.free) for balance in self.matcher.balances())
        if free != self._free:
            self._free = free
            self.state = self.bot.on_event(self.state, FundsSeen(free, at)).state

    def _measure_funds(self) -> None:
        used = sum((invested(deal) for deal in self.bot.deals(self.state)), ZERO)
        self.most_funds_used = max(self.most_funds_used, used)


def is_place(command: Command) -> bool:
    return isinstance(command, PlaceOrder)


def invested(deal: Deal) -> Decimal:
    """Quote that a deal has in the market: paid for coins (a short: got for them) and not yet back, fees in."""
    cash = deal.position.cash(deal.direction)
    return max(ZERO, -cash if deal.direction is Direction.LONG else cash)


def too_small(order: Order, price: Decimal, market: Market) -> Problem:
    reason = said(
        "order_too_small",
        index=order.index,
        cost=order.amount * price,
        least=least_volume(market, price),
        pair=market.symbol,
    )
    place = "base_order.volume" if order.role is Role.BASE else f"safety_orders[{order.index}]"
    return Problem(place, reason)

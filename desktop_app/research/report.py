"""What a backtest comes to: the document that programs read and the text that people read."""

from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Protocol

import numpy as np
from numpy.typing import NDArray

from desktop_app.core.columns import exact
from desktop_app.core.deal import Deal
from desktop_app.core.grid_tally import GridTally
from desktop_app.core.market import HUNDRED, ZERO, Market
from desktop_app.core.order import Order, OrderType, Role, Side
from desktop_app.research.backtest import BacktestResult, Trade
from desktop_app.research.curves import Curves, make_curves
from desktop_app.research.ratios import Ratios, make_ratios
from desktop_app.store.candle_rules import timeframe_name

_EQUITY_POINTS = 1000  # of the curve in the document; statistics are of every candle


@dataclass(frozen=True, slots=True)
class OrderLine:
    """An order that filled. `price` is what it traded at, on average if in parts."""

    role: Role
    index: int
    side: Side
    type: OrderType
    price: Decimal
    amount: Decimal
    filled_at: int
    fee_quote: Decimal


@dataclass(frozen=True, slots=True)
class DealLine:
    """A deal as reported; of an open one `profit_quote` has the rest valued at the last close, less a sale's fee."""

    opened_at: int
    closed_at: int | None
    status: str
    average_price: Decimal
    bought_amount: Decimal
    bought_quote: Decimal
    sold_amount: Decimal
    sold_quote: Decimal
    fees_quote: Decimal
    profit_quote: Decimal
    profit_percent: Decimal
    safety_orders_filled: int
    orders: tuple[OrderLine, ...]


@dataclass(frozen=True, slots=True)
class Summary:
    """The run in numbers. Percentages are of the balance, or of the funds needed; None: undefined.

    `profit_quote` is of closed deals, `unrealised_quote` of open ones (what they took so far and the rest at the
    last close): together what the equity curve ends with. `max_funds_quote` is the most quote that was in the
    market at once. Holding is from the first open to the last close, without fees.
    """

    deals_closed: int
    deals_open: int
    profit_quote: Decimal
    unrealised_quote: Decimal
    fees_quote: Decimal
    profit_percent: Decimal
    buy_and_hold_percent: Decimal
    max_drawdown_percent: Decimal
    max_floating_loss_percent: Decimal
    win_rate_percent: Decimal | None
    profit_factor: Decimal | None
    sharpe: Decimal | None
    sortino: Decimal | None
    calmar: Decimal | None
    average_deal_seconds: int | None
    longest_deal_seconds: int | None
    max_funds_quote: Decimal
    max_safety_orders_used: int
    time_in_market_percent: Decimal
    grid_profit_quote: Decimal | None = None  # of a grid: what its round trips earned
    round_trips: int | None = None


@dataclass(frozen=True, slots=True)
class Report:
    """`equity` is (candle time, value at that candle's close), evenly thinned, first and last candle included."""

    bot: str
    pair: str
    timeframe: str
    candles: int
    gaps: int
    start: int
    end: int
    market: Market
    deals: tuple[DealLine, ...]
    summary: Summary
    equity: tuple[tuple[int, Decimal], ...]
    engine_seconds: float


def make_report(result: BacktestResult) -> Report:
    candles = result.candles
    last = exact(candles.close[-1])
    trades = _by_deal_and_order(result)
    deals = tuple(_deal_line(deal, trades.get(deal.number, {}), last, result) for deal in result.deals)
    curves = make_curves(result)
    return Report(
        bot=result.bot,
        pair=result.market.symbol,
        timeframe=timeframe_name(result.rules.timeframe_ms),
        candles=len(candles),
        gaps=int((np.diff(candles.at) > result.rules.timeframe_ms).sum()),
        start=int(candles.at[0]),
        end=int(candles.at[-1]),
        market=result.market,
        deals=deals,
        summary=_summary(result, deals, curves),
        equity=thinned(candles.at, curves.equity),
        engine_seconds=result.engine_seconds,
    )


def thinned(at: NDArray[np.int64], equity: NDArray[np.float64]) -> tuple[tuple[int, Decimal], ...]:
    """A curve for the document: as many points as it shows at most, evenly, with the first and the last."""
    kept = np.linspace(0, len(at) - 1, min(_EQUITY_POINTS, len(at))).round().astype(np.int64)
    return tuple((int(at[i]), rounded(equity[i])) for i in kept)


def _by_deal_and_order(result: BacktestResult) -> dict[int, dict[str, list[Trade]]]:
    """The trades of each deal by the order that they filled. A deal keeps not all of its orders.

    What a deal has taken over was traded before, by no order of this run.
    """
    found: dict[int, dict[str, list[Trade]]] = {}
    for trade in result.trades:
        if not trade.client_id:
            continue
        found.setdefault(trade.deal, {}).setdefault(trade.client_id, []).append(trade)
    return found


def _deal_line(deal: Deal, trades: dict[str, list[Trade]], last: Decimal, result: BacktestResult) -> DealLine:
    position = deal.position
    is_over = deal.status.is_over
    profit = deal.profit if is_over else deal.worth(last, result.market.taker_fee)
    spent = position.spent(deal.direction)
    entry = (position.entry_amount, position.entry_quote)
    exit_ = (position.exit_amount, position.exit_quote)
    bought, sold = (entry, exit_) if deal.direction.entry is Side.BUY else (exit_, entry)
    own = {order.client_id: order for order in deal.orders}  # what it took over was placed before the run
    lines = sorted(trades.items(), key=lambda line: int(line[1][-1].fill.trade_id[1:]))  # in the order of their fills
    return DealLine(
        opened_at=deal.opened_at,
        closed_at=deal.closed_at if is_over else None,
        status=str(deal.status),
        average_price=deal.average,
        bought_amount=bought[0],
        bought_quote=bought[1],
        sold_amount=sold[0],
        sold_quote=sold[1],
        fees_quote=position.fees,
        profit_quote=profit,
        profit_percent=profit / spent * HUNDRED if spent else ZERO,
        safety_orders_filled=deal.safety_filled,
        orders=tuple(_order_line(result.orders.get(client_id) or own[client_id], fills) for client_id, fills in lines),
    )


def _order_line(order: Order, trades: list[Trade]) -> OrderLine:
    prices = {trade.fill.price for trade in trades}
    amount = sum((trade.fill.amount for trade in trades), ZERO)
    return OrderLine(
        role=order.role,
        index=order.index,
        side=order.side,
        type=order.type,
        price=prices.pop() if len(prices) == 1 else sum((trade.fill.cost for trade in trades), ZERO) / amount,
        amount=amount,
        filled_at=trades[-1].fill.at,
        fee_quote=sum((trade.fill.fee for trade in trades), ZERO),
    )


def _summary(result: BacktestResult, deals: tuple[DealLine, ...], curves: Curves) -> Summary:
    first, last = exact(result.candles.open[0]), exact(result.candles.close[-1])
    return summary_of(
        deals,
        tuple(deal.grid for deal in result.deals if deal.grid is not None),
        Course(
            ratios=make_ratios(result.candles.at, curves.equity, curves.max_drawdown),
            max_drawdown=curves.max_drawdown,
            max_floating_loss=curves.max_floating_loss,
            time_in_market=curves.time_in_market,
            holding=last / first - 1,
        ),
        funds=result.funds,
        most_used=result.most_funds_used,
    )


@dataclass(frozen=True, slots=True)
class Course:
    """What is measured along the way, as fractions. `holding`: what just holding would have brought."""

    ratios: Ratios
    max_drawdown: float
    max_floating_loss: float
    time_in_market: float
    holding: Decimal


class DealNumbers(Protocol):
    """What a summary asks of a deal; see DealLine."""

    @property
    def opened_at(self) -> int: ...

    @property
    def closed_at(self) -> int | None: ...

    @property
    def fees_quote(self) -> Decimal: ...

    @property
    def profit_quote(self) -> Decimal: ...

    @property
    def safety_orders_filled(self) -> int: ...


def summary_of(
    deals: Sequence[DealNumbers], grids: Sequence[GridTally], course: Course, *, funds: Decimal, most_used: Decimal
) -> Summary:
    """`grids`: what the grids among the deals have counted."""
    closed = [deal for deal in deals if deal.closed_at is not None]
    running = [deal for deal in deals if deal.closed_at is None]
    profit = sum((deal.profit_quote for deal in closed), ZERO)
    won = sum((deal.profit_quote for deal in closed if deal.profit_quote > 0), ZERO)
    lost = -sum((deal.profit_quote for deal in closed if deal.profit_quote < 0), ZERO)
    wins = sum(1 for deal in closed if deal.profit_quote > 0)
    lasted = [(deal.closed_at - deal.opened_at) // 1000 for deal in closed if deal.closed_at is not None]
    return Summary(
        deals_closed=len(closed),
        deals_open=len(running),
        profit_quote=profit,
        unrealised_quote=sum((deal.profit_quote for deal in running), ZERO),
        fees_quote=sum((deal.fees_quote for deal in deals), ZERO),
        profit_percent=profit / funds * HUNDRED if funds else ZERO,
        buy_and_hold_percent=course.holding * HUNDRED,
        max_drawdown_percent=rounded(course.max_drawdown * 100),
        max_floating_loss_percent=rounded(course.max_floating_loss * 100),
        win_rate_percent=Decimal(wins) / len(closed) * HUNDRED if closed else None,
        profit_factor=won / lost if lost else None,
        sharpe=_known(course.ratios.sharpe),
        sortino=_known(course.ratios.sortino),
        calmar=_known(course.ratios.calmar),
        average_deal_seconds=round(sum(lasted) / len(lasted)) if lasted else None,
        longest_deal_seconds=max(lasted, default=None),
        max_funds_quote=most_used,
        max_safety_orders_used=max((deal.safety_orders_filled for deal in deals), default=0),
        time_in_market_percent=rounded(course.time_in_market * 100),
        grid_profit_quote=sum((tally.profit for tally in grids), ZERO) if grids else None,
        round_trips=sum(tally.round_trips for tally in grids) if grids else None,
    )


def rounded(value: float) -> Decimal:
    """A measured number, to 8 decimals; never minus zero."""
    return exact(round(float(value), 8) + 0.0)


def _known(value: float | None) -> Decimal | None:
    return None if value is None else rounded(value)

"""Everything that can happen to a bot. Times are ms UTC on the clock of the bot's exchange."""

from dataclasses import dataclass, field
from decimal import Decimal

from desktop_app.core.change import quick
from desktop_app.core.order import Fill, Order, OrderType
from desktop_app.core.reading import Reading
from desktop_app.core.signals import Signal


@quick
@dataclass(frozen=True, slots=True)
class PriceTick:
    """The last price of a pair. `opens`: new deals may start on this tick (in a backtest only at a candle's open).

    `may_begin`: whether the account leaves room for a new deal or a further buy by signal. What ends a deal needs none.
    `path`: in a jump, how far the path has come to `price`, at which all that it meets trades.
    """

    symbol: str
    price: Decimal
    at: int
    bid: Decimal | None = None
    ask: Decimal | None = None
    opens: bool = True
    quote_volume_24h: Decimal | None = None
    path: Decimal | None = None
    may_begin: bool = True


@dataclass(frozen=True, slots=True)
class ClockStruck:
    """A moment that the bot asked to be woken at (Watch.wake_at) has come."""

    at: int


@dataclass(frozen=True, slots=True)
class FundsSeen:
    """Free balances of the account; sent only to bots that size orders by them."""

    free: tuple[tuple[str, Decimal], ...]
    at: int


@dataclass(frozen=True, slots=True)
class ConditionsRead:
    """What closed candles say about conditions on a pair; readings that are not named here stay as they were."""

    symbol: str
    readings: tuple[Reading, ...]
    at: int


@dataclass(frozen=True, slots=True)
class PairsListed:
    """The pairs that the bot's list holds now, besides those that it names itself."""

    symbols: tuple[str, ...]
    at: int


@quick
@dataclass(frozen=True, slots=True)
class OrderAccepted:
    client_id: str
    exchange_id: str
    at: int


@quick
@dataclass(frozen=True, slots=True)
class OrderFilled:
    """One trade of an order of ours. `bar_end` is the end of the candle it fell in, 0 where there is none.

    `returned` is (deal, order) where the order was over for the bot, and the exchange has filled it all the same.
    """

    client_id: str
    fill: Fill
    at: int
    bar_end: int = 0
    returned: tuple[int, Order] | None = None


@quick
@dataclass(frozen=True, slots=True)
class OrderCanceled:
    """The order rests no longer; what it had filled stays. `reason` is empty when we asked for it."""

    client_id: str
    at: int
    reason: str = ""


@dataclass(frozen=True, slots=True)
class OrderRejected:
    """A definitive refusal, or proof that the order never arrived: nothing was bought or sold."""

    client_id: str
    reason: str
    at: int


@dataclass(frozen=True, slots=True)
class CancelRefused:
    """The exchange says that the order cannot be cancelled and still rests."""

    client_id: str
    reason: str
    at: int


@dataclass(frozen=True, slots=True)
class StrategyAnswered:
    """The user's own strategy answered question `number` of a pair; `price` is the pair's at that moment."""

    symbol: str
    number: int
    answer: str  # JSON of core/strategies/own.Answer
    price: Decimal
    at: int


@dataclass(frozen=True, slots=True)
class StrategyFailed:
    """It did not answer. `code`: raised, slow, broken, answer, changed, missing; `place` is where in its file."""

    symbol: str
    number: int
    code: str
    place: str
    error: str
    at: int


# What a person can ask of a bot or a deal. Deals are named by their number within the bot.


@dataclass(frozen=True, slots=True)
class StartDeal:
    """`until`: no longer if no deal could be opened up to then, ms UTC; 0 is for as long as it takes."""

    symbol: str
    until: int = 0


@dataclass(frozen=True, slots=True)
class CloseDeal:
    """Sell (a short: buy back) everything at market."""

    deal: int


@dataclass(frozen=True, slots=True)
class CancelDeal:
    """Stop managing: cancel the orders, keep the coins."""

    deal: int


@dataclass(frozen=True, slots=True)
class AddFunds:
    """Buy (a short: sell) more; `volume` in quote. Uses up no safety order."""

    deal: int
    volume: Decimal
    type: OrderType = OrderType.MARKET
    price: Decimal | None = None


@dataclass(frozen=True, slots=True)
class TakeBack:
    """Cancel an order that was added by hand and rests; orders of the deal's plan would only be placed again."""

    deal: int
    client_id: str


@dataclass(frozen=True, slots=True)
class ReduceFunds:
    """Sell (a short: buy back) a part at market; `amount` in coins."""

    deal: int
    amount: Decimal


@dataclass(frozen=True, slots=True)
class EditDeal:
    """Let a running deal go on under other settings; `settings` is the JSON of the kind's settings."""

    deal: int
    settings: str


@dataclass(frozen=True, slots=True)
class StartTrailing:
    deal: int


@dataclass(frozen=True, slots=True)
class ForceStart:
    """Wait no longer for the entry's price: get in at market."""

    deal: int


@dataclass(frozen=True, slots=True)
class ConvertDeal:
    """Let a smart trade take over what the deal holds; `settings` is the JSON of the trade's settings.

    The trade's amount and price paid are set to what the deal holds once its last order has ended.
    """

    deal: int
    settings: str


@dataclass(frozen=True, slots=True)
class NoteDeal:
    deal: int
    text: str


@dataclass(frozen=True, slots=True)
class PauseBot:
    """No new deals; open deals go on."""


@dataclass(frozen=True, slots=True)
class ResumeBot:
    """New deals may start again (also after a stop)."""


@dataclass(frozen=True, slots=True)
class TakeSignal:
    """Do what a signal from outside says, for one of the bot's pairs. `key` is the same for the same signal."""

    signal: Signal
    symbol: str
    key: str


Ask = (
    StartDeal
    | CloseDeal
    | CancelDeal
    | AddFunds
    | TakeBack
    | ReduceFunds
    | EditDeal
    | StartTrailing
    | ForceStart
    | ConvertDeal
    | NoteDeal
    | PauseBot
    | ResumeBot
    | TakeSignal
)


@dataclass(frozen=True, slots=True)
class UserAsked:
    ask: Ask
    at: int
    by: str = field(default="you")


Event = (
    PriceTick
    | ClockStruck
    | FundsSeen
    | ConditionsRead
    | PairsListed
    | OrderAccepted
    | OrderFilled
    | OrderCanceled
    | OrderRejected
    | CancelRefused
    | StrategyAnswered
    | StrategyFailed
    | UserAsked
)

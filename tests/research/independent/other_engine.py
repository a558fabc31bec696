"""The same settings played by another engine, for comparison: run by the Python of an environment that has it.

    /path/to/other/bin/python other_engine.py CANDLES.csv SETTINGS.json > FILLS.json

It knows nothing of Strongroom. The formulas are written out here once more, from the description of the bots alone.
nautilus_trader sees a candle as four prices in the order of the description's path; each is a quote whose two sides
are that price, for its market has no spread. Orders rest, fill, lock money and pay fees as that engine has them do.
With "feed": "bars" it sees the candles themselves, as is usual there and faster; deals then open at a close.
"""

import csv
import json
import sys
import time
from decimal import ROUND_CEILING, ROUND_FLOOR, ROUND_HALF_UP, Decimal
from pathlib import Path
from typing import Any

from nautilus_trader.backtest.engine import BacktestEngine, BacktestEngineConfig  # type: ignore[import-not-found]
from nautilus_trader.config import LoggingConfig  # type: ignore[import-not-found]
from nautilus_trader.model.currencies import BTC, USDT  # type: ignore[import-not-found]
from nautilus_trader.model.data import Bar, BarType, QuoteTick  # type: ignore[import-not-found]
from nautilus_trader.model.enums import AccountType, OmsType, OrderSide  # type: ignore[import-not-found]
from nautilus_trader.model.identifiers import InstrumentId, Symbol, Venue  # type: ignore[import-not-found]
from nautilus_trader.model.instruments import CurrencyPair  # type: ignore[import-not-found]
from nautilus_trader.model.objects import Money, Price, Quantity  # type: ignore[import-not-found]
from nautilus_trader.trading.strategy import Strategy  # type: ignore[import-not-found]

D = Decimal
TICK, LOT, FEE = D("0.01"), D("0.00001"), D("0.001")
VENUE = Venue("OTHER")
NAME = InstrumentId(Symbol("BTCUSDT"), VENUE)
NS = 1_000_000
PLENTY = Quantity(100_000, 5)
ECHOES = 4  # a price is told again and again, so that what a fill causes is in the book before the price moves on


def down(value: Decimal, step: Decimal) -> Decimal:
    return (value / step).quantize(D(1), ROUND_FLOOR) * step


def up(value: Decimal, step: Decimal) -> Decimal:
    return (value / step).quantize(D(1), ROUND_CEILING) * step


class Recording(Strategy):  # type: ignore[misc]
    """Hands orders to the engine and writes down what filled, in which candle."""

    def __init__(self, settings: dict[str, Any]) -> None:
        super().__init__()
        self.settings = settings
        self.fills: list[dict[str, Any]] = []
        self.named: dict[str, tuple[str, int]] = {}
        self.price = D(0)
        self.candle = 0

    def on_start(self) -> None:
        if self.settings["feed"] == "bars":
            self.subscribe_bars(bars_of(self.settings["every_s"]))
        else:
            self.subscribe_quote_ticks(NAME)

    def on_quote_tick(self, tick: Any) -> None:
        self.price = D(str(tick.bid_price))
        candle = tick.ts_event // NS // 1000 // self.settings["every_s"] * self.settings["every_s"] * 1000
        is_first, self.candle = candle != self.candle, candle
        if is_first:
            self.on_open()

    def on_bar(self, bar: Any) -> None:
        self.price, self.candle = D(str(bar.close)), bar.ts_event // NS
        self.on_open()

    def send(self, role: str, index: int, side: Any, amount: Decimal, price: Decimal | None = None) -> Any:
        size = Quantity(amount, 5)
        if price is None:
            order = self.order_factory.market(NAME, side, size)
        else:
            order = self.order_factory.limit(NAME, side, size, Price(price, 2))
        self.named[str(order.client_order_id)] = (role, index)
        self.submit_order(order)
        return order

    def on_order_filled(self, event: Any) -> None:
        role, index = self.named[str(event.client_order_id)]
        fill: dict[str, Any] = {
            "role": role,
            "index": index,
            "side": "buy" if event.order_side == OrderSide.BUY else "sell",
            "price": str(event.last_px),
            "amount": str(event.last_qty),
            "filled_at": self.candle,
            "fee": str(event.commission.as_decimal()),
        }
        self.fills.append(fill)
        self.on_fill(role, index, D(fill["price"]), D(fill["amount"]))

    def on_open(self) -> None: ...

    def on_fill(self, role: str, index: int, price: Decimal, amount: Decimal) -> None: ...


class Ladder(Recording):
    """A DCA bot: base at market, safety limits below, one take profit that is placed anew after every fill."""

    def __init__(self, settings: dict[str, Any]) -> None:
        super().__init__(settings)
        self.deal: int | None = None  # the candle in which it was opened
        self.closed_in = -1
        self.spent = self.bought = D(0)
        self.exit: Any = None
        self.wants_exit = False

    def on_open(self) -> None:
        if self.deal is None and self.candle != self.closed_in:
            self.deal = self.candle
            self.spent = self.bought = D(0)
            self.send("base", 0, OrderSide.BUY, up(D(self.settings["base"]) / self.price, LOT))

    def on_fill(self, role: str, index: int, price: Decimal, amount: Decimal) -> None:
        if role == "take_profit":
            self.exit, self.wants_exit = None, False
            if self.bought - amount > 0:
                self.bought -= amount
                return
            self.deal, self.closed_in = None, self.candle
            self.cancel_all_orders(NAME)
            return
        self.spent += price * amount * (1 + FEE)
        self.bought += amount
        if role == "base":
            self.place_safety(self.spent / self.bought)
        if self.exit is None:
            self.place_exit()
        else:
            self.wants_exit = True
            self.cancel_order(self.exit)

    def place_safety(self, start: Decimal) -> None:
        deviation, step, volume = D(0), D(self.settings["deviation"]), D(self.settings["safety"])
        for index in range(1, self.settings["count"] + 1):
            deviation += step
            price = down(start * (1 - deviation / 100), TICK)
            self.send("safety", index, OrderSide.BUY, up(volume / price, LOT), price)
            step *= D(self.settings["step_scale"])
            volume *= D(self.settings["volume_scale"])

    def place_exit(self) -> None:
        self.wants_exit = False
        if not self.bought:
            return  # of bars several orders fill at once, also one that the deal had just cancelled
        average = self.spent / self.bought
        price = up(average * (1 + D(self.settings["profit"]) / 100) / (1 - FEE), TICK)
        self.exit = self.send("take_profit", 1, OrderSide.SELL, self.bought, price)

    def on_order_canceled(self, event: Any) -> None:
        if self.exit is not None and event.client_order_id == self.exit.client_order_id and self.wants_exit:
            self.place_exit()


class Lines(Recording):
    """A grid: buys below the price, sells above it, each fill puts the order of the neighbouring line in its place."""

    def __init__(self, settings: dict[str, Any]) -> None:
        super().__init__(settings)
        lower, upper, count = D(settings["lower"]), D(settings["upper"]), settings["lines"]
        step = (upper - lower) / (count - 1)
        self.lines = [((lower + i * step) / TICK).quantize(D(1), ROUND_HALF_UP) * TICK for i in range(count)]
        self.has_begun = False

    def size(self, line: int) -> Decimal:
        return down(D(self.settings["volume"]) / self.lines[line], LOT)

    def on_open(self) -> None:
        if self.has_begun:
            return
        self.has_begun = True
        self.waiting = min(range(len(self.lines)), key=lambda i: (abs(self.lines[i] - self.price), i))
        above = range(self.waiting + 1, len(self.lines))
        coins = sum((self.size(i) for i in above), D(0))
        self.send("balancing", 0, OrderSide.BUY, coins)

    def on_fill(self, role: str, index: int, price: Decimal, amount: Decimal) -> None:
        if role == "balancing":
            for i in range(len(self.lines)):
                if i != self.waiting:
                    side = OrderSide.BUY if i < self.waiting else OrderSide.SELL
                    self.send("grid", i, side, self.size(i), self.lines[i])
            return
        if self.fills[-1]["side"] == "buy":
            self.send("grid", index + 1, OrderSide.SELL, amount, self.lines[index + 1])
        else:
            self.send("grid", index - 1, OrderSide.BUY, self.size(index - 1), self.lines[index - 1])


def read(path: str) -> list[tuple[int, Decimal, Decimal, Decimal, Decimal]]:
    names = ("open", "high", "low", "close")
    with Path(path).open(newline="") as file:
        return [(int(row["timestamp"]), *(D(row[name]) for name in names)) for row in csv.DictReader(file)]  # type: ignore[misc]


def quotes(path: str, every_s: int, apart: Decimal) -> list[Any]:
    """Open, nearer extreme, farther extreme, close; a tie takes the low first.

    One telling of a price fills one of several orders that it is beyond: `apart` is how close two orders may be, and
    where the price moved by more than that it is told so much more often.
    """
    found = []
    before = D(0)
    for at, opened, high, low, close in read(path):
        near, far = (high, low) if high - opened < opened - low else (low, high)
        for nth, price in enumerate((opened, near, far, close)):
            passed = int(abs(price - before) / apart) if before else 0
            before = price
            for echo in range(ECHOES + passed):
                ns = (at + nth * every_s * 200) * NS + echo
                found.append(QuoteTick(NAME, Price(price, 2), Price(price, 2), PLENTY, PLENTY, ns, ns))
    return found


def bars_of(every_s: int) -> Any:
    return BarType.from_str(f"{NAME}-{every_s // 60}-MINUTE-LAST-EXTERNAL")


def bars(path: str, every_s: int) -> list[Any]:
    kind = bars_of(every_s)
    found = []
    for at, opened, high, low, close in read(path):
        prices = (Price(price, 2) for price in (opened, high, low, close))
        end = (at + every_s * 1000) * NS
        found.append(Bar(kind, *prices, PLENTY, end, end))
    return found


def main() -> None:
    path, settings = sys.argv[1], json.loads(Path(sys.argv[2]).read_text())
    engine = BacktestEngine(config=BacktestEngineConfig(logging=LoggingConfig(bypass_logging=True)))
    engine.add_venue(
        venue=VENUE,
        oms_type=OmsType.NETTING,
        account_type=AccountType.CASH,
        base_currency=None,
        starting_balances=[Money(10_000_000, USDT), Money(1_000, BTC)],
    )
    engine.add_instrument(
        CurrencyPair(
            instrument_id=NAME,
            raw_symbol=Symbol("BTCUSDT"),
            base_currency=BTC,
            quote_currency=USDT,
            price_precision=2,
            size_precision=5,
            price_increment=Price(TICK, 2),
            size_increment=Quantity(LOT, 5),
            maker_fee=FEE,
            taker_fee=FEE,
            ts_event=0,
            ts_init=0,
        )
    )
    every_s = settings["every_s"]
    engine.add_data(bars(path, every_s) if settings["feed"] == "bars" else quotes(path, every_s, D(settings["apart"])))
    strategy = (Ladder if settings["kind"] == "dca" else Lines)(settings)
    engine.add_strategy(strategy)
    began = time.process_time()
    engine.run()
    seconds = time.process_time() - began
    json.dump({"fills": strategy.fills, "seconds": seconds}, sys.stdout)


if __name__ == "__main__":
    main()

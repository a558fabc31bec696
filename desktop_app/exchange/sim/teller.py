"""Tells of a simulated market what people and bots want to hear of it, and no more often than they can listen."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from decimal import Decimal

from desktop_app.core.events import PriceTick
from desktop_app.exchange.protocol import Sink
from desktop_app.exchange.sim.candles import Forming
from desktop_app.exchange.sim.sieve import PriceSieve
from desktop_app.exchange.sim.ticks import MINUTE_MS, SimTick, TickStream
from desktop_app.exchange.synthetic.market import SyntheticMarket

FORMING_EVERY_MS = 250  # real time
VOLUME_EVERY_MS = 10_000


@dataclass(slots=True)
class _Pair:
    """What the sink has been told of one pair."""

    latest: SimTick
    forming: Forming
    sieve: PriceSieve = field(default_factory=PriceSieve)
    is_told: bool = False
    forming_told_at: int = 0
    volume_24h: Decimal = Decimal(0)
    volume_made_at: int = -VOLUME_EVERY_MS


class Teller:
    """Every price that somebody waits for goes out when it is heard, of the others the latest of each pair."""

    def __init__(self, market: SyntheticMarket, ticks: TickStream, sink: Sink) -> None:
        self.sink = sink
        self._market = market
        self._ticks = ticks
        self._pairs: dict[str, _Pair] = {}

    @property
    def symbols(self) -> Sequence[str]:
        return tuple(self._pairs)

    def subscribe(self, symbols: Sequence[str], at: int) -> None:
        self._pairs = {symbol: self._pairs.get(symbol) or self._begin(symbol, at) for symbol in symbols}

    def hear(self, tick: SimTick) -> bool:
        """Take in the next tick; True when somebody waited for it and has been told."""
        pair = self._pairs.get(tick.symbol)
        if pair is None:
            return False
        pair.latest, pair.is_told = tick, False
        minute = tick.at - tick.at % MINUTE_MS
        if minute != pair.forming.candle.at:
            self.sink.on_candle(tick.symbol, pair.forming.candle, is_closed=True)
            pair.forming = Forming.opened(minute, tick.price, tick.volume)
        else:
            pair.forming = pair.forming.with_trade(tick.price, tick.volume)
        if not pair.sieve.must_tell(tick.price, tick.at, self.sink.watch(tick.symbol)):
            return False
        self._tell(pair)
        return True

    def catch_up(self, wall: int) -> None:
        """Tell the latest prices that were held back, and now and then the candle under way. `wall`: real ms."""
        self._measure_one(wall)
        for symbol, pair in self._pairs.items():
            if pair.is_told:
                continue
            self._tell(pair)
            if wall - pair.forming_told_at >= FORMING_EVERY_MS:
                pair.forming_told_at = wall
                self.sink.on_candle(symbol, pair.forming.candle, is_closed=False)

    def _begin(self, symbol: str, at: int) -> _Pair:
        minute = at - at % MINUTE_MS
        first, *others = self._ticks.between([symbol], minute - 1, at)
        forming = Forming.opened(minute, first.price, first.volume)
        for tick in others:
            forming = forming.with_trade(tick.price, tick.volume)
        volume = self._market.quote_volume_24h(symbol, at)
        return _Pair(self._ticks.latest(symbol, at), forming, volume_24h=Decimal(repr(round(volume, 2))))

    def _measure_one(self, wall: int) -> None:
        """Adding up a day takes a while, so one pair at a time: the one that has waited longest."""
        symbol, pair = min(self._pairs.items(), key=lambda item: item[1].volume_made_at, default=(None, None))
        if symbol is not None and pair is not None and wall - pair.volume_made_at >= VOLUME_EVERY_MS:
            volume = self._market.quote_volume_24h(symbol, pair.latest.at)
            pair.volume_24h, pair.volume_made_at = Decimal(repr(round(volume, 2))), wall

    def _tell(self, pair: _Pair) -> None:
        tick = pair.latest
        pair.is_told = True
        self.sink.on_price(
            PriceTick(tick.symbol, tick.price, tick.at, tick.bid, tick.ask, quote_volume_24h=pair.volume_24h or None)
        )

"""The latest of everything that the engine has told, by id, for panels to look things up in."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass, field
from decimal import Decimal
from typing import TYPE_CHECKING

from desktop_app.core.market import Balance, Market

if TYPE_CHECKING:
    from desktop_app.core.events import PriceTick
    from desktop_app.core.order import Order
    from desktop_app.engine.views import AccountView, BotView, DealView

PriceKey = tuple[str, str]  # account, pair


@dataclass(frozen=True, slots=True)
class KnownOrder:
    """An order with the deal that it belongs to."""

    order: Order
    bot_id: int
    deal: int
    account: str

    @property
    def deal_id(self) -> str:
        return f"{self.bot_id}-{self.deal}"


@dataclass(frozen=True, slots=True)
class Day:
    """The last 24 hours of a pair on the exchange's clock."""

    open: Decimal
    high: Decimal
    low: Decimal


@dataclass(slots=True)
class Known:
    """Written by the bridge alone, on the window's thread; everything in it is frozen."""

    accounts: dict[str, AccountView] = field(default_factory=dict)
    bots: dict[int, BotView] = field(default_factory=dict)
    deals: dict[str, DealView] = field(default_factory=dict)  # the open ones and those that closed just now
    orders: dict[str, KnownOrder] = field(default_factory=dict)  # by client id: live ones
    prices: dict[PriceKey, PriceTick] = field(default_factory=dict)
    days: dict[PriceKey, Day] = field(default_factory=dict)
    balances: dict[str, Mapping[str, Balance]] = field(default_factory=dict)
    markets: dict[str, Mapping[str, Market]] = field(default_factory=dict)
    handed_over: set[str] = field(default_factory=set)  # deals that a person made smart trades of
    clocks: dict[str, int] = field(default_factory=dict)  # the newest moment that each exchange has told

    def market(self, account: str, symbol: str) -> Market | None:
        return self.markets.get(account, {}).get(symbol)

    def market_of_bot(self, view: BotView) -> Market | None:
        """What the prices in a bot's words are of: the pair of its newest deal, else the first of its pairs."""
        with_deal = [
            deal.deal for deal in self.deals.values() if deal.bot_id == view.bot_id and not deal.deal.status.is_over
        ]
        symbol = max(with_deal, key=lambda deal: deal.number).symbol if with_deal else next(iter(view.pairs), "")
        return self.market(view.account, symbol)

    def price(self, account: str, symbol: str) -> Decimal | None:
        tick = self.prices.get((account, symbol))
        return tick.price if tick is not None else None

    def mode(self, account: str) -> str:
        """ "sim", "paper", "live"; an account nobody knows counts as live, the careful answer."""
        view = self.accounts.get(account)
        return view.mode if view is not None else "live"

    def is_fresh(self, account: str) -> bool:
        view = self.accounts.get(account)
        return view is not None and view.is_live_feed

    def now(self, account: str) -> int:
        """The exchange's clock, as of its last news."""
        view = self.accounts.get(account)
        return max(self.clocks.get(account, 0), view.clock_at if view is not None else 0)

    def quote(self, account: str) -> str:
        """What most of the account's pairs are priced in."""
        quotes = Counter(market.quote for market in self.markets.get(account, {}).values())
        return quotes.most_common(1)[0][0] if quotes else "USDT"

    def take_price(self, account: str, tick: PriceTick) -> None:
        self.prices[account, tick.symbol] = tick
        self.clocks[account] = max(tick.at, self.clocks.get(account, 0))

    def open_deals(self) -> list[DealView]:
        return [view for view in self.deals.values() if not view.deal.status.is_over]

    def settings_of(self, view: DealView) -> str:
        """What a deal runs on: its own settings, else those of its bot."""
        bot = self.bots.get(view.bot_id)
        return view.settings_json or (bot.settings_json if bot is not None else "")

    def take_deal(self, view: DealView) -> None:
        """Keep the deal and the orders that it names; those that rest no longer leave."""
        self.deals[view.deal_id] = view
        for order in view.deal.orders:
            self.take_order(KnownOrder(order, view.bot_id, view.deal.number, view.account))
        if view.deal.status.is_over:
            gone = [key for key, known in self.orders.items() if known.deal_id == view.deal_id]
            for key in gone:
                if not self.orders[key].order.is_live:
                    del self.orders[key]

    def take_order(self, known: KnownOrder) -> None:
        if known.order.is_live:
            self.orders[known.order.client_id] = known
        else:
            self.orders.pop(known.order.client_id, None)

    def equity(self, account: str, quote: str) -> Decimal | None:
        """Everything on the account at the last prices, in `quote`; None while a price is missing."""
        held = self.balances.get(account)
        if held is None:
            return None
        total = Decimal(0)
        for asset, balance in held.items():
            if not balance.total:
                continue
            price = Decimal(1) if asset == quote else self.price(account, f"{asset}/{quote}")
            if price is None:
                return None
            total += balance.total * price
        return total

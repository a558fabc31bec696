"""The pairs of a real exchange with their exact rules, and who changes them."""

import asyncio
from collections.abc import Mapping
from decimal import Decimal
from typing import Any

from desktop_app.core.change import replace
from desktop_app.core.market import ZERO, FeeCurrency, Market
from desktop_app.exchange.gateway.client import Client
from desktop_app.exchange.gateway.outcomes import Malformed
from desktop_app.exchange.numbers import read_amount, read_number, read_positive, tidy
from desktop_app.exchange.venues.quirks import Quirks

_DECIMAL_PLACES = 2  # ccxt's numbers of its ways to tell a precision
_SIGNIFICANT_DIGITS = 3
_USUAL_FEE = Decimal("0.001")
_FINEST = Decimal("1E-8")
_HIGHEST_FEE = Decimal("0.1")


class Markets:
    """`rules` is replaced as a whole when something in it has changed."""

    def __init__(self, client: Client) -> None:
        self._client = client
        self._fees: tuple[Decimal, Decimal] | None = None  # maker, taker, of this account
        self.rules: Mapping[str, Market] = {}

    async def refresh(self) -> bool:
        """Read them anew; the answer is whether any rule has changed.

        Raises:
            Unreachable, Refused
        """
        told, mode = await self._client.load_markets(), int(self._client.api.precisionMode)
        # Away from the loop: there are thousands.
        found = await asyncio.to_thread(read_markets, told, self._client.quirks, mode)
        if not found:
            raise self._client.unusable()
        rules = await asyncio.to_thread(self._merged, found)
        before, self.rules = self.rules, rules
        return before != rules

    def set_fees(self, maker: Decimal, taker: Decimal) -> None:
        """What this account pays, as its exchange tells; holds from the next refresh on."""
        self._fees = (maker, taker)

    def _merged(self, rules: Mapping[str, Market]) -> Mapping[str, Market]:
        if self._fees is not None:
            maker, taker = self._fees
            rules = {name: replace(one, maker_fee=maker, taker_fee=taker) for name, one in rules.items()}
        # What has vanished was delisted: it stays known, as halted.
        gone = {name: replace(one, is_active=False) for name, one in self.rules.items() if name not in rules}
        return {**rules, **gone}


def read_markets(told: Mapping[str, Any], quirks: Quirks, precision_mode: int) -> dict[str, Market]:
    """All spot pairs whose rules are known."""
    found = {}
    for market in told.values():
        if isinstance(market, Mapping) and market.get("spot"):
            try:
                one = read_market(market, quirks, precision_mode)
            except Malformed:
                continue
            found[one.symbol] = one
    return found


def read_market(told: Mapping[str, Any], quirks: Quirks, precision_mode: int) -> Market:
    precision, limits = told.get("precision") or {}, told.get("limits") or {}
    tick = _step(precision.get("price"), precision_mode)
    step = _step(precision.get("amount"), precision_mode)
    symbol, base, quote = (str(told.get(name) or "") for name in ("symbol", "base", "quote"))
    if not (symbol and base and quote and base != quote):
        raise Malformed
    return Market(
        symbol=symbol,
        base=base,
        quote=quote,
        price_tick=tick,
        amount_step=step,
        min_amount=_least(limits, "amount"),
        min_cost=_least(limits, "cost"),
        maker_fee=_fee(told.get("maker")),
        taker_fee=_fee(told.get("taker")),
        fee_currency=quirks.fee_currency if base != quote else FeeCurrency.QUOTE,
        takes_stops=quirks.takes_stops and _lists_stops(told),
        is_active=told.get("active") is not False,
    )


def _lists_stops(told: Mapping[str, Any]) -> bool:
    """Whether this pair has them, too, where the exchange tells that pair by pair."""
    kinds = (told.get("info") or {}).get("orderTypes")
    return not isinstance(kinds, list) or {"STOP_LOSS", "STOP_LOSS_LIMIT"} <= set(kinds)


def _step(told: Any, precision_mode: int) -> Decimal:
    number = read_number(told)
    if number is None:
        raise Malformed
    if precision_mode == _DECIMAL_PLACES:
        return tidy(Decimal(1).scaleb(-int(number)))
    if precision_mode == _SIGNIFICANT_DIGITS:
        return _FINEST  # the step depends on the number: ccxt cuts it
    if number <= 0:
        raise Malformed
    return tidy(number)


def _least(limits: Mapping[str, Any], name: str) -> Decimal:
    limit = limits.get(name)
    number = read_positive(limit.get("min")) if isinstance(limit, Mapping) else None
    return tidy(number) if number is not None else ZERO


def _fee(told: Any) -> Decimal:
    number = read_amount(told)
    return tidy(number) if number is not None and number <= _HIGHEST_FEE else _USUAL_FEE

"""The market of a backtest: read from a person's JSON file, or the stated defaults."""

import json
from dataclasses import replace
from decimal import Decimal

from pydantic import BaseModel, Field, ValidationError, field_validator

from desktop_app.core.market import HUNDRED, ZERO, FeeCurrency, Market
from desktop_app.core.settings import NotNegative, Number, Positive

_DEFAULTS = Market("", "", "")


class BadMarket(ValueError):
    """The market file cannot be used; `problems` are (place, reason), all of them."""

    def __init__(self, problems: tuple[tuple[str, str], ...]) -> None:
        super().__init__("; ".join(f"{place}: {reason}" if place else reason for place, reason in problems))
        self.problems = problems


class MarketFile(BaseModel, frozen=True, extra="forbid"):
    """What the file may say; fees are fractions: 0.001 is 0.1 %."""

    symbol: str = ""
    base: str = ""
    quote: str = ""
    price_tick: Positive = _DEFAULTS.price_tick
    amount_step: Positive = _DEFAULTS.amount_step
    min_amount: NotNegative = _DEFAULTS.min_amount
    min_cost: NotNegative = _DEFAULTS.min_cost
    maker_fee: Number = Field(_DEFAULTS.maker_fee, gt=-1, lt=1)
    taker_fee: Number = Field(_DEFAULTS.taker_fee, gt=-1, lt=1)
    fee_currency: FeeCurrency = FeeCurrency.QUOTE

    @field_validator("symbol", "base", "quote")
    @classmethod
    def _is_a_name(cls, value: str) -> str:
        if not value or not value.isprintable() or len(value) > 80:
            raise ValueError("must be a short visible name")
        return value


def default_market(symbol: str) -> Market:
    base, _, quote = symbol.partition("/")
    return Market(symbol, base, quote)


def read_market(text: str, symbol: str) -> Market:
    """The market that the file's text describes; what it leaves out is the default, the pair being `symbol`.

    Raises:
        BadMarket: not JSON, unknown names, values that no market can have.
    """
    try:
        data = json.loads(text, parse_float=Decimal, parse_constant=str)
    except (ValueError, RecursionError) as error:
        raise BadMarket((("", f"the market file is not JSON: {error}"),)) from None
    if not isinstance(data, dict):
        raise BadMarket((("", "the market file must be one JSON object"),))
    try:
        file = MarketFile.model_validate(data)
    except ValidationError as error:
        raise BadMarket(tuple((".".join(map(str, one["loc"])), one["msg"]) for one in error.errors())) from None
    named = default_market(file.symbol or symbol)
    base, quote = file.base or named.base, file.quote or named.quote
    if not base or not quote:
        raise BadMarket((("symbol", f"{named.symbol[:40]!r} is not a pair like BTC/USDT"),))
    return Market(
        symbol=named.symbol,
        base=base,
        quote=quote,
        price_tick=file.price_tick,
        amount_step=file.amount_step,
        min_amount=file.min_amount,
        min_cost=file.min_cost,
        maker_fee=file.maker_fee,
        taker_fee=file.taker_fee,
        fee_currency=file.fee_currency,
    )


def with_fee_percent(market: Market, percent: Decimal) -> Market:
    """The market with both fees replaced: 0.1 is 0.1 %."""
    fee = percent / HUNDRED
    assert ZERO <= fee < 1, "a fee is a percentage below 100"
    return replace(market, maker_fee=fee, taker_fee=fee)

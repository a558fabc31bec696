"""The table of exchanges: the row of each by its ccxt name, and the careful default for all others."""

from functools import cache

from desktop_app.core.change import replace
from desktop_app.exchange.quirks import DEFAULT, Quirks
from desktop_app.exchange.quirks_full import ROWS


@cache
def quirks_of(exchange_id: str) -> Quirks:
    row = ROWS.get(exchange_id)
    return row if row is not None else replace(DEFAULT, id=exchange_id, name=exchange_id)

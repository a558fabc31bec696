"""The table of exchanges: the row of each by its ccxt name, and the careful default for all others."""

from functools import cache

from desktop_app.core.change import replace
from desktop_app.exchange.venues import checked, full, more
from desktop_app.exchange.venues.capabilities import capability
from desktop_app.exchange.venues.quirks import DEFAULT, Quirks

ROWS = {**more.ROWS, **checked.ROWS, **full.ROWS}


@cache
def quirks_of(exchange_id: str) -> Quirks:
    """An exchange without a row gets orders only where they carry our ids: else a lost answer is never resolved."""
    if row := ROWS.get(exchange_id):
        return row
    known = capability(exchange_id)
    name = known.name if known is not None else exchange_id
    return replace(DEFAULT, id=exchange_id, name=name, takes_orders=known is not None and known.can_trade)

"""Buys when the price falls below its average, sells the rebound.

An example of a strategy of your own. It is written to be read, not to earn: no line of it is advice. Copy the file
into your strategies folder under another name, change it, and trust it (`strongroom strategy trust FILE`).

What it does: when a candle closes a few percent below the average of the last candles, it buys for a fixed sum. From
then on a target sits above what was paid, and a stop below it. Both rest or are watched by the program itself, at
every price, also between two candles.
"""

from strongroom import Field, Number, Options, buy, number, say, sma, stop, targets

TITLE = "Dip under the average"


class Settings(Options):
    """Every field becomes a field of the form: give it a default, bounds and a title."""

    spend: Number = Field(50, gt=0, title="Spend", description="In the quote currency, each time.")
    length: int = Field(20, ge=2, le=500, title="Average of", description="So many candles.")
    dip_percent: Number = Field(1, gt=0, le=50, title="Buys below the average by", description="In percent.")
    profit_percent: Number = Field(1, gt=0, le=100, title="Sells above what was paid by", description="In percent.")
    stop_percent: Number = Field(3, gt=0, lt=100, title="Stop below what was paid by", description="In percent.")


def on_event(settings, state, event, view):
    """Decide: from the arguments alone, and the same answer for the same arguments. Return (state, [actions]).

    `event.kind` is "candle" when a candle has closed, "filled" when an order of yours traded, "refused" when one did
    not come about. `state` is what you returned last time; this strategy needs none. `view` has the closed candles
    (`view.candles.close` and so on are numpy arrays, newest last), the price, what is held and what rests.
    """
    if event.kind == "filled" and event.side == "buy" and not event.left:
        # The buy is complete: from here on the target rests at the exchange, and the program watches the stop.
        target = view.average * (1 + settings.profit_percent / 100)
        level = view.average * (1 - settings.stop_percent / 100)
        return state, [targets((target, 100)), stop(level)]

    if event.kind != "candle" or view.has_position or view.orders:
        return state, []

    average = sma(view.candles.close, settings.length)
    if average is None:
        return state, [say(f"has {len(view.candles)} of {settings.length} candles")]

    # Indicators are floats; money is a Decimal. number() turns the one into the other.
    level = number(average) * (1 - settings.dip_percent / 100)
    if view.price <= level:
        return state, [buy(quote=settings.spend)]
    return state, [say(f"buys at or below {level:.2f}")]

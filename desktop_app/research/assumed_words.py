"""What a result took for granted, in words: the same in a terminal, on a page, on a picture, and in every language."""

from collections.abc import Callable

from desktop_app.core.market import HUNDRED, FeeCurrency
from desktop_app.core.words import plain
from desktop_app.research.assumptions import Assumptions

Say = Callable[[str], str]  # a text in the reader's language
_HASH = 16  # figures of one that are shown
_UNKNOWN = "—"


def terms_of(taken: Assumptions, say: Say) -> tuple[tuple[str, str], ...]:
    """A name and what was assumed of it, for each kind of assumption."""
    return (
        (say("Data"), _data(taken, say)),
        (say("Path"), _path(taken, say)),
        (say("Fills"), _fills(taken, say)),
        (say("Fees"), _fees(taken, say)),
        (say("Balance"), _balance(taken, say)),
        (say("Rules"), _rules(taken, say)),
        (say("Made by"), say("Strongroom {version}, settings {hash}").format(
            version=taken.version, hash=taken.settings_hash[:_HASH],
        )),
    )  # fmt: skip


def lines_of(taken: Assumptions) -> tuple[str, ...]:
    """What people read under a result in a terminal."""
    return ("Assumed", *(f"  {name:9} {text}" for name, text in terms_of(taken, str)))


def _data(taken: Assumptions, say: Say) -> str:
    words = say("{count} candles of {source}; gaps: {gaps}; before them for indicators: {before}; sha256 {hash}")
    return words.format(
        count=f"{taken.candles:,}", source=taken.source or _UNKNOWN, gaps=taken.gaps, before=taken.warm_up_candles,
        hash=taken.data_hash[:_HASH],
    )  # fmt: skip


def _path(taken: Assumptions, say: Say) -> str:
    if taken.detail is None:
        return say("open, nearer extreme, farther extreme, close of each candle")
    words = say("the {timeframe} candles of {source} inside, sha256 {hash}; candles without them, as usual: {missing}")
    finer = taken.detail
    return words.format(
        timeframe=finer.timeframe, source=finer.source or _UNKNOWN, hash=finer.data_hash[:_HASH], missing=finer.missing
    )


def _fills(taken: Assumptions, say: Say) -> str:
    if taken.fill_through == 1:
        limits = say("limit orders when the price is 1 tick past them")
    elif taken.fill_through:
        limits = say("limit orders when the price is {ticks} ticks past them").format(ticks=taken.fill_through)
    else:
        limits = say("limit orders when touched")
    share = taken.volume_share_percent
    volume = say("volume not looked at")
    if share is not None:
        volume = say("at most {share} % of a candle's volume").format(share=plain(share))
    slip = say("market orders {percent} % worse").format(percent=plain(taken.slippage_percent))
    return f"{limits}; {volume}; {slip}"


def _fees(taken: Assumptions, say: Say) -> str:
    is_quote = taken.fee_currency is FeeCurrency.QUOTE
    return say("maker {maker} %, taker {taker} %, in {currency}").format(
        maker=plain(taken.maker_fee * HUNDRED), taker=plain(taken.taker_fee * HUNDRED),
        currency=say("quote") if is_quote else say("the coin received"),
    )  # fmt: skip


def _balance(taken: Assumptions, say: Say) -> str:
    if taken.balance is None:
        return say("without end")
    if taken.bots == 1:
        return plain(taken.balance)
    return say("{balance}, shared by {count} bots").format(balance=plain(taken.balance), count=taken.bots)


def _rules(taken: Assumptions, say: Say) -> str:
    return say("tick {tick}, lot {lot}, at least {amount} coins and {cost} quote an order").format(
        tick=plain(taken.price_tick), lot=plain(taken.amount_step), amount=plain(taken.min_amount),
        cost=plain(taken.min_cost),
    )  # fmt: skip

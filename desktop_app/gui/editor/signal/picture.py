"""The whole answer to one state of a signal bot's form: what an entry buys, what it needs, what is wrong."""

from dataclasses import dataclass
from decimal import Decimal

from desktop_app.core import ladder
from desktop_app.core.market import ONE, ZERO, Market
from desktop_app.core.preview import least_volume
from desktop_app.core.strategies.signal_settings import SignalSettings
from desktop_app.gui import fmt
from desktop_app.gui.editor.draft import Draft
from desktop_app.gui.editor.picture import Cover
from desktop_app.gui.editor.remarks import Remark
from desktop_app.gui.editor.signal.catalogue import VOLUME
from desktop_app.gui.editor.signal.draft import read_draft
from desktop_app.gui.editor.situation import Situation, exchange_name
from desktop_app.gui.i18n import tr


@dataclass(frozen=True, slots=True)
class SignalPicture:
    """`settings` is None while the form cannot be read; `amount`, `cost` of one entry also while no price is known."""

    draft: Draft
    settings: SignalSettings | None = None
    market: Market | None = None
    price: Decimal | None = None
    amount: Decimal = ZERO
    cost: Decimal = ZERO
    cover: Cover | None = None
    remarks: tuple[Remark, ...] = ()

    @property
    def blocks(self) -> tuple[Remark, ...]:
        return tuple(remark for remark in self.remarks if remark.level == "block")

    @property
    def is_worked_out(self) -> bool:
        return self.price is not None

    @property
    def is_short_of_money(self) -> bool:
        return self.cover is not None and not self.cover.is_enough

    @property
    def has_stop(self) -> bool:
        return self.settings is not None and self.settings.stop_loss.percent is not None


def make_picture(draft: Draft, around: Situation) -> SignalPicture:
    reading = read_draft(draft)
    settings, market = reading.settings, around.market
    if settings is None:
        return SignalPicture(draft, market=market, remarks=reading.remarks)
    price = around.tick.price if around.tick is not None and around.tick.price > 0 else None
    if market is None or price is None:
        return SignalPicture(draft, settings, market)
    is_short = settings.direction == "short"
    sizing = ladder.Sizing(free=around.free_base * price if is_short else around.free_quote)
    amount = ladder.order_amount(settings.entry.volume, settings.entry.volume_unit, price, market, sizing)
    cost = amount * price
    cover = _cover(settings, market, amount, cost, around)
    remarks = (*_too_small(settings, market, price, amount, around), *(_funds(cover) if cover is not None else ()))
    return SignalPicture(draft, settings, market, price, amount, cost, cover, remarks)


def _cover(settings: SignalSettings, market: Market, amount: Decimal, cost: Decimal, around: Situation) -> Cover | None:
    """All entries of a position, on every pair that may have one at once."""
    if around.funds is None:
        return None
    times = settings.entry.max_entries * min(settings.limits.max_active_deals, len(settings.pairs))
    if settings.direction == "short":
        needed, currency = amount * times, market.base
    else:
        needed, currency = cost * (ONE + market.taker_fee) * times, market.quote
    left = around.funds.uncommitted
    return Cover(needed, left, currency, 0 if needed <= left else -1, 0)


def _too_small(
    settings: SignalSettings, market: Market, price: Decimal, amount: Decimal, around: Situation
) -> tuple[Remark, ...]:
    if not market.is_too_small(amount, price):
        return ()
    least = least_volume(market, price)
    words = tr("{exchange} needs at least {least} for an order.")
    text = words.format(exchange=exchange_name(around.account), least=fmt.money(least, market.quote))
    if settings.entry.volume_unit != "quote":
        return (Remark(VOLUME, "block", text),)
    use = fmt.plain(least)
    return (Remark(VOLUME, "block", text, use, tr("Use {value}").format(value=use)),)


def _funds(cover: Cover) -> tuple[Remark, ...]:
    if cover.is_enough:
        return ()
    words = tr("Needs {needs}; {left} is uncommitted. An entry without money would be refused.")
    needs, left = fmt.money(cover.needed, cover.currency), fmt.quote(max(cover.uncommitted, ZERO), cover.currency)
    return (Remark("funds", "warning", words.format(needs=needs, left=left)),)


def cover_words(cover: Cover) -> str:
    """The funds bar's verdict."""
    return tr("covered") if cover.is_enough else tr("not enough for every entry")

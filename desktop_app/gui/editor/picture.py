"""The whole answer to one state of the form: preview, needs, remarks; pure, so that it can be counted and tested."""

from dataclasses import dataclass
from decimal import Decimal

from desktop_app.core.deal import Direction
from desktop_app.core.market import ZERO, Market
from desktop_app.core.pair_list import MOST_PAIRS
from desktop_app.core.preview import Preview, PreviewRow, make_preview
from desktop_app.core.strategies.dca_settings import DcaSettings
from desktop_app.engine.views import BotView
from desktop_app.gui import fmt
from desktop_app.gui.editor.draft import Draft, read_draft
from desktop_app.gui.editor.remarks import Level, Remark, of_preview
from desktop_app.gui.editor.situation import Situation, exchange_name
from desktop_app.gui.i18n import tr


@dataclass(frozen=True, slots=True)
class Cover:
    """What of the plan the uncommitted money pays for. `covered` counts safety orders; −1: not even the base."""

    needed: Decimal
    uncommitted: Decimal
    currency: str
    covered: int
    count: int

    @property
    def is_enough(self) -> bool:
        return self.needed <= self.uncommitted


@dataclass(frozen=True, slots=True)
class Picture:
    """`settings` is None while the form cannot be read, `preview` also while no price is known."""

    draft: Draft
    settings: DcaSettings | None = None
    market: Market | None = None
    price: Decimal | None = None
    preview: Preview | None = None
    deals: int = 1
    cover: Cover | None = None
    remarks: tuple[Remark, ...] = ()

    @property
    def blocks(self) -> tuple[Remark, ...]:
        return tuple(remark for remark in self.remarks if remark.level == "block")

    @property
    def warnings(self) -> tuple[Remark, ...]:
        return tuple(remark for remark in self.remarks if remark.level == "warning")

    @property
    def deepest(self) -> PreviewRow | None:
        """The last safety order that rests; None without any."""
        resting = [row for row in self.preview.rungs if not row.is_trigger] if self.preview is not None else []
        return resting[-1] if resting else None

    @property
    def orders_in_all(self) -> Decimal:
        """What all deals together can place, in quote, without fees."""
        return self.preview.orders * self.deals if self.preview is not None else ZERO

    @property
    def is_worked_out(self) -> bool:
        return self.preview is not None

    @property
    def is_short_of_money(self) -> bool:
        return self.cover is not None and not self.cover.is_enough

    def worst(self) -> Level | None:
        return "block" if self.blocks else "warning" if self.warnings else None


def make_picture(draft: Draft, around: Situation) -> Picture:
    reading = read_draft(draft)
    settings, market = reading.settings, around.market
    if settings is None:
        return Picture(draft, market=market, remarks=reading.remarks)
    price = around.base_price(settings)
    if market is None or price is None:
        return Picture(draft, settings, market, remarks=_rivals(settings, around.bots))
    preview = make_preview(settings, market, price, around.sizing(settings, price))
    deals = deals_at_once(settings, preview)
    cover = make_cover(settings, market, preview, deals, around)
    remarks = (
        *of_preview(settings, market, preview, exchange_name(around.account)),
        *_budget(settings, market, preview),
        *(_funds(cover) if cover is not None else ()),
        *_rivals(settings, around.bots),
    )
    return Picture(draft, settings, market, price, preview, deals, cover, remarks)


def deals_at_once(settings: DcaSettings, preview: Preview) -> int:
    """How many the limits allow, that of all their funds included; at least the one that is shown."""
    limits = settings.limits
    pairs = len(settings.pairs)
    if settings.pair_list is not None:
        pairs += settings.pair_list.top or MOST_PAIRS
    most = min(limits.max_active_deals, limits.max_deals_per_pair * pairs)
    if limits.max_funds is not None:
        most = min(most, int(limits.max_funds // needed_of(preview)))
    return max(1, most)


def needed_of(preview: Preview) -> Decimal:
    """What one deal needs at most, with fees."""
    return [preview.base, *(row for row in preview.rungs if not row.is_trigger)][-1].total


def make_cover(settings: DcaSettings, market: Market, preview: Preview, deals: int, around: Situation) -> Cover | None:
    """Held against what other bots leave. A short needs coins, a long needs quote with the fees."""
    if around.funds is None:
        return None
    resting = [row for row in preview.rungs if not row.is_trigger]
    if settings.direction is Direction.SHORT:
        steps = [preview.base.amount]
        for row in resting:
            steps.append(steps[-1] + row.amount)
        currency = market.base
    else:
        steps = [preview.base.total, *(row.total for row in resting)]
        currency = market.quote
    left = around.funds.uncommitted
    covered = sum(step * deals <= left for step in steps) - 1
    return Cover(steps[-1] * deals, left, currency, covered, len(resting))


def cover_words(cover: Cover) -> str:
    """The funds bar's verdict."""
    if cover.is_enough:
        return tr("covered")
    if cover.covered < 0:
        return tr("not enough for the base order")
    return tr("covers {covered} of {count} safety orders").format(covered=cover.covered, count=cover.count)


def fall_words(picture: Picture) -> str:
    """How far the price may go before the last safety order is used; empty without any."""
    deepest = picture.deepest
    if deepest is None or picture.market is None:
        return ""
    words = tr("Covers a rise of {fall} (to {price}).")
    if deepest.deviation < 0:
        words = tr("Covers a fall of {fall} (to {price}).")
    price = fmt.price(deepest.price, picture.market.price_tick)
    return words.format(fall=fmt.percent(abs(deepest.deviation), sign=False), price=price)


def _budget(settings: DcaSettings, market: Market, preview: Preview) -> tuple[Remark, ...]:
    most, needed = settings.limits.max_funds, needed_of(preview)
    if most is None or needed <= most:
        return ()
    text = tr("One deal needs up to {needed}, so none would start.").format(needed=fmt.money(needed, market.quote))
    return (Remark("limits.max_funds", "block", text),)


def _funds(cover: Cover) -> tuple[Remark, ...]:
    if cover.is_enough:
        return ()
    needs, left = fmt.money(cover.needed, cover.currency), fmt.quote(max(cover.uncommitted, ZERO), cover.currency)
    if cover.covered < 0:
        words = tr("Needs {needs}; {left} is uncommitted. That is not enough for the base order.")
        return (Remark("funds", "block", words.format(needs=needs, left=left)),)
    if cover.covered == 0:
        words = tr("Needs {needs}; {left} is uncommitted. The bot would stop after the base order.")
    else:
        words = tr("Needs {needs}; {left} is uncommitted. The bot would stop after safety order {covered}.")
    return (Remark("funds", "warning", words.format(needs=needs, left=left, covered=cover.covered)),)


def _rivals(settings: DcaSettings, bots: tuple[BotView, ...]) -> tuple[Remark, ...]:
    """Bots at work on the same pair and side share coins."""
    side = tr("long") if settings.direction is Direction.LONG else tr("short")
    words = tr("{bot} already trades {pair} {side} on this account. Both will use the same coins.")
    for bot in bots:
        shared = [pair for pair in settings.pairs if pair in bot.pairs]
        if shared and bot.account == settings.account and bot.status == "running" and _side(bot) == settings.direction:
            return (Remark("pairs", "warning", words.format(bot=bot.name, pair=shared[0], side=side)),)
    return ()


def _side(bot: BotView) -> Direction:
    is_short = '"direction":"short"' in bot.settings_json.replace(" ", "")
    return Direction.SHORT if is_short else Direction.LONG

"""The whole answer to one state of a grid's form: where the lines are, what they cost and earn, what is wrong."""

from dataclasses import dataclass
from decimal import Decimal

from desktop_app.core.deal import Deal
from desktop_app.core.grid_lines import Layout
from desktop_app.core.grid_preview import GridPreview, make_grid_preview
from desktop_app.core.market import ONE, ZERO, Market
from desktop_app.core.order import Side
from desktop_app.core.strategies.grid_settings import GridSettings
from desktop_app.engine.views import BotView
from desktop_app.gui import fmt
from desktop_app.gui.editor.draft import Draft
from desktop_app.gui.editor.grid.draft import read_draft
from desktop_app.gui.editor.grid.remarks import of_preview
from desktop_app.gui.editor.picture import Cover
from desktop_app.gui.editor.remarks import Remark
from desktop_app.gui.editor.situation import Situation, exchange_name
from desktop_app.gui.i18n import tr


@dataclass(frozen=True, slots=True)
class GridPicture:
    """`settings` is None while the form cannot be read, `preview` also while no price is known.

    `is_running`: a grid of the bot is at work, so this is what a change would make of it, with the coins it has.
    """

    draft: Draft
    settings: GridSettings | None = None
    market: Market | None = None
    price: Decimal | None = None
    preview: GridPreview | None = None
    cover: Cover | None = None
    remarks: tuple[Remark, ...] = ()
    is_running: bool = False

    @property
    def layout(self) -> Layout | None:
        return self.preview.layout if self.preview is not None else None

    @property
    def blocks(self) -> tuple[Remark, ...]:
        return tuple(remark for remark in self.remarks if remark.level == "block")

    @property
    def is_worked_out(self) -> bool:
        return self.layout is not None

    @property
    def is_short_of_money(self) -> bool:
        return self.cover is not None and not self.cover.is_enough


def make_picture(draft: Draft, around: Situation, running: Deal | None = None) -> GridPicture:
    """`running` is the bot's grid, if one is at work."""
    reading = read_draft(draft)
    settings, market = reading.settings, around.market
    if settings is None:
        return GridPicture(draft, market=market, remarks=reading.remarks)
    rivals = _rivals(settings, around.bots)
    price = _price(settings, around, is_running=running is not None)
    if market is None or price is None:
        return GridPicture(draft, settings, market, remarks=rivals)
    owned = around.free_base if settings.grid.use_held_coins else ZERO
    if running is not None:
        owned = running.held
    preview = make_grid_preview(settings.grid, market, price, owned=owned)
    cover = _cover(preview, market, around, running)
    remarks = (
        *of_preview(settings.grid, market, price, preview, exchange_name(around.account)),
        *(_funds(cover) if cover is not None else ()),
        *rivals,
    )
    return GridPicture(draft, settings, market, price, preview, cover, remarks, running is not None)


def _price(settings: GridSettings, around: Situation, *, is_running: bool) -> Decimal | None:
    """Where the grid starts: the last price, or the one that it waits for."""
    if around.tick is None or around.tick.price <= 0:
        return None
    return around.tick.price if is_running else settings.grid.start_price or around.tick.price


def _cover(preview: GridPreview, market: Market, around: Situation, running: Deal | None) -> Cover | None:
    """Money in the running grid's own buy orders is its own to use."""
    if around.funds is None or preview.layout is None:
        return None
    left, needed = around.funds.uncommitted, preview.layout.total
    for order in running.live_orders if running is not None else ():
        if order.side is Side.BUY and order.price is not None:
            left += order.remaining * order.price * (ONE + market.maker_fee)
    return Cover(needed, left, market.quote, 0 if needed <= left else -1, 0)


def cover_words(cover: Cover) -> str:
    """The funds bar's verdict."""
    return tr("covered") if cover.is_enough else tr("not enough for the grid")


def _funds(cover: Cover) -> tuple[Remark, ...]:
    if cover.is_enough:
        return ()
    needs, left = fmt.money(cover.needed, cover.currency), fmt.quote(max(cover.uncommitted, ZERO), cover.currency)
    words = tr("Needs {needs}; {left} is uncommitted. The exchange would refuse the last lines.")
    return (Remark("funds", "warning", words.format(needs=needs, left=left)),)


def _rivals(settings: GridSettings, bots: tuple[BotView, ...]) -> tuple[Remark, ...]:
    """Bots at work on the same pair share coins."""
    words = tr("{bot} already trades {pair} on this account. Both will use the same coins.")
    for bot in bots:
        if bot.account == settings.account and bot.status == "running" and settings.pairs[0] in bot.pairs:
            return (Remark("pairs", "warning", words.format(bot=bot.name, pair=settings.pairs[0])),)
    return ()

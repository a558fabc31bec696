"""Whose settings are tested, and what a test of them begins with."""

from dataclasses import dataclass
from decimal import Decimal

from desktop_app.core.ladder import Sizing
from desktop_app.core.market import ZERO, Market
from desktop_app.core.pair_list import example_pair
from desktop_app.core.preview import make_preview
from desktop_app.core.settings import Settings
from desktop_app.core.strategies.dca_settings import DcaSettings
from desktop_app.gui.fmt import currency_decimals

USUAL_BALANCE = Decimal(1000)
WITHOUT_PAST = ("signal",)  # what they do comes from outside


@dataclass(frozen=True, slots=True)
class Subject:
    """Settings of a draft, a file or a bot; `bot_id` 0: they are no bot's, or a changed form of one's."""

    settings: Settings
    account: str
    bot_id: int = 0

    @property
    def name(self) -> str:
        return self.settings.name

    @property
    def symbols(self) -> tuple[str, ...]:
        """The bot's pairs; of one that picks its pairs by a list, one that the list could name."""
        return tuple(self.settings.pairs) or (example_pair(self.settings),)


def usual_balance(settings: Settings, market: Market, price: Decimal | None) -> Decimal | None:
    """A thousand, as far as the bot can work with it; None: as much as the bot needs."""
    if not isinstance(settings, DcaSettings) or currency_decimals(market.quote) > 2:
        return None
    is_percent = "percent" in (settings.base_order.volume_unit, settings.safety_orders.volume_unit)
    if is_percent or price is None:
        return USUAL_BALANCE
    preview = make_preview(settings, market, price, Sizing(free=ZERO))
    return USUAL_BALANCE if preview.funds <= USUAL_BALANCE else None

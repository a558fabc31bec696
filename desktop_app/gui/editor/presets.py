"""Ways to begin: settings that somebody has thought about, fitted to a pair and its exchange."""

from dataclasses import dataclass
from decimal import ROUND_CEILING, ROUND_HALF_UP, Decimal
from typing import Any

from desktop_app.core.market import Market
from desktop_app.core.naming import free_name
from desktop_app.core.preview import least_volume, make_preview
from desktop_app.core.strategies.dca_settings import DcaSettings
from desktop_app.gui import fmt
from desktop_app.gui.editor.beginnings import Beginning, Level
from desktop_app.gui.i18n import tr_later


@dataclass(frozen=True, slots=True)
class Preset:
    """`title` and `words` are English, marked with `tr_later`; sizes are in dollars. `curve` is what the card draws."""

    key: str
    title: str
    words: str
    name: str  # with {coin}
    base: str
    size: str
    count: int
    active: int
    step: str
    step_scale: str
    volume_scale: str
    profit: str
    stop: str = ""
    rsi: str = ""  # a deal starts when RSI(14) on 15m falls below this
    top: int = 0  # so many of the most traded pairs in place of the one
    deals: int = 1  # at once
    curve: tuple[int, ...] = ()


PRESETS = (
    Preset(
        "starter", tr_later("Buy dips, sell the bounce (DCA)"),
        tr_later("Buys a little now and more as the price falls. Sells everything when it recovers. A good first bot."),
        "{coin} starter", "20.50", "24.00", 4, 2, "1.5", "1.4", "1.5", "1.5",
        curve=(60, 52, 55, 44, 47, 34, 38, 26, 33, 42, 52, 66, 72),
    ),
    Preset(
        "cautious", tr_later("Cautious"),
        tr_later("Small orders spread over a deep fall, and a stop loss below the last of them. Trades less often."),
        "{coin} cautious", "20.00", "20.00", 6, 2, "2.0", "1.3", "1.2", "1.2", "30",
        curve=(62, 56, 50, 52, 42, 36, 30, 24, 20, 24, 32, 38, 44),
    ),
    Preset(
        "balanced", tr_later("Balanced"),
        tr_later("Medium steps that grow with the fall, so that a small recovery is enough to sell with a profit."),
        "{coin} balanced", "30.00", "30.00", 5, 3, "1.5", "1.4", "1.4", "1.5",
        curve=(50, 44, 48, 38, 44, 54, 46, 36, 40, 30, 44, 56, 62),
    ),
    Preset(
        "oversold", tr_later("Oversold coins (RSI, many pairs)"),
        tr_later("Watches the 10 most traded pairs and buys those that RSI calls oversold, at most 3 at once."),
        "RSI dips", "20.50", "24.00", 4, 2, "1.5", "1.4", "1.5", "1.5", rsi="30", top=10, deals=3,
        curve=(58, 50, 54, 42, 46, 34, 22, 26, 20, 32, 44, 52, 64),
    ),
    Preset(
        "active", tr_later("Active"),
        tr_later("Narrow steps and a small profit: many short deals. Needs a lively pair and low fees."),
        "{coin} active", "40.00", "40.00", 5, 3, "0.8", "1.2", "1.3", "0.8",
        curve=(46, 38, 50, 42, 52, 40, 50, 38, 52, 44, 56, 42, 54),
    ),
)  # fmt: skip


def settings_for(
    preset: Preset, account: str, market: Market, price: Decimal, taken: tuple[str, ...] = ()
) -> DcaSettings:
    """The preset on a pair, each order large enough for its exchange, under a name that no bot has."""
    safety: dict[str, Any] = {
        "volume": str(fitted(Decimal(preset.size), market, price)),
        "price_deviation": preset.step,
        "step_scale": preset.step_scale,
        "volume_scale": preset.volume_scale,
        "max_count": preset.count,
        "max_active": preset.active,
    }
    data: dict[str, Any] = {
        "name": free_name(preset.name.format(coin=market.base), taken),
        "account": account,
        "pairs": [market.symbol],
        "base_order": {"volume": str(fitted(Decimal(preset.base), market, price)), "type": "limit"},
        "safety_orders": safety,
        "take_profit": {"percent": preset.profit},
    }
    if preset.stop:
        data["stop_loss"] = {"percent": preset.stop}
    if preset.rsi:
        rsi = {"indicator": "rsi", "timeframe": "15m", "trigger": "crosses_below", "value": preset.rsi}
        data["start"] = {"mode": "conditions", "all": [rsi]}
    if preset.top:
        data |= {"pairs": [], "pair_list": {"quote": market.quote, "top": preset.top}}
        data["limits"] = {"max_active_deals": preset.deals}
    return DcaSettings.model_validate(data)


def fitted(dollars: Decimal, market: Market, price: Decimal) -> Decimal:
    """A size in the pair's quote currency: as it is for dollars, else in proportion to the least that is taken."""
    places = fmt.currency_decimals(market.quote)
    unit = Decimal(1).scaleb(-places)
    least = least_volume(market, price) * Decimal("1.05")
    if places > 2:  # a coin: four times the minimum stands for the 20 dollars
        dollars = (least * dollars / 5).quantize(unit, ROUND_HALF_UP)
    return max(dollars, least.quantize(unit, ROUND_CEILING))


def _levels(preset: Preset) -> tuple[Level, ...]:
    """Safety orders down to the bottom of the cartoon's price, and the take profit at its top."""
    start, bottom = preset.curve[0], min(preset.curve)
    depths = ((order / preset.count) ** 1.2 for order in range(1, preset.count + 1))
    safety = tuple(Level(start - (start - bottom) * depth, "line_safety") for depth in depths)
    return (*safety, Level(max(preset.curve), "line_take_profit"))


def _beginning(preset: Preset) -> Beginning:
    def settings(account: str, market: Market, price: Decimal, taken: tuple[str, ...]) -> DcaSettings:
        return settings_for(preset, account, market, price, taken)

    return Beginning(preset.key, preset.title, preset.words, preset.curve, _levels(preset), settings, _needed)


def _needed(settings: DcaSettings, market: Market, price: Decimal) -> Decimal:
    return make_preview(settings, market, price).total * settings.limits.max_active_deals


BEGINNINGS = tuple(_beginning(preset) for preset in PRESETS)

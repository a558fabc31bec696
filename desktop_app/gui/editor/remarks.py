"""What the editor has to say about a field: the words, how grave it is, and a value that would do."""

from dataclasses import dataclass
from decimal import ROUND_CEILING, Decimal
from typing import Any, Literal

from desktop_app.core.deal import Direction
from desktop_app.core.market import HUNDRED, Market
from desktop_app.core.preview import Preview, PreviewRow, least_volume
from desktop_app.core.said import Said
from desktop_app.core.strategies.dca_settings import DcaSettings
from desktop_app.gui import fmt
from desktop_app.gui.editor.catalogue import CUSTOM, TARGET, TARGETS
from desktop_app.gui.i18n import tr, tr_later
from desktop_app.gui.refusals import message_of, refused_words, unread_words

Level = Literal["block", "warning", "info"]
_WORTH_A_WARNING = Decimal(5)  # percent that rounding to the lot adds


@dataclass(frozen=True, slots=True)
class Remark:
    """`text` is translated. `use` is what to put into the field, `label` the button's words."""

    path: str
    level: Level
    text: str
    use: str = ""
    label: str = ""


# --- what was typed


def unread(path: str, problem: fmt.Problem, text: str) -> Remark:
    if problem is fmt.Problem.EMPTY and path in (CUSTOM, TARGETS):
        return Remark(path, "block", tr("Add at least one line."))
    return Remark(path, "block", unread_words(problem, text))


Reasons = tuple[tuple[str, str, str], ...]  # the start of the core's sentence, the field, the sentence here
_REASONS: Reasons = (
    ("volume: more than 100", "base_order.volume", tr_later("More than 100 % of what is free.")),
    ("must not be 0", CUSTOM, tr_later("A step of 0 % is where the base order is.")),
    ("max_count: needs", "safety_orders.volume", tr_later("Safety orders need a size and a first step.")),
    ("max_active:", "safety_orders.max_active", tr_later("More than there are safety orders.")),
    ("steps: the shares", TARGETS, tr_later("The shares must add up to 100 %.")),
    ("steps: each percent", TARGETS, tr_later("Each target must lie beyond the one before.")),
    ("percent: trailing", "stop_loss.percent", tr_later("Following the price and waiting need a stop loss.")),
    ("min_price: is above", "limits.min_price", tr_later("This is above the highest price, so no deal could start.")),
    ("price: give either", "stop_loss.price", tr_later("Either a percent or a price, not both.")),
    ("limit_price: goes with", "stop_loss.limit_price", tr_later("A limit price needs a stop price and no percent.")),
    ("native: needs", "stop_loss.native", tr_later("Needs a stop loss that could rest there.")),
    (
        "timeout_seconds: an order",
        "stop_loss.timeout_seconds",
        tr_later("An order that rests on the exchange cannot wait. Switch one of both off."),
    ),
    ("on_conditions: needs safety", "safety_orders.on_conditions", tr_later("There are no safety orders to buy.")),
    (
        "trailing_deviation: safety",
        "safety_orders.trailing_deviation",
        tr_later("Safety orders either follow the price or are bought by signal, not both."),
    ),
    ("pair_list.quote:", "pairs", tr_later("All pairs must have the same quote currency.")),
    ("profit_currency:", "profit_currency", tr_later("Profit in coins is for short bots only.")),
)
_COMMON: Reasons = (
    ("must have visible", "", tr_later("Use visible characters.")),
    ("all pairs of a bot", "pairs", tr_later("All pairs must have the same quote currency.")),
    ("a pair is named twice", "pairs", tr_later("A pair is named twice.")),
    ("is absurdly", "", tr_later("This number is too large or too fine.")),
)


def refused(error: dict[str, Any], reasons: Reasons = _REASONS) -> Remark:
    """What pydantic says about a value, in the words of the form; `reasons` are a kind's own."""
    path = ".".join(str(part) for part in error["loc"] if not isinstance(part, int))
    for table in (CUSTOM, TARGETS):
        if path.startswith(table):
            path = table
    plain = refused_words(error)
    if plain is not None:
        return Remark(path, "block", plain)
    message = message_of(error)
    for start, about, words in (*reasons, *_COMMON):
        if message.startswith(start):
            return Remark(about or path, "block", tr(words))
    if message.endswith("is not a pair like BTC/USDT"):
        return Remark("pairs", "block", tr("Write pairs like BTC/USDT."))
    return Remark(path, "block", message)


# --- what the preview shows


def of_preview(settings: DcaSettings, market: Market, preview: Preview, exchange: str) -> tuple[Remark, ...]:
    """Everything that the settings come to at this price."""
    remarks = [
        *_too_small(settings, market, preview, exchange),
        *_below_zero(settings, preview),
        *_rounding(settings, market, preview),
        *_fees(settings, market),
        *_stop(settings, preview),
    ]
    for problem in preview.problems:
        if problem.reason.code == "rung_at_once":
            words = tr("Safety order {index} lies beyond the price and would fill at once.")
            remarks.append(Remark(step_path(settings), "warning", words.format(index=problem.reason["index"])))
        elif problem.reason.code == "trailing_wide":
            words = tr("Trailing {deviation} is wider than the profit of {percent}.")
            text = words.format(
                deviation=_percent(settings.take_profit.trailing_deviation),
                percent=_percent(settings.take_profit.targets[-1].percent),
            )
            remarks.append(Remark("take_profit.trailing_deviation", "warning", text))
        elif problem.reason.code == "exit_too_small":
            remarks.append(_unsellable(settings, market, problem.reason))
    return tuple(remarks)


def _unsellable(settings: DcaSettings, market: Market, reason: Said) -> Remark:
    least = Decimal(reason["least"]).quantize(Decimal(1).scaleb(-fmt.currency_decimals(market.quote)), ROUND_CEILING)
    words = tr("After the fee this is too small to sell at {price}. From {least} on the exchange would take it.")
    text = words.format(
        price=fmt.price(Decimal(reason["price"]), market.price_tick), least=fmt.quote(least, market.quote)
    )
    use = fmt.plain(least) if settings.base_order.volume_unit == "quote" else ""
    return Remark("base_order.volume", "warning", text, use, tr("Use {value}").format(value=use) if use else "")


def step_path(settings: DcaSettings) -> str:
    """The field that says where safety orders lie."""
    return CUSTOM if settings.safety_orders.custom else "safety_orders.price_deviation"


def _size_path(settings: DcaSettings) -> str:
    return CUSTOM if settings.safety_orders.custom else "safety_orders.volume"


def _too_small(settings: DcaSettings, market: Market, preview: Preview, exchange: str) -> list[Remark]:
    remarks: list[Remark] = []
    base = preview.base
    if market.is_too_small(base.amount, base.price):
        fits = settings.base_order.volume_unit == "quote"
        remarks.append(_small("base_order.volume", tr("Base order"), base, market, exchange, fits))
    small = next((row for row in preview.rungs if market.is_too_small(row.amount, row.price)), None)
    if small is not None:
        name = tr("Safety order {index}").format(index=small.index)
        fits = settings.safety_orders.volume_unit == "quote" and small.index == 1 and not settings.safety_orders.custom
        remarks.append(_small(_size_path(settings), name, small, market, exchange, fits))
    return remarks


def _small(path: str, name: str, row: PreviewRow, market: Market, exchange: str, fits: bool) -> Remark:
    places = Decimal(1).scaleb(-fmt.currency_decimals(market.quote))
    least = least_volume(market, row.price)
    shown = max(market.min_cost, market.min_amount * row.price).quantize(places, ROUND_CEILING)
    use = fmt.plain(least.quantize(places, ROUND_CEILING)) if fits else ""
    text = tr("{order} is {cost}. {exchange} needs at least {least} for {pair}.").format(
        order=name,
        cost=fmt.money(row.volume, market.quote),
        exchange=exchange,
        least=fmt.quote(shown, market.quote),
        pair=market.symbol,
    )
    return Remark(path, "block", text, use, tr("Use {value}").format(value=use) if use else "")


def _below_zero(settings: DcaSettings, preview: Preview) -> list[Remark]:
    if not preview.left_out:
        return []
    words = tr("The last safety order would be below zero. Lower the step, the scale or the count.")
    return [Remark(step_path(settings), "block", words)]


def _rounding(settings: DcaSettings, market: Market, preview: Preview) -> list[Remark]:
    """Say what rounding up to the lot makes of an order; of safety orders only when it is much."""
    remarks: list[Remark] = []
    base = settings.base_order
    if base.volume_unit == "quote":
        remarks += _rounded("base_order.volume", base.volume, preview.base, market, is_shown_always=True)
    safety = settings.safety_orders
    if safety.volume_unit == "quote" and safety.volume is not None and preview.rungs:
        remarks += _rounded("safety_orders.volume", safety.volume, preview.rungs[0], market, is_shown_always=False)
    return remarks


def _rounded(path: str, volume: Decimal, row: PreviewRow, market: Market, *, is_shown_always: bool) -> list[Remark]:
    added = (row.volume / volume - 1) * HUNDRED
    is_much = added > _WORTH_A_WARNING
    asked, becomes = fmt.money(volume, market.quote), fmt.money(row.volume, market.quote)
    if market.is_too_small(row.amount, row.price) or asked == becomes or not (is_much or is_shown_always):
        return []
    text = tr("{asked} becomes {amount} {coin} ({cost}): the exchange only accepts steps of {step} {coin}.").format(
        asked=asked,
        amount=fmt.amount(row.amount, market.amount_step),
        coin=market.base,
        cost=becomes,
        step=fmt.amount(market.amount_step, market.amount_step),
    )
    return [Remark(path, "warning" if is_much else "info", text)]


def _fees(settings: DcaSettings, market: Market) -> list[Remark]:
    targets = settings.take_profit.targets
    fees = (market.maker_fee + market.taker_fee) * HUNDRED
    if not targets or targets[0].price is not None or targets[0].percent > fees:
        return []
    path = TARGETS if settings.take_profit.steps else TARGET
    if targets[0].percent == fees:
        words = tr("Profit {percent} is only as much as the two fees ({fees}). No deal would earn anything.")
    else:
        words = tr("Profit {percent} is less than the two fees ({fees}). Every deal would lose money.")
    return [Remark(path, "block", words.format(percent=_percent(targets[0].percent), fees=_percent(fees)))]


def _stop(settings: DcaSettings, preview: Preview) -> list[Remark]:
    stop = settings.stop_loss.percent
    if stop is None:
        if settings.stop_loss.price is not None:
            return _beyond_stop_price(settings, preview)
        if settings.stop_loss.breakeven_after is not None:
            return []
        resting = [row for row in preview.rungs if not row.is_trigger]
        return [Remark("stop_loss.percent", "warning", no_stop_loss(settings, resting[-1].index if resting else 0))]
    beyond = [row for row in preview.rungs if not row.is_trigger and abs(row.deviation) > stop]
    if not beyond or settings.stop_loss.basis != "start":
        return []
    first, last = beyond[0], beyond[-1]
    sign = -1 if settings.direction is Direction.LONG else 1
    names = str(first.index) if first is last else f"{first.index}–{last.index}"
    if first is last:
        words = tr("Stop loss at {stop} triggers before safety order {names} ({deepest}) can be used.")
    else:
        words = tr("Stop loss at {stop} triggers before safety orders {names} ({deepest}) can be used.")
    text = words.format(stop=fmt.percent(sign * stop), names=names, deepest=fmt.percent(last.deviation))
    return [Remark("stop_loss.percent", "warning", text)]


def _beyond_stop_price(settings: DcaSettings, preview: Preview) -> list[Remark]:
    """A stop that sells at once is worse than none; one that orders cannot reach is only a pity."""
    price = settings.stop_loss.price
    assert price is not None
    is_long = settings.direction is Direction.LONG
    if price >= preview.base.price if is_long else price <= preview.base.price:
        return [Remark("stop_loss.price", "block", tr("The price is beyond this already: it would sell at once."))]
    resting = [row for row in preview.rungs if not row.is_trigger]
    beyond = [row for row in resting if (row.price < price if is_long else row.price > price)]
    if not beyond:
        return []
    words = tr("Safety orders from {index} on lie beyond the stop and cannot be used.")
    return [Remark("stop_loss.price", "warning", words.format(index=beyond[0].index))]


def no_stop_loss(settings: DcaSettings, last: int) -> str:
    """What a missing stop loss means for what the bot holds."""
    if settings.direction is Direction.SHORT:
        if not last:
            return tr("Without a stop loss this bot waits to buy back if the price rises.")
        return tr("Without a stop loss this bot waits to buy back if the price rises above SO{last}.").format(last=last)
    if not last:
        return tr("Without a stop loss this bot holds its coins if the price falls.")
    return tr("Without a stop loss this bot holds its coins if price falls below SO{last}.").format(last=last)


def _percent(value: Decimal | None) -> str:
    return fmt.percent(value, sign=False)

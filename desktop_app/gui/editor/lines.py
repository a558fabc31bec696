"""The preview as lines on a chart, and what a line that was moved makes of the form."""

from dataclasses import replace
from decimal import Decimal

from desktop_app.core import ladder
from desktop_app.core.deal import Direction
from desktop_app.core.ladder import PLAIN, Sizing
from desktop_app.core.market import HUNDRED, ONE, Market
from desktop_app.core.preview import make_preview
from desktop_app.core.strategies.dca_settings import CustomRung, DcaSettings, SafetyOrders, TakeProfit
from desktop_app.gui import fmt
from desktop_app.gui.chart.lines import ChartLine, LineKind
from desktop_app.gui.editor.draft import PRICE, Draft
from desktop_app.gui.editor.picture import Picture
from desktop_app.gui.fitting import shortest
from desktop_app.gui.i18n import tr

BASE, STOP = "base", "stop"
_SAFETY, _TARGET = "so", "tp"
_KEPT = 10


def safety_key(index: int) -> str:
    return f"{_SAFETY}{index}"


def target_key(index: int) -> str:
    return f"{_TARGET}{index}"


def lines_of(picture: Picture) -> tuple[ChartLine, ...]:
    """Every order of the deal that would start now."""
    settings, market, preview = picture.settings, picture.market, picture.preview
    if settings is None or market is None or preview is None:
        return ()
    p0 = preview.base.average
    lines = [ChartLine(BASE, LineKind.BASE, preview.base.price, tr("Base"))]
    for row in preview.rungs:
        kind = LineKind.TRIGGER if row.is_trigger else LineKind.SAFETY
        lines.append(
            ChartLine(
                safety_key(row.index), kind, row.price, tr("SO{index}").format(index=row.index),
                percent=float(row.deviation), reference=p0, draggable=True,
                note=fmt.money(row.volume, market.quote),
            )
        )  # fmt: skip
    targets = settings.take_profit.targets
    for index, step in enumerate(targets, 1):
        price = step.price or target_price(
            settings, market, preview.base.price, step.percent, is_last=index == len(targets)
        )
        label = tr("TP") if len(targets) == 1 else tr("TP{index}").format(index=index)
        note = "" if step.share == HUNDRED else fmt.percent(step.share, sign=False, decimals=0)
        lines.append(
            ChartLine(
                target_key(index), LineKind.TAKE_PROFIT, price, label, reference=preview.base.price,
                draggable=True, note=note,
            )
        )  # fmt: skip
    if preview.stop_loss is not None:
        is_draggable = settings.stop_loss.price is not None or settings.stop_loss.basis == "start"
        level = market.price_nearest(preview.stop_loss)
        lines.append(ChartLine(STOP, LineKind.STOP_LOSS, level, tr("SL"), reference=p0, draggable=is_draggable))
    return tuple(line for line in lines if line.price > 0)


def target_price(
    settings: DcaSettings, market: Market, price: Decimal, percent: Decimal, *, is_last: bool = True
) -> Decimal:
    """Where a target of this percent lies after the base order alone: the preview of a deal without a ladder."""
    profit = settings.take_profit
    trailing = profit.trailing_deviation if is_last else None
    alone = settings.model_copy(
        update={
            "safety_orders": SafetyOrders(),
            "take_profit": TakeProfit(basis=profit.basis, percent=percent, trailing_deviation=trailing),
        }
    )
    target = make_preview(alone, market, price).base.take_profit
    assert target is not None
    return target


def moved(picture: Picture, key: str, price: Decimal, sizing: Sizing = PLAIN) -> Draft | None:
    """The form after a line was moved to a price; None where no value of the form puts it there."""
    if picture.settings is None or picture.preview is None or picture.market is None:
        return None
    if key == STOP:
        return _stop_moved(picture, price)
    if key.startswith(_TARGET):
        return _target_moved(picture, int(key.removeprefix(_TARGET)), price)
    if key.startswith(_SAFETY):
        return _safety_moved(picture, int(key.removeprefix(_SAFETY)), price, sizing)
    return None


def _target_moved(picture: Picture, index: int, price: Decimal) -> Draft | None:
    settings, market, preview = picture.settings, picture.market, picture.preview
    assert settings is not None and market is not None and preview is not None
    targets = settings.take_profit.targets
    is_last = index == len(targets)
    if targets[index - 1].price is not None:
        return _with_target(picture.draft, index, f"{PRICE}{fmt.plain(price)}")

    def at(percent: Decimal) -> Decimal:
        return target_price(settings, market, preview.base.price, percent, is_last=is_last)

    near, far = at(Decimal("0.000001")), at(Decimal(50))
    guess = (price - near) / (far - near) * 50
    percent = shortest(guess, lambda value: value > 0 and at(value) == price)
    if percent is None:
        return None
    if picture.draft.targets is None:
        return picture.draft.with_text("take_profit.percent", fmt.plain(percent))
    return _with_target(picture.draft, index, fmt.plain(percent))


def _with_target(draft: Draft, index: int, where: str) -> Draft:
    assert draft.targets is not None
    rows = list(draft.targets)
    rows[index - 1] = (where, *rows[index - 1][1:])
    return replace(draft, targets=tuple(rows))


def _stop_moved(picture: Picture, price: Decimal) -> Draft | None:
    settings, market, preview = picture.settings, picture.market, picture.preview
    assert settings is not None and market is not None and preview is not None
    if settings.stop_loss.price is not None:
        return picture.draft.with_text("stop_loss.price", fmt.plain(price))
    p0 = preview.base.average

    def at(percent: Decimal) -> Decimal:
        return market.price_nearest(ladder.retraced(p0, percent, settings.direction))

    guess = abs(price / p0 - ONE) * HUNDRED
    percent = shortest(guess, lambda value: 0 < value < HUNDRED and at(value) == price)
    return None if percent is None else picture.draft.with_text("stop_loss.percent", fmt.plain(percent))


def _safety_moved(picture: Picture, index: int, price: Decimal, sizing: Sizing) -> Draft | None:
    """Moving one rung makes own steps of the whole ladder; the others stay where they are."""
    settings, market, preview = picture.settings, picture.market, picture.preview
    assert settings is not None and market is not None and preview is not None
    p0, safety = preview.base.average, settings.safety_orders

    def at(deviation: Decimal) -> Decimal | None:
        volume = safety.volume or safety.custom[index - 1].volume
        alone = SafetyOrders(custom=(CustomRung(deviation=deviation, volume=volume),), volume_unit=safety.volume_unit)
        rungs = ladder.make_ladder(p0, settings.direction, alone, market, sizing).rungs
        return rungs[0].price if rungs else None

    guess = (price / p0 - ONE) * HUNDRED
    deviation = shortest(guess, lambda value: value != 0 and -HUNDRED < value <= 1000 and at(value) == price)
    if deviation is None:
        return None
    return _with_rung(own_steps(picture.draft, settings), index, deviation)


def own_steps(draft: Draft, settings: DcaSettings) -> Draft:
    """The form with its ladder written out step by step; as it is if it already is."""
    if draft.ladder is not None:
        return draft
    sign = -1 if settings.direction is Direction.LONG else 1
    rows = tuple(
        (_kept(deviation), _kept(volume))
        for _, deviation, volume in ladder.planned(settings.safety_orders, settings.direction)
    )
    first = (fmt.plain(Decimal(sign)), draft.text("base_order.volume"))
    return replace(draft, ladder=rows or (first,))


def _with_rung(draft: Draft, index: int, deviation: Decimal) -> Draft:
    assert draft.ladder is not None
    rows = list(draft.ladder)
    rows[index - 1] = (fmt.plain(deviation), rows[index - 1][1])
    return replace(draft, ladder=tuple(rows))


def _kept(value: Decimal) -> str:
    return fmt.plain(round(value, _KEPT))

"""A ticket as lines on the chart, and what a line that was dragged makes of the ticket."""

from dataclasses import replace
from decimal import Decimal

from desktop_app.core.market import Market
from desktop_app.gui import fmt
from desktop_app.gui.chart.lines import ChartLine, LineKind
from desktop_app.gui.i18n import tr
from desktop_app.gui.line_hand import TICKET as PREFIX
from desktop_app.gui.ticket.draft import TicketDraft
from desktop_app.gui.ticket.picture import TicketPicture

ENTRY, LIMIT, STOP = f"{PREFIX}entry", f"{PREFIX}limit", f"{PREFIX}stop"
_TARGET = f"{PREFIX}tp"


def target_key(place: int) -> str:
    """The line of a target; `place` counts from 0."""
    return f"{_TARGET}{place + 1}"


def lines_of(picture: TicketPicture, market: Market) -> tuple[ChartLine, ...]:
    """Entry, targets and stop loss, as far as they can be told."""
    draft, levels = picture.draft, picture.levels
    lines: list[ChartLine] = []
    entry = levels.entry
    if entry is not None and entry > 0:
        lines += _entry_lines(picture, market, market.price_nearest(entry))
    shares = {exit_.index: exit_ for exit_ in picture.outcome.targets} if picture.outcome is not None else {}
    for place, (price, _) in enumerate(levels.targets):
        if price is None or price <= 0:
            continue
        label = tr("TP") if len(levels.targets) == 1 else f"{tr('TP')}{place + 1}"
        found = shares.get(place + 1)
        note = fmt.pnl(found.money, market.quote) if found is not None else ""
        lines.append(
            ChartLine(
                target_key(place), LineKind.TAKE_PROFIT, market.price_nearest(price), label, reference=entry,
                draggable=True, note=note,
            )
        )  # fmt: skip
    stop = levels.stop[0]
    if draft.has_exits and draft.stop.is_on and stop is not None and stop > 0:
        outcome = picture.outcome
        note = fmt.pnl(outcome.stop.money, market.quote) if outcome is not None and outcome.stop is not None else ""
        lines.append(
            ChartLine(
                STOP, LineKind.STOP_LOSS, market.price_nearest(stop), tr("SL"), reference=entry, draggable=True,
                note=note,
            )
        )  # fmt: skip
    return tuple(lines)


def _entry_lines(picture: TicketPicture, market: Market, entry: Decimal) -> list[ChartLine]:
    draft, outcome = picture.draft, picture.outcome
    label = tr("Sell") if draft.sells_first else tr("Buy")
    if draft.verb == "hold":
        label = tr("Paid")
    note = f"{fmt.amount(outcome.amount, market.amount_step)} {market.base}" if outcome is not None else ""
    is_typed = draft.verb == "hold" or draft.entry == "limit" or bool(draft.price.strip() and draft.entry != "market")
    trigger = fmt.parse_number(draft.price)
    lines: list[ChartLine] = []
    has_own_limit = draft.entry == "conditional" and draft.then_limit
    if has_own_limit and isinstance(trigger, Decimal) and trigger > 0:
        at = market.price_nearest(trigger)
        lines.append(ChartLine(ENTRY, LineKind.TRIGGER, at, tr("Trigger"), draggable=True))
    kind = LineKind.TRIGGER if draft.entry in ("conditional", "trailing") and not has_own_limit else LineKind.BASE
    key = LIMIT if has_own_limit else ENTRY
    lines.append(ChartLine(key, kind, entry, label, draggable=is_typed and draft.verb != "hold", note=note))
    return lines


def moved(draft: TicketDraft, key: str, price: Decimal) -> TicketDraft:
    """The ticket after one of its lines was dragged to a price."""
    text = fmt.plain(price)
    if key == ENTRY:
        return replace(draft, price=text)
    if key == LIMIT:
        return replace(draft, limit_price=text)
    if key == STOP:
        return replace(draft, stop=replace(draft.stop, price=text, lead="price"))
    place = int(key.removeprefix(_TARGET)) - 1
    if place >= len(draft.targets):
        return draft
    return draft.with_target(place, replace(draft.targets[place], price=text, lead="price"))

"""What a person may ask of a DCA bot and its deals."""

from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal
from typing import assert_never

from pydantic import ValidationError

from desktop_app.core import ladder
from desktop_app.core.change import replace
from desktop_app.core.commands import CancelOrder, OpenTrade, Tell
from desktop_app.core.deal import DealStatus
from desktop_app.core.events import (
    AddFunds,
    CancelDeal,
    CloseDeal,
    ConvertDeal,
    EditDeal,
    ForceStart,
    NoteDeal,
    PauseBot,
    ReduceFunds,
    ResumeBot,
    StartDeal,
    StartTrailing,
    TakeBack,
)
from desktop_app.core.market import Market
from desktop_app.core.order import OrderStatus, OrderType, Role
from desktop_app.core.said import Value, said
from desktop_app.core.strategies.dca_settings import DcaSettings
from desktop_app.core.strategies.dca_state import DcaDeal, DcaState
from desktop_app.core.strategies.dca_stop import is_limit_stop
from desktop_app.core.strategies.dca_triggers import native_told, tell
from desktop_app.core.strategies.entry_watch import getting_in
from desktop_app.core.strategies.smart_settings import SmartTradeSettings
from desktop_app.core.strategies.wanted import Wanted

DealAsk = (
    CloseDeal
    | CancelDeal
    | AddFunds
    | TakeBack
    | ReduceFunds
    | EditDeal
    | StartTrailing
    | ForceStart
    | ConvertDeal
    | NoteDeal
)


@dataclass(frozen=True, slots=True)
class Answer:
    """The deal after the wish, what is said, and an order that the wish itself asks for."""

    deal: DcaDeal
    told: tuple[Tell, ...] = ()
    order: Wanted | None = None
    cancel: CancelOrder | None = None


def on_bot(
    settings: DcaSettings, state: DcaState, ask: StartDeal | PauseBot | ResumeBot
) -> tuple[DcaState, tuple[Tell, ...]]:
    match ask:
        case StartDeal():
            if ask.symbol not in settings.pairs and ask.symbol not in state.listed:
                return state, (_problem("pair_not_traded", pair=ask.symbol),)
            asked = replace(state.pair(ask.symbol), is_asked=True, asked_until=ask.until)
            return state.with_pair(asked), (Tell(said("deal_asked", pair=ask.symbol)),)
        case PauseBot():
            return replace(state, is_paused=True), (Tell(said("bot_paused")),)
        case ResumeBot():
            if not (state.is_paused or state.is_stopped):
                return state, ()  # it begins
            return replace(state, is_paused=False, is_stopped=False), (Tell(said("bot_resumed")),)
        case _:
            assert_never(ask)


def on_deal(
    deal: DcaDeal,
    ask: DealAsk,
    markets: Mapping[str, Market],
) -> Answer:
    market = markets[deal.deal.symbol]
    if isinstance(ask, NoteDeal):
        return Answer(deal.with_deal(note=ask.text), (tell(deal, "deal_noted", text=ask.text),))
    if isinstance(ask, CloseDeal) and deal.ending is DealStatus.STOPPED_OUT and is_limit_stop(deal):
        # Its limit may wait for ever; whoever does not want to wait sells at market.
        return Answer(replace(deal, ending=DealStatus.CLOSED_BY_USER), (tell(deal, "deal_close_asked"),))
    if deal.ending is not None and not isinstance(ask, CancelDeal):
        return Answer(deal, (tell(deal, "deal_is_closing", is_problem=True),))
    match ask:
        case CloseDeal():
            return Answer(deal.ends(DealStatus.CLOSED_BY_USER), (tell(deal, "deal_close_asked"),))
        case CancelDeal():
            ended = replace(deal, ending=DealStatus.CANCELLED).with_deal(status=DealStatus.CLOSING)
            return Answer(ended, (tell(deal, "deal_cancel_asked", amount=deal.deal.held),))
        case AddFunds() | TakeBack() | ReduceFunds():
            return _more_or_less(deal, ask, market)
        case EditDeal():
            return _edit(deal, ask, market)
        case ForceStart() | StartTrailing():
            return _hurry(deal, ask, market)
        case ConvertDeal():
            return _convert(deal, ask, market)
        case _:
            assert_never(ask)


def _more_or_less(deal: DcaDeal, ask: AddFunds | TakeBack | ReduceFunds, market: Market) -> Answer:
    if isinstance(ask, AddFunds):
        return _add(deal, ask, market)
    return _take_back(deal, ask) if isinstance(ask, TakeBack) else _reduce(deal, ask, market)


def _hurry(deal: DcaDeal, ask: ForceStart | StartTrailing, market: Market) -> Answer:
    """What the deal waits for happens now."""
    if isinstance(ask, ForceStart):
        if deal.entry is None or deal.has_base or deal.entry_now:
            return Answer(deal, (tell(deal, "entry_waits_for_nothing", is_problem=True),))
        return Answer(getting_in(deal, market), (tell(deal, "entry_forced", price=deal.last),))
    if deal.settings.take_profit.trailing_deviation is None or not deal.has_base:
        return Answer(deal, (tell(deal, "trailing_is_off", is_problem=True),))
    armed = replace(deal, trail_best=deal.last).with_deal(status=DealStatus.TRAILING)
    return Answer(armed, (tell(deal, "trailing_armed", price=deal.last),))


def _convert(deal: DcaDeal, ask: ConvertDeal, market: Market) -> Answer:
    """The deal ends like one that is no longer managed; who takes its coins over is settled when it has ended."""
    if not deal.has_base or market.is_too_small(market.amount_down(deal.deal.held), deal.last):
        return Answer(deal, (tell(deal, "convert_too_small", is_problem=True, least=market.min_cost),))
    try:
        _taking_over(deal, ask.settings, market)
    except ValidationError as error:
        return Answer(deal, (tell(deal, "convert_refused", is_problem=True, reason=reasons(error)),))
    ended = replace(deal, ending=DealStatus.CANCELLED, heir=ask.settings).with_deal(status=DealStatus.CLOSING)
    return Answer(ended, (tell(deal, "deal_convert_asked", amount=deal.deal.held),))


def trade_of(deal: DcaDeal, market: Market) -> OpenTrade | None:
    """The smart trade that takes over what an ended deal holds: a long's coins, a short's sale to be bought back."""
    if not deal.heir or market.amount_down(deal.deal.held) <= 0:
        return None
    return OpenTrade(_taking_over(deal, deal.heir, market).model_dump_json(), deal.deal.number)


def _taking_over(deal: DcaDeal, settings: str, market: Market) -> SmartTradeSettings:
    """Raises ValidationError."""
    amount = market.amount_down(deal.deal.held)
    trade = SmartTradeSettings.model_validate_json(settings)
    return trade.taking_over(deal.settings.account, deal.deal.symbol, deal.direction, amount, deal.deal.average)


def _add(deal: DcaDeal, ask: AddFunds, market: Market) -> Answer:
    if not deal.has_base:
        return Answer(deal, (tell(deal, "deal_not_open_yet", is_problem=True),))
    is_limit = ask.type is OrderType.LIMIT and ask.price is not None
    price = deal.last
    if is_limit and ask.price is not None:
        is_buy = deal.direction.entry.value == "buy"
        price = market.price_down(ask.price) if is_buy else market.price_up(ask.price)
    amount = market.amount_up(ask.volume / price) if price > 0 and ask.volume > 0 else Decimal(0)
    if market.is_too_small(amount, price):
        return Answer(deal, (tell(deal, "add_too_small", is_problem=True, least=market.min_cost),))
    kind = OrderType.LIMIT if is_limit else OrderType.MARKET
    want = Wanted(Role.MANUAL, 0, deal.direction.entry, kind, amount, price if is_limit else None)
    return Answer(deal, (tell(deal, "funds_added", amount=amount, price=price),), want)


def _take_back(deal: DcaDeal, ask: TakeBack) -> Answer:
    order = deal.deal.order(ask.client_id)
    is_by_hand = order is not None and order.role is Role.MANUAL and order.side is deal.direction.entry
    if order is None or not is_by_hand or order.status is not OrderStatus.OPEN:
        return Answer(deal, (tell(deal, "order_not_by_hand", is_problem=True),))
    changed = deal.with_order(order, order.becomes(OrderStatus.CANCELING))
    told = tell(deal, "order_taken_back", amount=order.remaining, price=order.price or deal.last)
    return Answer(changed, (told,), cancel=CancelOrder(order.client_id, order.symbol, deal.deal.number))


def _reduce(deal: DcaDeal, ask: ReduceFunds, market: Market) -> Answer:
    amount = market.amount_down(min(ask.amount, deal.deal.held))
    if not deal.has_base or market.is_too_small(amount, deal.last):
        return Answer(deal, (tell(deal, "reduce_too_small", is_problem=True, least=market.min_cost),))
    return Answer(replace(deal, reduce=amount), (tell(deal, "funds_reduced", amount=amount),))


def _edit(deal: DcaDeal, ask: EditDeal, market: Market) -> Answer:
    try:
        settings = DcaSettings.model_validate_json(ask.settings)
    except ValidationError as error:
        return Answer(deal, (tell(deal, "edit_refused", is_problem=True, reason=reasons(error)),))
    return edited(deal, settings, market)


def edited(deal: DcaDeal, settings: DcaSettings, market: Market) -> Answer:
    """The deal as it goes on under other settings. A new stop loss counts, also one below the break-even."""
    if settings.direction is not deal.direction:
        return Answer(deal, (tell(deal, "edit_refused", is_problem=True, reason="direction"),))
    before, after = deal.settings.stop_loss, settings.stop_loss
    is_moved = (before.percent, before.price, before.basis) != (after.percent, after.price, after.basis)
    deal = replace(
        deal,
        settings=settings,
        stop_level=None,
        breakeven=None if is_moved else deal.breakeven,
        stop_from=deal.best if is_moved and deal.best else deal.stop_from,
        hit=(),
        rung_worst=Decimal(0),
        blocked=(),
        beyond_stop_since=0,
    )
    if deal.has_base:
        made = ladder.make_ladder(deal.p0, deal.direction, settings.safety_orders, market, deal.sizing)
        deal = replace(deal, rungs=made.rungs, left_out=made.left_out).with_deal(safety_total=len(made.rungs))
    targets = len(settings.take_profit.targets)
    told = (tell(deal, "deal_edited"), *(native_told(deal, market) if not before.native else ()))
    return Answer(replace(deal, steps_done=min(deal.steps_done, max(0, targets - 1))), told)


def reasons(error: ValidationError) -> str:
    return "; ".join(f"{'.'.join(map(str, e['loc']))}: {e['msg']}" for e in error.errors())


def _problem(code: str, **values: Value) -> Tell:
    return Tell(said(code, **values), is_problem=True)

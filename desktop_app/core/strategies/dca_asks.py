"""What a person may ask of a DCA bot and its deals."""

from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal
from typing import assert_never

from pydantic import ValidationError

from desktop_app.core import ladder
from desktop_app.core.change import replace
from desktop_app.core.commands import Tell
from desktop_app.core.deal import DealStatus
from desktop_app.core.events import (
    AddFunds,
    CancelDeal,
    CloseDeal,
    EditDeal,
    NoteDeal,
    PauseBot,
    ReduceFunds,
    ResumeBot,
    StartDeal,
    StartTrailing,
)
from desktop_app.core.market import Market
from desktop_app.core.order import OrderType, Role
from desktop_app.core.said import Value, said
from desktop_app.core.strategies.dca_plan import Wanted
from desktop_app.core.strategies.dca_settings import DcaSettings
from desktop_app.core.strategies.dca_state import DcaDeal, DcaState
from desktop_app.core.strategies.dca_triggers import tell


@dataclass(frozen=True, slots=True)
class Answer:
    """The deal after the wish, what is said, and an order that the wish itself asks for."""

    deal: DcaDeal
    told: tuple[Tell, ...] = ()
    order: Wanted | None = None


def on_bot(
    settings: DcaSettings, state: DcaState, ask: StartDeal | PauseBot | ResumeBot
) -> tuple[DcaState, tuple[Tell, ...]]:
    match ask:
        case StartDeal():
            if ask.symbol not in settings.pairs:
                return state, (_problem("pair_not_traded", pair=ask.symbol),)
            asked = replace(state.pair(ask.symbol), is_asked=True, asked_until=ask.until)
            return state.with_pair(asked), (Tell(said("deal_asked", pair=ask.symbol)),)
        case PauseBot():
            return replace(state, is_paused=True), (Tell(said("bot_paused")),)
        case ResumeBot():
            return replace(state, is_paused=False, is_stopped=False), (Tell(said("bot_resumed")),)
        case _:
            assert_never(ask)


def on_deal(
    deal: DcaDeal,
    ask: CloseDeal | CancelDeal | AddFunds | ReduceFunds | EditDeal | StartTrailing | NoteDeal,
    markets: Mapping[str, Market],
) -> Answer:
    market = markets[deal.deal.symbol]
    if isinstance(ask, NoteDeal):
        return Answer(deal.with_deal(note=ask.text), (tell(deal, "deal_noted", text=ask.text),))
    if deal.ending is not None and not isinstance(ask, CancelDeal):
        return Answer(deal, (tell(deal, "deal_is_closing", is_problem=True),))
    match ask:
        case CloseDeal():
            return Answer(deal.ends(DealStatus.CLOSED_BY_USER), (tell(deal, "deal_close_asked"),))
        case CancelDeal():
            ended = replace(deal, ending=DealStatus.CANCELLED).with_deal(status=DealStatus.CLOSING)
            return Answer(ended, (tell(deal, "deal_cancel_asked", amount=deal.deal.held),))
        case AddFunds():
            return _add(deal, ask, market)
        case ReduceFunds():
            return _reduce(deal, ask, market)
        case EditDeal():
            return _edit(deal, ask, market)
        case StartTrailing():
            if deal.settings.take_profit.trailing_deviation is None or not deal.has_base:
                return Answer(deal, (tell(deal, "trailing_is_off", is_problem=True),))
            armed = replace(deal, trail_best=deal.last).with_deal(status=DealStatus.TRAILING)
            return Answer(armed, (tell(deal, "trailing_armed", price=deal.last),))
        case _:
            assert_never(ask)


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


def _reduce(deal: DcaDeal, ask: ReduceFunds, market: Market) -> Answer:
    amount = market.amount_down(min(ask.amount, deal.deal.held))
    if not deal.has_base or market.is_too_small(amount, deal.last):
        return Answer(deal, (tell(deal, "reduce_too_small", is_problem=True, least=market.min_cost),))
    return Answer(replace(deal, reduce=amount), (tell(deal, "funds_reduced", amount=amount),))


def _edit(deal: DcaDeal, ask: EditDeal, market: Market) -> Answer:
    try:
        settings = DcaSettings.model_validate_json(ask.settings)
    except ValidationError as error:
        reason = "; ".join(f"{'.'.join(map(str, e['loc']))}: {e['msg']}" for e in error.errors())
        return Answer(deal, (tell(deal, "edit_refused", is_problem=True, reason=reason),))
    if settings.direction is not deal.direction:
        return Answer(deal, (tell(deal, "edit_refused", is_problem=True, reason="direction"),))
    deal = replace(deal, settings=settings, stop_level=None, blocked=(), beyond_stop_since=0)
    if deal.has_base:
        made = ladder.make_ladder(deal.p0, deal.direction, settings.safety_orders, market, deal.sizing)
        deal = replace(deal, rungs=made.rungs, left_out=made.left_out).with_deal(safety_total=len(made.rungs))
    targets = len(settings.take_profit.targets)
    return Answer(replace(deal, steps_done=min(deal.steps_done, max(0, targets - 1))), (tell(deal, "deal_edited"),))


def _problem(code: str, **values: Value) -> Tell:
    return Tell(said(code, **values), is_problem=True)

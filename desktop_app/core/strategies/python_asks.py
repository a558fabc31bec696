"""What a person may ask of a bot with a strategy of their own and of its deals."""

from collections.abc import Mapping
from dataclasses import dataclass

from desktop_app.core.change import replace
from desktop_app.core.client_id import BotIdentity
from desktop_app.core.commands import Command, Tell
from desktop_app.core.deal import DealStatus
from desktop_app.core.events import (
    AddFunds,
    CancelDeal,
    CloseDeal,
    NoteDeal,
    PauseBot,
    ReduceFunds,
    ResumeBot,
    StartDeal,
    UserAsked,
)
from desktop_app.core.market import ZERO, Market
from desktop_app.core.order import OrderType, Role, Side
from desktop_app.core.said import Value, said
from desktop_app.core.strategies.python_plan import place, tell
from desktop_app.core.strategies.python_state import OwnDeal, OwnState


@dataclass(frozen=True, slots=True)
class Answer:
    """The state after the wish, what is said and ordered, and the deal whose plan has to be made anew."""

    state: OwnState
    commands: tuple[Command, ...] = ()
    deal: int | None = None


def on_ask(state: OwnState, event: UserAsked, markets: Mapping[str, Market], who: BotIdentity) -> Answer:
    ask = event.ask
    match ask:
        case PauseBot():
            return Answer(replace(state, is_paused=True), (Tell(said("bot_paused")),))
        case ResumeBot():
            if not state.is_paused and state.failure is None:
                return Answer(state)  # it begins
            return Answer(replace(state, is_paused=False, failure=None), (Tell(said("bot_resumed")),))
        case StartDeal():
            return Answer(state, (_problem("own_decides_itself"),))
    number = getattr(ask, "deal", 0)
    deal = next((deal for deal in state.deals if deal.number == number), None)
    if deal is None:
        return Answer(state, (_problem("no_such_deal", deal=number),))
    return _on_deal(state, deal, event, markets[deal.deal.symbol], who)


def _on_deal(state: OwnState, deal: OwnDeal, event: UserAsked, market: Market, who: BotIdentity) -> Answer:
    ask = event.ask
    if deal.ending is not None and not isinstance(ask, CancelDeal | NoteDeal):
        return Answer(state, (tell(deal, "deal_is_closing", is_problem=True),))
    match ask:
        case NoteDeal():
            return _changed(state, deal.with_deal(note=ask.text), "deal_noted", text=ask.text)
        case CloseDeal():
            return _changed(state, deal.ends(DealStatus.CLOSED_BY_USER), "deal_close_asked")
        case CancelDeal():
            ended = replace(deal, ending=DealStatus.CANCELLED, to_rest=()).with_deal(status=DealStatus.CLOSING)
            return _changed(state, ended, "deal_cancel_asked", amount=deal.deal.held)
        case AddFunds():
            return _added(state, deal, ask, market, who, event.at)
        case ReduceFunds():
            amount = market.amount_down(min(ask.amount, deal.deal.held))
            if market.is_too_small(amount, deal.last):
                return Answer(state, (tell(deal, "reduce_too_small", is_problem=True, least=market.min_cost),))
            return _changed(state, replace(deal, sell_now=amount), "funds_reduced", amount=amount)
        case _:
            return Answer(state, (tell(deal, "own_decides_itself", is_problem=True),))


def _added(state: OwnState, deal: OwnDeal, ask: AddFunds, market: Market, who: BotIdentity, at: int) -> Answer:
    is_limit = ask.type is OrderType.LIMIT and ask.price is not None
    price = market.price_down(ask.price) if is_limit and ask.price is not None else deal.last
    amount = market.amount_up(ask.volume / price) if price > 0 and ask.volume > 0 else ZERO
    if market.is_too_small(amount, price):
        return Answer(state, (tell(deal, "add_too_small", is_problem=True, least=market.min_cost),))
    deal, placed = place(deal, who, at, Role.MANUAL, 0, Side.BUY, amount, price if is_limit else None)
    return Answer(state.with_deal(deal), (tell(deal, "funds_added", amount=amount, price=price), placed), deal.number)


def _changed(state: OwnState, deal: OwnDeal, code: str, **values: Value) -> Answer:
    return Answer(state.with_deal(deal), (Tell(said(code, **values), deal.number),), deal.number)


def _problem(code: str, **values: Value) -> Tell:
    return Tell(said(code, **values), is_problem=True)

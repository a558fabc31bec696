"""Carries out what a strategy of the user's own wants: within its budget, and never an order that cannot be."""

from dataclasses import dataclass
from decimal import Decimal
from typing import assert_never

from pydantic import TypeAdapter, ValidationError

from desktop_app.core.change import replace
from desktop_app.core.client_id import BotIdentity
from desktop_app.core.commands import Command, Tell
from desktop_app.core.deal import Deal, DealStatus, Direction, Position
from desktop_app.core.market import HUNDRED, ONE, ZERO, Market
from desktop_app.core.order import Role, Side
from desktop_app.core.said import said
from desktop_app.core.strategies.own import (
    MOST_ACTIONS,
    Action,
    Answer,
    Buy,
    Cancel,
    Say,
    Sell,
    Stop,
    Targets,
)
from desktop_app.core.strategies.python_plan import doom, named, place, tell
from desktop_app.core.strategies.python_settings import PythonSettings
from desktop_app.core.strategies.python_state import OwnDeal, OwnState, Resting

MOST_MEMORY = 100_000  # characters of JSON
_answer: TypeAdapter[Answer] = TypeAdapter(Answer)


def read_answer(text: str) -> Answer:
    """Raises ValueError: it is not what a strategy may answer."""
    try:
        answer = _answer.validate_json(text)
    except ValidationError as error:
        first = error.errors(include_url=False, include_input=False)[0]
        raise ValueError(f"{'.'.join(map(str, first['loc']))}: {first['msg']}") from None
    if len(answer.state) > MOST_MEMORY:
        raise ValueError(f"the state is longer than {MOST_MEMORY:,} characters")
    if len(answer.actions) > MOST_ACTIONS:
        raise ValueError(f"more than {MOST_ACTIONS} actions at once")
    return answer


def answer_json(answer: Answer) -> str:
    return _answer.dump_json(answer).decode()


@dataclass(frozen=True, slots=True)
class Wants:
    """One answer's surroundings: whose it is, and the price at that moment."""

    who: BotIdentity
    settings: PythonSettings
    market: Market
    price: Decimal
    at: int

    def carry_out(self, state: OwnState, symbol: str, action: Action) -> tuple[OwnState, tuple[Command, ...]]:
        deal = state.deal_on(symbol)
        if isinstance(action, Say):
            return state.with_pair(replace(state.pair(symbol), saying=action.text)), ()
        if isinstance(action, Buy):
            return self._buy(state, symbol, deal, action)
        if deal is None or deal.ending is not None:
            return state, ()  # nothing is held or rests: there is nothing to sell, cancel or protect
        match action:
            case Sell():
                return self._sell(state, deal, action)
            case Cancel():
                kept = tuple(want for want in deal.to_rest if want.name != action.name)
                deal = doom(replace(deal, to_rest=kept), named(deal, action.name))
                return state.with_deal(deal), ()
            case Targets():
                return self._targets(state, deal, action)
            case Stop():
                return self._stop(state, deal, action)
            case _:
                assert_never(action)

    # --- buying

    def _buy(
        self, state: OwnState, symbol: str, deal: OwnDeal | None, action: Buy
    ) -> tuple[OwnState, tuple[Command, ...]]:
        if state.is_paused:
            return self._refused(state, symbol, "paused")
        if deal is not None and deal.ending is not None:
            return self._refused(state, symbol, "closing")
        price = self.market.price_down(action.price) if action.price is not None else None
        at = price if price is not None else self.price
        amount = self._amount(deal, action, at)
        if at <= 0 or self.market.is_too_small(amount, at):
            return self._refused(state, symbol, "small")
        state = state.with_pair(replace(state.pair(symbol), refusal=""))
        told: tuple[Command, ...] = ()
        if deal is None:
            state, deal = self._opened(state, symbol)
            told = (tell(deal, "deal_started", pair=symbol, amount=amount, price=at),)
        index = deal.entries
        role = Role.SAFETY if index else Role.BASE
        deal, placed = place(deal, self.who, self.at, role, index, Side.BUY, amount, price, action.name)
        deal = replace(deal, entries=index + 1, last=self.price).with_deal(safety_total=index)
        return state.with_deal(deal), (*told, placed)

    def _amount(self, deal: OwnDeal | None, action: Buy, price: Decimal) -> Decimal:
        """Whole lots that what is asked for, and what the budget has left with the fee, can pay."""
        if price <= 0:
            return ZERO
        wanted = action.coins if action.coins is not None else (action.quote or ZERO) / price
        wanted = wanted * self.settings.scale_percent / HUNDRED
        left = self.settings.max_funds - (deal.bound(self.market) if deal is not None else ZERO)
        affordable = max(ZERO, left) / (price * (ONE + self.market.taker_fee))
        return self.market.amount_down(min(wanted, affordable))

    def _opened(self, state: OwnState, symbol: str) -> tuple[OwnState, OwnDeal]:
        pair = state.pair(symbol)
        deal = OwnDeal(
            Deal(
                number=state.next_number,
                symbol=symbol,
                direction=Direction.LONG,
                status=DealStatus.OPENING,
                opened_at=self.at,
                position=Position(carried=pair.dust),
            ),
            last=self.price,
        )
        state = replace(state, deals=(*state.deals, deal), next_number=state.next_number + 1)
        return state.with_pair(replace(pair, dust=ZERO)), deal

    # --- selling

    def _sell(self, state: OwnState, deal: OwnDeal, action: Sell) -> tuple[OwnState, tuple[Command, ...]]:
        held = deal.deal.held
        wanted = action.coins if action.coins is not None else held * (action.percent or HUNDRED) / HUNDRED
        amount = self.market.amount_down(min(wanted, held))
        if amount <= 0:
            if action.price is None and (action.percent or ZERO) == HUNDRED:
                return state.with_deal(doom(deal, deal.live(Side.BUY))), ()  # everything out: nothing more comes in
            return state, ()
        if action.price is None:
            deal = replace(deal, last=self.price, sell_now=min(held, deal.sell_now + amount))
            if action.percent == HUNDRED:
                deal = doom(replace(deal, to_rest=(), sell_now=held), deal.live(Side.BUY))
            return state.with_deal(deal), ()
        want = Resting(action.name, self.market.price_up(action.price), amount)
        return state.with_deal(replace(deal, last=self.price, to_rest=(*deal.to_rest, want))), ()

    def _targets(self, state: OwnState, deal: OwnDeal, action: Targets) -> tuple[OwnState, tuple[Command, ...]]:
        """Shares of what is held; the last of a whole hundred takes the remainder."""
        held = self.market.amount_down(deal.deal.held)
        wants: list[Resting] = []
        left = held
        total = ZERO
        for target in action.targets:
            total += target.percent
            share = self.market.amount_down(held * target.percent / HUNDRED)
            amount = left if total == HUNDRED else min(left, share)
            left -= amount
            wants.append(Resting("", self.market.price_up(target.price), amount))
        deal = doom(replace(deal, to_rest=tuple(wants), last=self.price), deal.live(Side.SELL))
        return state.with_deal(deal), ()

    def _stop(self, state: OwnState, deal: OwnDeal, action: Stop) -> tuple[OwnState, tuple[Command, ...]]:
        level = action.price
        deal = replace(deal, last=self.price)
        if level is not None and deal.deal.held and self.price <= level:
            stopped = deal.with_deal(stop_loss=level).ends(DealStatus.STOPPED_OUT)
            return state.with_deal(stopped), (tell(deal, "stop_loss_reached", price=self.price),)
        return state.with_deal(deal.with_deal(stop_loss=level)), ()

    def _refused(self, state: OwnState, symbol: str, reason: str) -> tuple[OwnState, tuple[Command, ...]]:
        """Nothing is ordered. Told once: a strategy may ask for the same with every candle."""
        pair = state.pair(symbol)
        if pair.refusal == reason:
            return state, ()
        state = state.with_pair(replace(pair, refusal=reason))
        told = said(
            {
                "paused": "own_not_bought_paused",
                "closing": "own_not_bought_closing",
                "small": "own_not_bought_too_small",
            }[reason],
            pair=symbol,
            least=self.market.min_cost,
        )
        return state, (Tell(told),)

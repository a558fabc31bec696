"""What alerts may have a DCA bot do: what a person could, and not hours later."""

from dataclasses import replace
from decimal import Decimal
from typing import Any

from desktop_app.core.client_id import BotIdentity
from desktop_app.core.commands import Command, Tell
from desktop_app.core.deal import DealStatus
from desktop_app.core.events import TakeSignal, UserAsked
from desktop_app.core.order import OrderType, Role
from desktop_app.core.signals import Action, Signal, Size, signal_key
from desktop_app.core.strategies.dca import DcaBot
from desktop_app.core.strategies.dca_signals import SIGNAL_WAITS_MS
from tests.core.dialogue import PAIR, Dialogue, placed, settings

D = Decimal


def signal(talk: Dialogue, action: str, symbol: str = PAIR, **more: Any) -> tuple[Command, ...]:
    talk.at += 1000
    made = Signal(Action(action), talk.at, **more)
    return talk.hear(UserAsked(TakeSignal(made, symbol, signal_key(7, made)), talk.at, "signal"))


def waiting(**parts: Any) -> Dialogue:
    return Dialogue(settings(start={"mode": "signal"}, **parts))


def problems(talk: Dialogue) -> list[str]:
    return [command.said.code for command in talk.said if isinstance(command, Tell) and command.is_problem]


def test_a_signal_starts_a_deal_at_the_next_price() -> None:
    talk = waiting()
    assert talk.tick("100") == ()
    signal(talk, "start_deal")
    assert [order.role for order in placed(talk.tick("100"))] == [Role.BASE]
    assert talk.state.pair(PAIR).asked_until == 0


def test_a_deal_that_finds_no_price_in_time_is_not_started_hours_later() -> None:
    talk = waiting()
    signal(talk, "start_deal")
    assert placed(talk.tick("100", opens=False)) == []
    talk.at += SIGNAL_WAITS_MS
    assert placed(talk.tick("100")) == []
    assert problems(talk) == ["signal_ran_out"]
    assert placed(talk.tick("100")) == []


def test_no_deal_is_started_where_none_may_be() -> None:
    talk = waiting(limits={"cooldown_seconds": 60})
    signal(talk, "start_deal", "ETH/USDT")
    assert problems(talk) == ["why_no_market"]
    signal(talk, "start_deal")
    signal(talk, "start_deal")
    assert problems(talk) == ["signal_no_room"]
    talk.opened()
    signal(talk, "start_deal")
    assert problems(talk) == ["signal_no_room"]
    signal(talk, "close_deal")
    talk.cancel()
    talk.fill(talk.order(Role.CLOSE), "100")
    signal(talk, "start_deal")
    assert problems(talk) == ["signal_pause"]


def test_a_pair_that_is_no_longer_the_bots_starts_nothing() -> None:
    talk = waiting()
    talk.bot = DcaBot(BotIdentity(7), talk.settings.model_copy(update={"pairs": ("ETH/USDT",)}), talk.bot.markets)
    signal(talk, "start_deal")
    assert problems(talk) == ["pair_not_traded"]


def test_deals_are_closed_cancelled_and_trailed() -> None:
    talk = waiting(take_profit={"percent": 2, "trailing_deviation": 1})
    signal(talk, "start_deal")
    talk.opened()
    signal(talk, "start_trailing")
    assert talk.deal.deal.status is DealStatus.TRAILING
    signal(talk, "close_all")
    assert "signal_closed" in talk.told
    assert str(talk.deal.deal.status) == "closing"
    signal(talk, "close_deal")
    assert talk.said == ()
    signal(talk, "cancel_all")
    assert "signal_cancelled" in talk.told
    talk.reject(talk.order(Role.CLOSE))
    assert [deal.status for deal in talk.closed] == [DealStatus.CANCELLED]
    signal(talk, "cancel_deal")
    assert problems(talk) == ["signal_without_deal"]


def test_all_signals_together_add_at_most_what_was_planned() -> None:
    talk = waiting()
    signal(talk, "start_deal")
    talk.opened()
    (order,) = placed(signal(talk, "add_funds", size=Size(D(60), "quote")))
    assert (order.role, order.type, order.amount) == (Role.MANUAL, OrderType.MARKET, D("0.6"))
    assert "signal_added" in talk.told
    signal(talk, "add_funds", size=Size(D(60), "quote"))
    assert problems(talk) == ["signal_adds_too_much"]
    talk.fill(order, "100")
    signal(talk, "add_funds", size=Size(D(60), "quote"))
    assert problems(talk) == ["signal_adds_too_much"]
    signal(talk, "add_funds", size=Size(D(1), "base"))
    assert problems(talk) == ["signal_adds_too_much"]
    assert placed(signal(talk, "add_funds", size=Size(D(30), "quote")))


def test_disable_pauses_and_actions_of_signal_bots_are_refused() -> None:
    talk = waiting()
    signal(talk, "disable")
    assert talk.state.is_paused
    signal(talk, "enter_long")
    assert problems(talk) == ["signal_not_for_kind"]
    signal(talk, "start_bot")
    assert problems(talk) == ["signal_not_for_kind"]


def test_states_of_older_versions_know_no_end_of_a_wish() -> None:
    talk = waiting()
    pair = replace(talk.state.pair(PAIR), is_asked=True)
    talk.state = talk.state.with_pair(pair)
    talk.at += 10 * SIGNAL_WAITS_MS
    assert placed(talk.tick("100"))

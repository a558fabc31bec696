"""From the settings of a smart trade to a ticket that says the same."""

from decimal import Decimal

from desktop_app.core.strategies.dca_settings import StopRules, TakeProfitStep
from desktop_app.core.strategies.smart_settings import SmartTradeSettings
from desktop_app.gui import fmt
from desktop_app.gui.ticket.draft import StopDraft, TargetDraft, TicketDraft


def draft_of(settings: SmartTradeSettings, number: int, account: str) -> TicketDraft:
    """A new trade with these settings. What a ticket has no field for is left out: read it and compare."""
    entry, usual = settings.entry, TicketDraft(number)
    trails = settings.take_profit.trailing_deviation
    return TicketDraft(
        number,
        account,
        settings.pair,
        verb=settings.trade,
        entry=entry.type,
        price=_text(entry.price),
        trigger=entry.trigger,
        then_limit=entry.limit_price is not None,
        limit_price=_text(entry.limit_price),
        follow=_text(entry.trailing_deviation) or usual.follow,
        amount=_text(settings.amount),
        unit=settings.unit,
        price_paid=_text(settings.price_paid),
        targets=tuple(_target(step) for step in settings.take_profit.steps),
        trails=trails is not None,
        trail=_text(trails) or usual.trail,
        stop=_stop(settings.stop_loss),
    )


def _target(step: TakeProfitStep) -> TargetDraft:
    if step.price is not None:
        return TargetDraft(price=_text(step.price), lead="price", share=_text(step.share))
    return TargetDraft(percent=_text(step.percent), share=_text(step.share))


def _stop(rules: StopRules) -> StopDraft:
    usual = StopDraft()
    return StopDraft(
        is_on=rules.percent is not None or rules.price is not None,
        price=_text(rules.price),
        percent=_text(rules.percent),
        lead="price" if rules.price is not None else "percent",
        is_limit=rules.type == "limit",
        limit_percent=_text(rules.limit_percent) if rules.type == "limit" else usual.limit_percent,
        waits=rules.timeout_seconds > 0,
        wait_seconds=str(rules.timeout_seconds or usual.wait_seconds),
        has_break_even=rules.breakeven_after is not None,
        break_even_after=str(rules.breakeven_after or usual.break_even_after),
        is_trailing=rules.trailing,
        is_native=rules.native,
    )


def _text(value: Decimal | None) -> str:
    return "" if value is None else fmt.plain(value)

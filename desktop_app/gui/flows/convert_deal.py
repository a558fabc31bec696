"""What a running deal becomes as a smart trade: the same coins at their price, the same ways out, by price."""

from decimal import ROUND_DOWN, Decimal

from desktop_app.core.deal import Deal, Direction
from desktop_app.core.market import HUNDRED, Market
from desktop_app.core.strategies.dca_settings import DcaSettings, StopRules, TakeProfitStep
from desktop_app.core.strategies.smart_settings import SmartTradeSettings, Targets
from desktop_app.engine.views import DealView

_FINEST = Decimal("0.000000000001")


def trade_of(view: DealView, settings: DcaSettings, market: Market, number: int) -> SmartTradeSettings:
    """The trade that takes the deal over; its exits stand where the deal's stand now."""
    deal = view.deal
    is_long = deal.direction is Direction.LONG
    verb = "hold" if is_long else "cover"
    steps = _steps(deal)
    last = settings.take_profit.trailing_deviation if steps else None
    stop = settings.stop_loss
    rules = StopRules()
    if deal.stop_loss is not None:
        rules = StopRules(
            price=market.price_nearest(deal.stop_loss),
            trailing=stop.trailing,
            timeout_seconds=stop.timeout_seconds,
        )
    return SmartTradeSettings.model_validate(
        {
            "name": f"{verb.capitalize()} {number}",
            "account": view.account,
            "pairs": (deal.symbol,),
            "trade": verb,
            "amount": market.amount_down(deal.held),
            "unit": "base",
            "price_paid": deal.average.quantize(_FINEST),
            "take_profit": Targets(steps=steps, trailing_deviation=last).model_dump(),
            "stop_loss": rules.model_dump(),
            "note": deal.note,
        }
    )


def _steps(deal: Deal) -> tuple[TakeProfitStep, ...]:
    """Equal shares where the deal's own are mixed already."""
    prices = deal.take_profits
    if not prices:
        return ()
    each = (HUNDRED / len(prices)).quantize(Decimal("0.01"), ROUND_DOWN)
    rest = HUNDRED - each * (len(prices) - 1)
    return tuple(
        TakeProfitStep(price=price, share=rest if at == len(prices) else each) for at, price in enumerate(prices, 1)
    )

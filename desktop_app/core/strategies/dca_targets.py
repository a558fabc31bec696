"""The take-profit steps of a DCA deal: their prices, their shares of what is held, and who watches for which."""

from collections.abc import Sequence
from decimal import Decimal

from desktop_app.core import ladder
from desktop_app.core.change import replace
from desktop_app.core.deal import Direction
from desktop_app.core.market import ONE, ZERO, Market
from desktop_app.core.order import Role
from desktop_app.core.strategies.dca_settings import TakeProfitStep
from desktop_app.core.strategies.dca_state import DcaDeal
from desktop_app.core.strategies.dca_stop import is_native


def is_watched(deal: DcaDeal, index: int, market: Market) -> bool:
    """A target that does not rest on the exchange: the one that trails, those at market, all of them beside a stop."""
    settings = deal.settings.take_profit
    is_trailing = settings.trailing_deviation is not None and index == len(settings.targets)
    return is_trailing or settings.targets[index - 1].type == "market" or is_native(deal, market)


def waiting_targets(deal: DcaDeal, market: Market) -> tuple[ladder.Target, ...]:
    """Targets that are sold at market once the price has come, and whose moment has not come."""
    settings = deal.settings.take_profit
    if not is_native(deal, market) and all(step.type == "limit" for step in settings.targets):
        return ()
    trailing = len(settings.targets) if settings.trailing_deviation is not None else 0
    return tuple(
        target
        for target in share_targets(deal, market)
        if target.index not in deal.hit and target.index != trailing and is_watched(deal, target.index, market)
    )


def share_targets(deal: DcaDeal, market: Market) -> tuple[ladder.Target, ...]:
    """All steps not yet sold with their prices and amounts, the trailing one among them."""
    if not deal.deal.position.entry_amount or not deal.p0:
        return ()
    steps: list[tuple[int, TakeProfitStep, Decimal]] = []
    for index, step in enumerate(deal.settings.take_profit.targets, 1):
        if index > deal.shared_after:
            steps.append((index, step, target_price(deal, index, market)))
    if not steps or deal.steps_done >= steps[-1][0]:
        return ()
    targets = ladder.share_out(deal.shared, steps, market)
    if deal.deal.standing.has_sold:
        # What a step has traded so far counts as its own, so neither that nor a part of it reshuffles the other steps.
        traded = {index: deal.filled(Role.TAKE_PROFIT, index) for index, _, _ in steps}
        targets = _less_traded(deal, targets, traded, market)
    if deal.direction is Direction.SHORT and deal.settings.profit_currency == "base":
        return tuple(replace(target, amount=_bought_back(deal, target, market)) for target in targets)
    return targets


def shared_anew(before: DcaDeal, deal: DcaDeal) -> DcaDeal:
    """What the steps share is settled by what was bought, not by what they sell (bots.md 1.3)."""
    if (
        deal.shared
        and deal.deal.position.entry_amount == before.deal.position.entry_amount
        and deal.reduce == before.reduce
        and deal.settings is before.settings
        and deal.shared_after <= deal.steps_done
    ):
        return deal
    steps = range(deal.steps_done + 1, len(deal.settings.take_profit.targets) + 1)
    traded = ZERO
    if deal.deal.standing.has_sold:
        traded = sum((deal.filled(Role.TAKE_PROFIT, index) for index in steps), ZERO)
    return replace(deal, shared=deal.deal.held + traded, shared_after=deal.steps_done)


def _less_traded(
    deal: DcaDeal, targets: tuple[ladder.Target, ...], traded: dict[int, Decimal], market: Market
) -> tuple[ladder.Target, ...]:
    """What is left of each step; a rest that the exchange would refuse joins its neighbour."""
    if not any(traded.values()):
        return targets
    left: list[ladder.Target] = []
    spare = ZERO
    for target in targets:
        rest = target.amount - traded[target.index] + spare
        spare = ZERO
        rests = any(order.price == target.price for order in deal.live(Role.TAKE_PROFIT, target.index))
        # What was sold under finer steps than today's leaves a rest that is no multiple of them.
        loose = deal.shared - market.amount_down(deal.shared) if target is targets[-1] else ZERO
        amount = rest if rests else market.amount_down(rest + loose)
        if rests or not market.is_too_small(amount, target.price):
            left.append(replace(target, amount=amount))
            spare = max(ZERO, rest - amount)
        else:
            spare = rest
    if spare and left:
        left[-1] = replace(left[-1], amount=left[-1].amount + market.amount_down(spare))
    return tuple(target for target in left if target.amount > 0)


def target_price(deal: DcaDeal, index: int, market: Market) -> Decimal:
    """The price of a take-profit step; one that is exited at market pays the taker's fee."""
    settings = deal.settings.take_profit
    step = settings.targets[index - 1]
    if step.price is not None or settings.basis == "entry":
        return ladder.step_price(step, deal.deal.position.entry_price, deal.direction, market)
    fee = market.taker_fee if is_watched(deal, index, market) else market.maker_fee
    return ladder.take_profit_price(
        deal.deal.position, deal.p0, deal.base_amount, step.percent, settings, deal.direction, market, fee
    )


def arm_price(deal: DcaDeal, targets: Sequence[ladder.Target]) -> Decimal | None:
    """Where trailing is armed: the price of the last take-profit step, while that has something to sell."""
    settings = deal.settings.take_profit
    if settings.trailing_deviation is None:
        return None
    return next((target.price for target in targets if target.index == len(settings.targets)), None)


def _bought_back(deal: DcaDeal, target: ladder.Target, market: Market) -> Decimal:
    """Coins that the target's part of the proceeds buys at its price: the surplus is the profit in coins."""
    part = target.amount / deal.deal.held
    position = deal.deal.position
    left = position.spent(deal.direction) - position.exit_quote - position.exit_fee
    return market.amount_down(left * part / (target.price * (ONE + market.maker_fee)))


def closing_level(deal: DcaDeal) -> Decimal:
    """best·(1 − deviation/100), unrounded: where armed trailing closes (bots.md 1.4)."""
    deviation = deal.settings.take_profit.trailing_deviation
    assert deviation is not None
    return ladder.retraced(deal.trail_best, deviation, deal.direction)

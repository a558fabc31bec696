"""A ticket weighed: what it would do in words and numbers, what speaks against it, and what has to be agreed to."""

from dataclasses import dataclass, field
from decimal import Decimal

from desktop_app.core.deal import Direction
from desktop_app.core.events import PriceTick
from desktop_app.core.ladder import Sizing
from desktop_app.core.market import HUNDRED, ONE, ZERO, Balance, Market
from desktop_app.core.risk_reward import RiskReward, weigh
from desktop_app.core.strategies.smart_settings import SmartTradeSettings
from desktop_app.engine.views import AccountView
from desktop_app.gui import fmt
from desktop_app.gui.i18n import tr
from desktop_app.gui.money_words import badge_of, with_mode
from desktop_app.gui.ticket.draft import TicketDraft
from desktop_app.gui.ticket.reading import Levels, read

THROUGH_PERCENT = Decimal(5)


@dataclass(frozen=True, slots=True)
class Around:
    """What surrounds a ticket: None and empty where nothing is known yet."""

    account: AccountView | None = None
    market: Market | None = None
    tick: PriceTick | None = None
    free_quote: Decimal | None = None
    free_base: Decimal | None = None
    guard_percent: int = 50

    @property
    def is_live(self) -> bool:
        """An account nobody knows counts as live, the careful answer."""
        return self.account is None or self.account.mode == "live"

    @property
    def is_fresh(self) -> bool:
        return self.account is not None and self.account.is_live_feed and self.tick is not None

    @property
    def last(self) -> Decimal | None:
        return self.tick.price if self.tick is not None else None


@dataclass(frozen=True, slots=True)
class TicketPicture:
    """`why_not`: why nothing can be placed now. `doubts`: what the person has to agree to once more."""

    draft: TicketDraft
    levels: Levels = field(default_factory=Levels)
    settings: SmartTradeSettings | None = None
    outcome: RiskReward | None = None
    problems: tuple[tuple[str, str], ...] = ()
    why_not: str = ""
    doubts: tuple[str, ...] = ()
    verb: str = ""  # the button: verb, amount, mode
    sentence: str = ""  # what would happen, before it is agreed to

    @property
    def may_place(self) -> bool:
        return self.settings is not None and not self.why_not and not self.problems


def around_of(
    accounts: dict[str, AccountView], prices: dict[tuple[str, str], PriceTick], balances: dict[str, Balance],
    market: Market | None, draft: TicketDraft, guard_percent: int,
) -> Around:  # fmt: skip
    """What is known now of the account and pair of a ticket."""
    quote = balances.get(market.quote) if market is not None else None
    base = balances.get(market.base) if market is not None else None
    return Around(
        accounts.get(draft.account),
        market,
        prices.get((draft.account, draft.symbol)),
        quote.free if quote is not None else ZERO if balances else None,
        base.free if base is not None else ZERO if balances else None,
        guard_percent,
    )


def picture_of(draft: TicketDraft, around: Around) -> TicketPicture:
    """The ticket as things stand."""
    market, last = around.market, around.last
    if market is None:
        return TicketPicture(draft, why_not=tr("Choose a pair in Markets (Ctrl+M)."))
    reading = read(draft, market, last)
    problems = dict(reading.problems)
    settings, outcome = reading.settings, None
    if settings is not None and last is not None:
        outcome = weigh(settings, market, last, sizing_of(settings, around, last))
        problems.update(_misfits(settings, outcome, around, market, last))
    verb = verb_of(draft, outcome, around, market)
    return TicketPicture(
        draft=draft,
        levels=reading.levels,
        settings=settings,
        outcome=outcome,
        problems=tuple(problems.items()),
        why_not=_why_not(around, draft),
        doubts=_doubts(settings, outcome, around, market, last) if settings is not None and last is not None else (),
        verb=verb,
        sentence=_sentence(settings, outcome, around, market),
    )


def sizing_of(settings: SmartTradeSettings, around: Around, price: Decimal) -> Sizing:
    """A percent is of what is free of the currency that is given away."""
    if settings.direction is Direction.LONG:
        return Sizing(free=around.free_quote or ZERO)
    return Sizing(free=(around.free_base or ZERO) * settings.entry_price(price))


def verb_of(draft: TicketDraft, outcome: RiskReward | None, around: Around, market: Market) -> str:
    """`Place (paper): buy 95.70 USDT`: verb, amount and mode."""
    if outcome is None:
        amount = fmt.UNKNOWN
    elif draft.verb == "hold":
        amount = f"{fmt.amount(outcome.amount, market.amount_step)} {market.base}"
    else:
        amount = fmt.money(outcome.cost, market.quote)
    deed = {
        "buy": tr("buy {amount}"),
        "trade": tr("buy {amount}"),
        "sell": tr("sell {amount}"),
        "cover": tr("sell {amount}"),
        "hold": tr("look after {amount}"),
    }[draft.verb].format(amount=amount)
    place = with_mode(tr("Place"), badge_of("live" if around.is_live else "sim"))
    return tr("{place}: {deed}").format(place=place, deed=deed)


def _why_not(around: Around, draft: TicketDraft) -> str:
    account = around.account
    if account is None:
        return tr("Choose an account.")
    if not account.may_trade:
        return tr("This account can be watched but not traded.")
    if around.tick is None:
        return tr("Waits for the first price of {pair}.").format(pair=draft.symbol)
    if not around.is_fresh:
        return tr("Prices are old. This needs a fresh one.")
    return ""


def _misfits(
    settings: SmartTradeSettings, outcome: RiskReward, around: Around, market: Market, last: Decimal
) -> dict[str, str]:
    """What the exchange or the balance would refuse, and exits that would act at once."""
    found: dict[str, str] = {}
    if market.is_too_small(outcome.amount, outcome.entry):
        least = fmt.money(market.min_cost, market.quote)
        found["amount"] = tr("The exchange takes no order below {least}.").format(least=least)
    short = _shortage(settings, outcome, around, market)
    if short:
        found.setdefault("amount", short)
    sign = 1 if settings.direction is Direction.LONG else -1
    for exit_ in outcome.targets:
        if sign * (exit_.price - outcome.entry) <= 0:
            found[f"targets.{exit_.index - 1}"] = tr("A target is on the wrong side of the entry price.")
    if settings.take_profit.steps and not outcome.targets:
        found.setdefault("targets.0", tr("What the targets would sell is too small for the exchange."))
    if settings.trade == "hold" and outcome.stop is not None and sign * (last - outcome.stop.price) <= 0:
        found["stop"] = tr("The price is beyond this stop loss already: it would sell at once.")
    return found


def _shortage(settings: SmartTradeSettings, outcome: RiskReward, around: Around, market: Market) -> str:
    if settings.trade in ("sell", "cover", "hold"):
        free = around.free_base
        if free is None or outcome.amount <= free:
            return ""
        values = {
            "needed": fmt.amount(outcome.amount, market.amount_step),
            "free": fmt.amount(free, market.amount_step),
            "coin": market.base,
        }
        return tr("Needs {needed} {coin}; {free} is free.").format(**values)
    free, needed = around.free_quote, outcome.average * outcome.amount
    if free is None or needed <= free:
        return ""
    values = {"needed": fmt.quote(needed, market.quote), "free": fmt.quote(free, market.quote), "coin": market.quote}
    return tr("Needs {needed} {coin}; {free} is free.").format(**values)


def _doubts(
    settings: SmartTradeSettings, outcome: RiskReward | None, around: Around, market: Market, last: Decimal
) -> tuple[str, ...]:
    """What a slip of the finger looks like: named, and asked about."""
    if outcome is None:
        return ()
    found: list[str] = []
    through = _through(settings, last)
    if through > THROUGH_PERCENT:
        price = settings.entry.limit_price or settings.entry.price
        values = {
            "price": fmt.price(price, market.price_tick),
            "percent": fmt.percent(through, sign=False),
            "last": fmt.price(last, market.price_tick),
        }
        words = tr("{price} is {percent} above the market ({last}).")
        if settings.direction is Direction.SHORT:
            words = tr("{price} is {percent} below the market ({last}).")
        found.append(words.format(**values))
    share = _share_of_free(settings, outcome, around)
    if share is not None and share > around.guard_percent:
        is_long = settings.direction is Direction.LONG
        values = {
            "amount": fmt.money(outcome.cost, market.quote),
            "percent": fmt.percent(share, sign=False, decimals=0),
            "coin": market.quote if is_long else market.base,
            "guard": str(around.guard_percent),
        }
        text = tr("{amount} is {percent} of your free {coin}; the size guard stands at {guard} %.")
        found.append(text.format(**values))
    return tuple(found)


def _through(settings: SmartTradeSettings, last: Decimal) -> Decimal:
    """How far a limit lies beyond the market on the side where it costs; 0 where it does not."""
    entry = settings.entry
    price = entry.price if entry.type == "limit" else entry.limit_price
    if price is None or not last or settings.trade == "hold":
        return ZERO
    distance = (price / last - ONE) * HUNDRED
    return distance if settings.direction is Direction.LONG else -distance


def _share_of_free(settings: SmartTradeSettings, outcome: RiskReward, around: Around) -> Decimal | None:
    """Percent of the free money (a sale: coins) that goes in; None for coins that are only looked after."""
    if settings.trade == "hold":
        return None
    is_long = settings.direction is Direction.LONG
    free, needed = (around.free_quote, outcome.cost) if is_long else (around.free_base, outcome.amount)
    return needed / free * HUNDRED if free else None


def _sentence(settings: SmartTradeSettings | None, outcome: RiskReward | None, around: Around, market: Market) -> str:
    if settings is None or outcome is None:
        return ""
    values = {
        "amount": fmt.amount(outcome.amount, market.amount_step),
        "base": market.base,
        "cost": fmt.money(outcome.cost, market.quote),
        "price": fmt.price(outcome.entry, market.price_tick),
        "account": around.account.name if around.account is not None else "",
    }
    words = {
        "buy": tr("Buys {amount} {base} for {cost} at {price} on {account}."),
        "trade": tr("Buys {amount} {base} for {cost} at {price} on {account}."),
        "sell": tr("Sells {amount} {base} for {cost} at {price} on {account}."),
        "cover": tr("Sells {amount} {base} for {cost} at {price} on {account}."),
        "hold": tr("Looks after {amount} {base} on {account}; buys nothing."),
    }[settings.trade]
    return words.format(**values)

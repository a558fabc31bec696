"""A ticket's texts as the settings of a smart trade, or what is wrong with them, by field."""

from collections.abc import Callable
from dataclasses import dataclass, field
from decimal import ROUND_DOWN, Decimal
from typing import TypeVar

from pydantic import ValidationError

from desktop_app.core import ladder
from desktop_app.core.deal import Direction
from desktop_app.core.market import HUNDRED, ONE, Market
from desktop_app.core.risk_reward import amount_for_risk
from desktop_app.core.strategies.dca_settings import StopRules, TakeProfitStep
from desktop_app.core.strategies.entry import Entry
from desktop_app.core.strategies.smart_settings import SmartTradeSettings, Targets
from desktop_app.gui import fmt
from desktop_app.gui.i18n import tr, tr_later
from desktop_app.gui.ticket.draft import StopDraft, TargetDraft, TicketDraft

T = TypeVar("T")
_SHOWN = 2  # decimals of a percent that follows a price


@dataclass(frozen=True, slots=True)
class Levels:
    """Every price and percent of the ticket, worked out both ways; None where one cannot be told yet."""

    entry: Decimal | None = None
    targets: tuple[tuple[Decimal | None, Decimal | None], ...] = ()  # price, distance in percent
    stop: tuple[Decimal | None, Decimal | None] = (None, None)
    amount: Decimal | None = None  # in coins, when the size comes from the risk


@dataclass(frozen=True, slots=True)
class Reading:
    """`problems` by field; without any, `settings` are there."""

    settings: SmartTradeSettings | None
    levels: Levels
    problems: dict[str, str] = field(default_factory=dict)


class _Reader:
    def __init__(self, draft: TicketDraft, market: Market, last: Decimal | None) -> None:
        self.draft, self.market, self.last = draft, market, last
        self.problems: dict[str, str] = {}
        self.direction = Direction.SHORT if draft.sells_first else Direction.LONG

    def number(self, name: str, text: str, *, least: Decimal | None = Decimal(0)) -> Decimal | None:
        """A number above `least`; else None, and why."""
        read = fmt.parse_number(text)
        if not isinstance(read, Decimal):
            words = {
                fmt.Problem.EMPTY: tr("Enter a number."),
                fmt.Problem.UNCLEAR_COMMA: tr("A comma can mean two things here. Write decimals with a point: 1.5"),
                fmt.Problem.NOT_A_NUMBER: tr("Use figures only, for example 1234.5"),
            }
            self.problems[name] = words[read]
            return None
        if least is not None and read <= least:
            self.problems[name] = tr("Must be more than {least}.").format(least=fmt.plain(least))
            return None
        return read

    def entry_price(self) -> Decimal | None:
        """Where it gets in, as far as the ticket tells."""
        draft = self.draft
        if draft.verb == "hold":
            return self.number("price_paid", draft.price_paid)
        if draft.entry == "market" or (draft.entry == "trailing" and not draft.price.strip()):
            return self.last
        price = self.number("price", draft.price)
        if draft.entry == "conditional" and draft.then_limit:
            return self.number("limit_price", draft.limit_price)
        return price

    def both(
        self, name: str, row: TargetDraft | StopDraft, entry: Decimal | None, *, is_stop: bool
    ) -> tuple[Decimal | None, Decimal | None]:
        """Price and distance of an exit, from the one that leads."""
        is_up = (self.direction is Direction.LONG) is not is_stop
        if row.lead == "price":
            price = self.number(name, row.price)
            if price is None or not entry:
                return price, None
            distance = (price / entry - ONE) * HUNDRED
            return price, round(distance if is_up else -distance, _SHOWN)
        percent = self.number(f"{name}.percent", row.percent)
        if percent is None or not entry:
            return None, percent
        if not is_up and percent >= HUNDRED:
            self.problems[f"{name}.percent"] = tr("Must be less than 100 %.")
            return None, percent
        if is_stop:
            level = ladder.retraced(entry, percent, self.direction)
            return self.market.price_nearest(level), percent
        step = TakeProfitStep(percent=percent, share=HUNDRED)
        return ladder.step_price(step, entry, self.direction, self.market), percent

    def levels(self) -> Levels:
        draft = self.draft
        entry = self.entry_price()
        if not draft.has_exits:
            return Levels(entry)
        targets = tuple(self.both(f"targets.{at}", row, entry, is_stop=False) for at, row in enumerate(draft.targets))
        stop: tuple[Decimal | None, Decimal | None] = (None, None)
        if draft.stop.is_on:
            stop = self.both("stop", draft.stop, entry, is_stop=True)
        return Levels(entry, targets, stop, self._amount_from_risk(entry, stop[0]))

    def _amount_from_risk(self, entry: Decimal | None, stop: Decimal | None) -> Decimal | None:
        draft = self.draft
        if not draft.is_sized_by_risk or draft.verb == "hold":
            return None
        risk = self.number("risk", draft.risk)
        if risk is None or entry is None:
            return None
        if stop is None:
            self.problems.setdefault("risk", tr("A size from risk needs a stop loss."))
            return None
        is_limit = draft.entry == "limit" or (draft.entry == "conditional" and draft.then_limit)
        coins = amount_for_risk(risk, entry, stop, self.direction, self.market, is_limit=is_limit)
        if not coins:
            self.problems["risk"] = tr("No amount of coins risks that much.")
            return None
        return coins

    def settings(self, levels: Levels) -> SmartTradeSettings | None:
        draft = self.draft
        amount = levels.amount
        if not draft.is_sized_by_risk or draft.verb == "hold":
            amount = self.number("amount", draft.amount)
        entry = self._entry()
        targets = self._targets() if draft.has_exits else Targets()
        stop = self._stop() if draft.has_exits else StopRules()
        paid = levels.entry if draft.verb == "hold" else None
        if self.problems or amount is None or entry is None or targets is None or stop is None:
            return None
        try:
            return SmartTradeSettings(
                name=trade_name(draft),
                account=draft.account,
                pairs=(draft.symbol,),
                trade=draft.verb,
                amount=amount,
                unit="base" if levels.amount is not None or draft.verb == "hold" else draft.unit,
                price_paid=paid,
                entry=entry,
                take_profit=targets,
                stop_loss=stop,
            )
        except ValidationError as error:
            self._say(error)
            return None

    def _entry(self) -> Entry | None:
        draft = self.draft
        if draft.verb == "hold" or draft.entry == "market":
            return Entry()
        price = None
        if draft.entry != "trailing" or draft.price.strip():
            price = self.number("price", draft.price)
        follow = self.number("follow", draft.follow) if draft.entry == "trailing" else None
        is_conditional = draft.entry == "conditional"
        limit = self.number("limit_price", draft.limit_price) if is_conditional and draft.then_limit else None
        if self.problems:
            return None
        return self._made(
            lambda: Entry(
                type=draft.entry, price=price, trigger=draft.trigger if is_conditional else "last",
                limit_price=limit, trailing_deviation=follow,
            ),
            "price",
        )  # fmt: skip

    def _targets(self) -> Targets | None:
        draft, steps = self.draft, []
        for at, row in enumerate(draft.targets):
            share = self.number(f"targets.{at}.share", row.share)
            price = self.number(f"targets.{at}", row.price) if row.lead == "price" else None
            percent = self.number(f"targets.{at}.percent", row.percent) if row.lead == "percent" else None
            if share is None or (price is None and percent is None):
                return None
            if share > HUNDRED:
                self.problems[f"targets.{at}.share"] = tr("The shares must add up to 100 %.")
                return None
            steps.append(TakeProfitStep(price=price, percent=percent or Decimal(0), share=share))
        total = sum((step.share for step in steps), Decimal(0))
        if steps and total != HUNDRED:
            words = tr("The shares add up to {total} %, not to 100 %.").format(total=fmt.plain(total))
            self.problems[f"targets.{len(steps) - 1}.share"] = words
            return None
        trail = self.number("trail", draft.trail) if draft.trails and steps else None
        if self.problems:
            return None
        return self._made(lambda: Targets(steps=tuple(steps), trailing_deviation=trail), "trail")

    def _stop(self) -> StopRules | None:
        stop = self.draft.stop
        if not stop.is_on:
            return StopRules()
        price = self.number("stop", stop.price) if stop.lead == "price" else None
        percent = self.number("stop.percent", stop.percent) if stop.lead == "percent" else None
        limit = self.number("stop.limit", stop.limit_percent, least=None) if stop.is_limit else Decimal(0)
        wait = self.number("stop.wait", stop.wait_seconds) if stop.waits else Decimal(0)
        after = self.number("stop.after", stop.break_even_after) if stop.has_break_even else None
        if self.problems:
            return None
        return self._made(
            lambda: StopRules(
                price=price, percent=percent, type="limit" if stop.is_limit else "market",
                limit_percent=limit or Decimal(0), trailing=stop.is_trailing,
                timeout_seconds=int((wait or Decimal(0)).quantize(ONE, ROUND_DOWN)),
                breakeven_after=int(after) if after is not None else None, native=stop.is_native,
            ),
            "stop",
        )  # fmt: skip

    def _made(self, make: Callable[[], T], name: str) -> T | None:
        try:
            return make()
        except ValidationError as error:
            self._say(error, name)
            return None

    def _say(self, error: ValidationError, name: str = "") -> None:
        """What the core objects to, in the words of this form, beside the field that it is about."""
        for found in error.errors():
            place, words = _in_words(str(found["msg"]))
            self.problems[place or name or "amount"] = words


_REASONS = (
    ("take_profit.steps: each price", "targets.0", tr_later("Each target must lie beyond the one before.")),
    ("steps: each percent", "targets.0", tr_later("Each target must lie beyond the one before.")),
    ("steps: the shares", "targets.0.share", tr_later("The shares must add up to 100 %.")),
    ("take_profit.steps: target", "targets.0", tr_later("A target is on the wrong side of the entry price.")),
    ("stop_loss.price: is on the wrong side of target", "stop", tr_later("The stop loss is beyond a target.")),
    ("stop_loss.price", "stop", tr_later("The stop loss is on the wrong side of the entry price.")),
    ("stop_loss.breakeven_after", "stop.after", tr_later("There are fewer targets than that.")),
    ("timeout_seconds: an order", "stop.wait", tr_later("An order that rests on the exchange cannot wait.")),
    ("percent: trailing", "stop", tr_later("Following the price and waiting need a stop loss.")),
    ("amount: more than", "amount", tr_later("More than 100 % of what is free.")),
    ("is absurdly", "amount", tr_later("This number is too large or too fine.")),
    ("Input should be less than or equal to", "amount", tr_later("This number is too large or too fine.")),
)


def _in_words(message: str) -> tuple[str, str]:
    """The field that the core speaks of, if it is known, and what to say."""
    message = message.removeprefix("Value error, ")
    for start, place, words in _REASONS:
        if message.startswith(start):
            return place, tr(words)
    return "", message


def core_words(error: ValidationError) -> str:
    """What the core objects to, in the words of these forms."""
    return _in_words(str(error.errors()[0]["msg"]))[1]


def read(draft: TicketDraft, market: Market, last: Decimal | None) -> Reading:
    """The ticket while the market stands at `last`."""
    reader = _Reader(draft, market, last)
    levels = reader.levels()
    settings = reader.settings(levels)
    return Reading(None if reader.problems else settings, levels, reader.problems)


def trade_name(draft: TicketDraft) -> str:
    """Names of bots are unique, so what is sent twice is refused the second time."""
    return f"{draft.verb.capitalize()} {draft.number}"

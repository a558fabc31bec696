"""What a person does to bots: start with the money sentence, pause, stop in one of three ways, remove."""

import json
from collections.abc import Callable, Coroutine, Sequence
from typing import Any

from PySide6.QtWidgets import QWidget

from desktop_app.core.events import CancelDeal, CloseDeal
from desktop_app.engine.problem import Problem
from desktop_app.engine.views import BotView, DealView
from desktop_app.gui import dialogs, fmt, wording
from desktop_app.gui.bridge import Bridge
from desktop_app.gui.dialogs import Choice
from desktop_app.gui.i18n import tr
from desktop_app.gui.known import Known
from desktop_app.gui.notices import BadgeKind, Toasts
from desktop_app.gui.wishes import Then

AllowTrading = Callable[[str], Coroutine[Any, Any, None]]
StartQuestion = Callable[[BotView], Coroutine[Any, Any, bool]]


class BotFlows:
    """`start_question` may be replaced by a fuller one; it answers whether the bot may start."""

    def __init__(
        self, window: QWidget, bridge: Bridge, toasts: Toasts, *, allow_trading: AllowTrading | None = None
    ) -> None:
        self._window, self._bridge, self._toasts = window, bridge, toasts
        self._allow_trading = allow_trading
        self.start_question: StartQuestion = self._ask_to_start

    async def start(self, bot_ids: Sequence[int]) -> None:
        """A paused bot simply goes on; a stopped one tells first what it may spend."""
        for view in self._views(bot_ids):
            if view.status == "running" or not await self._may_trade(view):
                continue
            if view.status != "paused" and not await self.start_question(view):
                continue
            await self._start(view)

    async def pause(self, bot_ids: Sequence[int]) -> None:
        for view in self._views(bot_ids):
            if view.status == "running":
                await self._try(view, self._bridge.wishes.pause_bot(view.bot_id))

    async def pause_all(self) -> None:
        """No new deals anywhere; nothing is cancelled or sold."""
        running = [view for view in self._bridge.known.bots.values() if view.status == "running"]
        if not running:
            self._toasts.show("info", tr("No bot is running."))
            return
        lines = [tr("Open deals keep their take profit, safety orders and stop loss.")]
        title = tr("Pause {count} bots?").format(count=len(running))
        yes = tr("Pause {count} bots").format(count=len(running))
        if await dialogs.confirmed(self._window, title, lines, yes=yes, no=tr("Keep them running")):
            await self.pause([view.bot_id for view in running])

    async def stop(self, bot_ids: Sequence[int]) -> None:
        """With a running deal there are three ways; without one there is nothing to ask."""
        for view in self._views(bot_ids):
            if view.status == "stopped":
                if view.kind == "grid" and view.deals_open:
                    await self._end_grid(view)
                continue
            then: Then | None = "leave"
            if view.deals_open:
                then = await (self._ask_about_coins(view) if view.kind == "grid" else self._ask_how_to_stop(view))
            if then is not None:
                await self._try(view, self._bridge.wishes.stop_bot(view.bot_id, then))

    async def remove(self, bot_ids: Sequence[int]) -> None:
        for view in self._views(bot_ids):
            title = tr("Remove {bot}?").format(bot=view.name)
            lines = [tr("Its settings are deleted. Its closed deals stay in the records.")]
            if await dialogs.confirmed(self._window, title, lines, yes=tr("Remove bot"), no=tr("Keep bot")):
                await self._try(view, self._bridge.wishes.remove_bot(view.bot_id))

    # --- inside

    def _views(self, bot_ids: Sequence[int]) -> list[BotView]:
        return [self._bridge.known.bots[bot_id] for bot_id in bot_ids if bot_id in self._bridge.known.bots]

    async def _may_trade(self, view: BotView) -> bool:
        """A live account that only watches says so, and offers the step that would change it."""
        account = self._bridge.known.accounts.get(view.account)
        if account is None or account.may_trade or account.mode != "live":
            return True
        title = tr("{account} can be watched but not traded.").format(account=view.account)
        lines = [tr("{bot} was not started. Allowing trading is a step of its own.").format(bot=view.name)]
        actions = [Choice("allow", tr("Allow trading…"))] if self._allow_trading is not None else []
        answer = await dialogs.ask_action(
            self._window, title, lines, actions, no=tr("Keep watching only"), badge="live"
        )  # fmt: skip
        if answer == "allow" and self._allow_trading is not None:
            await self._allow_trading(view.account)
            account = self._bridge.known.accounts.get(view.account)
        return account is not None and account.may_trade

    async def _start(self, view: BotView) -> None:
        try:
            await self._bridge.ask(self._bridge.wishes.start_bot(view.bot_id))
        except Problem as problem:
            if problem.said.code != "not_affordable":
                self._complain(view, problem)
                return
            title = tr("Start {bot} with less than it may need?").format(bot=view.name)
            lines = [wording.problem_text(problem), tr("Orders that cannot be paid are refused by the exchange then.")]
            yes, badge = tr("Start bot anyway"), _badge(view)
            if await dialogs.confirmed(
                self._window, title, lines, yes=_with_mode(yes, badge), no=tr("Do not start"), level=2, badge=badge
            ):
                await self._try(view, self._bridge.wishes.start_bot(view.bot_id, even_if_short=True))

    async def _ask_to_start(self, view: BotView) -> bool:
        badge = _badge(view)
        lines = [money_sentence(view), tr("The bot works only while this app is running.")]
        if view.mode == "sim":
            lines.insert(1, tr("The market is simulated: nothing here is a real price."))
        title = tr('Start "{bot}"?').format(bot=view.name)
        if badge == "live":
            title = tr('Start "{bot}" with real money?').format(bot=view.name)
            lines[1:1] = live_lines(view, self._bridge.known)
        return await dialogs.confirmed(
            self._window, title, lines, yes=_with_mode(tr("Start bot"), badge), no=tr("Cancel"), level=2, badge=badge
        )

    async def _ask_how_to_stop(self, view: BotView) -> Then | None:
        badge = _badge(view)
        choices = [
            Choice("leave", tr("Leave it running until it closes"), tr("Its orders go on; no new deal starts.")),
            Choice("close", tr("Sell at market now"), tr("The result is taken as it is.")),
            Choice("cancel", tr("Stop managing, keep the coins"), tr("Its orders are cancelled; you sell later.")),
        ]
        title = tr('Stop "{bot}"?').format(bot=view.name)
        lines = [tr("It has {count} open deals. What should happen to them?").format(count=view.deals_open)]
        if view.deals_open == 1:
            lines = [tr("It has 1 open deal. What should happen to it?")]
        answer = await dialogs.ask_choice(
            self._window, title, lines, choices, yes=_with_mode(tr("Stop bot"), badge), no=tr("Keep it running"),
            level=2, badge=badge,
        )  # fmt: skip
        match answer:
            case "leave":
                return "leave"
            case "close":
                return "close"
            case "cancel":
                return "cancel"
        return None

    async def _end_grid(self, view: BotView) -> None:
        """A grid that was left to work on when its bot was stopped."""
        deal = self._grid_of(view)
        then = await self._ask_about_coins(view)
        if deal is None or then is None or then == "leave":
            return
        number = deal.deal.number
        await self._try(
            view, self._bridge.wishes.ask(view.bot_id, CloseDeal(number) if then == "close" else CancelDeal(number))
        )

    def _grid_of(self, view: BotView) -> DealView | None:
        return next((deal for deal in self._bridge.known.open_deals() if deal.bot_id == view.bot_id), None)

    async def _ask_about_coins(self, view: BotView) -> Then | None:
        """A grid ends in one of three ways, each with what becomes of its coins."""
        badge = _badge(view)
        deal = self._grid_of(view)
        market = self._bridge.known.market(view.account, view.pairs[0])
        sold = kept = ""
        if deal is not None and market is not None:
            coins = f"{fmt.amount(deal.deal.held, market.amount_step)} {market.base}"
            kept = tr("All its orders are cancelled; {coins} stay in your account.").format(coins=coins)
            sold = tr("All its orders are cancelled, then {coins} are sold.").format(coins=coins)
            if deal.last is not None:
                from desktop_app.gui import outlook

                out = outlook.closing(deal.deal, deal.last, market)
                words = tr("{text} About {proceeds}; total about {result} after fees.")
                sold = words.format(
                    text=sold, proceeds=fmt.money(out.proceeds, market.quote), result=fmt.pnl(out.result, market.quote)
                )
        choices = [
            Choice("cancel", tr("Keep the coins"), kept),
            Choice("close", tr("Sell all coins at market now"), sold),
            Choice("leave", tr("Let this grid work on"), tr("It trades as before; once it ends, none follows.")),
        ]
        answer = await dialogs.ask_choice(
            self._window,
            tr('Stop the grid "{bot}"?').format(bot=view.name),
            [tr("What should happen to its coins?")],
            choices,
            yes=_with_mode(tr("Stop grid"), badge), no=tr("Keep it running"), level=2, badge=badge,
        )  # fmt: skip
        answers: dict[str | None, Then] = {"cancel": "cancel", "close": "close", "leave": "leave"}
        return answers.get(answer)

    async def _try(self, view: BotView, wish: Coroutine[Any, Any, None]) -> None:
        try:
            await self._bridge.ask(wish)
        except Problem as problem:
            self._complain(view, problem)

    def _complain(self, view: BotView, problem: Problem) -> None:
        text = tr("{bot}: {problem}").format(bot=view.name, problem=wording.problem_text(problem))
        self._toasts.show("error", text, is_sticky=True)


def money_sentence(view: BotView) -> str:
    """ "Will place up to 216.77 USDT in orders on Paper wallet (paper)." """
    quote = view.pairs[0].partition("/")[2] if view.pairs else ""
    values = {"amount": fmt.money(view.funds_max, quote), "account": view.account}
    if view.mode == "live":
        return tr("Will place up to {amount} in orders on {account}, with real money.").format(**values)
    return tr("Will place up to {amount} in orders on {account} (paper).").format(**values)


def live_lines(view: BotView, known: Known) -> list[str]:
    """What is free for it now and what would be left; and that a bot without a stop loss can lose on and on."""
    base, _, quote = view.pairs[0].partition("/") if view.pairs else ("", "", "")
    lines = []
    balance = known.balances.get(view.account, {}).get(quote)
    if balance is not None:
        left = balance.free - view.funds_max
        words = tr("Free now {free}; {left} left if all orders fill.")
        if left < 0:
            words = tr("Free now {free}: that does not cover all orders.")
        lines.append(words.format(free=fmt.money(balance.free, quote), left=fmt.money(left, quote)))
    if view.kind == "dca" and not _has_stop(view.settings_json):
        words = tr("No stop loss: if {coin} keeps falling, the deal stays open and the loss keeps growing.")
        lines.append(words.format(coin=base))
    if view.kind == "grid" and not json.loads(view.settings_json or "{}").get("grid", {}).get("stop_below"):
        words = tr("No stop below: if {coin} falls out of the range, the grid keeps its coins and the loss grows.")
        lines.append(words.format(coin=base))
    return lines


def _has_stop(settings_json: str) -> bool:
    """Settings that cannot be read count as without one, the careful answer."""
    try:
        stop = json.loads(settings_json).get("stop_loss", {})
        return bool(stop.get("percent") or stop.get("price"))
    except (ValueError, AttributeError):
        return False


def _badge(view: BotView) -> BadgeKind:
    return "live" if view.mode == "live" else "paper"


def _with_mode(text: str, badge: BadgeKind) -> str:
    pattern = tr("{action} with real money") if badge == "live" else tr("{action} (paper)")
    return pattern.format(action=text)

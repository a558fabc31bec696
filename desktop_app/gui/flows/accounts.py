"""What a person does to accounts: connect, allow trading, check, replace the key, remove, say "it was me"."""

from __future__ import annotations

from collections.abc import Callable, Coroutine
from datetime import tzinfo
from typing import TYPE_CHECKING, Any

from PySide6.QtWidgets import QWidget

from desktop_app.gui import dialogs, fmt, wording
from desktop_app.gui.account_words import exchange_name, has_key
from desktop_app.gui.bridge import Bridge
from desktop_app.gui.connect.clock import now_ms
from desktop_app.gui.connect.fact_list import FactList
from desktop_app.gui.connect.marks import clock_fact, facts_of, key_line
from desktop_app.gui.connect.places import open_page, place_of
from desktop_app.gui.dialogs import body_lines
from desktop_app.gui.i18n import tr
from desktop_app.gui.notices import BadgeKind, Toasts

if TYPE_CHECKING:
    from desktop_app.core.risk import Limits
    from desktop_app.engine.views import AccountCheck, AccountView
    from desktop_app.gui.connect.connect_dialog import ConnectDialog
    from desktop_app.gui.flows.limits import Standing

_MOST_BOTS = 8


class AccountFlows:
    """Every flow asks first where money or a key is at stake, and tells what became of it."""

    def __init__(
        self, window: QWidget, bridge: Bridge, toasts: Toasts, zone: tzinfo, *, now: Callable[[], int] | None = None
    ) -> None:
        self._window, self._bridge, self._toasts, self._zone = window, bridge, toasts, zone
        self._now = now or now_ms
        self.on_connected: Callable[[str], None] = lambda _name: None

    def connect(self) -> ConnectDialog:
        """Open the way to a new account."""
        from desktop_app.gui.connect.connect_dialog import ConnectDialog

        dialog = ConnectDialog(self._bridge, self._zone, self._window, now=self._now)
        dialog.connected.connect(self._connected)
        dialog.finished.connect(dialog.deleteLater)
        dialog.open()
        return dialog

    def replace_key(self, name: str) -> ConnectDialog | None:
        from desktop_app.gui.connect.connect_dialog import ConnectDialog

        view = self._bridge.known.accounts.get(name)
        if view is None or not has_key(view):
            return None
        dialog = ConnectDialog(self._bridge, self._zone, self._window, replaces=view, now=self._now)
        dialog.connected.connect(self._replaced)
        dialog.finished.connect(dialog.deleteLater)
        dialog.open()
        return dialog

    async def allow_trading(self, name: str) -> None:
        """P-04: its own step, with the money named; the button sleeps for a second."""
        view = self._bridge.known.accounts.get(name)
        if view is None or view.may_trade:
            return
        title = tr("Allow trading with real money on {account}?").format(account=name)
        free = self._free(name)
        lines = [
            tr("Bots may then place orders with real money on {exchange}.").format(
                exchange=exchange_name(view.exchange)
            ),
            *([tr("Free now: {amounts}.").format(amounts=free)] if free else []),
            tr("Nothing starts by this: every bot is started by you, with its own question."),
        ]
        facts = FactList()
        facts.show_facts(facts_of(view.rights, self._now(), self._zone)[:5])
        yes, no = tr("Allow trading with real money"), tr("Keep watching only")
        badge: BadgeKind = "live" if view.mode == "live" else "paper"
        if await dialogs.confirmed(
            self._window, title, lines, yes=yes, no=no, level=2, badge=badge, body=facts if has_key(view) else None
        ):
            done = tr("{account} may trade now. Start a bot when you want it to.").format(account=name)
            await self._try(self._bridge.wishes.allow_trading(name), done)

    async def set_limits(self, name: str, offered: Limits | None = None) -> None:
        """What no bot may exceed there. `offered` is filled in, not yet in force."""
        from desktop_app.core.risk import Limits
        from desktop_app.gui.flows.limits import LimitsForm

        view = self._bridge.known.accounts.get(name)
        if view is None:
            return
        before = Limits.model_validate_json(view.limits_json)
        form = LimitsForm(self._bridge.known.quote(name), before, self._standing(name), is_watched=view.mode == "live")
        badge: BadgeKind = "live" if view.mode == "live" else "paper"
        title = tr("Limits that no bot on {account} gets past").format(account=name)
        sheet = dialogs.Question(self._window, title, badge=badge, body=form)
        sheet.add_safe(tr("Keep limits as they are"))
        save = sheet.add_answer("yes", tr("Save limits"))
        form.changed.connect(lambda: save.setEnabled(form.is_possible))
        save.setEnabled(False)
        if offered is not None:
            form.offer(offered)
        form.deals.setFocus()
        answer = await dialogs.asked(sheet)
        after = form.limits
        if answer is None or after is None or not await self._try(self._bridge.wishes.set_limits(name, after), ""):
            return
        done = tr("{account}: the new limits hold from the next order on.").format(account=name)
        toast = self._toasts.show("good", done, action=tr("Undo…"))
        # Nothing is loosened by a toast, which is easily clicked by mistake: the sheet comes with what was before.
        toast.action_requested.connect(lambda: self._bridge.spawn(self.set_limits(name, before)))

    async def check(self, name: str) -> None:
        """Ask the exchange what the key may do now, and show it."""
        from desktop_app.engine.problem import Problem

        try:
            check = await self._bridge.ask(self._bridge.wishes.check_account(name))
        except Problem as problem:
            self._toasts.show("error", wording.problem_text(problem), is_sticky=True)
            return
        await self._show_check(name, check)

    async def remove(self, name: str) -> None:
        """P-11: what is affected, what stays at the exchange, and that the key has to be deleted there too."""
        view = self._bridge.known.accounts.get(name)
        if view is None:
            return
        bots = [bot.name for bot in self._bridge.known.bots.values() if bot.account == name]
        body = body_lines(self._what_stays(view, bots))
        badge: BadgeKind = "live" if view.mode == "live" else "paper"
        if bots:
            title = tr("{account} is used by {count} bots").format(account=name, count=len(bots))
            if len(bots) == 1:
                title = tr("{account} is used by 1 bot").format(account=name)
            lines = [tr("Remove these bots first; then the account can be removed. Nothing was changed.")]
            await dialogs.ask_action(self._window, title, lines, [], no=tr("Keep account"), badge=badge, body=body)
            return
        title = tr("Remove {account} from this computer?").format(account=name)
        lines = [tr("Its key is deleted from the keyring. Its closed deals stay in the records.")]
        if not has_key(view):
            lines = [tr("Its paper money is gone then. Its closed deals stay in the records.")]
        if await dialogs.confirmed(
            self._window, title, lines, yes=tr("Remove account"), no=tr("Keep account"), level=3, badge=badge,
            word=tr("REMOVE"), body=body,
        ):  # fmt: skip
            await self._try(self._bridge.wishes.remove_account(name), self._removed_words(view))

    async def acknowledge(self, name: str) -> None:
        """ "It was me": bots go on. Asked for once more, because it may not have been."""
        title = tr("Was everything on {account} done by you?").format(account=name)
        lines = [
            tr("Bots on it go on then, with real money."),
            tr("If it was not you: delete the key at the exchange now. This app cannot do that for you."),
        ]
        if await dialogs.confirmed(
            self._window, title, lines, yes=tr("It was me, let bots go on"), no=tr("Keep bots stopped"), level=2,
            badge="live",
        ):  # fmt: skip
            done = tr("Bots on {account} go on.").format(account=name)
            await self._try(self._bridge.wishes.acknowledge_foreign(name), done)

    async def unlock(self, name: str) -> None:
        """Have the keyring ask for its password, then try the account again."""
        from desktop_app.engine.problem import Problem

        wishes = self._bridge.wishes
        try:
            keyring = await self._bridge.ask(wishes.test_keyring())
            if keyring.kind != "ok":
                words = wording.sentence(keyring.remedy) if keyring.remedy is not None else ""
                self._toasts.show("warning", words or tr("The keyring is still locked."), is_sticky=True)
                return
            await self._bridge.ask(wishes.reconnect(name))
        except Problem as problem:
            self._toasts.show("error", wording.problem_text(problem), is_sticky=True)

    async def help(self, name: str, what: str) -> None:
        """The one button beside a trouble."""
        match what:
            case "unlock":
                await self.unlock(name)
            case "replace":
                self.replace_key(name)
            case "reconnect":
                await self._try(self._bridge.wishes.reconnect(name), "")
            case "acknowledge":
                await self.acknowledge(name)
            case "allow":
                await self.allow_trading(name)

    def open_page(self, name: str) -> None:
        """The exchange's own page of keys, if it is one of those that are written down here."""
        view = self._bridge.known.accounts.get(name)
        place = place_of(view.exchange) if view is not None else None
        if place is not None:
            open_page(place.key_page)

    # --- inside

    def _connected(self, name: str) -> None:
        view = self._bridge.known.accounts.get(name)
        words = tr("{account} is connected.").format(account=name)
        if view is None or view.mode == "live":
            words = tr("{account} is connected and starts as Watch only.").format(account=name)
        self._toasts.show("good", words)
        self.on_connected(name)

    def _replaced(self, name: str) -> None:
        text = tr("The key of {account} was replaced. Delete the old one at the exchange.").format(account=name)
        self._toasts.show("good", text)

    async def _show_check(self, name: str, check: AccountCheck) -> None:
        view = self._bridge.known.accounts.get(name)
        exchange = exchange_name(check.exchange)
        facts = FactList()
        facts.show_facts([*facts_of(check.rights, self._now(), self._zone), clock_fact(check.clock_offset_ms)])
        if not check.reachable:
            text = tr("{exchange} did not answer.").format(exchange=exchange)
            self._toasts.show("warning", " ".join([text, *(wording.sentence(said) for said in check.reasons)]))
            return
        tail = check.tail or (view.key_tail if view is not None else "")
        title = tr("Rights of the key of {account}").format(account=name)
        lines = [key_line(exchange, tail, check.rights, self._now(), self._zone)]
        if check.verdict == "refused":
            lines += [wording.sentence(said) for said in check.reasons]
            lines.append(tr("Bots on it open nothing. Replace the key."))
        later = [dialogs.Choice("remind", tr("Remind me in 7 days"))] if check.rights.ip_restricted is False else []
        if await dialogs.ask_action(self._window, title, lines, later, no=tr("Got it"), badge="live", body=facts):
            done = tr("In 7 days you are reminded, unless the key of {account} is bound by then.").format(account=name)
            await self._try(self._bridge.wishes.remind_of_key(name), done)

    def _what_stays(self, view: AccountView, bots: list[str]) -> list[tuple[str, str]]:
        known = self._bridge.known
        count = sum(order.account == view.name for order in known.orders.values())
        shown = bots[:_MOST_BOTS]
        if len(bots) > _MOST_BOTS:
            shown.append(tr("and {count} more").format(count=len(bots) - _MOST_BOTS))
        lines = [(tr("Bots"), "\n".join(shown) if shown else tr("none uses it"))]
        if view.mode == "live":
            left = (
                tr("{count} orders of this app stay there").format(count=count) if count else tr("no order of this app")
            )
            lines.append((tr("On the exchange"), left))
            lines.append(
                (tr("The key"), tr("Delete it at {exchange} too: removing it here does not end it there.").format(
                    exchange=exchange_name(view.exchange)))
            )  # fmt: skip
        return lines

    def _removed_words(self, view: AccountView) -> str:
        if not has_key(view):
            return tr("{account} was removed.").format(account=view.name)
        return tr("{account} was removed. Delete its key {tail} at {exchange} too.").format(
            account=view.name, tail=view.key_tail, exchange=exchange_name(view.exchange)
        )

    def _free(self, name: str) -> str:
        held = self._bridge.known.balances.get(name, {})
        quote = self._bridge.known.quote(name)
        balance = held.get(quote)
        return fmt.money(balance.free, quote) if balance is not None else ""

    def _standing(self, name: str) -> Standing:
        from desktop_app.gui.flows.limits import Standing

        known = self._bridge.known
        bots = tuple((bot.name, bot.pairs) for bot in known.bots.values() if bot.account == name)
        opened = sum(view.account == name for view in known.open_deals())
        return Standing(frozenset(known.markets.get(name, ())), bots, opened)

    async def _try(self, wish: Coroutine[Any, Any, Any], done: str) -> bool:
        """Whether it was done."""
        from desktop_app.engine.problem import Problem

        try:
            await self._bridge.ask(wish)
        except Problem as problem:
            self._toasts.show("error", wording.problem_text(problem), is_sticky=True)
            return False
        if done:
            self._toasts.show("good", done)
        return True

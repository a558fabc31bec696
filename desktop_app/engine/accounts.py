"""The accounts: their rows and desks, and how they come and go."""

import json
import logging
from collections.abc import Callable, Mapping
from dataclasses import replace
from decimal import Decimal
from typing import Any, Protocol, runtime_checkable

from desktop_app.config import Paths
from desktop_app.core.credentials import Credentials
from desktop_app.core.risk import Limits
from desktop_app.engine.account_config import given_config, mark_of, needs_password, with_mark
from desktop_app.engine.bots import Bots
from desktop_app.engine.desk import AccountDesk
from desktop_app.engine.key_check import check_new, check_shown, must_be_of, must_be_taken
from desktop_app.engine.keys import FetchKey, Keys
from desktop_app.engine.news import AccountGone, AccountNews
from desktop_app.engine.no_exchange import NoExchange
from desktop_app.engine.problem import REFUSED_FOR_SAFETY, Problem, of_store, problem
from desktop_app.engine.shapes import Surroundings
from desktop_app.engine.telling import account_view
from desktop_app.engine.turns import Turns
from desktop_app.engine.views import EMBEDDED, AccountCheck, AccountView
from desktop_app.exchange.protocol import Exchange, HasKey, Refused
from desktop_app.store.errors import NameTaken, StoreError
from desktop_app.store.rows import AccountRow

_log = logging.getLogger(__name__)
_LONGEST_NAME = 80
_DAY_MS = 86_400_000

MakeExchange = Callable[[AccountRow, Paths, Callable[[], int], FetchKey], Exchange]


@runtime_checkable
class HasSpeed(Protocol):
    """An exchange whose clock can run faster than ours."""

    async def set_speed(self, speed: float) -> None:
        """Raises Refused."""


class Accounts:
    """Every account has a desk; `desks` is by name and shared with those who need it."""

    def __init__(
        self, shared: Surroundings, paths: Paths, make_exchange: MakeExchange, keys: Keys, *, connects: bool = True
    ) -> None:
        self._shared = shared
        self._paths = paths
        self._make_exchange = make_exchange
        self._connects = connects
        self.keys = keys
        self.desks: dict[str, AccountDesk] = {}

    async def open(self) -> None:
        """Put up a desk for each account."""
        for row in await self._shared.store.accounts():
            try:
                desk = self._make_desk(row)
            except (ValueError, OSError, Problem) as error:
                _log.exception("account %s cannot be opened", row.name)
                desk = AccountDesk(row, NoExchange(str(error), is_simulated=row.exchange == EMBEDDED), self._shared)
            await desk.restore()
            self.desks[row.name] = desk

    def connect(self, bots: Bots, turns: Turns | None = None) -> None:
        """Let all accounts connect, those with bots first; does not wait for any exchange."""
        wanted = {row.account_id for row in bots.rows() if row.is_wanted}
        for desk in sorted(self.desks.values(), key=lambda desk: desk.row.account_id not in wanted):
            self._connect(desk, bots, turns if desk.row.exchange != EMBEDDED else None)

    def desk(self, name: str) -> AccountDesk:
        """Raises Problem."""
        desk = self.desks.get(name)
        if desk is None:
            raise problem("no_such_account", account=str(name)[:80])
        return desk

    def views(self) -> tuple[AccountView, ...]:
        return tuple(account_view(desk) for desk in self.desks.values())

    # --- coming and going

    async def add(
        self,
        name: str,
        exchange: str,
        *,
        is_paper: bool,
        config: Mapping[str, Any],
        credentials: Credentials | None,
        session_only: bool,
        bots: Bots,
    ) -> int:
        """Check first, then keep the key, then the account; nothing of it stays if one fails. Raises Problem."""
        self._must_be_free(name)
        row = AccountRow(0, name, exchange, is_paper, _config_json(exchange, config))
        check = await self._check_of(row, credentials)
        try:
            if check is None or credentials is None:
                account_id = await self._shared.store.add_account(row)
            else:
                async with self.keys.kept(credentials, check, session_only=session_only) as mark:
                    row = with_mark(row, mark)
                    account_id = await self._shared.store.add_account(row)
        except (NameTaken, StoreError) as error:
            raise problem("name_taken", name=name) if isinstance(error, NameTaken) else of_store(error) from None
        desk = self.desks[name] = self._make_desk(replace(row, account_id=account_id))
        self._shared.bus.publish(AccountNews(account_view(desk)))
        if self._connects:
            self._connect(desk, bots)
            await desk.link.first_try.wait()
        return account_id

    async def remove(self, name: str, bots: Bots) -> None:
        """The key goes first: an account without its key can be removed again, a key without its account not.

        Raises Problem.
        """
        desk = self.desk(name)
        users = [row.name for row in bots.rows() if row.account_id == desk.row.account_id]
        if users:
            raise problem("account_in_use", account=name, bots=", ".join(users))
        try:
            async with self.keys.given_up(desk.mark):
                if desk.mark is not None:
                    await desk.change_row(lambda row: with_mark(row, None))
                await self._shared.store.remove_account(desk.row.account_id)
        except StoreError as error:
            raise of_store(error) from None
        self.desks.pop(name)
        await desk.close()
        self._shared.bus.publish(AccountGone(name))

    # --- keys

    async def check_key(self, exchange: str, config: Mapping[str, Any], credentials: Credentials) -> AccountCheck:
        """What the exchange says about a key; nothing is kept. Raises Problem: there is no such exchange or address."""
        row = AccountRow(0, "", exchange, False, _config_json(exchange, config))
        return await self._asked(row, credentials)

    async def check_account(self, name: str) -> AccountCheck:
        """Raises Problem: there is no such account."""
        return await check_shown(self.desk(name))

    async def replace_key(self, name: str, credentials: Credentials, *, session_only: bool) -> AccountCheck:
        """Another key of the same account at the exchange. Raises Problem, and then the old key stays."""
        desk = self.desk(name)
        old = desk.mark
        if old is None:
            raise problem("key_not_wanted", account=name)
        check = await self._asked(desk.row, credentials)
        must_be_taken(check)
        must_be_of(check, old)
        try:
            async with self.keys.kept(credentials, check, session_only=session_only, instead_of=old) as mark:
                await desk.change_row(lambda row: with_mark(row, mark))
        except StoreError as error:
            raise of_store(error) from None
        desk.key.is_good()
        desk.link.reconnect()
        self._shared.bus.publish(AccountNews(account_view(desk)))
        return check

    async def forget_keys(self) -> tuple[str, ...]:
        """Raises Problem: some key is still there."""
        forgotten = []
        for desk in tuple(self.desks.values()):
            if desk.mark is None:
                continue
            await self.keys.forget(desk.mark)
            await self._change(desk, lambda row: replace(row, may_trade=False))
            desk.link.reconnect()
            forgotten.append(desk.row.name)
        return tuple(forgotten)

    async def allow_trading(self, name: str) -> None:
        """Raises Problem."""
        desk = self.desk(name)
        if desk.mark is not None and desk.mark.rights.trade is False:
            raise problem("key_only_reads", REFUSED_FOR_SAFETY, account=name)
        await self._change(desk, lambda row: replace(row, may_trade=True))

    async def set_limits(self, name: str, limits: Limits) -> None:
        """Raises Problem."""
        desk = self.desk(name)
        await self._change(desk, lambda row: replace(row, limits_json=limits.model_dump_json()))

    async def remind_of_key(self, name: str, days: int) -> None:
        """Raises Problem."""
        desk = self.desk(name)
        try:
            await desk.remind(self._shared.clock() + days * _DAY_MS)
        except StoreError as error:
            raise of_store(error) from None
        self._shared.bus.publish(AccountNews(account_view(desk)))

    async def reconnect(self, name: str) -> None:
        """Try again at once, whatever was waited for. Raises Problem."""
        self.desk(name).link.reconnect()

    # --- the embedded exchange

    async def set_speed(self, name: str, speed: Decimal) -> None:
        desk = self.desk(name)
        if not isinstance(desk.exchange, HasSpeed):
            raise problem("no_speed", account=name)
        try:
            await desk.exchange.set_speed(float(speed))
        except Refused:
            raise problem("bad_speed", speed=speed) from None

        def told(row: AccountRow) -> AccountRow:
            return replace(row, config_json=json.dumps(json.loads(row.config_json) | {"speed": float(speed)}))

        await self._change(desk, told)
        desk.rearm()

    async def close(self) -> None:
        for desk in self.desks.values():
            await desk.close()

    # --- small

    def _must_be_free(self, name: str) -> None:
        if not name.strip() or not name.isprintable() or len(name) > _LONGEST_NAME:
            raise problem("bad_account", reason="its name must have 1 to 80 visible characters")
        if name in self.desks:
            raise problem("name_taken", name=name)

    async def _check_of(self, row: AccountRow, credentials: Credentials | None) -> AccountCheck | None:
        """What the exchange says about the key of a new account; None if it needs none. Raises Problem."""
        # Built once before anything is kept, so that nothing is written down of an account that cannot be.
        probe = self._make(row, _no_key)
        await probe.close()
        if row.is_paper or row.exchange == EMBEDDED or not isinstance(probe, HasKey):
            if credentials is not None:
                raise problem("key_not_wanted", account=row.name)
            return None
        if credentials is None:
            raise problem("key_needed", account=row.name)
        check = await self._asked(row, credentials)
        must_be_taken(check)
        self._must_be_new(row, credentials, check)
        return check

    async def _asked(self, row: AccountRow, credentials: Credentials) -> AccountCheck:
        self.keys.guard(credentials)
        if needs_password(row.exchange) and not credentials.password:
            raise problem("key_needs_password", account=row.name or row.exchange)

        async def given() -> Credentials:
            return credentials

        exchange = self._make(row, given)
        try:
            if not isinstance(exchange, HasKey):
                raise problem("key_not_wanted", account=row.name or row.exchange)
            return await check_new(exchange, row.exchange, credentials, self._shared.clock())
        finally:
            await exchange.close()

    def _must_be_new(self, row: AccountRow, credentials: Credentials, check: AccountCheck) -> None:
        """Two accounts here on one account there would take each other for strangers."""
        uid, mark = check.rights.uid, self.keys.mark_of(credentials)
        for desk in self.desks.values():
            known = desk.mark
            if known is None or desk.row.exchange != row.exchange:
                continue
            if (uid and known.uid == uid) or known.mark == mark:
                raise problem("key_already_here", account=desk.row.name)

    async def _change(self, desk: AccountDesk, change: Callable[[AccountRow], AccountRow]) -> None:
        try:
            await desk.change_row(change)
        except StoreError as error:
            raise of_store(error) from None
        self._shared.bus.publish(AccountNews(account_view(desk)))

    def _make_desk(self, row: AccountRow) -> AccountDesk:
        held: list[AccountDesk] = []
        fetch = self.keys.opener(lambda: held[0].mark if held else mark_of(row))
        desk = AccountDesk(row, self._make(row, fetch), self._shared)
        held.append(desk)
        if row.exchange != EMBEDDED:
            desk.renew = lambda: self._make(desk.row, fetch)
        return desk

    def _make(self, row: AccountRow, fetch: FetchKey) -> Exchange:
        try:
            return self._make_exchange(row, self._paths, self._shared.clock, fetch)
        except ValueError as error:
            raise problem("bad_account", reason=str(error)) from None

    def _connect(self, desk: AccountDesk, bots: Bots, turns: Turns | None = None) -> None:
        async def run() -> None:
            if turns is not None:
                await turns.take(desk.link.first_try)
            await desk.link.run(lambda: bots.take_up_all(desk))

        desk.begin_made = bots.begin_made
        desk.on_opened = bots.opened
        desk.on_row = bots.ended
        desk.task = self._shared.crew.keep(run, f"account {desk.row.name}")


async def _no_key() -> Credentials:
    raise Refused("no key was given", "key_missing")


def _config_json(exchange: str, config: Mapping[str, Any]) -> str:
    """Raises Problem."""
    if exchange == EMBEDDED:
        return json.dumps(dict(config), default=str)
    try:
        return given_config(config).model_dump_json()
    except ValueError as error:
        raise problem("bad_account", reason=str(error)) from None

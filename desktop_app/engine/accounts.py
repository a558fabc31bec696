"""The accounts: their rows and desks, and how they come and go."""

import json
import logging
from collections.abc import Callable, Mapping
from dataclasses import replace
from decimal import Decimal
from typing import Any, Protocol, runtime_checkable

from desktop_app.config import Paths
from desktop_app.engine.bots import Bots
from desktop_app.engine.desk import AccountDesk
from desktop_app.engine.news import AccountGone, AccountNews
from desktop_app.engine.no_exchange import NoExchange
from desktop_app.engine.problem import Problem, of_store, problem
from desktop_app.engine.shapes import Surroundings
from desktop_app.engine.telling import account_view
from desktop_app.engine.views import EMBEDDED, AccountView
from desktop_app.exchange.protocol import Exchange, Refused
from desktop_app.store.errors import NameTaken, StoreError
from desktop_app.store.rows import AccountRow

_log = logging.getLogger(__name__)

MakeExchange = Callable[[AccountRow, Paths, Callable[[], int]], Exchange]


@runtime_checkable
class HasSpeed(Protocol):
    """An exchange whose clock can run faster than ours."""

    async def set_speed(self, speed: float) -> None:
        """Raises Refused."""


class Accounts:
    """Every account has a desk; `desks` is by name and shared with those who need it."""

    def __init__(self, shared: Surroundings, paths: Paths, make_exchange: MakeExchange) -> None:
        self._shared = shared
        self._paths = paths
        self._make_exchange = make_exchange
        self.desks: dict[str, AccountDesk] = {}

    async def open(self) -> None:
        """Put up a desk for each account."""
        for row in await self._shared.store.accounts():
            try:
                desk = self._make_desk(row)
            except (ValueError, OSError, Problem) as error:
                _log.exception("account %s cannot be opened", row.name)
                desk = AccountDesk(row, NoExchange(str(error), is_simulated=row.exchange == EMBEDDED), self._shared)
            self.desks[row.name] = desk

    def connect(self, bots: Bots) -> None:
        """Let all accounts connect; does not wait for any exchange."""
        for desk in self.desks.values():
            self._connect(desk, bots)

    def desk(self, name: str) -> AccountDesk:
        """Raises Problem."""
        desk = self.desks.get(name)
        if desk is None:
            raise problem("no_such_account", account=str(name)[:80])
        return desk

    def views(self) -> tuple[AccountView, ...]:
        return tuple(account_view(desk) for desk in self.desks.values())

    async def add(self, name: str, exchange: str, *, is_paper: bool, config: Mapping[str, Any], bots: Bots) -> int:
        """Raises Problem."""
        if not name.strip() or not name.isprintable() or len(name) > 80:
            raise problem("bad_account", reason="its name must have 1 to 80 visible characters")
        if name in self.desks:
            raise problem("name_taken", name=name)
        row = AccountRow(0, name, exchange, is_paper, json.dumps(dict(config), default=str))
        # Built once before it is kept, so that nothing is written down of an account that cannot be.
        self._make_desk(row)
        try:
            account_id = await self._shared.store.add_account(row)
        except NameTaken:
            raise problem("name_taken", name=name) from None
        except StoreError as error:
            raise of_store(error) from None
        desk = self.desks[name] = self._make_desk(replace(row, account_id=account_id))
        self._connect(desk, bots)
        self._shared.bus.publish(AccountNews(account_view(desk)))
        await desk.link.first_try.wait()
        return account_id

    async def remove(self, name: str, bots: Bots) -> None:
        """Raises Problem."""
        desk = self.desk(name)
        users = [row.name for row in bots.rows() if row.account_id == desk.row.account_id]
        if users:
            raise problem("account_in_use", account=name, bots=", ".join(users))
        await self._shared.store.remove_account(desk.row.account_id)
        self.desks.pop(name)
        await desk.close()
        self._shared.bus.publish(AccountGone(name))

    async def allow_trading(self, name: str) -> None:
        desk = self.desk(name)
        row = replace(desk.row, may_trade=True)
        await self._shared.store.save_account(row)
        desk.row = row
        self._shared.bus.publish(AccountNews(account_view(desk)))

    async def set_speed(self, name: str, speed: Decimal) -> None:
        desk = self.desk(name)
        if not isinstance(desk.exchange, HasSpeed):
            raise problem("no_speed", account=name)
        try:
            await desk.exchange.set_speed(float(speed))
        except Refused:
            raise problem("bad_speed", speed=speed) from None
        config = json.loads(desk.row.config_json)
        config["speed"] = float(speed)
        row = replace(desk.row, config_json=json.dumps(config))
        await self._shared.store.save_account(row)
        desk.row = row
        desk.rearm()
        self._shared.bus.publish(AccountNews(account_view(desk)))

    async def close(self) -> None:
        for desk in self.desks.values():
            await desk.close()

    def _make_desk(self, row: AccountRow) -> AccountDesk:
        try:
            exchange = self._make_exchange(row, self._paths, self._shared.clock)
        except ValueError as error:
            raise problem("bad_account", reason=str(error)) from None
        return AccountDesk(row, exchange, self._shared)

    def _connect(self, desk: AccountDesk, bots: Bots) -> None:
        desk.task = self._shared.crew.keep(
            lambda: desk.link.run(lambda: bots.take_up_all(desk)), f"account {desk.row.name}"
        )

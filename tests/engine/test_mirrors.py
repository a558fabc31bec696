"""A mirror on a second account: begun with its source's deals, in its own size, ended by its own fills."""

from dataclasses import dataclass
from decimal import Decimal
from pathlib import Path

import pytest

from desktop_app.core.bot_file import read_bot_file, write_bot_file
from desktop_app.core.deal import DealStatus
from desktop_app.core.events import StartDeal
from desktop_app.core.strategies import KINDS
from desktop_app.engine.desk import AccountDesk
from desktop_app.engine.keys import FetchKey
from desktop_app.engine.news import LogNews
from desktop_app.engine.problem import Problem
from desktop_app.store.codec import deal_from_json
from desktop_app.store.rows import AccountRow, BotRow
from tests.engine.lab import Lab
from tests.fakes import FakeExchange, FakeVenue, breathe

D = Decimal
SOURCE = """
kind = "dca"
name = "Source"
account = "demo"
pairs = ["BTC/USDT"]
base_order = { volume = "1000" }
safety_orders = { volume = "500", price_deviation = "1", max_count = 2 }
take_profit = { percent = "1" }
stop_loss = { percent = "10" }
start = { mode = "manual" }
"""


@dataclass
class TwoAccounts(Lab):
    """The second account has a venue of its own, with half the money."""

    def __post_init__(self) -> None:
        super().__post_init__()
        self.kinds = KINDS
        self.second = FakeVenue(self.clock)
        self.second.balances["USDT"] = D(5_000)

    def make_exchange(self, row: AccountRow, fetch: FetchKey) -> FakeExchange:
        return FakeExchange(self.venue if row.name == "demo" else self.second, self.power)

    @property
    def other(self) -> AccountDesk:
        accounts = self.running._accounts
        assert accounts is not None
        return accounts.desks["second"]

    async def prices(self, price: str, other: str = "") -> None:
        self.clock.at += 1_000
        self.venue.set_price("BTC/USDT", price)
        self.second.set_price("BTC/USDT", other or price)
        await self.settle()
        await breathe(20)
        await self.settle()

    async def statuses_of(self, bot: int) -> list[DealStatus]:
        rows = await self.running.store.deals(bot)
        return [deal_from_json(row.deal_json).status for row in rows]


async def _mirrored(folder: Path, percent: Decimal | None = None) -> TwoAccounts:
    lab = TwoAccounts(folder)
    await lab.start()
    await lab.add(SOURCE, is_started=False)
    supervisor = lab.running.supervisor
    await supervisor.add_account("second", "fake")
    await supervisor.allow_trading("second")
    await lab.prices("50000")
    await supervisor.mirror_bot("Source", "second", "Mirror", percent)
    await supervisor.start_bot("Source")
    await lab.prices("50000")
    return lab


async def _begin(lab: TwoAccounts) -> None:
    await lab.running.supervisor.ask("Source", StartDeal("BTC/USDT"))
    await lab.prices("50000")
    await lab.prices("50000")


async def test_a_mirror_begins_with_its_source_in_the_size_of_its_balance(tmp_path: Path) -> None:
    lab = await _mirrored(tmp_path)
    view = await lab.running.supervisor.bot("Mirror")
    assert (view.status, view.why.code, view.why["bot"]) == ("running", "why_mirrors", "Source")

    await _begin(lab)

    (source,), (mirror,) = lab.desk.runners[1].ledger.deals.values(), lab.other.runners[2].ledger.deals.values()
    assert source.position.entry_amount == D("0.02") and mirror.position.entry_amount == D("0.01")
    assert mirror.status is DealStatus.OPEN and len(mirror.live_orders) == len(source.live_orders)
    assert mirror.opened_at - source.opened_at <= 2_000
    await lab.stop()


async def test_each_ends_by_its_own_fills(tmp_path: Path) -> None:
    lab = await _mirrored(tmp_path)
    await _begin(lab)

    await lab.prices("50700", "50200")
    assert (await lab.statuses_of(1), await lab.statuses_of(2)) == ([DealStatus.COMPLETED], [DealStatus.OPEN])

    await lab.prices("50700", "50700")
    assert await lab.statuses_of(2) == [DealStatus.COMPLETED]
    await lab.prices("50700")
    assert len(await lab.statuses_of(2)) == 1, "it begins nothing by itself"
    await lab.stop()


async def test_it_changes_pauses_and_stops_with_its_source_and_not_by_itself(tmp_path: Path) -> None:
    lab = await _mirrored(tmp_path, D(25))
    supervisor = lab.running.supervisor

    await supervisor.edit_bot("Source", SOURCE.replace('"1000"', '"2000"').replace('"Source"', '"Renamed"'))
    settings = KINDS["dca"].settings.model_validate_json((await supervisor.bot("Mirror")).settings_json)
    assert settings.base_order.volume == 500 and settings.mirror is not None  # type: ignore[attr-defined]
    assert settings.mirror.of == "Renamed" and settings.start.mode == "signal"  # type: ignore[attr-defined]
    assert read_bot_file(write_bot_file(settings)).settings == settings

    with pytest.raises(Problem) as caught:
        await supervisor.edit_bot("Mirror", SOURCE)
    assert caught.value.said.code == "mirror_is_not_edited"
    await supervisor.pause_bot("Renamed")
    assert (await supervisor.bot("Mirror")).status == "paused"
    await supervisor.stop_bot("Renamed")
    assert (await supervisor.bot("Mirror")).status == "stopped"
    with pytest.raises(Problem) as caught:
        await supervisor.remove_bot("Renamed")
    assert caught.value.said.code == "mirror_needs_source"
    await supervisor.remove_bot("Mirror")
    await supervisor.remove_bot("Renamed")
    await lab.stop()


async def test_a_mirror_that_cannot_trade_says_so_and_its_source_goes_on(tmp_path: Path) -> None:
    lab = await _mirrored(tmp_path)
    lab.other.freeze("test", (await lab.running.supervisor.bot("Mirror")).why)

    await lab.running.supervisor.ask("Source", StartDeal("BTC/USDT"))
    await lab.prices("50000")
    await lab.clock.advance(40)
    await lab.settle()

    assert await lab.statuses_of(1) == [DealStatus.OPEN] and await lab.statuses_of(2) == []
    assert "mirror_missed" in [news.said.code for news in lab.news if isinstance(news, LogNews)]
    await lab.stop()


async def test_what_cannot_be_mirrored_is_refused(tmp_path: Path) -> None:
    lab = await _mirrored(tmp_path)
    supervisor = lab.running.supervisor
    await supervisor.add_account("third", "fake")
    lab.second.balances.clear()
    await supervisor.add_bot(SOURCE.replace('"Source"', '"Other"'))
    for bot, account, code in (
        ("Mirror", "third", "mirror_of_mirror"),
        ("Source", "demo", "mirror_same_account"),
        ("Source", "nowhere", "no_such_account"),
    ):
        with pytest.raises(Problem) as caught:
            await supervisor.mirror_bot(bot, account, "X")
        assert caught.value.said.code == code
    await lab.stop()


async def test_no_file_makes_a_ring_of_mirrors(tmp_path: Path) -> None:
    lab = await _mirrored(tmp_path)
    supervisor = lab.running.supervisor

    def file(name: str, of: str) -> str:
        return SOURCE.replace('"Source"', f'"{name}"') + f'\nmirror = {{ of = "{of}", percent = "200" }}\n'

    for name, of in (("Ring", "Ring"), ("Third", "Mirror")):
        with pytest.raises(Problem) as caught:
            await supervisor.add_bot(file(name, of))
        assert caught.value.said.code == "mirror_of_mirror"
    await supervisor.add_bot(file("First", "Second"))
    with pytest.raises(Problem) as caught:
        await supervisor.add_bot(file("Second", "First"))
    assert caught.value.said.code == "mirror_of_mirror"
    with pytest.raises(Problem) as caught:
        await supervisor.edit_bot("Source", file("Source", "Mirror"))
    assert caught.value.said.code == "mirror_of_mirror"
    await lab.stop()


async def test_a_bot_that_nobody_can_read_keeps_no_other_one_from_stopping(tmp_path: Path) -> None:
    lab = await _mirrored(tmp_path)
    source = next(row for row in await lab.running.store.bots() if row.name == "Source")
    await lab.running.store.add_bot(BotRow(0, "Odd", "of tomorrow", source.account_id, "{}"))
    await lab.stop()
    await lab.start()
    await lab.running.supervisor.stop_bot("Source")
    assert [view.status for view in await lab.running.supervisor.bots()][:2] == ["stopped", "stopped"]
    await lab.stop()

"""What a person, a bot and the faces ask of the store."""

import asyncio
import json
import sqlite3
import sys
import threading
from dataclasses import replace
from decimal import Decimal
from pathlib import Path

import pytest

from desktop_app.core.deal import DealStatus
from desktop_app.core.order import OrderStatus
from desktop_app.core.said import said
from desktop_app.store import db
from desktop_app.store.codec import deal_from_json, said_from_json
from desktop_app.store.db import Store
from desktop_app.store.errors import NameTaken, RuleBroken
from desktop_app.store.rows import AccountRow, BotRow, Write
from tests.store.stories import PAIR, client_id, clock, deal, fill, order, write


async def test_accounts_and_bots_survive_a_restart(tmp_path: Path) -> None:
    store = await Store.open(tmp_path, clock=clock)
    account = await store.add_account(AccountRow(0, "demo", "sim", is_paper=True, config_json='{"seed":1}'))
    bot = await store.add_bot(BotRow(0, "starter", "dca", account, '{"a":1}'))
    row = (await store.bots())[0]
    await store.save_bot(replace(row, is_wanted=True, status="held", reason_json='["disk",{}]', version=2))
    await store.close()

    store = await Store.open(tmp_path, clock=clock)
    assert await store.accounts() == [
        AccountRow(account, "demo", "sim", is_paper=True, config_json='{"seed":1}', created_at=clock())
    ]
    wanted = replace(row, bot_id=bot, is_wanted=True, status="held", reason_json='["disk",{}]', version=2)
    assert await store.bots() == [wanted]
    await store.close()


async def test_a_name_is_taken_once_and_free_again_after_removal(store: Store) -> None:
    with pytest.raises(NameTaken) as refused:
        await store.add_bot(BotRow(0, "starter", "grid", 1, "{}"))
    assert refused.value.sentences[0] == "The name starter is already taken."
    with pytest.raises(NameTaken):
        await store.add_account(AccountRow(0, "demo", "sim", is_paper=True))

    await store.remove_bot(1)
    assert await store.add_bot(BotRow(0, "starter", "grid", 1, "{}")) == 2, "an id is never given twice"


async def test_renaming_to_a_taken_name_is_refused(store: Store) -> None:
    other = BotRow(await store.add_bot(BotRow(0, "other", "dca", 1, "{}")), "other", "dca", 1, "{}")
    with pytest.raises(NameTaken):
        await store.save_bot(replace(other, name="starter"))


async def test_an_account_with_bots_stays(store: Store) -> None:
    with pytest.raises(RuleBroken, match="starter"):
        await store.remove_account(1)
    await store.remove_bot(1)
    await store.remove_account(1)
    assert await store.accounts() == []


async def test_saving_what_is_not_there_is_a_bug(store: Store) -> None:
    with pytest.raises(RuleBroken):
        await store.save_account(AccountRow(9, "ghost", "sim", is_paper=True))


async def test_the_history_of_a_removed_bot_stays(store: Store) -> None:
    await store.record(write(order(), fills=(fill(),)))
    await store.remove_bot(1)
    assert len(await store.fills(1, 1)) == 1


async def test_live_orders_are_those_that_rest_or_may(store: Store) -> None:
    states = [OrderStatus.PENDING, OrderStatus.OPEN, OrderStatus.CANCELING, OrderStatus.FILLED, OrderStatus.REJECTED]
    await store.record(write(*(order(number, status) for number, status in enumerate(states))))
    await store.record(replace(write(), sent=((client_id(1), 42),)))

    live = await store.live_orders(1)

    assert [(row.order.client_id, row.sent_at) for row in live] == [
        (client_id(0), 0), (client_id(1), 42), (client_id(2), 0),
    ]  # fmt: skip
    assert await store.live_orders(2) == []


async def test_what_the_exchange_tells_of_orders_is_journaled_too(store: Store) -> None:
    await store.record(write(order()))
    told = replace(order(1, OrderStatus.OPEN), exchange_id="x7")
    await store.update_orders(1, 1, [(1, told)])

    row = await store.order(client_id(1))
    assert row is not None
    assert row.order == told
    assert (await store.log())[0].event_json == '{"type":"OrdersUpdated"}'
    assert (await store.verify_audit()).is_whole


async def test_the_state_of_a_bot_is_the_last_one_written(store: Store) -> None:
    assert await store.load_state(1) is None
    await store.record(write(state='{"n":1}'))
    await store.record(write(state='{"n":2}'))
    await store.record(write())
    assert await store.load_state(1) == '{"n":2}'


async def test_deals_come_running_first_then_newest_first_page_by_page(store: Store) -> None:
    deals = [deal(n, DealStatus.OPEN if n in (2, 4) else DealStatus.COMPLETED, opened_at=n) for n in range(1, 7)]
    await store.record(replace(write(), deals=tuple(deals)))

    assert [row.number for row in await store.deals()] == [4, 2, 6, 5, 3, 1]
    assert [row.number for row in await store.deals(1, include_closed=False)] == [4, 2]
    assert [row.number for row in await store.deals(limit=2, offset=3)] == [5, 3]
    assert await store.deals(2) == []
    assert await store.last_deal_number(1) == 6
    one = await store.deal(1, 3)
    assert one is not None
    assert deal_from_json(one.deal_json) == deals[2]
    assert await store.deal(1, 9) is None


async def test_of_a_deal_with_many_orders_the_newest_and_the_resting_ones_are_enough(store: Store) -> None:
    resting, done = order(1), [order(n).with_fill(fill(f"t{n}")) for n in range(2, 7)]
    await store.record(write(resting))
    for one in done:
        await store.record(write(one, fills=(fill(f"t{one.index}"),)))

    assert [row.order.client_id for row in await store.orders(1, 1, 2)] == [
        resting.client_id, done[-2].client_id, done[-1].client_id,
    ]  # fmt: skip
    assert [row.fill.trade_id for row in await store.fills(1, 1, 2)] == ["t5", "t6"]
    assert len(await store.orders(1, 1)) == 6 and len(await store.fills(1, 1)) == 5


async def test_orders_fills_and_timeline_of_one_deal(store: Store) -> None:
    first = order().with_fill(fill())
    story = replace(
        write(first, order(2), fills=(fill(),)), tells=((1, said("bought", cost=Decimal("500.00")), False),)
    )
    await store.record(story)
    await store.record(replace(write(), orders=((2, order(3)),), tells=((2, said("second"), True),)))

    assert [row.order for row in await store.orders(1, 1)] == [first, order(2)]
    assert [(row.client_id, row.symbol, row.fill) for row in await store.fills(1, 1)] == [(client_id(1), PAIR, fill())]
    assert [(row.kind, said_from_json(row.said_json)) for row in await store.timeline(1, 1)] == [
        ("note", said("bought", cost=Decimal("500.00")))
    ]
    assert [row.deal for row in await store.timeline(1)] == [1, 2]
    assert [row.deal for row in await store.notes()] == [2, 1]
    assert [row.deal for row in await store.notes(before=2)] == [1]


async def test_the_log_is_read_backwards_in_pages(store: Store) -> None:
    for number in range(5):
        await store.record(write(event=str(number)))
    assert [row.seq for row in await store.log(limit=2)] == [5, 4]
    assert [row.event_json for row in await store.log(limit=2, before_seq=4)] == ["2", "1"]
    assert await store.log(bot_id=2) == []


async def test_known_trades_are_those_whose_fills_are_kept(store: Store) -> None:
    await store.record(write(order(), fills=(fill("a"),)))
    assert await store.known_trades(1, PAIR, ["a", "b"]) == {"a"}
    assert await store.known_trades(1, "ETH/USDT", ["a"]) == frozenset()


async def test_cursors_and_facts(store: Store) -> None:
    assert await store.cursor(1, PAIR) == 0
    await store.save_cursor(1, PAIR, 10)
    await store.save_cursor(1, PAIR, 20)
    assert await store.cursor(1, PAIR) == 20
    assert await store.meta("nothing") is None
    await store.set_meta("theme", "dark")
    await store.set_meta("theme", "light")
    assert await store.meta("theme") == "light"


async def test_an_installation_keeps_its_number_and_key(tmp_path: Path) -> None:
    store = await Store.open(tmp_path, clock=clock)
    first = (await store.meta("install"), await store.meta("client_id_key"))
    await store.close()
    store = await Store.open(tmp_path, clock=clock)
    assert (await store.meta("install"), await store.meta("client_id_key")) == first
    await store.close()

    assert first[0] is not None
    assert 0 <= int(first[0]) < 4096
    assert first[1] is not None
    assert len(bytes.fromhex(first[1])) == 16


async def test_many_bots_write_at_once_and_the_chain_is_one(store: Store) -> None:
    async with asyncio.TaskGroup() as group:
        for number in range(60):
            group.create_task(store.record(write(order(number))))
    result = await store.verify_audit()
    assert (result.is_whole, result.rows) == (True, 60)


async def test_a_write_that_nobody_waits_for_any_longer_is_still_written(store: Store) -> None:
    gate = threading.Event()
    busy = store._writer.call(gate.wait)
    task = asyncio.get_running_loop().create_task(store.record(write(order())))
    await asyncio.sleep(0)
    task.cancel()
    gate.set()
    with pytest.raises(asyncio.CancelledError):
        await task
    assert await busy
    assert await store.order(client_id(1)) is not None


async def test_a_write_is_done_at_once_while_the_disk_is_quick_and_by_the_thread_after_a_slow_one(
    store: Store, monkeypatch: pytest.MonkeyPatch
) -> None:
    threads: list[str] = []
    real = store._journal.record

    def record(write: Write) -> int:
        threads.append(threading.current_thread().name)
        return real(write)

    monkeypatch.setattr(store._journal, "record", record)
    monkeypatch.setattr(db, "_QUICK_SECONDS", 1000.0)
    await store.record(write(order(1)))
    monkeypatch.setattr(db, "_QUICK_SECONDS", -1.0)
    for number in (2, 3, 4):
        await store.record(write(order(number)))
    monkeypatch.setattr(db, "_QUICK_SECONDS", 1000.0)
    for number in (5, 6):
        await store.record(write(order(number)))

    here = threading.current_thread().name
    assert threads == [here, here, "store", "store", "store", here]
    assert (await store.verify_audit()).rows == 6


async def test_a_write_waits_for_what_was_asked_before(store: Store) -> None:
    gate = threading.Event()
    busy = store._writer.call(gate.wait)
    written = asyncio.ensure_future(store.record(write(order())))
    await asyncio.sleep(0)
    assert not written.done()
    gate.set()
    assert (await busy, await written) == (True, 1)


async def test_the_export_is_every_decision_as_a_line(store: Store) -> None:
    for _ in range(3):
        await store.record(write(order()))
    lines: list[str] = []
    assert await store.export_audit(lines.append) == 3
    assert [json.loads(line)["seq"] for line in lines] == [1, 2, 3]


async def test_a_backup_is_a_whole_database_of_its_own(store: Store, tmp_path: Path) -> None:
    await store.record(write(order()))
    await store.backup(tmp_path / "copy" / "mine.sqlite3")
    with sqlite3.connect(tmp_path / "copy" / "mine.sqlite3") as copy:
        assert copy.execute("SELECT count(*) FROM orders").fetchone() == (1,)


async def test_closing_twice_is_harmless(tmp_path: Path) -> None:
    store = await Store.open(tmp_path, clock=clock)
    await store.close()
    await store.close()


async def test_opening_does_not_import_what_only_the_past_needs(tmp_path: Path) -> None:
    program = (
        "import asyncio, sys, pathlib\n"
        "from desktop_app.store.db import Store\n"
        "asyncio.run(Store.open(pathlib.Path(sys.argv[1]), clock=lambda: 1))\n"
        "print([name for name in ('sqlalchemy', 'alembic', 'pydantic', 'numpy') if name in sys.modules])\n"
    )
    process = await asyncio.create_subprocess_exec(
        sys.executable, "-c", program, str(tmp_path), stdout=asyncio.subprocess.PIPE
    )
    output, _ = await process.communicate()
    assert output.decode().strip() == "[]"

"""The log of signals has an end, and what was acted on stays known."""

from pathlib import Path

import pytest

from desktop_app.core.said import said
from desktop_app.store.codec import said_to_json
from desktop_app.store.db import Store
from desktop_app.store.errors import RuleBroken
from desktop_app.store.rows import SignalRow
from desktop_app.store.signals import MOST_LINES

DAY = 86_400_000


def line(at: int, key: str = "", *, bot: int = 1, status: int = 401) -> SignalRow:
    return SignalRow(0, at, bot, "hook", "127.0.0.1", key, status, said_to_json(said("signal_wrong_secret")), "{}")


async def test_refused_signals_are_listed_newest_first_and_by_bot(tmp_path: Path) -> None:
    store = await Store.open(tmp_path, clock=lambda: 10 * DAY)
    await store.note_signals([line(1), line(2, bot=2), line(3)])
    assert [row.at for row in await store.signals()] == [3, 2, 1]
    assert [row.at for row in await store.signals(1, limit=1)] == [3]
    (last,) = await store.signals(2)
    assert (last.way, last.status, last.key, last.body) == ("hook", 401, "", "{}")
    assert [row.at for row in await store.signals(before=last.line)] == [1]
    await store.close()


async def test_a_key_counts_once_and_can_be_described(tmp_path: Path) -> None:
    store = await Store.open(tmp_path, clock=lambda: 10 * DAY)
    await store.note_signals([line(1, "k", status=200)])
    assert await store.has_signal("k")
    assert not await store.has_signal("other")
    with pytest.raises(RuleBroken):
        await store.note_signals([line(2), line(2, "k")])
    assert len(await store.signals()) == 1, "whole or not at all"
    await store.describe_signal(SignalRow(0, 9, 1, "mail", "a@b", "k", 409, "[]", "body"))
    (row,) = await store.signals()
    assert (row.at, row.way, row.sender, row.body, row.status) == (1, "mail", "a@b", "body", 409)
    await store.close()


async def test_the_log_ends_and_keys_of_the_last_week_stay(tmp_path: Path) -> None:
    store = await Store.open(tmp_path, clock=lambda: 30 * DAY)
    await store.note_signals([line(DAY, "old"), line(29 * DAY, "young"), line(DAY)])
    await store.note_signals([line(30 * DAY)] * MOST_LINES)
    rows = await store.signals(limit=2 * MOST_LINES)
    assert len(rows) == MOST_LINES + 1
    assert rows[-1].key == "young"
    assert not await store.has_signal("old")
    await store.close()

"""The lines of `run --events`."""

import json
from pathlib import Path

import pytest

from desktop_app.engine.events_file import EventsFile
from desktop_app.engine.problem import Problem
from tests.engine.lab import Lab


async def test_every_line_has_its_moment_its_event_and_what_applies(lab: Lab, tmp_path: Path) -> None:
    path = tmp_path / "events.jsonl"
    file = EventsFile(path, lab.running.bus)
    await lab.add()
    for price in ("50000", "48900", "51000"):
        await lab.price(price)
    file.close()

    lines = [json.loads(line) for line in path.read_text().splitlines()]
    assert all(isinstance(line["at"], int) and line["event"] for line in lines)
    filled = [line for line in lines if line["event"] == "order_filled"]
    assert len(filled) == len(lab.venue.trades)
    assert {"bot", "deal", "client_id", "pair", "role", "price", "amount"} <= filled[0].keys()
    names = [line["event"] for line in lines]
    assert {"reconciled", "bot_started", "deal_opened", "order_intended", "order_sent", "deal_closed"} <= set(names)


def test_a_file_that_cannot_be_written_is_a_sentence(lab: Lab, tmp_path: Path) -> None:
    with pytest.raises(Problem) as refused:
        EventsFile(tmp_path / "missing" / "events.jsonl", lab.running.bus)

    assert refused.value.said.code == "no_events_file"

"""`run`: bots work for the given time, what happens goes into the events file, and the end is orderly."""

import json
import os
import signal
import threading
from pathlib import Path

from tests.cli.calling import Call, WriteBot


def test_what_happens_is_written_line_by_line_with_intent_before_sending(
    demo: Call, bot_file: WriteBot, tmp_path: Path
) -> None:
    events = tmp_path / "events.jsonl"
    demo("bot", "add", bot_file())
    demo("bot", "start", 1)

    done = demo("run", "--for", 3, "--events", events)

    assert done.status == 0 and "Running 1 bot on demo (simulated)." in done.out and "Stopped." in done.out
    lines = [json.loads(line) for line in events.read_text(encoding="utf-8").splitlines()]
    assert all(isinstance(line["at"], int) and line["event"] for line in lines)
    names = [line["event"] for line in lines]
    assert "bot_started" in names and "deal_opened" in names and "order_filled" in names
    intended = set[str]()
    for line in lines:
        if line["event"] == "order_intended":
            intended.add(line["client_id"])
        if line["event"] in ("order_sent", "order_accepted", "order_filled"):
            assert line["client_id"] in intended
            assert (line["bot"], line["deal"], line["pair"]) == ("BTC starter", "1-1", "BTC/USDT")


def test_without_a_wanted_bot_it_says_so(demo: Call) -> None:
    done = demo("run", "--for", 0.2)

    assert done.status == 0 and "No bot is wanted." in done.out


def test_programs_get_one_document(demo: Call) -> None:
    done = demo("run", "--for", 0.2, "--json")

    assert done.status == 0 and set(done.document) == {"seconds", "happened"}


def test_sigterm_ends_it_in_order(demo: Call) -> None:
    timer = threading.Timer(1.0, os.kill, (os.getpid(), signal.SIGTERM))
    timer.start()

    done = demo("run", "--for", 60)

    timer.join()
    assert done.status == 0 and "Stopped." in done.out
    assert signal.getsignal(signal.SIGTERM) == signal.SIG_DFL


def test_an_events_file_that_cannot_be_written_starts_nothing(demo: Call, tmp_path: Path) -> None:
    done = demo("run", "--for", 1, "--events", tmp_path / "no" / "folder" / "x")

    assert done.status == 2 and "No bot was started." in done.err


def test_the_time_must_be_a_time(call: Call) -> None:
    for seconds in ("-1", "nan", "inf", "x", "1e9"):
        assert call("run", f"--for={seconds}").status == 2

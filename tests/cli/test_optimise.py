"""`optimise`: the document of the contract, and every refusal."""

import itertools
import signal
from pathlib import Path

import pytest

from desktop_app.research import cluster
from desktop_app.research.judging import Judged, Task, Workbench
from tests.cli.calling import Call, WriteBot

START = 1_700_000_040_000
HUGE = "".join(f"[{name}]\n{key} = {{ low = 1, high = 10000, step = 1 }}\n" for name, key in (
    ("base_order", "volume"), ("take_profit", "percent"), ("stop_loss", "percent")
))  # fmt: skip
SPACE = "[take_profit]\npercent = { values = [0.5, 1] }\n"


@pytest.fixture
def csv(tmp_path: Path) -> Path:
    path = tmp_path / "btc.csv"
    rows = ["timestamp,open,high,low,close,volume"]
    closes = [100, 99, 98, 101, 103, 100, 98, 97, 101, 104] * 4
    before = 100
    for k, close in enumerate(closes):
        rows.append(f"{START + k * 60_000},{before},{max(before, close)},{min(before, close)},{close},1")
        before = close
    path.write_text("\n".join(rows) + "\n")
    return path


@pytest.fixture
def space(tmp_path: Path) -> Path:
    path = tmp_path / "space.toml"
    path.write_text(SPACE)
    return path


def test_the_document_is_that_of_the_contract(call: Call, bot_file: WriteBot, csv: Path, space: Path) -> None:
    words = ("--candles", csv, "--space", space, "--workers", "1", "--json")
    done = call("optimise", bot_file(), *words, "--out-of-sample", "25", "--volume-share", "50")

    found = done.document
    assert done.status == 0
    assert {"trials", "seconds", "best", "table"} <= found.keys()
    assert found["trials"] == 2
    assert found["best"]["parameters"] == found["table"][0]["parameters"]
    assert found["best"]["summary"] == found["table"][0]["summary"]
    assert set(found["best"]["parameters"]) == {"take_profit.percent"}
    assert found["best"]["out_of_sample"]["fees_quote"]
    assert found["assumptions"]["volume_share_percent"] == "50"
    assert found["assumptions"]["source"] == csv.name and found["assumptions"]["candles"] == 40
    assert call("optimise", bot_file(), *words).document["best"]["out_of_sample"] is None


def test_the_text_warns_before_it_praises(call: Call, bot_file: WriteBot, csv: Path, space: Path) -> None:
    done = call("optimise", bot_file(), "--candles", csv, "--space", space, "--workers", "1")

    assert done.status == 0
    assert "chance alone" in done.out
    assert "Nothing was kept back" in done.out
    assert "No bot was changed" in done.out


@pytest.mark.parametrize(
    ("text", "options", "told"),
    [
        ("[take_profit]\npercent = { low = 2, high = 1, step = 1 }", (), "above high"),
        (SPACE, ("--trials", "1"), "2 points"),
        (SPACE, ("--objective", "luck"), "no objective"),
        (SPACE, ("--out-of-sample", "99"), "kept back"),
        (SPACE, ("--objective", "sharpe,"), "no objective"),
        (SPACE, ("--sampler", "nsga2"), "name two"),
        (SPACE, ("--walk-forward", "30"), "too few to walk forward"),
        (SPACE, ("--max-funds", "-1"), "at least 0"),
        (HUGE, (), "they would take about"),
    ],
)
def test_what_cannot_be_searched_is_refused_in_a_sentence(
    call: Call, bot_file: WriteBot, csv: Path, space: Path, text: str, options: tuple[str, ...], told: str
) -> None:
    space.write_text(text)

    done = call("optimise", bot_file(), "--candles", csv, "--space", space, *options)

    assert done.status == 2
    assert told in done.err and "Nothing was" in done.err and done.err.count("\n") == 1


def test_a_space_of_unknown_settings_makes_no_bot(call: Call, bot_file: WriteBot, csv: Path, space: Path) -> None:
    space.write_text("[take_profit]\npercents = { values = [1, 2] }")

    done = call("optimise", bot_file(), "--candles", csv, "--space", space, "--workers", "1")

    assert done.status == 1
    assert "None of the 2 points" in done.err


def test_several_objectives_limits_and_a_walk_forward_are_in_the_document(
    call: Call, bot_file: WriteBot, csv: Path, space: Path
) -> None:
    words = ("--candles", csv, "--space", space, "--workers", "1", "--max-drawdown", "0.5", "--walk-forward", "2")
    goals = ("--objective", "profit_quote, max_drawdown_percent")

    found = call("optimise", bot_file(), *words, *goals, "--json").document

    assert found["objectives"] == ["profit_quote", "max_drawdown_percent"]
    assert found["constraints"] == {"max_funds": None, "max_drawdown": "0.5", "min_deals": None}
    best = found["best"]
    assert best["scores"]["max_drawdown_percent"] == best["summary"]["max_drawdown_percent"]
    assert best["broken"] == ["max-drawdown"] and found["pareto"] == []
    assert len(found["walk_forward"]["folds"]) == 2
    assert found["walk_forward"]["folds"][0]["out_of_sample"]["fees_quote"]
    assert found["robustness"]["few_deals"] is True
    assert [cost["times"] for cost in found["robustness"]["costs"]] == ["1", "1.5", "2"]
    assert found["deflated_sharpe"] is None and found["ending"] == "complete"


def test_the_page_marks_the_front_and_says_which_limit_is_broken(
    call: Call, bot_file: WriteBot, csv: Path, space: Path
) -> None:
    words = ("--candles", csv, "--space", space, "--workers", "1", "--objective", "profit_quote,fees_quote")

    front = call("optimise", bot_file(), *words, "--walk-forward", "1").out
    broken = call("optimise", bot_file(), *words, "--min-deals", "1000").out

    assert (
        "Assumed" in front
        and "on the front" in front
        and "Walked forward in 1 folds" in front
        and "neighbours" in front
    )
    assert "breaks" in broken and "Nothing keeps to --min-deals" in broken


def test_ctrl_c_shows_what_was_found_so_far_and_marks_it(
    call: Call, bot_file: WriteBot, csv: Path, space: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    work, count = Workbench.work, itertools.count()

    def interrupted(bench: Workbench, task: Task) -> Judged:
        if next(count) == 2:
            signal.raise_signal(signal.SIGINT)
        return work(bench, task)

    monkeypatch.setattr(Workbench, "work", interrupted)
    space.write_text("[take_profit]\npercent = { low = 0.1, high = 20, step = 0.1 }\n")
    words = ("--candles", csv, "--space", space, "--workers", "1")

    done = call("optimise", bot_file(), *words)

    assert done.status == 1
    assert "Stopped after" in done.out and "of 200" in done.out and "take_profit.percent" in done.out
    assert "Stopped after" in done.err


def test_no_memory_is_a_sentence(
    call: Call, bot_file: WriteBot, csv: Path, space: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def fails(*_: object, **__: object) -> None:
        raise MemoryError

    monkeypatch.setattr(Workbench, "work", fails)

    done = call("optimise", bot_file(), "--candles", csv, "--space", space, "--workers", "1")

    assert done.status == 1 and done.err.count("\n") == 1
    assert "memory of this computer did not suffice" in done.err and "No bot was changed" in done.err


@pytest.mark.parametrize("address", ["tcp://127.0.0.1:9", "nonsense", "tcp://127.0.0.1:99999"])
def test_a_cluster_that_is_not_there_is_a_sentence(
    call: Call, bot_file: WriteBot, csv: Path, space: Path, address: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(cluster, "_ANSWER_SECONDS", 0.5)

    done = call("optimise", bot_file(), "--candles", csv, "--space", space, "--cluster", address)

    assert done.status == 1
    assert "cannot be used" in done.err and "Nothing was tried" in done.err and done.err.count("\n") == 1

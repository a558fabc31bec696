"""The command as a real process: a stranger's first steps, a second process at the door, signals, a broken pipe."""

import json
import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest

ROOT = Path(__file__).resolve().parents[2]
README = (ROOT / "README.md").read_text(encoding="utf-8")
BOT = README.partition("```toml\n")[2].partition("```")[0]  # what a stranger pastes
_PATIENCE_SECONDS = 60.0
_MOST_RUNS = 9

Strongroom = Callable[..., "subprocess.CompletedProcess[str]"]


@pytest.fixture
def words(tmp_path: Path) -> Callable[..., list[str]]:
    def make(*arguments: object) -> list[str]:
        return [sys.executable, "-m", "desktop_app", "--data-dir", str(tmp_path / "data"), *map(str, arguments)]

    return make


@pytest.fixture
def strongroom(words: Callable[..., list[str]]) -> Strongroom:
    def run(*arguments: object) -> "subprocess.CompletedProcess[str]":
        done = subprocess.run(
            words(*arguments), cwd=ROOT, capture_output=True, text=True, encoding="utf-8", check=False, timeout=120
        )
        assert "Traceback" not in done.stderr
        return done

    return run


@pytest.fixture
def running(
    words: Callable[..., list[str]], strongroom: Strongroom, tmp_path: Path
) -> "Iterator[subprocess.Popen[str]]":
    """A process that runs the bots of the data folder, with its door open."""
    assert strongroom("account", "add", "demo", "--exchange", "sim", "--speed", 600).returncode == 0
    signal.signal(signal.SIGINT, signal.default_int_handler)  # what starts in the background may have it ignored
    process = subprocess.Popen(
        words("run"), cwd=ROOT, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True, encoding="utf-8"
    )
    _until(lambda: (tmp_path / "data" / "door.key").exists() or process.poll() is not None)
    yield process
    if process.poll() is None:
        process.kill()
    process.communicate()


def _until(is_so: Callable[[], Any]) -> None:
    deadline = time.monotonic() + _PATIENCE_SECONDS
    while not is_so():
        assert time.monotonic() < deadline, "it took too long"
        time.sleep(0.05)


def test_a_stranger_comes_from_nothing_to_completed_deals(strongroom: Strongroom, tmp_path: Path) -> None:
    bot, events = tmp_path / "btc.toml", tmp_path / "events.jsonl"
    bot.write_text(BOT)
    assert strongroom("account", "add", "demo", "--exchange", "sim", "--speed", 600, "--seed", 7).returncode == 0
    assert json.loads(strongroom("bot", "check", bot, "--price", 60000, "--json").stdout)["ok"]
    assert json.loads(strongroom("bot", "add", bot, "--json").stdout) == {"id": 1}
    assert strongroom("bot", "start", "BTC starter").returncode == 0

    deals: list[dict[str, Any]] = []
    for _ in range(_MOST_RUNS):  # the market is another one at each moment: some are quiet
        ran = strongroom("run", "--for", 10, "--events", events)
        assert ran.returncode == 0 and ran.stderr == ""
        deals = json.loads(strongroom("deal", "list", "--all", "--json").stdout)
        if sum(deal["status"] == "completed" for deal in deals) > 1:
            break

    assert sum(deal["status"] == "completed" for deal in deals) > 1
    lines = [json.loads(line) for line in events.read_text(encoding="utf-8").splitlines()]
    _check_intents(lines)
    for deal in deals:
        _check_profit(deal, lines)
    assert json.loads(strongroom("audit", "verify", "--json").stdout)["whole"]


def _check_intents(lines: list[dict[str, Any]]) -> None:
    intended: set[str] = set()
    for line in lines:
        if line["event"] == "order_intended":
            assert line["client_id"] not in intended, "an id is used once"
            intended.add(line["client_id"])
        elif line["event"] == "order_sent":
            assert line["client_id"] in intended
    sent = [line["client_id"] for line in lines if line["event"] == "order_sent"]
    assert len(sent) == len(set(sent)) > 0


def _check_profit(deal: dict[str, Any], lines: list[dict[str, Any]]) -> None:
    """Of a deal that is over, profit is what its fills add up to; the events have every one of them."""
    fills = [line for line in lines if line["event"] == "order_filled" and line["deal"] == deal["id"]]
    assert fills
    if deal["closed_at"] is None:
        return
    profit = Decimal(0)
    for fill in fills:
        cost = Decimal(fill["price"]) * Decimal(fill["amount"])
        profit += (cost if fill["side"] == "sell" else -cost) - Decimal(fill["fee"])
    assert Decimal(deal["profit_quote"]) == profit


def test_commands_go_through_the_door_of_the_running_process(
    running: "subprocess.Popen[str]", strongroom: Strongroom, tmp_path: Path
) -> None:
    bot = tmp_path / "btc.toml"
    bot.write_text(BOT.replace('percent = "0.5"', 'percent = "90"'))
    assert strongroom("bot", "add", bot, "--json").returncode == 0
    started = strongroom("bot", "start", 1)
    assert started.returncode == 0 and "It is running." in started.stdout

    def deals() -> list[dict[str, Any]]:
        found: list[dict[str, Any]] = json.loads(strongroom("deal", "list", "--json").stdout)
        return [deal for deal in found if deal["status"] == "open"]

    _until(deals)
    (deal,) = deals()
    assert deal["unrealised_quote"] is not None and deal["last_price"] is not None
    assert strongroom("deal", "add-funds", deal["id"], 50).returncode == 0
    assert strongroom("deal", "close", deal["id"]).returncode == 0
    second = strongroom("run", "--for", 1)
    assert second.returncode == 1 and "already running" in second.stderr
    assert strongroom("audit", "verify").returncode == 0
    assert strongroom("audit", "export").stdout.count("\n") > 3
    assert strongroom("doctor").returncode == 0
    panic = strongroom("panic", "--sell", "--json")
    assert panic.returncode == 0 and json.loads(panic.stdout)["done"]
    unknown = strongroom("bot", "start", "nobody")
    assert unknown.returncode == 2 and "There is no bot nobody." in unknown.stderr
    assert running.poll() is None


@pytest.mark.skipif(sys.platform == "win32", reason="no such signals there")
@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
def test_signals_end_it_in_order(running: "subprocess.Popen[str]", number: int, tmp_path: Path) -> None:
    running.send_signal(number)

    out, err = running.communicate(timeout=_PATIENCE_SECONDS)

    assert running.returncode == 0 and err == "" and "Stopped." in out
    assert not (tmp_path / "data" / "door.key").exists()


@pytest.mark.skipif(sys.platform == "win32", reason="no such signals there")
def test_what_a_killed_process_leaves_behind_does_not_hinder_the_next(
    running: "subprocess.Popen[str]", strongroom: Strongroom
) -> None:
    running.kill()
    running.wait()

    assert strongroom("account", "list").returncode == 0
    assert strongroom("run", "--for", 0.5).returncode == 0


@pytest.mark.skipif(sys.platform == "win32", reason="pipes break otherwise there")
@pytest.mark.skipif(sys.platform == "win32", reason="other systems' permissions")
def test_nobody_else_may_look_into_the_data_folder(strongroom: Strongroom, tmp_path: Path) -> None:
    assert strongroom("account", "add", "demo", "--exchange", "sim").returncode == 0
    written = [tmp_path / "data", *(tmp_path / "data").rglob("*")]
    assert [path.name for path in written if path.stat().st_mode & 0o077] == []


def test_a_reader_that_goes_away_is_no_drama(words: Callable[..., list[str]]) -> None:
    process = subprocess.Popen(words("--help"), cwd=ROOT, stdout=subprocess.PIPE, stderr=subprocess.PIPE)
    assert process.stdout is not None and process.stderr is not None
    process.stdout.close()

    assert process.stderr.read() == b""
    process.stderr.close()
    assert process.wait() in (0, 1)


def test_it_speaks_utf8_whatever_the_system_does(words: Callable[..., list[str]], tmp_path: Path) -> None:
    bot = tmp_path / "btc.toml"
    bot.write_text(BOT.replace("BTC starter", "比特币"), encoding="utf-8")
    environment = os.environ | {"PYTHONIOENCODING": "ascii", "PYTHONUTF8": "0", "LC_ALL": "C"}

    done = subprocess.run(
        words("bot", "check", bot, "--price", 60000), cwd=ROOT, env=environment, capture_output=True, check=False
    )

    assert done.returncode == 0 and "比特币".encode() in done.stdout and "−".encode() in done.stdout


@pytest.mark.skipif(sys.platform == "win32" or os.getuid() == 0, reason="needs a user whom permissions hold")
def test_a_read_only_folder_is_told(strongroom: Strongroom, tmp_path: Path) -> None:
    folder = tmp_path / "data"
    folder.mkdir(mode=0o500)

    done = strongroom("bot", "list")

    folder.chmod(0o700)
    assert done.returncode in (1, 3) and "No bot was started." in done.stderr


def test_starting_imports_nothing_heavy() -> None:
    code = (
        "import sys; from desktop_app.app import main; main(['--version']); "
        "heavy = {'numpy', 'sqlalchemy', 'pydantic', 'PySide6', 'ccxt', 'asyncio', 'desktop_app.config'}; "
        "sys.exit(', '.join(heavy & set(sys.modules)))"
    )

    done = subprocess.run([sys.executable, "-c", code], cwd=ROOT, capture_output=True, text=True, check=False)

    assert done.stderr.strip() == "" and done.stdout.startswith("Strongroom ")


def test_questions_do_without_numpy_and_sqlalchemy(tmp_path: Path) -> None:
    code = (
        "import sys; from desktop_app.app import main; "
        f"[main(['--data-dir', {str(tmp_path)!r}, noun, 'list', '--json']) for noun in ('account', 'bot')]; "
        "sys.exit(', '.join({'numpy', 'sqlalchemy', 'PySide6', 'ccxt'} & set(sys.modules)))"
    )

    done = subprocess.run([sys.executable, "-c", code], cwd=ROOT, capture_output=True, text=True, check=False)

    assert done.stderr.strip() == "" and done.stdout == "[]\n[]\n"


def test_a_backtest_imports_no_other_kind_of_bot_and_nothing_of_the_engine(tmp_path: Path) -> None:
    lines = [f"{1_600_000_000_000 + n * 60_000},100,101,99,100,5" for n in range(3)]
    (tmp_path / "btc.csv").write_text("\n".join(["timestamp,open,high,low,close,volume", *lines]), encoding="utf-8")
    (tmp_path / "btc.toml").write_text(BOT, encoding="utf-8")
    arguments = ["backtest", str(tmp_path / "btc.toml"), "--candles", str(tmp_path / "btc.csv"), "--json"]
    heavy = {"sqlalchemy", "asyncio", "ccxt", "optuna", "talib", "numba", "PySide6", "numpy.ma"}
    heavy |= {f"desktop_app.core.strategies.{kind}" for kind in ("grid", "grid_settings", "signal", "python", "own")}
    code = (
        f"import sys; from desktop_app.app import main; assert main({arguments!r}) == 0; "
        f"sys.exit(', '.join({heavy!r} & set(sys.modules)))"
    )

    done = subprocess.run([sys.executable, "-c", code], cwd=ROOT, capture_output=True, text=True, check=False)

    assert done.stderr.strip() == "" and json.loads(done.stdout)["candles"] == 3

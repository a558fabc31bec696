"""Everything that works on candles, in the built application: processes of its own, pictures, strategies."""

import json
import struct
import subprocess
import sys
from pathlib import Path

import pytest

from tests.bundle.conftest import Program

ROOT = Path(__file__).resolve().parents[2]
DCA = """\
kind = "dca"
name = "Dips"
account = "demo"
pairs = ["BTC/USDT"]
base_order = { volume = "100", type = "market" }
safety_orders = { volume = "100", price_deviation = "1.0", step_scale = "1.2", max_count = 4, max_active = 2 }
take_profit = { percent = "1.0" }
"""
INDICATORS = (
    DCA
    + """\
start = { mode = "conditions", all = [
    { indicator = "rsi", timeframe = "5m", length = 14, trigger = "less_than", value = 45 },
] }
"""
)
SPACE = """\
[take_profit]
percent = { low = 0.5, high = 2.0, step = 0.5 }
[safety_orders]
price_deviation = { low = 0.5, high = 1.0, step = 0.5 }
"""


@pytest.fixture
def candles(program: Program) -> Path:
    """Two days that go up and down."""
    lines = ["timestamp,open,high,low,close,volume"]
    price = 60_000.0
    for minute in range(2 * 1440):
        after = price * (1 + (0.0015 if (minute // 97) % 2 else -0.0014) + ((minute * 7919) % 13 - 6) * 0.0002)
        high, low = max(price, after) * 1.0004, min(price, after) * 0.9996
        at = 1_760_000_040_000 // 60_000 * 60_000 + minute * 60_000
        lines.append(f"{at},{price:.2f},{high:.2f},{low:.2f},{after:.2f},12.5")
        price = after
    path = program.folder / "btc.csv"
    path.write_text("\n".join(lines) + "\n", encoding="ascii")
    return path


@pytest.fixture
def bot(program: Program) -> Path:
    path = program.folder / "dips.toml"
    path.write_text(DCA, encoding="utf-8")
    return path


def test_candles_of_every_form_are_kept_and_come_out_again(program: Program, candles: Path) -> None:
    program.ask("candles", "import", candles, "--symbol", "BTC/USDT")
    for kind in ("parquet", "feather", "csv"):
        out = program.folder / f"out.{kind}"
        program.ask("candles", "export", out, "--symbol", "BTC/USDT", "--exchange", "imported")
        program.ask("candles", "import", out, "--symbol", "BTC/USDT", "--exchange", f"from-{kind}")
    assert program.ask("candles", "list").count("2880") >= 4


def test_a_backtest_is_told_and_drawn(program: Program, candles: Path, bot: Path) -> None:
    for kind in ("png", "svg", "html"):
        out = program.folder / f"result.{kind}"
        told = json.loads(program.ask("backtest", bot, "--candles", candles, "--json", "--plot", out))
        assert told
        assert out.stat().st_size > 3_000, kind
    picture = (program.folder / "result.png").read_bytes()
    assert picture[:8] == b"\x89PNG\r\n\x1a\n"
    assert min(struct.unpack(">II", picture[16:24])) > 300


def test_a_backtest_with_indicators_agrees_with_one_from_source(program: Program, candles: Path) -> None:
    bot = program.folder / "indicators.toml"
    bot.write_text(INDICATORS, encoding="utf-8")
    words = ("backtest", bot, "--candles", candles, "--json")
    ours = json.loads(program.ask(*words))
    command = [sys.executable, "-P", "-m", "desktop_app", "--data-dir", program.folder / "source", *words]
    source = subprocess.run(list(map(str, command)), cwd=ROOT, capture_output=True, text=True, check=True)
    theirs = json.loads(source.stdout)
    assert ours["deals"] == theirs["deals"]
    assert ours["deals"]


@pytest.mark.parametrize("sampler", ["grid", "tpe"])
def test_a_search_uses_processes_of_its_own(program: Program, candles: Path, bot: Path, sampler: str) -> None:
    space = program.folder / "space.toml"
    space.write_text(SPACE, encoding="utf-8")
    words = ("optimise", bot, "--space", space, "--candles", candles, "--sampler", sampler, "--workers", 2, "--json")
    found = json.loads(program.ask(*words, *(() if sampler == "grid" else ("--trials", 6))))
    assert found


def test_a_strategy_of_ones_own_runs_in_its_process(program: Program, candles: Path) -> None:
    strategy = program.folder / "dip.py"
    strategy.write_bytes((ROOT / "resources" / "strategies" / "example.py").read_bytes())
    program.ask("strategy", "trust", strategy, "--yes")
    assert "dip.py" in program.ask("strategy", "list")
    program.ask(
        "strategy", "check", "dip.py", "--candles", candles, "--symbol", "BTC/USDT", "--timeframe", "1m", "--cuts", 3
    )

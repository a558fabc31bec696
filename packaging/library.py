"""Writes resources/strategies/figures.json: what the past would have made of each ready-made strategy, losses and all.

`.venv/bin/python packaging/library.py` plays made-up markets of fixed seeds that rose, fell and went sideways, so that
anybody gets the same figures; `--candles FILE` adds a past of real prices. With `--check` it only says whether the
bot files have changed since.
"""

import argparse
import hashlib
import json
import sys
from dataclasses import dataclass
from datetime import UTC, datetime
from decimal import Decimal
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(ROOT))

import numpy as np  # noqa: E402

from desktop_app.core.bot_file import read_bot_file  # noqa: E402
from desktop_app.core.columns import TIMEFRAMES, Candles, exact  # noqa: E402
from desktop_app.core.gathering import gather, rows  # noqa: E402
from desktop_app.core.library import Library, Ready, fitted, read_library  # noqa: E402
from desktop_app.core.market import Market  # noqa: E402
from desktop_app.core.strategies.dca_settings import DcaSettings  # noqa: E402
from desktop_app.exchange.synthetic.market import SyntheticMarket  # noqa: E402
from desktop_app.research.backtest import BacktestRules  # noqa: E402
from desktop_app.research.market_file import default_market  # noqa: E402
from desktop_app.research.report import make_report  # noqa: E402
from desktop_app.research.trial import try_settings  # noqa: E402
from desktop_app.store.candle_files import read_candle_file  # noqa: E402

FOLDER = ROOT / "resources" / "strategies"
FILE = FOLDER / "figures.json"
SYMBOL = "BTC/USDT"
START = datetime(2026, 1, 1, tzinfo=UTC)
DAYS, WARM_UP_DAYS = 90, 12
STEP = "5m"
SEEDS = (("rising", 3), ("falling", 6), ("sideways", 9))
_POINTS = 60
_REAL_DAYS = 110
_FEE, _SLIPPAGE, _THROUGH = Decimal("0.1"), Decimal("0.05"), 1
ASSUMPTIONS = {
    "fee": f"{_FEE} % on every order",
    "slippage": f"{_SLIPPAGE} % on market orders",
    "fill_through": f"a limit order fills when the price has gone {_THROUGH} tick beyond it",
    "candles": f"{STEP}, each walked open, nearer extreme, farther extreme, close",
    "funds": "what the strategy needs at most; percentages are of that",
    "made_up": "made-up markets come from the program's own simulated exchange, by their seed",
}


@dataclass(frozen=True, slots=True)
class Past:
    name: str
    mood: str
    timeframe: str
    before: Candles  # for indicators only
    candles: Candles


def made_up(mood: str, seed: int) -> Past:
    start = int(START.timestamp() * 1000)
    first = start + WARM_UP_DAYS * 86_400_000
    end = first + DAYS * 86_400_000
    minutes = SyntheticMarket(seed, start).history(SYMBOL, start, end)
    candles = gather(minutes, TIMEFRAMES[STEP], end)
    cut = int(candles.at.searchsorted(first))
    return Past(f"seed {seed}", mood, STEP, rows(candles, 0, cut), rows(candles, cut, len(candles)))


def of_file(path: Path) -> Past:
    file = read_candle_file(path)
    every = TIMEFRAMES[STEP]
    candles = gather(file.candles, every, int(file.candles.at[-1]) + TIMEFRAMES[file.timeframe])
    cut = int(candles.at.searchsorted(int(candles.at[0]) + WARM_UP_DAYS * 86_400_000))
    kept = rows(candles, cut, min(len(candles), cut + _REAL_DAYS * 86_400_000 // every))
    change = float(kept.close[-1] / kept.open[0] - 1)
    mood = "rising" if change > 0.1 else "falling" if change < -0.1 else "sideways"
    return Past(f"{SYMBOL}, real prices", mood, STEP, rows(candles, 0, cut), kept)


def show(ready: Ready, past: Past) -> dict[str, Any] | None:
    """One backtest in figures; None for a kind that no past can show."""
    settings = read_bot_file((FOLDER / ready.file).read_text(encoding="utf-8")).settings
    assert settings is not None
    if settings.kind == "signal":
        return None
    market: Market = default_market(SYMBOL)
    price = exact(past.candles.open[0])
    settings = fitted(ready, settings, market, price, {})
    rules = BacktestRules(TIMEFRAMES[past.timeframe], _FEE, None, _SLIPPAGE, _THROUGH)
    result = try_settings(settings, past.candles, market, rules, before=past.before)
    report = make_report(result)
    summary = report.summary
    total = summary.profit_quote + summary.unrealised_quote
    deals = settings.limits.max_active_deals if isinstance(settings, DcaSettings) else 1
    funds = result.funds * deals  # the result counts one deal's money
    values = np.array([float(value) for _, value in report.equity])
    thinned = values[np.linspace(0, len(values) - 1, _POINTS).round().astype(int)]
    return {
        "market": past.name,
        "mood": past.mood,
        "from": report.start,
        "to": report.end,
        "timeframe": past.timeframe,
        "funds": str(round(funds, 2)),
        "profit_percent": str(round(total / funds * 100, 2)),
        "hold_percent": str(round(summary.buy_and_hold_percent, 2)),
        "drawdown_percent": str(round(summary.max_drawdown_percent / deals, 2)),
        "deals": summary.deals_closed,
        "won_percent": str(round(summary.win_rate_percent, 1)) if summary.win_rate_percent is not None else None,
        "equity": [round(float(value - thinned[0]) / float(funds) * 100, 2) for value in thinned],
    }


def digest(library: Library) -> str:
    texts = "".join((FOLDER / ready.file).read_text(encoding="utf-8") for ready in library.strategies)
    return hashlib.sha256(texts.encode()).hexdigest()


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--candles", type=Path, metavar="FILE", help="also play this file of real BTC/USDT candles")
    parser.add_argument("--only", metavar="KEY", help="play only this strategy, and leave the figures of the others")
    parser.add_argument("--check", action="store_true", help="only say whether the figures are of these bot files")
    call = parser.parse_args()
    library = read_library((FOLDER / "library.toml").read_text(encoding="utf-8"))
    if call.check:
        is_same = FILE.exists() and json.loads(FILE.read_text(encoding="utf-8"))["files"] == digest(library)
        print("up to date" if is_same else "figures.json is of other bot files: run packaging/library.py")
        return 0 if is_same else 1
    pasts = [made_up(mood, seed) for mood, seed in SEEDS]
    if call.candles is not None:
        pasts.append(of_file(call.candles))
    found: dict[str, list[dict[str, Any]]] = {}
    if call.only:
        found = json.loads(FILE.read_text(encoding="utf-8"))["strategies"]
    for ready in library.strategies:
        if call.only not in (None, ready.key):
            continue
        shown = [one for past in pasts if (one := show(ready, past)) is not None]
        found[ready.key] = shown
        said = (f"{one['mood']} {one['profit_percent']} % ({one['hold_percent']} %)" for one in shown)
        print(ready.key, *said, sep="  ", flush=True)
    document = {"files": digest(library), "assumptions": ASSUMPTIONS, "strategies": found}
    FILE.write_text(json.dumps(document, indent=1, ensure_ascii=False) + "\n", encoding="utf-8")
    return 0


if __name__ == "__main__":
    sys.exit(main())

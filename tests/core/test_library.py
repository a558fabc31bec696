"""The ready-made strategies: files that can be used, figures of these files, and texts in both languages."""

import json
import subprocess
import sys
from decimal import Decimal
from pathlib import Path

import pytest

from desktop_app.core.bot_file import read_bot_file
from desktop_app.core.library import Library, Ready, fitted, read_library
from desktop_app.core.market import Market

D = Decimal
ROOT = Path(__file__).parents[2]
FOLDER = ROOT / "resources" / "strategies"
MARKET = Market("ETH/USDT", "ETH", "USDT", D("0.01"), D("0.0001"))


def library() -> Library:
    figures = (FOLDER / "figures.json").read_text(encoding="utf-8")
    return read_library((FOLDER / "library.toml").read_text(encoding="utf-8"), figures)


def test_there_are_a_dozen_of_several_kinds_each_with_words_risk_and_pasts() -> None:
    found = library()
    assert len(found.strategies) >= 12 and found.assumptions
    kinds = set()
    for ready in found.strategies:
        settings = read_bot_file((FOLDER / ready.file).read_text(encoding="utf-8")).settings
        assert settings is not None, ready.key
        kinds.add(settings.kind)
        assert ready.words and ready.danger and ready.suits and ready.risk in ("low", "medium", "high")
        if settings.kind != "signal":
            assert {showing.mood for showing in ready.showings} == {"rising", "falling", "sideways"}, ready.key
    assert kinds == {"dca", "grid", "signal"}


def test_losing_pasts_are_shown_as_well() -> None:
    shown = [showing for ready in library().strategies for showing in ready.showings]
    assert sum(showing.profit_percent < 0 for showing in shown) >= 10
    assert all(showing.equity[0] == 0 and len(showing.equity) > 30 for showing in shown)


@pytest.mark.parametrize("ready", library().strategies, ids=lambda ready: ready.key)
def test_each_fits_onto_another_pair_at_another_price(ready: Ready) -> None:
    settings = read_bot_file((FOLDER / ready.file).read_text(encoding="utf-8")).settings
    assert settings is not None
    made = fitted(ready, settings, MARKET, D("2500.55"), {"name": "Mine", "account": "b"})
    assert (made.name, made.account, made.pairs) == ("Mine", "b", ("ETH/USDT",))
    grid = getattr(made, "grid", None)
    if grid is not None:
        assert grid.lower < D("2500.55") and not grid.lower % MARKET.price_tick
        assert grid.upper is None or grid.upper > D("2500.55")
        assert grid.stop_below is None or grid.stop_below.price < grid.lower


def test_the_figures_are_of_these_files() -> None:
    done = subprocess.run(
        [sys.executable, str(ROOT / "packaging" / "library.py"), "--check"], capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, done.stdout + done.stderr


def test_without_figures_there_are_still_words() -> None:
    found = read_library((FOLDER / "library.toml").read_text(encoding="utf-8"))
    assert not found.assumptions and not any(ready.showings for ready in found.strategies)


def test_every_word_is_there_in_chinese() -> None:
    known = json.loads((ROOT / "resources" / "translations" / "zh_CN" / "strategies.json").read_text(encoding="utf-8"))
    for ready in library().strategies:
        assert {ready.title, ready.words, ready.danger, ready.suits} <= known.keys(), ready.key

"""Where compiled code is kept, and who never waits for a compiler."""

import os
import subprocess
import sys
from pathlib import Path

import pytest

from desktop_app.research.kernel import jit

ROOT = Path(__file__).resolve().parents[3]
LOOK = """
import sys
import desktop_app.research.trial, desktop_app.research.kernel.trial, desktop_app.research.kernel.jit
sys.exit("numba" in sys.modules or "desktop_app.research.kernel.dca" in sys.modules)
"""


def test_neither_a_backtest_nor_the_question_who_is_covered_imports_a_compiler() -> None:
    assert subprocess.run([sys.executable, "-c", LOOK], check=False).returncode == 0


def test_compiled_code_is_kept_in_this_users_folder_under_the_name_of_its_sources(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    pytest.importorskip("numba")
    monkeypatch.delenv("NUMBA_CACHE_DIR", raising=False)
    monkeypatch.setattr("platformdirs.user_cache_path", lambda *_, **__: tmp_path)
    folder = jit.cache_folder()

    assert folder is not None
    assert folder.is_dir() and folder.parent == tmp_path / "kernel"
    assert jit.cache_folder() == folder


def test_a_folder_that_was_chosen_is_used(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setenv("NUMBA_CACHE_DIR", str(tmp_path))

    assert jit.cache_folder() == tmp_path


def test_where_nothing_can_be_written_nothing_is_kept(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    pytest.importorskip("numba")
    monkeypatch.delenv("NUMBA_CACHE_DIR", raising=False)
    (tmp_path / "kernel").write_text("a file in the way", encoding="utf-8")
    monkeypatch.setattr("platformdirs.user_cache_path", lambda *_, **__: tmp_path)

    assert jit.cache_folder() is None


@pytest.mark.skipif(sys.platform == "win32", reason="its folders say otherwise who may write")
def test_a_folder_that_others_can_write_into_is_not_used(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    pytest.importorskip("numba")
    monkeypatch.delenv("NUMBA_CACHE_DIR", raising=False)
    monkeypatch.setattr("platformdirs.user_cache_path", lambda *_, **__: tmp_path)
    folder = jit.cache_folder()
    assert folder is not None and not folder.stat().st_mode & 0o077

    folder.chmod(0o777)

    assert jit.cache_folder() is None


BROKEN = """
import sys
sys.path.insert(0, sys.argv[1])  # where a numba is that cannot be imported
from desktop_app.research.kernel import jit
assert jit.HAS_COMPILER
import numpy
from desktop_app.core.columns import Candles
from desktop_app.core.market import Market
from desktop_app.core.strategies.dca_settings import DcaSettings
from desktop_app.research.backtest import BacktestRules
from desktop_app.research.kernel.trial import is_covered, try_compiled
price = numpy.array([100.0, 101.0])
candles = Candles(numpy.array([0, 60_000]), price, price, price, price, price)
given = {"name": "b", "account": "a", "pairs": ["BTC/USDT"]}
settings = DcaSettings.model_validate(given | {"base_order": {"volume": "100"}, "take_profit": {"percent": "1"}})
rules = BacktestRules(60_000)
assert is_covered(settings, rules)
assert try_compiled(settings, candles, Market("BTC/USDT", "BTC", "USDT"), rules) is None
"""


def test_a_compiler_that_does_not_start_leaves_the_bot_to_the_core(tmp_path: Path) -> None:
    (tmp_path / "numba.py").write_text("raise ImportError('Numba needs another NumPy')", encoding="utf-8")
    pytest.importorskip("numba")
    environment = {**os.environ, "NUMBA_DISABLE_JIT": "0", "NUMBA_CACHE_DIR": str(tmp_path)}
    command = [sys.executable, "-c", BROKEN, str(tmp_path)]
    assert subprocess.run(command, env=environment, cwd=ROOT, check=False).returncode == 0

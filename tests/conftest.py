"""For the whole suite: this process and every Python that it starts reach nothing beyond loopback."""

import decimal
import importlib.util
import os
from collections.abc import Iterator
from pathlib import Path

import pytest

_HOOK = Path(__file__).parent / "loopback_only" / "sitecustomize.py"
_spec = importlib.util.spec_from_file_location("loopback_only", _HOOK)
assert _spec is not None
assert _spec.loader is not None
_spec.loader.exec_module(importlib.util.module_from_spec(_spec))
if str(_HOOK.parent) not in os.environ.get("PYTHONPATH", "").split(os.pathsep):
    os.environ["PYTHONPATH"] = os.pathsep.join(filter(None, (str(_HOOK.parent), os.environ.get("PYTHONPATH", ""))))
# Kernels run as plain Python: the numbers are the same, and no test waits for a compiler.
os.environ.setdefault("NUMBA_DISABLE_JIT", "1")


@pytest.fixture(scope="session", autouse=True)
def beyond_loopback(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Path]:
    """Fails the suite if anything, children included, tried to reach another machine, even if that was caught."""
    record = tmp_path_factory.mktemp("connections") / "beyond-loopback.txt"
    os.environ["STRONGROOM_TEST_CONNECTIONS"] = str(record)
    yield record
    assert not record.exists(), record.read_text(encoding="utf-8")


@pytest.fixture(autouse=True)
def usual_arithmetic() -> None:
    """ccxt changes how its caller's decimals are rounded; no test goes by what an earlier one has left behind."""
    decimal.setcontext(decimal.Context(prec=28, rounding=decimal.ROUND_HALF_EVEN))

"""Shows that the tests see faults: plants each in a copy of the kernel and runs the tests on it.

`python -m tests.research.kernel.planted [NAMES...]`; ends with status 1 if a fault goes unseen.
"""

import os
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

ROOT = Path(__file__).resolve().parents[3]
KERNEL = ROOT / "desktop_app" / "research" / "kernel"
TESTS = "tests/research/kernel/test_directed.py"


@dataclass(frozen=True)
class Fault:
    """`right` stands exactly once in the file and is replaced by `wrong`."""

    name: str
    file: str
    right: str
    wrong: str


FAULTS = (
    Fault(
        "a price rounded up for down",
        "formulas.py",
        """    if part > _ENOUGH and settles(near):
        return int(floor(near) * tick)""",
        """    if part > _ENOUGH and settles(near):
        return int((floor(near) + 1) * tick)""",
    ),
    Fault(
        "a price rounded down for up",
        "formulas.py",
        """kept > _ENOUGH and settles(near):
            return int((floor(near) + 1) * tick)""",
        """kept > _ENOUGH and settles(near):
            return int(floor(near) * tick)""",
    ),
    Fault("an amount rounded down for up", "formulas.py", "return int(floor(near) + 1)", "return int(floor(near))"),
    Fault(
        "a doubtful number that floats round", "twofold.py", "return doubt < gap < 1.0 - doubt", "return doubt > 0.0"
    ),
    Fault(
        "a low that must be under the level to touch it",
        "touching.py",
        "if bars[k, BAR_LOW] <= below or",
        "if bars[k, BAR_LOW] < below or",
    ),
    Fault(
        "a block that is passed over where it just touches",
        "touching.py",
        "near[few, BOTTOM] > below and near[few, TOP] < above",
        "near[few, BOTTOM] >= below and near[few, TOP] <= above",
    ),
    Fault(
        "a resting order that the price must pass",
        "walking.py",
        "if is_entry and less((level, 0.0), reach):",
        "if is_entry and not less(reach, (level, 0.0)):",
    ),
    Fault(
        "a stop that the price must pass",
        "triggers.py",
        "if has_stop_level(run) and not less(stop_level(run), fallen):",
        "if has_stop_level(run) and less(fallen, stop_level(run)):",
    ),
    Fault(
        "the stop before the limit",
        "walking.py",
        """        while not run.state[OUTCOME]:
            order = _due(run)
            if order < 0:
                break
""",
        """        while not run.state[OUTCOME]:
            order = _due(run)
            if order < 0 or _is_reached(run, watched(run)):
                break
""",
    ),
    Fault(
        "an order jumped over that fills at its own price",
        "walking.py",
        "price = get(run.pairs, POINT) if run.state[IS_JUMP] else (float(run.orders[order, PRICE]), 0.0)",
        "price = (float(run.orders[order, PRICE]), 0.0)",
    ),
    Fault(
        "a market order in a jump that fills at the level",
        "placing.py",
        """    point = get(run.pairs, POINT)
    price = point if want[IS_MARKET]""",
        """    point = get(run.pairs, PATH)
    price = point if want[IS_MARKET]""",
    ),
    Fault(
        "the farther extreme first",
        "walking.py",
        "is_low_first = open_ - low <= high - open_",
        "is_low_first = open_ - low < high - open_",
    ),
    Fault(
        "a plain deal with the farther extreme first",
        "plain.py",
        "is_low_first = open_ - low <= high - open_",
        "is_low_first = open_ - low < high - open_",
    ),
    Fault(
        "a rung of a plain deal that the price must pass",
        "plain.py",
        "while pairs[RESTS_BELOW] >= end:",
        "while pairs[RESTS_BELOW] > end:",
    ),
    Fault(
        "a target of a plain deal that the price must pass",
        "plain.py",
        "if pairs[RESTS_ABOVE] <= end:",
        "if pairs[RESTS_ABOVE] < end:",
    ),
    Fault(
        "a plain deal that goes on through a jump",
        "plain.py",
        "if open_ <= below or open_ >= above:",
        "if open_ >= above:",
    ),
    Fault("a rung of a plain deal over the price", "plain.py", "if price >= stand or not", "if not"),
    Fault(
        "a plain deal in which a stop is forgotten",
        "plain.py",
        "IS_LIMIT_BASE, DOES_TRAIL, HAS_STOP_LOSS, DOES_STOP_TRAIL",
        "IS_LIMIT_BASE, DOES_TRAIL, DOES_STOP_TRAIL",
    ),
)


def copied(folder: Path, fault: Fault | None) -> None:
    """The package and the tests, with what Python has compiled: of the other modules that stays true."""
    unneeded = shutil.ignore_patterns("gui", "cli", "engine", "exchange", "faults", "bench", "*.nbi", "*.nbc")
    for name in ("desktop_app", "tests"):
        shutil.copytree(ROOT / name, folder / name, ignore=unneeded)
    shutil.copy2(ROOT / "pyproject.toml", folder)
    if fault is not None:
        path = folder / "desktop_app" / "research" / "kernel" / fault.file
        text = path.read_text(encoding="utf-8")
        assert text.count(fault.right) == 1, f"{fault.name}: its place is not in {fault.file} any more"
        path.write_text(text.replace(fault.right, fault.wrong), encoding="utf-8")


def is_seen(fault: Fault | None, tests: Sequence[str] = (TESTS,)) -> tuple[bool, str]:
    """Whether a test fails, and the first that does."""
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        copied(folder, fault)
        environment = {name: value for name, value in os.environ.items() if name != "PYTHONPATH"}
        command = [sys.executable, "-P", "-m", "pytest", "-q", "-x", "-p", "no:cacheprovider", "-p", "no:xdist", *tests]
        done = subprocess.run(command, cwd=folder, env=environment, capture_output=True, text=True, check=False)
    failed = [line for line in done.stdout.splitlines() if line.startswith("FAILED")]
    assert done.returncode in (0, 1), done.stdout + done.stderr
    return done.returncode == 1, failed[0].partition("::")[2].partition(" - ")[0] if failed else ""


def main(names: list[str], faults: Sequence[Fault] = FAULTS, tests: Sequence[str] = (TESTS,)) -> int:
    is_failing, test = is_seen(None, tests)
    if is_failing:
        print(f"Without any fault {test} fails already.")
        return 1
    unseen = 0
    for fault in faults:
        if names and not any(name in fault.name for name in names):
            continue
        is_found, test = is_seen(fault, tests)
        unseen += not is_found
        print(f"{'seen  ' if is_found else 'UNSEEN'} {fault.name}: {test or '—'}", flush=True)
    return 1 if unseen else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))

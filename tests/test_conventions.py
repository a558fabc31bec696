"""The rules of the house that no type checker knows, kept by reading the source."""

import ast
import fnmatch
import re
import subprocess
import sys
import tomllib
from collections.abc import Iterator
from functools import cache
from pathlib import Path
from typing import TypeVar

import pytest

ROOT = Path(__file__).resolve().parent.parent
PACKAGE = ROOT / "desktop_app"
Node = TypeVar("Node", bound=ast.AST)

# Modules that need no test file of their own: their neighbours' tests go through them. Only ever make this shorter.
NOT_MIRRORED = ["__main__.py", "*__init__.py", "store/migrations/*", "app.py"]
NOT_MIRRORED += [
    f"{folder}/{name}.py"
    for folder, names in {
        "cli": (
            "commands research_commands signal_commands herald histories panic parser past reading session "
            "strategy_check trade_check deal_wishes"
        ),
        "core": "columns commands events said settings strategy wallet",
        "core/strategies": (
            "dca_asks dca_close dca_open dca_orders dca_plan dca_settings dca_state dca_triggers dca_watch dca_why "
            "dca_stop dca_targets entry entry_watch smart_settings smart_state "
            "signal_moves signal_settings signal_state "
            "grid_asks grid_cells grid_open grid_orders grid_plan grid_price grid_settings grid_state grid_why "
            "python_asks python_orders python_plan python_settings python_state python_wants"
        ),
        "engine": (
            "heirs imap receiver_http signal_desk signal_hub signal_log "
            "accounts bots calls codec courier crew desk ledger link news no_exchange portfolio problem pulse reports "
            "shapes supervisor tally telling thread views words_engine work"
        ),
        "exchange": "protocol pump",
        "exchange/sim": "account desk floor records teller ticks",
        "exchange/synthetic": "book hours minutes noise pairs",
        "gui": (
            "actions appearance cells chart_page day_watch documents errands file_box foreign_watch inbox known "
            "layouts menus notifications selection session status_bar wishes"
        ),
        "gui/backtest": (
            "compare_page curves_view data_line deal_chart deal_rows desk export_words exporting progress_line "
            "result_card results_page setup subject"
        ),
        "gui/chart": "placing surface toolbar",
        "gui/connect": (
            "address_box choose_page clock fact_list frame key_page levels paper_page result_page steps storage_box"
        ),
        "gui/editor": (
            "bench cards catalogue draft drafts foot form funds head keeping ladder_table lines link opening "
            "presets preview_chart remarks rows sentences situation steps surroundings "
            "beginnings bot_editor pictured settings_form"
        ),
        "gui/editor/own": "form page",
        "gui/editor/grid": "beginnings catalogue figures form lines picture sentences",
        "gui/editor/signal": "beginnings catalogue draft form inflow picture received sentences trying ways_sheet",
        "gui/flows": "add_funds",
        "gui/library": "picture",
        "gui/panels": "bot_page deal_page panel panel_set position_strip timeline",
        "gui/wizard": "choices look_page result sample start_page zones",
        "research": "curves document drawing sheet optimised portfolio_document prepared trade_trial trial",
        "research/kernel": (
            "block booking closing coverage curve dca_trial deciding formulas jit layout opening placing planning "
            "tally trial triggers walking watching "
            "grid_block grid_candles grid_coverage grid_events grid_layout grid_summary grid_trades grid_walking"
        ),
        "own": "child",
        "store": "history new_bots reading register rows schema",
        "vault": "problems",
    }.items()
    for name in names.split()
]

# Core modules that may handle floats: what is read from files and drawn or measured, never what is owed.
CORE_WITH_FLOATS = {"columns.py", "comparison.py", "conditions.py", "indicators.py", "library.py", "own.py"}
MOST_LINES = 600  # past 400 a module is usually two

CLOCKS_AND_IO = {
    "aiohttp", "alembic", "asyncio", "ccxt", "concurrent", "datetime", "io", "keyring", "locale", "logging",
    "multiprocessing", "os", "pathlib", "pyqtgraph", "PySide6", "qasync", "queue", "random", "requests", "secrets",
    "shutil", "signal", "socket", "sqlalchemy", "sqlite3", "structlog", "subprocess", "tempfile", "threading", "time",
    "urllib", "uuid",
}  # fmt: skip
NEVER_IMPORTED = {"pickle", "cPickle", "marshal", "shelve", "dill", "cloudpickle", "yaml", "imp", "telnetlib"}
NEVER_NAMED = {"QTableWidget": "a model and a QTableView", "QDoubleSpinBox": "a line edit that reads a Decimal"}
NEVER_CALLED = {
    "eval": "parsing",
    "exec": "code",
    "exec_": "open() and a future",
    "setHtml": "plain text",
    "ensure_future": "a TaskGroup or spawn",
    "processEvents": "returning to the loop",
}


# --- reading ----------------------------------------------------------------------------------------------------------


def modules(folder: Path = PACKAGE) -> list[Path]:
    return sorted(folder.rglob("*.py"))


@cache
def tree(path: Path) -> ast.Module:
    return ast.parse(path.read_text(encoding="utf-8"), str(path))


def place(path: Path, node: ast.AST) -> str:
    return f"{path.relative_to(ROOT).as_posix()}:{getattr(node, 'lineno', 0)}"


def nodes(kind: type[Node], folder: Path = PACKAGE) -> Iterator[tuple[Path, Node]]:
    for path in modules(folder):
        for node in ast.walk(tree(path)):
            if isinstance(node, kind):
                yield path, node


def called_name(call: ast.Call) -> str:
    match call.func:
        case ast.Attribute(attr=name) | ast.Name(id=name):
            return name
        case _:
            return ""


def imported(path: Path) -> Iterator[tuple[ast.AST, str]]:
    for node in ast.walk(tree(path)):
        if isinstance(node, ast.Import):
            yield from ((node, alias.name) for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            yield node, node.module or ""


def tracked_files() -> list[Path]:
    found = subprocess.run(["git", "ls-files", "-z"], cwd=ROOT, capture_output=True, check=False)
    names = found.stdout.decode().split("\0") if found.returncode == 0 else []
    return [ROOT / name for name in names if name and (ROOT / name).is_file()]


# --- loops and tasks --------------------------------------------------------------------------------------------------


def test_nothing_is_called_that_has_a_better_way_here() -> None:
    wrong = [
        f"{place(path, call)} {called_name(call)}: use {NEVER_CALLED[called_name(call)]}"
        for path, call in nodes(ast.Call)
        if called_name(call) in NEVER_CALLED
    ]
    # Written out from the names of our own fields, as dataclasses does it: nothing from outside is in that text.
    wrong = [line for line in wrong if not line.startswith("desktop_app/core/change.py:") or " exec:" not in line]
    assert wrong == []


def test_tasks_are_born_in_a_group_or_in_spawn() -> None:
    spawns = {
        id(inner) for _, function in nodes(ast.FunctionDef) if function.name == "spawn" for inner in ast.walk(function)
    }
    wrong = [
        place(path, call)
        for path, call in nodes(ast.Call)
        if called_name(call) == "create_task"
        and id(call) not in spawns
        and not (isinstance(call.func, ast.Attribute) and re.search(r"group|tasks", ast.unparse(call.func.value)))
    ]
    assert wrong == []


def test_no_exception_is_swallowed_in_silence() -> None:
    wrong = [
        place(path, handler)
        for path, handler in nodes(ast.ExceptHandler)
        if handler.type is None
        or all(
            isinstance(line, ast.Pass) or (isinstance(line, ast.Expr) and isinstance(line.value, ast.Constant))
            for line in handler.body
        )
    ]
    assert wrong == []


# --- the window -------------------------------------------------------------------------------------------------------


def test_widgets_that_hold_truth_or_round_money_are_not_used() -> None:
    wrong = [
        f"{place(path, node)} {name}: use {NEVER_NAMED[name]}"
        for path, node in nodes(ast.AST)
        for name in [getattr(node, "id", None) or getattr(node, "attr", None) or getattr(node, "name", None)]
        if name in NEVER_NAMED
    ]
    assert wrong == []


def test_only_whole_sentences_are_translated() -> None:
    wrong = [
        place(path, call)
        for path, call in nodes(ast.Call, PACKAGE / "gui")
        if called_name(call) == "tr"
        and any(
            isinstance(argument, ast.JoinedStr | ast.BinOp)
            or (isinstance(argument, ast.Call) and called_name(argument) != "get")  # a look-up of marked texts
            for argument in call.args
        )
    ]
    assert wrong == [], "tr() takes a literal with {names}, filled in by .format() afterwards"


def test_signs_are_drawn_and_not_emoji() -> None:
    emoji = re.compile("[\U0001f000-\U0001faff\ufe0f]")
    files = [*modules(), *(ROOT / "resources").rglob("*.json"), *(ROOT / "resources").rglob("*.toml")]
    assert [str(file.relative_to(ROOT)) for file in files if emoji.search(file.read_text(encoding="utf-8"))] == []


# --- money ------------------------------------------------------------------------------------------------------------


def test_the_core_counts_money_in_decimals() -> None:
    wrong = []
    for path in modules(PACKAGE / "core"):
        if path.name in CORE_WITH_FLOATS:
            continue
        for node in ast.walk(tree(path)):
            annotation = getattr(node, "annotation", None) or getattr(node, "returns", None)
            names = {inner.id for inner in ast.walk(annotation) if isinstance(inner, ast.Name)} if annotation else set()
            is_call = isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id == "float"
            is_number = isinstance(node, ast.Constant) and isinstance(node.value, float)
            if is_call or is_number or "float" in names:
                wrong.append(place(path, node))
    assert wrong == []


def test_the_core_has_no_clock_no_chance_and_no_outside() -> None:
    allowed = {"desktop_app", "numpy", "pydantic", "pydantic_core", "talib", *sys.stdlib_module_names} - CLOCKS_AND_IO
    wrong = [
        f"{place(path, node)} {name}"
        for path in modules(PACKAGE / "core")
        for node, name in imported(path)
        if name.partition(".")[0] not in allowed
    ]
    assert wrong == []


# --- safety -----------------------------------------------------------------------------------------------------------


def test_nothing_that_runs_what_it_reads_is_imported() -> None:
    wrong = [
        f"{place(path, node)} {name}"
        for path in [*modules(), *modules(ROOT / "packaging")]
        for node, name in imported(path)
        if name.partition(".")[0] in NEVER_IMPORTED
    ]
    assert wrong == []


def test_no_shell_and_no_unchecked_certificate() -> None:
    forbidden = {("shell", True), ("verify", False), ("ssl", False), ("verify_ssl", False), ("check_hostname", False)}
    wrong = [
        f"{place(path, call)} {word.arg}={word.value.value!r}"
        for path, call in nodes(ast.Call)
        for word in call.keywords
        if isinstance(word.value, ast.Constant) and (word.arg, word.value.value) in forbidden
    ]
    shells = {"os.system", "os.popen"}
    wrong += [place(path, call) for path, call in nodes(ast.Call) if ast.unparse(call.func) in shells]
    assert wrong == []


def test_no_file_knows_the_machine_it_was_written_on() -> None:
    machine = re.compile(rb"(?<![\w.~$}])/(?:home|Users|root|work)/[\w.-]+/|[A-Z]:\\Users\\")
    # A path in a test is made up on purpose: what must not leak into an export, for example.
    files = [file for file in tracked_files() if ROOT / "tests" not in file.parents and file.suffix != ".lock"]
    assert [str(file.relative_to(ROOT)) for file in files if machine.search(file.read_bytes())] == []


# --- shape ------------------------------------------------------------------------------------------------------------


def test_every_module_says_why_it_exists() -> None:
    assert [place(path, tree(path)) for path in modules() if not ast.get_docstring(tree(path))] == []


def test_modules_are_named_for_what_they_are_and_stay_small() -> None:
    vague = {"utils", "util", "helpers", "helper", "base", "manager", "common", "misc"}
    wrong = [place(path, tree(path)) for path in modules() if path.stem in vague]
    lengths = {path: len(path.read_bytes().splitlines()) for path in modules()}
    wrong += [f"{place(path, tree(path))} {length} lines" for path, length in lengths.items() if length > MOST_LINES]
    assert wrong == []


def test_every_module_has_its_tests_beside_it_in_the_mirror() -> None:
    wanting = []
    for path in modules():
        name = path.relative_to(PACKAGE)
        if any(fnmatch.fnmatch(name.as_posix(), pattern) for pattern in NOT_MIRRORED):
            continue
        folder = ROOT / "tests" / name.parent
        if not [*folder.glob(f"test_{name.stem}.py"), *folder.glob(f"test_{name.stem}_*.py")]:
            wanting.append(name.as_posix())
    assert wanting == []


def test_imports_follow_the_architecture() -> None:
    linter = Path(sys.executable).with_name("lint-imports.exe" if sys.platform == "win32" else "lint-imports")
    done = subprocess.run([linter, "--no-cache", "--no-logo"], cwd=ROOT, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stdout + done.stderr


def test_the_architecture_is_written_down_for_every_part() -> None:
    page = (PACKAGE / "ARCHITECTURE.md").read_text(encoding="utf-8")
    parts = [path.name for path in PACKAGE.iterdir() if path.suffix == ".py" or (path / "__init__.py").exists()]
    assert [part for part in parts if not part.startswith("__") and part.removesuffix(".py") not in page] == []


def test_the_folder_packaging_does_not_hide_the_library_packaging() -> None:
    assert not (ROOT / "packaging" / "__init__.py").exists()


def test_dev_py_needs_nothing_but_python() -> None:
    foreign = [name for _, name in imported(ROOT / "dev.py") if name.partition(".")[0] not in sys.stdlib_module_names]
    assert foreign == []


def test_ci_runs_the_command_that_the_readme_names() -> None:
    command = "python3 dev.py test"
    assert command in (ROOT / "README.md").read_text(encoding="utf-8")
    assert command in (ROOT / ".ci" / "run").read_text(encoding="utf-8")


# --- what we stand on -------------------------------------------------------------------------------------------------


def test_every_locked_dependency_has_its_hash_and_every_wish_is_locked() -> None:
    project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))
    wishes = {
        "requirements.lock": project["project"]["dependencies"],
        "requirements-dev.lock": [*project["project"]["dependencies"], *project["dependency-groups"]["dev"]],
    }
    for file, wanted in wishes.items():
        blocks = re.split(r"\n(?=\S)", (ROOT / file).read_text(encoding="utf-8").strip())
        assert [block for block in blocks if "--hash=sha256:" not in block] == []
        locked = {block.partition("==")[0] for block in blocks}
        assert {re.split(r"[<>=!~\[ ]", wish)[0].lower() for wish in wanted} <= locked


def test_qt_is_not_the_release_that_loses_none_on_this_python() -> None:
    import PySide6

    assert sys.version_info >= (3, 12) or not PySide6.__version__.startswith("6.12."), "it aborts within seconds"


@pytest.mark.skipif(sys.version_info >= (3, 12), reason="None is immortal there")
def test_qt_calls_keep_their_references_to_none() -> None:
    from PySide6.QtCore import QObject, Signal

    class Bell(QObject):
        rang = Signal(int)

    bell, heard = Bell(), list[int]()
    before = sys.getrefcount(None)
    for number in range(2000):
        bell.rang.connect(heard.append)
        bell.rang.emit(number)
        bell.rang.disconnect(heard.append)
    assert len(heard) == 2000
    assert abs(sys.getrefcount(None) - before) < 500

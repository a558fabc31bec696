"""A look at a strategy's text before it runs: what it imports and calls that a pure decision never needs.

This keeps mistakes out, not malice: a file can do what any program of this user can, and the consent says so.
"""

import ast
import re
from dataclasses import dataclass

LARGEST_FILE = 500_000  # characters
ALLOWED = frozenset(
    {
        "strongroom", "__future__", "bisect", "collections", "copy", "dataclasses", "decimal", "enum", "fractions",
        "functools", "heapq", "itertools", "math", "numpy", "operator", "pydantic", "re", "statistics", "string",
        "talib", "typing",
    }
)  # fmt: skip
_CALLS = frozenset(
    {"open", "exec", "eval", "compile", "input", "breakpoint", "globals", "vars", "__import__", "exit", "quit", "help"}
)
_TURNING = re.compile("[\u202a-\u202e\u2066-\u2069]")  # letters after them may be shown in another order than they run
_DUNDERS = frozenset({"__name__", "__doc__", "__init__", "__post_init__", "__len__", "__class__"})


@dataclass(frozen=True, slots=True)
class Finding:
    """What stands in the way, and in which line of the file."""

    line: int
    reason: str


def look(text: str, name: str) -> tuple[Finding, ...]:
    """Everything about the text that keeps it from being a strategy; empty when it may be tried."""
    if len(text) > LARGEST_FILE:
        return (Finding(1, f"the file is longer than {LARGEST_FILE:,} characters"),)
    try:
        tree = ast.parse(text, name)
    except (SyntaxError, ValueError, RecursionError, MemoryError) as error:
        line = getattr(error, "lineno", None) or 1
        return (Finding(line, f"it is not Python: {getattr(error, 'msg', None) or error}"),)
    found = [finding for node in ast.walk(tree) for finding in _findings(node)]
    found += [
        Finding(text.count("\n", 0, sign.start()) + 1, "it has a sign that makes text look other than it is")
        for sign in _TURNING.finditer(text)
    ]
    if not any(isinstance(node, ast.FunctionDef) and node.name == "on_event" for node in tree.body):
        found.append(Finding(1, "it has no function on_event(settings, state, event, view)"))
    return tuple(sorted(found, key=lambda finding: finding.line))


def _findings(node: ast.AST) -> list[Finding]:
    if isinstance(node, ast.Import):
        return [_import(node.lineno, alias.name) for alias in node.names if not _may_import(alias.name)]
    if isinstance(node, ast.ImportFrom):
        name = node.module or "."
        return [_import(node.lineno, name)] if node.level or not _may_import(name) else []
    if isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id in _CALLS:
        return [Finding(node.lineno, f"it calls {node.func.id}(), which a strategy may not")]
    if isinstance(node, ast.Attribute) and node.attr.startswith("__") and node.attr not in _DUNDERS:
        return [Finding(node.lineno, f"it reaches for {node.attr}, which a strategy may not")]
    if isinstance(node, ast.AsyncFunctionDef | ast.Await):
        return [Finding(node.lineno, "it is asynchronous; a strategy decides at once")]
    return []


def _may_import(name: str) -> bool:
    return name.partition(".")[0] in ALLOWED


def _import(line: int, name: str) -> Finding:
    return Finding(
        line,
        f"it imports {name}, which a strategy may not: it decides from what it is given, without clock, chance, files, "
        "network or keys",
    )

"""What keeps a file from being tried as a strategy at all."""

import pytest

from desktop_app.own.check import LARGEST_FILE, look

GOOD = """\
import math
from decimal import Decimal

import numpy as np
import talib
from strongroom import buy


def on_event(settings, state, event, view):
    return state, []
"""


def test_a_plain_strategy_passes() -> None:
    assert look(GOOD, "good.py") == ()


@pytest.mark.parametrize(
    ("line", "reason"),
    [
        ("import os", "imports os"),
        ("import os.path as p", "imports os.path"),
        ("from keyring import get_password", "imports keyring"),
        ("import ccxt, math", "imports ccxt"),
        ("from socket import *", "imports socket"),
        ("import random", "imports random"),
        ("import time", "imports time"),
        ("from . import x", "imports ."),
        ("from desktop_app.vault import Vault", "imports desktop_app.vault"),
        ("open('x')", "calls open()"),
        ("exec('1')", "calls exec()"),
        ("__import__('os')", "calls __import__()"),
        ("().__class__.__subclasses__()", "reaches for __subclasses__"),
        ("on_event.__globals__", "reaches for __globals__"),
        ("async def x(): pass", "asynchronous"),
        ("x = 'a\u202eb'", "look other than it is"),
    ],
)
def test_what_no_decision_needs_is_refused_with_its_line(line: str, reason: str) -> None:
    (found,) = look(f"{GOOD}\n{line}\n", "bad.py")

    assert reason in found.reason and found.line == GOOD.count("\n") + 2


def test_everything_is_told_at_once_in_the_order_of_the_file() -> None:
    found = look("import os\nimport sys\n", "bad.py")

    assert [(one.line, one.reason.split(",")[0]) for one in found] == [
        (1, "it has no function on_event(settings"),
        (1, "it imports os"),
        (2, "it imports sys"),
    ] or {one.line for one in found} == {1, 2}


def test_what_is_not_python_is_told_with_its_line() -> None:
    (found,) = look("x = 1\ndef on_event(:\n", "bad.py")
    assert found.line == 2 and "not Python" in found.reason
    assert look("x" * (LARGEST_FILE + 1), "big.py")[0].reason.startswith("the file is longer")
    assert look("\0", "null.py")

"""Every code that the core says has words, and numbers are shown plainly."""

import ast
from decimal import Decimal
from pathlib import Path

import pytest

import desktop_app
from desktop_app.core.order import Role
from desktop_app.core.said import said
from desktop_app.core.words import WORDS, plain, sentence


def spoken(*folders: str) -> set[str]:
    codes: set[str] = {f"{role}_filled" for role in Role if role not in (Role.GRID, Role.BALANCING)}
    paths = [path for folder in folders for path in (Path(desktop_app.__path__[0]) / folder).rglob("*.py")]
    for path in paths:
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            if isinstance(node, ast.Call) and isinstance(node.func, ast.Name):
                place = {"said": 0, "_problem": 0, "tell": 1, "SignalRefused": 1}.get(node.func.id)
                if place is not None and len(node.args) > place:
                    codes |= {
                        part.value
                        for part in ast.walk(node.args[place])
                        if isinstance(part, ast.Constant) and isinstance(part.value, str) and "_" in part.value
                    }
    return codes - {"_filled"}


def test_every_code_has_words() -> None:
    assert spoken("core", "research") - set(WORDS) == set()


def test_no_words_are_left_over() -> None:
    assert set(WORDS) - spoken("core", "research") == set()


@pytest.mark.parametrize(
    ("code", "index", "name"),
    [("grid_bought", 16, "B17"), ("grid_sold", 16, "S16"), ("grid_round_trip", 17, "S17"), ("grid_bought", -3, "B−2")],
)
def test_a_line_of_a_grid_is_called_what_the_chart_calls_it(code: str, index: int, name: str) -> None:
    assert sentence(said(code, index=index, price=Decimal(9))).startswith(f"Grid {name} ")


def test_a_refused_order_of_a_grid_is_called_by_its_line_and_others_by_their_number() -> None:
    assert "(grid S02)" in sentence(said("order_refused", role=Role.GRID, index=2, side="sell", reason="no"))
    assert "(safety 2)" in sentence(said("order_refused", role=Role.SAFETY, index=2, reason="no"))


def test_a_sentence_is_filled_in_and_an_unknown_code_is_not_hidden() -> None:
    assert sentence(said("why_waits_tp", take_profit=Decimal("64807.290"))) == "Waits for take profit 64807.29."
    assert sentence(said("what_is_this", price=Decimal("1E-8"))) == "what_is_this price=0.00000001"
    assert sentence(said("why_waits_tp")) == "Waits for take profit —."
    assert said("x", a=1)["a"] == 1


@pytest.mark.parametrize(
    ("value", "text"),
    [(Decimal("1E+3"), "1000"), (Decimal("0.10"), "0.1"), (3, "3"), ("a", "a"), (Decimal("NaN"), "NaN")],
)
def test_numbers_are_plain(value: Decimal | int | str, text: str) -> None:
    assert plain(value) == text

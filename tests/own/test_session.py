"""What happens inside a strategy's process, without the process."""

import json
from pathlib import Path
from typing import Any

import pytest

from desktop_app.own.session import Session

EXAMPLE = Path(__file__).parents[2] / "resources" / "strategies" / "example.py"
ROW = [0, 100.0, 101.0, 99.0, 100.0, 1.0]
FACTS: dict[str, Any] = {
    "symbol": "BTC/USDT", "coins": "0", "average": "0", "invested": "0", "budget": "100", "stop": None, "orders": [],
    "is_paused": False,
}  # fmt: skip


def ask(session: Session, **more: Any) -> Any:
    request = {
        "do": "ask", "options": {}, "told": {"kind": "candle", "at": 60_000}, "facts": FACTS, "price": "100",
        "state": "null", "history": 3, "anew": True, "candles": [ROW],
    }  # fmt: skip
    return session.answer(request | more)["ok"]


def loaded(text: str) -> Session:
    session = Session()
    session.answer({"do": "load", "name": "x.py", "text": text})
    return session


def test_the_example_describes_itself_and_buys_a_dip() -> None:
    session = Session()
    described = session.answer({"do": "load", "name": "example.py", "text": EXAMPLE.read_text(encoding="utf-8")})["ok"]
    assert described["title"] == "Dip under the average"
    assert [field["name"] for field in described["fields"]] == [
        "spend", "length", "dip_percent", "profit_percent", "stop_percent"
    ]  # fmt: skip
    rows = [[at * 60_000, 100.0, 101.0, 99.0, 100.0, 1.0] for at in range(20)]

    waits = ask(session, candles=rows[:5], history=50)
    buys = ask(session, candles=rows, history=50, price="98")

    assert waits["actions"][0]["do"] == "say" and "5 of 20" in waits["actions"][0]["text"]
    assert buys["actions"] == [{"quote": "50", "coins": None, "price": None, "name": "", "do": "buy"}]


def test_it_sees_the_newest_candles_only_and_cannot_change_them() -> None:
    session = loaded(
        "def on_event(s, st, e, v):\n    st = [len(v.candles), int(v.candles.at[0])]\n"
        "    try:\n        v.candles.close[0] = 1\n    except ValueError:\n        st.append('kept')\n"
        "    return st, []\n"
    )
    ask(session, candles=[[at * 60_000, 1, 1, 1, 1, 1] for at in range(3)])

    answer = ask(session, candles=[[180_000, 1, 1, 1, 1, 1]], anew=False)

    assert json.loads(answer["state"]) == [3, 60_000, "kept"]


def test_settings_are_held_against_the_strategys_own_form() -> None:
    session = loaded(
        "from typing import Literal\nfrom strongroom import Field, Number, Options\n"
        "class Settings(Options):\n    a: Number = Field(1, gt=0)\n    b: bool = False\n"
        "    c: Literal['x', 'y'] = 'x'\n"
        "    d: str = 'text'\n    e: int = 3\n"
        "def on_event(s, st, e, v):\n    return [str(s.a), s.b, s.c], []\n"
    )
    assert session.answer({"do": "options", "options": {"a": "2.5", "b": True, "c": "y"}}) == {"ok": True}
    problems = session.answer({"do": "options", "options": {"a": "-1", "c": "z", "f": 1}})["problems"]
    assert {place for place, _ in problems} == {"a", "c", "f"}
    assert dict(problems)["f"] == "is not one of the strategy's settings"
    assert json.loads(ask(session, options={"a": "0.10"})["state"]) == ["0.10", False, "x"]


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("Settings = 3\ndef on_event(s, st, e, v): pass", "class Settings"),
        ("on_event = 3", "no function"),
        (
            "from strongroom import Options\nclass Settings(Options):\n    a: int\ndef on_event(s, st, e, v): pass",
            "a\n",
        ),
    ],
)
def test_a_file_that_is_no_strategy_is_refused(text: str, words: str) -> None:
    with pytest.raises(ValueError, match=words):
        loaded(text)


@pytest.mark.parametrize(
    ("returned", "words"),
    [
        ("None", "must return"),
        ("(st, 3)", "must be a list"),
        ("(st, ['buy'])", "no action"),
        ("({1, 2}, [])", "what JSON can hold"),
        ("(float('nan'), [])", "what JSON can hold"),
    ],
)
def test_an_answer_of_another_shape_is_refused(returned: str, words: str) -> None:
    with pytest.raises(ValueError, match=words):
        ask(loaded(f"def on_event(s, st, e, v):\n    return {returned}\n"))


def test_unknown_requests_are_refused() -> None:
    with pytest.raises(ValueError, match="unknown request"):
        Session().answer({"do": "dance"})

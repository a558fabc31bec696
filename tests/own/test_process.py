"""Strategies that raise, hang, grab memory or reach out: each is over, and tells so, and nothing else is."""

from typing import Any

import pytest

from desktop_app.own.folder import StrategyFile
from desktop_app.own.process import StrategyProcess, StrategyTrouble
from tests.own.test_session import FACTS, ROW

REQUEST: dict[str, Any] = {
    "options": {}, "told": {"kind": "candle", "at": 60_000}, "facts": FACTS, "price": "100", "state": "null",
    "history": 3, "anew": True, "candles": [ROW],
}  # fmt: skip


def trouble(body: str, head: str = "") -> StrategyTrouble:
    text = f"{head}\ndef on_event(settings, state, event, view):\n    {body}\n"
    with StrategyProcess(StrategyFile("bad.py", text), answer_seconds=2) as process:
        with pytest.raises(StrategyTrouble) as caught:
            _run(process)
        return caught.value


def _run(process: StrategyProcess) -> None:
    process.start()
    process.ask(REQUEST)


def test_one_process_lives_through_what_it_may_do_and_answers_the_same_twice() -> None:
    text = "def on_event(settings, state, event, view):\n    print('hello')\n    return list({'a', 'b', 'c'}), []\n"
    answers = []
    for _ in range(2):
        with StrategyProcess(StrategyFile("good.py", text)) as process:
            process.start()
            assert process.check({}) == () and process.check({"x": 1})
            answers.append(process.ask(REQUEST))
    assert answers[0] == answers[1]


def test_an_error_is_told_with_its_line() -> None:
    found = trouble("return 1 / 0")
    assert (found.code, found.place) == ("raised", "line 3") and "ZeroDivisionError" in found.error


def test_an_endless_loop_is_ended() -> None:
    found = trouble("while True: pass")
    assert found.code == "slow"


@pytest.mark.slow
@pytest.mark.parametrize(
    ("body", "head", "words"),
    [
        ("return on_event(settings, state, event, view)", "", "without end"),
        ("return [0] * 10**12, []", "", "memory"),
        ("raise SystemExit(1)", "", "SystemExit"),
        ("numpy.savetxt('out.txt', [1])", "import numpy", "may not"),
        ("numpy.fromfile('/etc/hostname')", "import numpy", "may not"),
        ("statistics.random._os.system('true')", "import statistics", "may not"),
        ("statistics.random._os.truncate('out.txt', 0)", "import statistics", "may not"),
        ("statistics.random._os.symlink('out.txt', 'x')", "import statistics", "may not"),
        ("statistics.random._os.write(1, b'[' * 90000 + b'\\n' * 9)", "import statistics", "cannot be read"),
        ("statistics.random._os.write(1, b'1\\n' * 90000)", "import statistics", "cannot be read"),
        ("statistics.random._os._exit(3)", "import statistics", "ended by itself"),
        ("pydantic.json.__name__", "import pydantic", "."),
    ],
)
def test_whatever_it_tries_stays_inside(body: str, head: str, words: str) -> None:
    found = trouble(body, head)
    assert (found.code == "raised" and words in found.error) or words == "."


def test_a_file_that_cannot_be_loaded_is_broken() -> None:
    assert trouble("pass", "import os").code == "broken"
    found = trouble("pass", "x = 1 / 0")
    assert (found.code, found.place) == ("broken", "line 1")


def test_a_process_that_is_over_says_so() -> None:
    process = StrategyProcess(StrategyFile("good.py", "def on_event(settings, state, event, view): pass"))
    with pytest.raises(StrategyTrouble, match="over"):
        process.ask(REQUEST)
    process.close()

"""Strategies of one's own by clicking: copy the example, look and trust, a form from its settings, a bot."""

import asyncio
import hashlib
from collections.abc import Callable, Coroutine, Iterator, Sequence
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest
from PySide6.QtWidgets import QApplication, QCheckBox, QComboBox, QPlainTextEdit, QPushButton, QWidget
from shiboken6 import delete

from desktop_app.core.strategies.python_settings import PythonSettings
from desktop_app.engine.problem import problem
from desktop_app.engine.views import StrategyView
from desktop_app.gui.dialogs import Question
from desktop_app.gui.editor.own.flows import OwnFlows
from desktop_app.gui.editor.own.form import OwnForm
from desktop_app.gui.editor.own.page import OwnPage
from desktop_app.gui.fields import DecimalEdit
from desktop_app.gui.loop import Loop
from desktop_app.own.process import Description, OptionField
from tests.gui.fake_engine import account_view, bot_view

DESCRIBED = Description(
    "Dip",
    "Buys dips.\n\nMore.",
    (
        OptionField("spend", "Spend", "In quote.", 50, "number"),
        OptionField("length", "Average of", "", 20, "whole"),
        OptionField("both", "Both sides", "", False, "flag"),
        OptionField("mode", "Mode", "", "a", "choice", ("a", "b")),
        OptionField("word", "Word", "", "x", "text"),
    ),
)


class FakeWishes:
    def __init__(self, folder: Path) -> None:
        self.folder, self.calls = folder, []  # type: ignore[var-annotated]
        self.known: dict[str, StrategyView] = {}

    async def strategies(self) -> Sequence[StrategyView]:
        return tuple(self.known.values())

    async def add_strategy(self, name: str, text: str) -> StrategyView:
        path = self.folder / name
        path.write_text(text, encoding="utf-8")
        digest = hashlib.sha256(text.encode()).hexdigest()
        self.known[name] = StrategyView(name, digest, False, str(path))
        return self.known[name]

    async def describe_strategy(self, name: str) -> Description:
        if name == "broken.py":
            raise problem("own_unusable", file=name, place="line 3", error="SyntaxError")
        return DESCRIBED

    async def trust_strategy(self, name: str, digest: str) -> None:
        assert digest == self.known[name].digest
        self.calls.append(("trust", name))

    async def add_bot(self, source: Any) -> int:
        self.calls.append(("add", source))
        return 1

    async def edit_bot(self, bot: int, source: Any, apply_to_open: bool = False) -> None:
        self.calls.append(("edit", bot, source))


class Table:
    """Flows over a fake engine; `run` lets one of them go and answers its question."""

    def __init__(self, loop: Loop, folder: Path) -> None:
        self.loop, self.parent = loop, QWidget()
        self.wishes, self.told = FakeWishes(folder), []  # type: ignore[var-annotated]
        known = SimpleNamespace(accounts={"demo": account_view(name="demo")}, bots={1: bot_view(name="Dip")})
        link: Any = SimpleNamespace(wishes=self.wishes, ask=lambda wish: wish, known=known)
        self.flows = OwnFlows(self.parent, link, lambda mood, text: self.told.append((mood, text)))

    def run(self, work: Coroutine[Any, Any, None], answer: Callable[[Question], None] | None = None) -> None:
        async def both() -> None:
            task = asyncio.ensure_future(work)
            for _ in range(4_000):
                await asyncio.sleep(0.005)
                sheets = self.parent.findChildren(Question)
                if sheets and answer is not None:
                    answer(sheets[0])
                    break
                if task.done():
                    break
            await task

        self.loop.run_until_complete(both())


@pytest.fixture
def loop(themed: QApplication) -> Iterator[Loop]:
    made = Loop(themed)
    asyncio.set_event_loop(made)
    yield made
    asyncio.set_event_loop(None)
    made.close()


@pytest.fixture
def table(loop: Loop, themed: QApplication, tmp_path: Path) -> Any:
    made = Table(loop, tmp_path)
    yield made
    delete(made.parent)


def _press(sheet: Question, text: str) -> None:
    next(button for button in sheet.findChildren(QPushButton) if button.text() == text).click()


def test_the_example_is_copied_shown_whole_and_trusted(table: Table) -> None:
    table.run(table.flows.copy_example())
    table.run(table.flows.copy_example())
    assert list(table.wishes.known) == ["my_strategy.py", "my_strategy_2.py"]
    shown: list[str] = []

    def agree(sheet: Question) -> None:
        shown.append(sheet.findChildren(QPlainTextEdit)[0].toPlainText())
        _press(sheet, "Trust this file")

    table.run(table.flows.trust("my_strategy.py"), agree)

    assert "def on_event(settings, state, event, view)" in shown[0]
    assert table.wishes.calls == [("trust", "my_strategy.py")]


def test_without_consent_nothing_is_trusted(table: Table) -> None:
    table.run(table.flows.copy_example())
    table.run(table.flows.trust("my_strategy.py"), lambda sheet: _press(sheet, "Do not run it"))
    assert table.wishes.calls == []


def test_the_form_comes_from_the_strategys_settings(table: Table) -> None:
    def fill(sheet: Question) -> None:
        form = sheet.findChildren(OwnForm)[0]
        options = form.options
        spend, length, both, mode = options["spend"], options["length"], options["both"], options["mode"]
        assert isinstance(spend, DecimalEdit) and isinstance(length, DecimalEdit)
        assert isinstance(both, QCheckBox) and isinstance(mode, QComboBox)
        spend.setText("75.5")
        length.setText("30")
        both.setChecked(True)
        mode.setCurrentText("b")
        form.pairs.setText("")
        assert not next(b for b in sheet.findChildren(QPushButton) if b.text() == "Add bot").isEnabled()
        form.pairs.setText("eth/usdt")
        _press(sheet, "Add bot")

    table.run(table.flows.make_bot("my_strategy.py", "demo", "BTC/USDT"), fill)

    ((_, settings),) = table.wishes.calls
    assert isinstance(settings, PythonSettings)
    assert (settings.name, settings.account, settings.pairs) == ("My strategy", "demo", ("ETH/USDT",))
    assert settings.options == {"spend": "75.5", "length": 30, "both": True, "mode": "b", "word": "x"}


def test_a_bot_is_changed_in_the_same_form(table: Table) -> None:
    settings = PythonSettings.model_validate(
        {"name": "Dip", "account": "demo", "pairs": ["BTC/USDT"], "file": "a.py", "max_funds": "200", "history": 77,
         "timeframe": "1h", "options": {"spend": "60"}}
    )  # fmt: skip
    view = bot_view(kind="python", settings_json=settings.model_dump_json())

    def fill(sheet: Question) -> None:
        form = sheet.findChildren(OwnForm)[0]
        form.budget.setText("300")
        _press(sheet, "Save changes")

    table.run(table.flows.change_bot(view), fill)

    ((_, bot, changed),) = table.wishes.calls
    assert bot == view.bot_id and changed.max_funds == 300 and changed.history == 77
    assert changed.options["spend"] == "60" and changed.timeframe == "1h"


def test_a_bot_file_is_taken_into_the_form_and_never_as_a_mirror(table: Table) -> None:
    settings = PythonSettings.model_validate(
        {"name": "Dip", "account": "elsewhere", "pairs": ["BTC/USDT"], "file": "a.py", "max_funds": "200",
         "mirror": {"of": "Other"}, "options": {"spend": "60"}}
    )  # fmt: skip

    table.run(table.flows.take(settings, "demo"), lambda sheet: _press(sheet, "Add bot"))

    ((_, made),) = table.wishes.calls
    assert (made.name, made.account, made.mirror, made.options["spend"]) == ("Dip 2", "demo", None, "60")


def test_what_the_engine_says_against_it_is_told(table: Table) -> None:
    table.run(table.flows.make_bot("broken.py", "demo", "BTC/USDT"))
    assert table.told[0][0] == "error" and "line 3" in table.told[0][1]


def test_the_page_offers_the_next_step_of_each_file(themed: QApplication) -> None:
    page = OwnPage()
    asked: list[tuple[str, str]] = []
    page.trust_requested.connect(lambda name: asked.append(("trust", name)))
    page.bot_requested.connect(lambda name: asked.append(("bot", name)))
    page.show_views((StrategyView("a.py", "1", True, "/x/a.py"), StrategyView("b.py", "2", False, "/x/b.py")))
    for row in page.rows:
        row.button.click()
    assert asked == [("bot", "a.py"), ("trust", "b.py")]
    page.show_views(())
    assert page.rows == []
    delete(page)

"""Newer versions: nobody is asked unless somebody wants it, and nothing is opened but the page that we know."""

from collections.abc import Callable
from dataclasses import replace

import pytest

from desktop_app import __version__
from desktop_app.engine.problem import FAILED, problem
from desktop_app.engine.updates import PAGE, Newest
from desktop_app.gui import help_desk
from desktop_app.gui.help_desk import HelpDesk
from tests.gui.shell import SETTINGS, Shell

ON = replace(SETTINGS, looks_for_updates=True)


class Page:
    """Stands for the project's page."""

    def __init__(self) -> None:
        self.asked = 0
        self.answer: Newest | Exception = Newest("9.9.9", True)

    def __call__(self) -> Newest:
        self.asked += 1
        if isinstance(self.answer, Exception):
            raise self.answer
        return self.answer


@pytest.fixture
def page() -> Page:
    return Page()


@pytest.fixture
def desk(shell: Shell, page: Page) -> HelpDesk:
    shell.window.help.look = page
    return shell.window.help


def ask(shell: Shell, desk: HelpDesk, how: Callable[[], object]) -> list[tuple[str, bool]]:
    """Let one look run to its end; what it told."""
    told: list[tuple[str, bool]] = []
    desk.looked.connect(lambda words, is_newer: told.append((words, is_newer)))
    shell.live(how, lambda: told and not desk.is_looking)
    return told


def test_off_by_default_and_nobody_is_asked(shell: Shell, desk: HelpDesk, page: Page) -> None:
    shell.arrive()
    shell.do(lambda: desk.follow(SETTINGS))
    assert page.asked == 0 and not desk._daily.isActive()


def test_a_newer_version_is_offered_and_only_a_person_opens_the_page(
    shell: Shell, desk: HelpDesk, page: Page, monkeypatch: pytest.MonkeyPatch
) -> None:
    opened: list[str] = []

    def open_page(address: str) -> bool:
        opened.append(address)
        return True

    monkeypatch.setattr(help_desk, "open_page", open_page)
    told = ask(shell, desk, shell.window.commands.updates.trigger)
    words = f"Strongroom 9.9.9 is out; this is {__version__}. Nothing was downloaded."
    assert told == [(words, True)] and shell.window.toasts.texts() == [words]
    assert opened == []

    toast = shell.window.toasts._shown[0]
    assert toast._button.text() == "Open the page"
    shell.do(toast._button.click)
    assert opened == [PAGE]


def test_the_newest_is_said_to_who_asked_and_to_nobody_else(shell: Shell, desk: HelpDesk, page: Page) -> None:
    page.answer = Newest(__version__, False)
    ask(shell, desk, lambda: desk.follow(ON))
    assert shell.window.toasts.texts() == []
    ask(shell, desk, desk.check)
    assert shell.window.toasts.texts() == [f"This is the newest version: {__version__}."]


def test_a_page_that_does_not_answer_is_no_news_unless_somebody_asked(shell: Shell, desk: HelpDesk, page: Page) -> None:
    page.answer = problem("updates_unreachable", FAILED, reason="no network")
    ask(shell, desk, lambda: desk.follow(ON))
    assert shell.window.toasts.texts() == []
    told = ask(shell, desk, desk.check)
    assert "no network" in told[0][0] and shell.window.toasts.texts() == [told[0][0]]


def test_switched_on_it_looks_once_a_day_and_offers_a_version_once(shell: Shell, desk: HelpDesk, page: Page) -> None:
    ask(shell, desk, lambda: desk.follow(ON))
    assert desk._daily.isActive() and desk._daily.interval() == 86_400_000
    ask(shell, desk, desk._daily.timeout.emit)
    assert page.asked == 2 and len(shell.window.toasts.texts()) == 1
    shell.do(lambda: desk.follow(ON))
    assert page.asked == 2, "another setting is no reason to ask"
    shell.do(lambda: desk.follow(SETTINGS))
    assert not desk._daily.isActive()


def test_about_names_the_version_and_the_folder(shell: Shell, desk: HelpDesk) -> None:
    shell.do(shell.window.commands.about.trigger)
    assert __version__ in shell.window.toasts.texts()[0] and str(shell.folder) in shell.window.toasts.texts()[0]

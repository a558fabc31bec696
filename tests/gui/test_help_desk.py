"""Newer versions: nobody is asked unless somebody wants it, and nothing is opened but the page that we know."""

from collections.abc import Callable
from dataclasses import replace

import pytest

from desktop_app import __version__
from desktop_app.engine.problem import FAILED, problem
from desktop_app.engine.updates import PAGE, Newest
from desktop_app.gui import help_desk
from desktop_app.gui.help_desk import HelpDesk
from tests.gui.shell import SETTINGS, Bare

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
def desk(bare: Bare, page: Page) -> HelpDesk:
    bare.help.look = page
    return bare.help


def ask(bare: Bare, desk: HelpDesk, how: Callable[[], object]) -> list[tuple[str, bool]]:
    """Let one look run to its end; what it told."""
    told: list[tuple[str, bool]] = []
    desk.looked.connect(lambda words, is_newer: told.append((words, is_newer)))
    bare.live(how, lambda: told and not desk.is_looking)
    return told


def test_off_by_default_and_nobody_is_asked(bare: Bare, desk: HelpDesk, page: Page) -> None:
    bare.do(lambda: desk.follow(SETTINGS))
    assert page.asked == 0 and not desk._daily.isActive()


def test_a_newer_version_is_offered_and_only_a_person_opens_the_page(
    bare: Bare, desk: HelpDesk, page: Page, monkeypatch: pytest.MonkeyPatch
) -> None:
    opened: list[str] = []

    def open_page(address: str) -> bool:
        opened.append(address)
        return True

    monkeypatch.setattr(help_desk, "open_page", open_page)
    told = ask(bare, desk, bare.actions.updates.trigger)
    words = f"Strongroom 9.9.9 is out; this is {__version__}. Nothing was downloaded."
    assert told == [(words, True)] and bare.toasts.texts() == [words]
    assert opened == []

    toast = bare.toasts._shown[0]
    assert toast._button.text() == "Open the page"
    bare.do(toast._button.click)
    assert opened == [PAGE]


def test_the_newest_is_said_to_who_asked_and_to_nobody_else(bare: Bare, desk: HelpDesk, page: Page) -> None:
    page.answer = Newest(__version__, False)
    ask(bare, desk, lambda: desk.follow(ON))
    assert bare.toasts.texts() == []
    ask(bare, desk, desk.check)
    assert bare.toasts.texts() == [f"This is the newest version: {__version__}."]


def test_a_page_that_does_not_answer_is_no_news_unless_somebody_asked(bare: Bare, desk: HelpDesk, page: Page) -> None:
    page.answer = problem("updates_unreachable", FAILED, reason="no network")
    ask(bare, desk, lambda: desk.follow(ON))
    assert bare.toasts.texts() == []
    told = ask(bare, desk, desk.check)
    assert "no network" in told[0][0] and bare.toasts.texts() == [told[0][0]]


def test_switched_on_it_looks_once_a_day_and_offers_a_version_once(bare: Bare, desk: HelpDesk, page: Page) -> None:
    ask(bare, desk, lambda: desk.follow(ON))
    assert desk._daily.isActive() and desk._daily.interval() == 86_400_000
    ask(bare, desk, desk._daily.timeout.emit)
    assert page.asked == 2 and len(bare.toasts.texts()) == 1
    bare.do(lambda: desk.follow(ON))
    assert page.asked == 2, "another setting is no reason to ask"
    bare.do(lambda: desk.follow(SETTINGS))
    assert not desk._daily.isActive()


def test_about_names_the_version_and_the_folder(bare: Bare, desk: HelpDesk) -> None:
    bare.do(bare.actions.about.trigger)
    assert __version__ in bare.toasts.texts()[0] and str(bare.folder) in bare.toasts.texts()[0]

"""The guide speaks both languages, says the same in both, and opens nothing outside."""

import re

import pytest
from PySide6.QtWidgets import QApplication

from desktop_app.gui.guide import GuidePage
from desktop_app.gui.i18n import Language, load_texts, set_language
from desktop_app.gui.resources import resource_path
from tests.gui.shell import Shell


@pytest.mark.parametrize("name", ["guide", "signals"])
def test_a_guide_follows_the_language(qapp: QApplication, name: str) -> None:
    page = GuidePage(name)
    english = page.toPlainText()
    try:
        set_language(Language.CHINESE)
        page.retranslate()
        chinese = page.toPlainText()
    finally:
        set_language(Language.ENGLISH)

    assert len(english) > 1_000 and re.search(r"[\u4e00-\u9fff]", english) is None
    assert re.search(r"[\u4e00-\u9fff]", chinese)
    assert not page.openLinks() and not page.openExternalLinks()


@pytest.mark.parametrize("name", ["guide", "signals"])
def test_both_languages_have_the_same_sections_and_rows(name: str) -> None:
    english, chinese = (
        resource_path(f"guides/{name}{suffix}.md").read_text(encoding="utf-8") for suffix in ("", ".zh_CN")
    )
    for mark in (r"^## ", r"^\| ", r"^\d\. "):
        assert len(re.findall(mark, english, re.MULTILINE)) == len(re.findall(mark, chinese, re.MULTILINE)), mark


def test_f1_opens_the_guide_in_a_tab_once(shell: Shell) -> None:
    shell.arrive()
    window = shell.window

    shell.do(window.commands.guide.trigger)
    shell.do(window.commands.guide.trigger)

    titles = [window.documents.tabText(at) for at in range(window.documents.count())]
    assert titles.count("User guide") == 1 and isinstance(window.documents.currentWidget(), GuidePage)


def test_the_readme_has_the_same_sections_rows_and_commands_in_both_languages() -> None:
    root = resource_path("guides").parents[1]
    english, chinese = ((root / f"README{suffix}.md").read_text(encoding="utf-8") for suffix in ("", ".zh-CN"))
    for mark in (r"^## ", r"^\| ", r"^\d\. ", r"^```", r"^- ", r"\*\*[^*]+\*\*"):
        assert len(re.findall(mark, english, re.MULTILINE)) == len(re.findall(mark, chinese, re.MULTILINE)), mark

    def calls(text: str) -> list[str]:
        return [line.partition("#")[0].strip() for line in text.splitlines() if line.startswith(("python3", "strong"))]

    assert calls(english) == calls(chinese)


def test_the_guide_names_switches_as_the_window_does() -> None:
    texts = load_texts(Language.CHINESE)
    for words in ("Keep this computer awake while bots run", "Start Strongroom when I log in", "Check for updates…",
                  "Look for a newer version once a day", "Keep running in the tray", "Minimise, keep running",
                  "Copy as a link", "Kept awake", "Sleep allowed", "Not kept awake"):  # fmt: skip
        english, chinese = (
            resource_path(f"guides/guide{suffix}.md").read_text(encoding="utf-8") for suffix in ("", ".zh_CN")
        )
        assert " ".join(words.split()) in " ".join(english.split()), words
        assert texts[words] in chinese, words

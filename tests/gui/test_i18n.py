import ast
import json
import re
from collections.abc import Iterator
from pathlib import Path

import pytest
from PySide6.QtCore import QEvent
from PySide6.QtWidgets import QApplication, QPushButton
from pytestqt.qtbot import QtBot

from desktop_app.gui import fmt, i18n
from desktop_app.gui.i18n import Language, guess_language, load_texts, set_language, tr, translation_files

PACKAGE = Path(i18n.__file__).parents[1]
MARKS = {"tr", "tr_later"}
# Words that Chinese readers know as they are.
SAME_IN_CHINESE = re.compile(r"[A-Z0-9 /%×.:·()+−，、：（）-]*(\{\w+\}[A-Z0-9 /%×.:·()+−，、：（）-]*)*")


def marked_texts(path: Path) -> Iterator[tuple[int, ast.expr]]:
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Call) and node.args:
            name = node.func.attr if isinstance(node.func, ast.Attribute) else ast.unparse(node.func)
            if name in MARKS:
                yield node.lineno, node.args[0]


def described_fields(path: Path) -> Iterator[str]:
    """Settings describe their own form: title and description of every pydantic field are shown to people."""
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Call) and ast.unparse(node.func) == "Field":
            for keyword in node.keywords:
                if keyword.arg in ("title", "description") and isinstance(keyword.value, ast.Constant):
                    yield str(keyword.value.value)


def english_texts() -> set[str]:
    found = {
        node.value
        for path in (PACKAGE / "gui").rglob("*.py")
        for _, node in marked_texts(path)
        if isinstance(node, ast.Constant) and isinstance(node.value, str)
    }
    return found.union(*(described_fields(path) for path in (PACKAGE / "core" / "strategies").rglob("*.py")))


@pytest.fixture
def chinese(qapp: QApplication) -> Iterator[dict[str, str]]:
    set_language(Language.CHINESE)
    yield load_texts(Language.CHINESE)
    set_language(Language.ENGLISH)


def test_a_03_every_text_has_a_chinese_one() -> None:
    missing = sorted(english_texts() - load_texts(Language.CHINESE).keys())

    assert not missing, "add to resources/translations/zh_CN/*.json:\n" + "\n".join(missing)


def test_a_03_placeholders_match() -> None:
    for english, chinese in load_texts(Language.CHINESE).items():
        assert sorted(re.findall(r"\{[^}]*\}", english)) == sorted(re.findall(r"\{[^}]*\}", chinese)), english
        assert english.count("&") == chinese.count("&") or "&" not in chinese, english


def test_a_03_chinese_is_chinese() -> None:
    for english, chinese in load_texts(Language.CHINESE).items():
        assert re.search(r"[\u4e00-\u9fff]", chinese) or SAME_IN_CHINESE.fullmatch(chinese), (english, chinese)
        assert "您" not in chinese, english
        assert not re.search(r"[\u4e00-\u9fff][,;:?!]", chinese), f"full-width punctuation: {chinese}"


def test_no_two_files_translate_one_text_differently() -> None:
    seen: dict[str, str] = {}
    for path in translation_files(Language.CHINESE):
        for english, chinese in json.loads(path.read_text(encoding="utf-8")).items():
            assert seen.setdefault(english, chinese) == chinese, f"{path.name}: {english}"


def test_texts_are_translated_before_they_are_filled() -> None:
    wrong = [
        f"{path.name}:{line}"
        for path in (PACKAGE / "gui").rglob("*.py")
        for line, node in marked_texts(path)
        if isinstance(node, ast.JoinedStr) or (isinstance(node, ast.Call) and ast.unparse(node.func).endswith("format"))
    ]

    assert not wrong


def test_a_04_switching_tells_every_open_widget(qtbot: QtBot) -> None:
    class Keep(QPushButton):
        def changeEvent(self, event: QEvent) -> None:
            if event.type() == QEvent.Type.LanguageChange:
                self.setText(tr("Cancel"))
            super().changeEvent(event)

    button = Keep("Cancel")
    qtbot.addWidget(button)
    set_language(Language.CHINESE)
    QApplication.processEvents()
    assert button.text() == "取消"
    assert i18n.is_chinese()
    assert fmt.duration(61_000, i18n.units()) == "1 分 1 秒"
    set_language(Language.ENGLISH)
    QApplication.processEvents()
    assert button.text() == "Cancel"


def test_qt_asks_the_same_texts(chinese: dict[str, str]) -> None:
    assert QApplication.translate("any", "Cancel") == chinese["Cancel"]
    assert tr("A text nobody has translated") == "A text nobody has translated"


@pytest.mark.parametrize(
    ("preferred", "guessed"),
    [
        (["zh-Hans-CN", "en-US"], Language.CHINESE),
        (["zh_TW"], Language.CHINESE),
        (["en-GB", "zh-CN"], Language.ENGLISH),
        (["de-DE", "zh-CN"], Language.CHINESE),
        (["de-DE"], Language.ENGLISH),
        ([], Language.ENGLISH),
    ],
)
def test_the_language_is_guessed_from_the_system(preferred: list[str], guessed: Language) -> None:
    assert guess_language(preferred) is guessed
    assert guess_language() in Language

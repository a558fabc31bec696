"""The window's two languages: English in the code, Chinese from files, switched while everything stays open.

How a widget keeps up (the one pattern, also for texts set long after `__init__`):

    def __init__(self) -> None:
        super().__init__()
        self._close = QPushButton()
        self.retranslate()

    def retranslate(self) -> None:
        self._close.setText(tr("Close at market"))

    def changeEvent(self, event: QEvent) -> None:
        if event.type() == QEvent.Type.LanguageChange:
            self.retranslate()
        super().changeEvent(event)

Placeholders are filled after translating: `tr("Buys {amount}").format(amount=...)`. A text that is kept in data and
translated when shown is marked with `tr_later("...")`, so that the check for missing translations sees it.
"""

import json
from collections.abc import Sequence
from enum import StrEnum
from pathlib import Path

from PySide6.QtCore import QCoreApplication, QLibraryInfo, QLocale, QTranslator

from desktop_app.gui import fmt
from desktop_app.gui.resources import resource_path


class Language(StrEnum):
    """A language of the window; the value is the folder's name and what settings store."""

    ENGLISH = "en"
    CHINESE = "zh_CN"

    @property
    def own_name(self) -> str:
        """Return the name its readers know it by."""
        return "中文" if self is Language.CHINESE else "English"


class _Texts(QTranslator):
    """The translator Qt asks; it answers from the merged files."""

    def __init__(self, texts: dict[str, str]) -> None:
        super().__init__()
        self._texts = texts

    def translate(self, context: str, text: str, disambiguation: str | None = None, n: int = -1) -> str:
        """Return the translation, or None so that Qt asks the next translator: an empty text would be an answer."""
        return self._texts.get(text)  # type: ignore[return-value]

    def isEmpty(self) -> bool:
        """Say no even without files: Qt would not announce an empty translator to the widgets."""
        return False


class _Switch:
    """What is in force now."""

    def __init__(self) -> None:
        self.language = Language.ENGLISH
        self.texts: dict[str, str] = {}
        self.installed: list[QTranslator] = []


_switch = _Switch()


def tr(text: str) -> str:
    """Return `text` in the language in force; English where a translation is missing."""
    return _switch.texts.get(text, text)


def tr_later(text: str) -> str:
    """Mark a text that data carries and `tr` translates when it is shown."""
    return text


def current_language() -> Language:
    """Return the language in force."""
    return _switch.language


def is_chinese() -> bool:
    """Tell whether the window speaks Chinese."""
    return _switch.language is Language.CHINESE


def together(*sentences: str) -> str:
    """Put whole sentences behind each other as the language in force does; empty ones leave no gap."""
    return ("" if is_chinese() else " ").join(sentence for sentence in sentences if sentence)


def units() -> fmt.Units:
    """Return the words for spans of time in the language in force."""
    return fmt.CHINESE if is_chinese() else fmt.ENGLISH


def set_language(language: Language) -> None:
    """Switch live: every widget gets a LanguageChange event and translates itself again."""
    _switch.language = language
    _switch.texts = load_texts(language)
    for translator in _switch.installed:
        QCoreApplication.removeTranslator(translator)
    _switch.installed = [*_qt_translators(language), _Texts(_switch.texts)]
    for translator in _switch.installed:
        QCoreApplication.installTranslator(translator)


def _qt_translators(language: Language) -> list[QTranslator]:
    """Bring Qt's own words too (Cut, Copy, Select all), if this installation has them."""
    if language is Language.ENGLISH:
        return []
    own = QTranslator()
    folder = QLibraryInfo.path(QLibraryInfo.LibraryPath.TranslationsPath)
    return [own] if own.load(f"qtbase_{language.value}", folder) else []


def load_texts(language: Language) -> dict[str, str]:
    """Merge all files of a language; English needs none."""
    merged: dict[str, str] = {}
    for path in translation_files(language):
        merged.update(json.loads(path.read_text(encoding="utf-8")))
    return merged


def translation_files(language: Language) -> list[Path]:
    """List a language's files in a stable order."""
    return sorted(resource_path("translations").joinpath(language.value).glob("*.json"))


def guess_language(preferred: Sequence[str] | None = None) -> Language:
    """Guess from the system's languages: Chinese if the first of our two that it names is Chinese."""
    for name in preferred if preferred is not None else QLocale.system().uiLanguages():
        if name.lower().startswith("zh"):
            return Language.CHINESE
        if name.lower().startswith("en"):
            return Language.ENGLISH
    return Language.ENGLISH

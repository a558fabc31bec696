"""Theme, colours, language and text size: switched while everything stays open, and remembered."""

import logging
from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path
from typing import Any

from PySide6.QtCore import QObject, Qt, Signal
from PySide6.QtGui import QAction, QActionGroup, QGuiApplication
from PySide6.QtWidgets import QApplication

from desktop_app.config import LARGEST_TEXT, SMALLEST_TEXT, AppSettings
from desktop_app.gui.actions import Actions, check
from desktop_app.gui.i18n import Language, guess_language, set_language
from desktop_app.gui.theme import Theme, apply_theme, make_theme

_STEP = 10
_LOOKS = ("theme", "palette", "language", "text_percent")
_log = logging.getLogger(__name__)


def theme_of(settings: AppSettings) -> Theme:
    """The theme that the settings ask for, on this system."""
    name = settings.theme
    if name == "system":
        is_light = QGuiApplication.styleHints().colorScheme() == Qt.ColorScheme.Light
        return make_theme("light" if is_light else "dark", settings.palette)
    return make_theme(name, settings.palette)


def language_of(settings: AppSettings) -> Language:
    return guess_language() if settings.language == "system" else Language(settings.language)


def dress(app: QApplication, settings: AppSettings) -> None:
    """Apply language, theme and text size before the first window."""
    set_language(language_of(settings))
    apply_theme(app, theme_of(settings), settings.text_percent)


class Appearance(QObject):
    """Owns the settings of the running window; every change is in force at once and on disk."""

    theme_changed = Signal(object)  # Theme
    settings_changed = Signal(object)  # AppSettings

    def __init__(self, settings: AppSettings, path: Path, actions: Actions, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self.settings, self._path, self._actions = settings, path, actions
        self.theme = theme_of(settings)
        actions.themes.triggered.connect(lambda action: self._chosen("theme", action))
        actions.palettes.triggered.connect(lambda action: self._chosen("palette", action))
        actions.languages.triggered.connect(lambda action: self._chosen("language", action))
        actions.larger.triggered.connect(lambda: self.zoom(self.settings.text_percent + _STEP))
        actions.smaller.triggered.connect(lambda: self.zoom(self.settings.text_percent - _STEP))
        actions.usual_size.triggered.connect(lambda: self.zoom(100))
        QGuiApplication.styleHints().colorSchemeChanged.connect(lambda _: self._system_changed())
        self._tick()

    def change(self, changes: Mapping[str, Any]) -> None:
        """Put new choices in force. An unreadable disk keeps nobody from looking at the light theme."""
        before = self.settings
        self.settings = replace(before, **changes)
        if self.settings == before:
            return
        try:
            self.settings.save(self._path)
        except OSError:
            _log.warning("the settings could not be written to %s", self._path, exc_info=True)
        if self.settings.language != before.language:
            set_language(language_of(self.settings))
        if any(getattr(self.settings, name) != getattr(before, name) for name in _LOOKS):
            self._dress()
        self._tick()
        self.settings_changed.emit(self.settings)

    def choices(self) -> dict[str, QActionGroup]:
        """What can be chosen, by the names of the settings; `change` puts it in force."""
        return {"language": self._actions.languages, "theme": self._actions.themes, "palette": self._actions.palettes}

    def zoom(self, percent: int) -> None:
        self.change({"text_percent": min(LARGEST_TEXT, max(SMALLEST_TEXT, percent))})

    def _chosen(self, name: str, action: QAction) -> None:
        self.change({name: action.data()})

    def _system_changed(self) -> None:
        if self.settings.theme == "system":
            self._dress()

    def _dress(self) -> None:
        app = QApplication.instance()
        assert isinstance(app, QApplication)
        self.theme = theme_of(self.settings)
        apply_theme(app, self.theme, self.settings.text_percent)
        self.theme_changed.emit(self.theme)

    def _tick(self) -> None:
        check(self._actions.themes, self.settings.theme)
        check(self._actions.palettes, self.settings.palette)
        check(self._actions.languages, self.settings.language)

"""The first page: language, theme, colours and time zone, each of them in force as soon as it is chosen."""

from collections.abc import Callable

from PySide6.QtCore import QEvent, Qt, QTimer, Signal
from PySide6.QtGui import QGuiApplication
from PySide6.QtWidgets import QApplication, QComboBox, QHBoxLayout, QLabel, QVBoxLayout, QWidget

from desktop_app.gui import fmt
from desktop_app.gui.fonts import has_chinese_font
from desktop_app.gui.i18n import Language, is_chinese, set_language, tr, tr_later
from desktop_app.gui.notices import plain_label, restyle
from desktop_app.gui.theme import PALETTES, Name, apply_theme, make_theme
from desktop_app.gui.wizard.choices import TITLE_WIDTH, ChoiceRow
from desktop_app.gui.wizard.result import ThemeChoice, WizardResult
from desktop_app.gui.wizard.sample import LookSample
from desktop_app.gui.wizard.zones import CITIES, SYSTEM, UTC_NAME, find_zone

_THEMES: tuple[tuple[ThemeChoice, str], ...] = (
    ("dark", tr_later("Dark")),
    ("light", tr_later("Light")),
    ("system", tr_later("Follow system")),
)
_PALETTES = (
    ("green_red", tr_later("▲ green  ▼ red")),
    ("red_green", tr_later("▲ red  ▼ green")),
    ("blue_orange", tr_later("▲ blue  ▼ orange (colour-blind safe)")),
)


class LookPage(QWidget):
    """Everything on it has an answer from the start; only a time zone can be typed wrong."""

    validity_changed = Signal(bool)

    def __init__(self, start: WizardResult, now: Callable[[], int], parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._now = now
        self._start = start
        self.language = ChoiceRow(
            tr_later("Language"), [(Language.ENGLISH.value, "English"), (Language.CHINESE.value, "简体中文")]
        )
        self.theme = ChoiceRow(tr_later("Theme"), _THEMES)
        self.palette_row = ChoiceRow(tr_later("Up / down"), _PALETTES, is_tall=True)
        self.zone = QComboBox()
        self.sample = LookSample()
        self._zone_label = QLabel()
        self._zone_note = plain_label()
        self._font_note = plain_label()
        self._lay_out()
        self.language.set_value(start.language.value)
        self.theme.set_value(start.theme)
        self.palette_row.set_value(start.palette)
        self._fill_zones(start.time_zone)
        self._connect()
        self._seconds = QTimer(self, interval=1000)
        self._seconds.timeout.connect(self._show_time)
        self._seconds.start()
        self.retranslate()

    @property
    def is_valid(self) -> bool:
        return find_zone(self.zone_name) is not None

    @property
    def zone_name(self) -> str:
        """What settings store; what is typed counts as it is."""
        typed = self.zone.currentText().strip()
        index = self.zone.findText(typed)
        return str(self.zone.itemData(index)) if index >= 0 else typed

    def result(self) -> WizardResult:
        """What is chosen now; a zone that does not exist counts as the system's."""
        return WizardResult(
            language=Language(self.language.value),
            theme=next(key for key, _ in _THEMES if key == self.theme.value),
            palette=next(key for key in PALETTES if key == self.palette_row.value),
            time_zone=self.zone_name if self.is_valid else SYSTEM,
        )

    def apply_look(self) -> None:
        """Dress the application in what is chosen."""
        app = QApplication.instance()
        assert isinstance(app, QApplication)
        chosen = self.result()
        apply_theme(app, make_theme(theme_name(chosen.theme), chosen.palette))
        self.sample.update()

    # --- inside

    def _lay_out(self) -> None:
        self.zone.setEditable(True)
        self.zone.setInsertPolicy(QComboBox.InsertPolicy.NoInsert)
        self.zone.setMinimumWidth(240)
        self._zone_label.setFixedWidth(TITLE_WIDTH)
        self._zone_label.setBuddy(self.zone)
        self._zone_note.setProperty("role", "problem")
        self._font_note.setProperty("role", "warning")
        zone = QHBoxLayout()
        zone.addWidget(self._zone_label)
        zone.addWidget(self.zone)
        zone.addStretch()
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(12)
        column.addWidget(self.language)
        column.addWidget(self._font_note)
        column.addWidget(self.theme)
        column.addWidget(self.palette_row)
        column.addLayout(zone)
        column.addWidget(self._zone_note)
        column.addSpacing(4)
        column.addWidget(self.sample)
        column.addStretch()

    def _connect(self) -> None:
        self.language.changed.connect(self._switch_language)
        self.theme.changed.connect(lambda _key: self.apply_look())
        self.palette_row.changed.connect(lambda _key: self.apply_look())
        self.zone.currentTextChanged.connect(lambda _text: self._check())

    def _switch_language(self, key: str) -> None:
        set_language(Language(key))

    def _fill_zones(self, chosen: str) -> None:
        names = [SYSTEM, UTC_NAME, *CITIES]
        if chosen not in names:
            names.append(chosen)
        for name in names:
            if find_zone(name) is not None:
                self.zone.addItem(self._zone_text(name), name)
        index = self.zone.findData(chosen)
        self.zone.setCurrentIndex(max(0, index))

    def _zone_text(self, name: str) -> str:
        zone = find_zone(name)
        offset = fmt.zone_name(self._now(), zone) if zone is not None else ""
        if name == SYSTEM:
            return tr("System: {offset}").format(offset=offset)
        return name if name == UTC_NAME else f"{name} ({offset})"

    def _check(self) -> None:
        is_valid = self.is_valid
        typed = self.zone.currentText().strip()
        problem = "" if is_valid else tr("There is no time zone called {name}. Choose one of the list.")
        self._zone_note.setText(problem.format(name=typed or "—"))
        self._zone_note.setVisible(not is_valid)
        self.zone.setProperty("problem", not is_valid)
        self.zone.setAccessibleDescription(self._zone_note.text())
        restyle(self.zone)
        self._show_time()
        self.validity_changed.emit(is_valid)

    def _show_time(self) -> None:
        zone = find_zone(self.zone_name)
        if zone is not None:
            self.sample.show_time(self._now(), zone)

    def retranslate(self) -> None:
        self._zone_label.setText(tr("Time zone"))
        self.zone.setAccessibleName(tr("Time zone"))
        chosen = self.zone.currentIndex()
        self.zone.setItemText(0, self._zone_text(SYSTEM))
        self.zone.setCurrentIndex(chosen)
        is_unreadable = is_chinese() and not has_chinese_font()
        self._font_note.setText(
            tr("No Chinese font was found on this computer. Install one, for example Noto Sans SC.")
        )
        self._font_note.setVisible(is_unreadable)
        self._check()

    def changeEvent(self, event: QEvent) -> None:
        if event.type() == QEvent.Type.LanguageChange:
            self.retranslate()
        super().changeEvent(event)


def theme_name(choice: ThemeChoice) -> Name:
    """The theme that a choice comes to on this computer now."""
    if choice != "system":
        return choice
    scheme = QGuiApplication.styleHints().colorScheme()
    return "light" if scheme == Qt.ColorScheme.Light else "dark"

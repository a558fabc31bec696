"""The first run: two pages, two clicks, and whoever closes it starts with paper money."""

import asyncio
import time
from collections.abc import Callable
from dataclasses import replace
from typing import Literal

from PySide6.QtCore import QEvent, Signal
from PySide6.QtWidgets import (
    QDialog,
    QFrame,
    QHBoxLayout,
    QLabel,
    QPushButton,
    QScrollArea,
    QStackedWidget,
    QVBoxLayout,
    QWidget,
)

from desktop_app.gui.i18n import set_language, tr
from desktop_app.gui.icons import app_icon
from desktop_app.gui.notices import plain_label
from desktop_app.gui.wizard.look_page import LookPage
from desktop_app.gui.wizard.result import WizardResult
from desktop_app.gui.wizard.start_page import StartPage

_MARK = 40


def now_ms() -> int:
    return time.time_ns() // 1_000_000


class FirstRunWizard(QDialog):
    """Applies language and look while they are chosen; tells the result once, however it is closed."""

    done_with = Signal(object)  # WizardResult

    def __init__(
        self,
        start: WizardResult | None = None,
        *,
        now: Callable[[], int] = now_ms,
        parent: QWidget | None = None,
    ) -> None:
        super().__init__(parent)
        start = start or WizardResult()
        set_language(start.language)
        self._is_done = False
        self._start: Literal["paper", "connect"] = "paper"
        self.look = LookPage(start, now)
        self.start = StartPage()
        self.pages = QStackedWidget()
        self.next_button = QPushButton()
        self.back_button = QPushButton()
        self.skip_button = QPushButton()
        self._title = QLabel()
        self._subtitle = plain_label()
        self._place = QLabel()
        self._lay_out()
        self._connect()
        self.look.apply_look()
        self.setMinimumSize(480, 320)
        self.resize(640, 500)
        self.retranslate()
        self._turn_to(0)

    # --- pages

    def _turn_to(self, page: int) -> None:
        self.pages.setCurrentIndex(page)
        is_first = page == 0
        self.back_button.setVisible(not is_first)
        self.next_button.setVisible(is_first)
        self.skip_button.setVisible(is_first)
        self.next_button.setDefault(is_first)
        self.start.paper.setDefault(not is_first)
        (self.next_button if is_first else self.start.paper).setFocus()
        self.retranslate()

    def done(self, result: int) -> None:
        """However it ends (button, Esc, the window's cross): what is chosen so far, and paper money."""
        super().done(result)
        if not self._is_done:
            self._is_done = True
            self.done_with.emit(replace(self.look.result(), start=self._start))

    def _go_connect(self) -> None:
        self._start = "connect"
        self.accept()

    # --- inside

    def _lay_out(self) -> None:
        mark = QLabel()
        mark.setPixmap(app_icon().pixmap(_MARK, _MARK))
        font = self._title.font()
        font.setPointSizeF(font.pointSizeF() * 1.5)
        font.setBold(True)
        self._title.setFont(font)
        self._subtitle.setProperty("role", "muted")
        self._place.setProperty("role", "muted")
        words = QVBoxLayout()
        words.setSpacing(2)
        words.addWidget(self._title)
        words.addWidget(self._subtitle)
        head = QHBoxLayout()
        head.setSpacing(14)
        head.addWidget(mark)
        head.addLayout(words, 1)
        head.addWidget(self._place)
        for page in (self.look, self.start):
            self.pages.addWidget(_scrolled(page))
        buttons = QHBoxLayout()
        for button in (self.back_button, self.skip_button):
            button.setAutoDefault(False)
        self.next_button.setProperty("primary", True)
        buttons.addWidget(self.back_button)
        buttons.addStretch()
        buttons.addWidget(self.skip_button)
        buttons.addWidget(self.next_button)
        column = QVBoxLayout(self)
        column.setContentsMargins(24, 20, 24, 18)
        column.setSpacing(14)
        column.addLayout(head)
        column.addWidget(self.pages, 1)
        column.addLayout(buttons)

    def _connect(self) -> None:
        self.next_button.clicked.connect(lambda: self._turn_to(1))
        self.back_button.clicked.connect(lambda: self._turn_to(0))
        self.skip_button.clicked.connect(self.reject)
        self.start.paper_requested.connect(self.accept)
        self.start.connect_requested.connect(self._go_connect)
        self.look.validity_changed.connect(self.next_button.setEnabled)

    def retranslate(self) -> None:
        page = self.pages.currentIndex()
        self.setWindowTitle(tr("Welcome to Strongroom"))
        self._title.setText(tr("Welcome to Strongroom") if page == 0 else tr("How would you like to start?"))
        subtitles = (
            tr("Trading bots that run on this computer. You can change everything later."),
            tr("Nothing leaves this computer."),
        )
        self._subtitle.setText(subtitles[page])
        self._place.setText(f"{page + 1} / {self.pages.count()}")
        self.next_button.setText(tr("Next"))
        self.back_button.setText(tr("Back"))
        self.skip_button.setText(tr("Skip"))
        self.skip_button.setToolTip(tr("Start with paper money and these choices"))

    def changeEvent(self, event: QEvent) -> None:
        if event.type() == QEvent.Type.LanguageChange:
            self.retranslate()
        super().changeEvent(event)


async def first_steps(start: WizardResult | None = None, parent: QWidget | None = None) -> WizardResult:
    """Show the wizard and wait for what was chosen."""
    answered: asyncio.Future[WizardResult] = asyncio.get_running_loop().create_future()
    wizard = FirstRunWizard(start, parent=parent)

    def settle(result: WizardResult) -> None:
        if not answered.done():
            answered.set_result(result)

    wizard.done_with.connect(settle)
    wizard.show()
    try:
        return await answered
    finally:
        wizard.deleteLater()


def _scrolled(page: QWidget) -> QScrollArea:
    area = QScrollArea()
    area.setWidgetResizable(True)
    area.setFrameShape(QFrame.Shape.NoFrame)
    area.setWidget(page)
    return area

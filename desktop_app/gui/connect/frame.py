"""What every page of the connect dialog has around it: title and place above, buttons and progress below."""

from PySide6.QtCore import QEvent, Qt
from PySide6.QtWidgets import QHBoxLayout, QLabel, QProgressBar, QPushButton, QVBoxLayout, QWidget

from desktop_app.gui.i18n import tr
from desktop_app.gui.notices import Badge, BadgeKind, plain_label

_BAR_HEIGHT = 4


class DialogHead(QWidget):
    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.title = plain_label()
        font = self.title.font()
        font.setPointSizeF(font.pointSizeF() * 1.4)
        font.setBold(True)
        self.title.setFont(font)
        self.subtitle = plain_label()
        self.subtitle.setProperty("role", "muted")
        self.place = QLabel()
        self.place.setProperty("role", "muted")
        self.badge = Badge("live")
        words = QVBoxLayout()
        words.setSpacing(2)
        words.addWidget(self.title)
        words.addWidget(self.subtitle)
        row = QHBoxLayout(self)
        row.setContentsMargins(0, 0, 0, 0)
        row.setSpacing(12)
        row.addLayout(words, 1)
        row.addWidget(self.badge, 0, Qt.AlignmentFlag.AlignTop)
        row.addWidget(self.place, 0, Qt.AlignmentFlag.AlignTop)

    def show_words(self, title: str, subtitle: str, place: str, badge: BadgeKind) -> None:
        self.title.setText(title)
        self.subtitle.setText(subtitle)
        self.place.setText(place)
        self.badge.set_kind(badge)


class DialogFoot(QWidget):
    """Back on the left, going on at the right, and between them what is being waited for."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.back, self.cancel, self.other, self.forward = (QPushButton() for _ in range(4))
        self.forward.setProperty("primary", True)
        self.forward.setDefault(True)
        for button in (self.back, self.cancel, self.other):
            button.setAutoDefault(False)
        self.busy = plain_label()
        self.busy.setProperty("role", "muted")
        self.bar = QProgressBar()
        self.bar.setRange(0, 0)
        self.bar.setTextVisible(False)
        self.bar.setFixedHeight(_BAR_HEIGHT)
        row = QHBoxLayout()
        row.setSpacing(8)
        row.addWidget(self.back)
        row.addWidget(self.busy, 1)
        row.addWidget(self.cancel)
        row.addWidget(self.other)
        row.addWidget(self.forward)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(8)
        column.addWidget(self.bar)
        column.addLayout(row)
        self.show_busy("")
        self.retranslate()

    def show_forward(self, words: str, *, is_enabled: bool) -> None:
        self.forward.setText(words)
        self.forward.setEnabled(is_enabled)

    def show_busy(self, words: str) -> None:
        """Translated; empty when nothing is waited for."""
        self.busy.setText(words)
        self.bar.setVisible(bool(words))
        self.bar.setAccessibleName(words)

    def retranslate(self) -> None:
        self.back.setText(tr("Back"))
        self.cancel.setText(tr("Cancel"))
        self.other.setText(tr("Use another key"))

    def changeEvent(self, event: QEvent) -> None:
        if event.type() == QEvent.Type.LanguageChange:
            self.retranslate()
        super().changeEvent(event)

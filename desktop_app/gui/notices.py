"""What tells without asking: the account badge, the inline banner, and toasts."""

from typing import Literal

from PySide6.QtCore import QEvent, QObject, QPointF, QRectF, Qt, QTimer, Signal
from PySide6.QtGui import (
    QAccessible,
    QAccessibleAnnouncementEvent,
    QColor,
    QEnterEvent,
    QPainter,
    QPaintEvent,
    QPen,
    QPolygonF,
    QResizeEvent,
)
from PySide6.QtWidgets import (
    QBoxLayout,
    QFrame,
    QHBoxLayout,
    QLabel,
    QPushButton,
    QSizePolicy,
    QToolButton,
    QVBoxLayout,
    QWidget,
)

from desktop_app.gui.i18n import tr, tr_later
from desktop_app.gui.icons import icon, icon_pixmap
from desktop_app.gui.theme import current_theme

BadgeKind = Literal["paper", "live", "sample"]
Mood = Literal["info", "good", "warning", "error"]

# A text, a shape and a colour each: whoever misses one still has the others.
_BADGES: dict[BadgeKind, tuple[str, str]] = {
    "paper": (tr_later("PAPER"), tr_later("Paper account, no real money")),
    "live": (tr_later("LIVE"), tr_later("Live account, real money")),
    "sample": (tr_later("SAMPLE"), tr_later("Sample data, made up by this app")),
}
_MOODS: dict[Mood, tuple[str, str]] = {
    "info": ("info", "accent"),
    "good": ("check", "profit"),
    "warning": ("warning", "warning"),
    "error": ("error", "error"),
}
_SHORTEST_TOAST_MS = 5_000
_TOAST_MS_PER_CHARACTER = 60
_MOST_TOASTS = 4
_EDGE = 16
_NARROW = 460


class Badge(QLabel):
    """Says whose money a surface moves."""

    def __init__(self, kind: BadgeKind, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setTextFormat(Qt.TextFormat.PlainText)
        self.setAlignment(Qt.AlignmentFlag.AlignCenter)
        self.setSizePolicy(QSizePolicy.Policy.Fixed, QSizePolicy.Policy.Fixed)
        self._kind: BadgeKind = kind
        self.set_kind(kind)

    @property
    def kind(self) -> BadgeKind:
        """Return what the badge says."""
        return self._kind

    def set_kind(self, kind: BadgeKind) -> None:
        """Say something else."""
        self._kind = kind
        self.setProperty("badge", kind)
        restyle(self)
        self.retranslate()

    def retranslate(self) -> None:
        """Show the text in the language in force."""
        text, meaning = _BADGES[self._kind]
        self.setText(tr(text))
        self.setAccessibleName(tr(meaning))
        self.setToolTip(tr(meaning))

    def changeEvent(self, event: QEvent) -> None:
        """Follow the language."""
        if event.type() == QEvent.Type.LanguageChange:
            self.retranslate()
        super().changeEvent(event)

    def paintEvent(self, event: QPaintEvent) -> None:
        """Draw the shape beside the text: a ring, a filled diamond, a dotted square."""
        super().paintEvent(event)
        size = self.fontMetrics().capHeight()
        box = QRectF(9, (self.height() - size) / 2, size, size)
        colour = QColor(getattr(current_theme(), f"{self._kind}_fg"))
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setPen(QPen(colour, 1.6))
        match self._kind:
            case "paper":
                painter.drawEllipse(box.adjusted(0.5, 0.5, -0.5, -0.5))
            case "live":
                middle = box.center()
                corners = [(0, -1), (1, 0), (0, 1), (-1, 0)]
                painter.setBrush(colour)
                painter.drawPolygon(QPolygonF([middle + QPointF(x, y) * (size / 2) for x, y in corners]))
            case "sample":
                painter.setPen(QPen(colour, 1.6, Qt.PenStyle.DotLine))
                painter.drawRect(box.adjusted(0.5, 0.5, -0.5, -0.5))


class Banner(QFrame):
    """An inline card: what happened, what it means for the money, one way forward. Hidden until told something."""

    action_requested = Signal()
    dismissed = Signal()

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._picture = QLabel()
        self._middle = QBoxLayout(QBoxLayout.Direction.LeftToRight)
        self._title = plain_label()
        self._title.setProperty("role", "title")
        self._text = plain_label()
        self._details = plain_label()
        self._details.setProperty("role", "muted")
        self._details.setTextInteractionFlags(
            Qt.TextInteractionFlag.TextSelectableByMouse | Qt.TextInteractionFlag.TextSelectableByKeyboard
        )
        self._action = QPushButton()
        self._action.clicked.connect(self.action_requested)
        self._action.hide()
        self._more = link_button("")
        self._more.setCheckable(True)
        self._more.toggled.connect(self._details.setVisible)
        self._close = close_button()
        self._close.clicked.connect(self._dismiss)
        self._lay_out()
        self.retranslate()
        self.hide()

    def _lay_out(self) -> None:
        words = QVBoxLayout()
        words.setSpacing(2)
        for label in (self._title, self._text, self._details):
            words.addWidget(label)
        row = QHBoxLayout(self)
        row.setContentsMargins(12, 8, 8, 8)
        row.setSpacing(8)
        row.addWidget(self._picture, 0, Qt.AlignmentFlag.AlignTop)
        buttons = QHBoxLayout()
        buttons.setSpacing(8)
        buttons.addWidget(self._action)
        buttons.addWidget(self._more)
        buttons.addStretch()
        self._middle.setSpacing(6)
        self._middle.addLayout(words, 1)
        self._middle.addLayout(buttons)
        row.addLayout(self._middle, 1)
        row.addWidget(self._close, 0, Qt.AlignmentFlag.AlignTop)

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Put the buttons below the words where there is little room."""
        is_narrow = event.size().width() < _NARROW
        self._middle.setDirection(QBoxLayout.Direction.TopToBottom if is_narrow else QBoxLayout.Direction.LeftToRight)
        super().resizeEvent(event)

    def say(
        self, mood: Mood, title: str, text: str = "", *, action: str = "", details: str = "", is_closable: bool = True
    ) -> None:
        """Show translated words; `details` (a code, a raw reply) stay folded until asked for."""
        picture, tint = _MOODS[mood]
        self._picture.setPixmap(icon_pixmap(picture, 18, tint, self.devicePixelRatioF()))
        for label, words in ((self._title, title), (self._text, text), (self._details, details)):
            label.setText(words)
            label.setVisible(bool(words) and label is not self._details)
        self._action.setText(action)
        self._action.setVisible(bool(action))
        self._more.setChecked(False)
        self._more.setVisible(bool(details))
        self._close.setVisible(is_closable)
        self.setProperty("card", "info" if mood == "good" else mood)
        restyle(self)
        self.setAccessibleName(f"{title} {text}".strip())
        self.show()
        announce(self, f"{title} {text}".strip(), is_urgent=mood == "error")

    def _dismiss(self) -> None:
        self.hide()
        self.dismissed.emit()

    def retranslate(self) -> None:
        """Translate its own buttons; the words belong to whoever said them."""
        self._more.setText(tr("Details"))
        self._close.setAccessibleName(tr("Dismiss"))
        self._close.setToolTip(tr("Dismiss"))

    def changeEvent(self, event: QEvent) -> None:
        """Follow the language."""
        if event.type() == QEvent.Type.LanguageChange:
            self.retranslate()
        super().changeEvent(event)


class Toasts(QObject):
    """Stacks short news in a corner of a window; they leave by themselves and never take the focus."""

    def __init__(self, window: QWidget) -> None:
        super().__init__(window)
        self._window = window
        self._shown: list[_Toast] = []
        window.installEventFilter(self)

    def show(self, mood: Mood, text: str, *, action: str = "", is_sticky: bool = False) -> "_Toast":
        """Show translated news; the result's `action_requested` fires when its button is used."""
        while len(self._shown) >= _MOST_TOASTS:
            self._drop(self._shown[0])
        toast = _Toast(mood, text, action, self._window)
        toast.finished.connect(lambda: self._drop(toast))
        self._shown.append(toast)
        toast.show()
        toast.raise_()
        self._stack()
        announce(toast, text, is_urgent=mood == "error")
        if not is_sticky:
            toast.leave_after(max(_SHORTEST_TOAST_MS, _TOAST_MS_PER_CHARACTER * len(text)))
        return toast

    def texts(self) -> list[str]:
        """Return what is shown, oldest first."""
        return [toast.text for toast in self._shown]

    def _drop(self, toast: "_Toast") -> None:
        if toast in self._shown:
            self._shown.remove(toast)
            toast.hide()
            toast.deleteLater()
            self._stack()

    def _stack(self) -> None:
        bottom = self._window.height() - _EDGE - 24
        for toast in reversed(self._shown):
            width = min(380, max(200, self._window.width() - 2 * _EDGE))
            # Its own idea of a size is that of the words on lines as wide as they like.
            toast.setFixedSize(width, max(toast.heightForWidth(width), toast.minimumSizeHint().height()))
            bottom -= toast.height()
            toast.move(self._window.width() - toast.width() - _EDGE, bottom)
            bottom -= 8

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        """Stay in the corner while the window changes its size."""
        if event.type() == QEvent.Type.Resize:
            self._stack()
        return super().eventFilter(watched, event)


class _Toast(QFrame):
    action_requested = Signal()
    finished = Signal()

    def __init__(self, mood: Mood, text: str, action: str, window: QWidget) -> None:
        super().__init__(window)
        self.text = text
        self.setProperty("card", "info" if mood == "good" else mood)
        self.setAccessibleName(text)
        self._timer = QTimer(self)
        self._timer.setSingleShot(True)
        self._timer.timeout.connect(self.finished)
        picture, tint = _MOODS[mood]
        drawing = QLabel()
        drawing.setPixmap(icon_pixmap(picture, 18, tint, self.devicePixelRatioF()))
        words = plain_label(text)
        close = close_button()
        close.setAccessibleName(tr("Dismiss"))
        close.clicked.connect(self.finished)
        row = QHBoxLayout(self)
        row.setContentsMargins(12, 8, 8, 8)
        row.setSpacing(8)
        row.addWidget(drawing, 0, Qt.AlignmentFlag.AlignTop)
        row.addWidget(words, 1)
        self._button = link_button(action)
        self._button.setVisible(bool(action))
        self._button.clicked.connect(self.action_requested)
        self._button.clicked.connect(self.finished)
        row.addWidget(self._button)
        row.addWidget(close, 0, Qt.AlignmentFlag.AlignTop)

    def leave_after(self, ms: int) -> None:
        """Leave by itself."""
        self._timer.start(ms)

    def enterEvent(self, event: QEnterEvent) -> None:
        """Wait while it is being read."""
        self._timer.stop()
        super().enterEvent(event)

    def leaveEvent(self, event: QEvent) -> None:
        """Go on counting."""
        if self._timer.interval() > 0:
            self._timer.start()
        super().leaveEvent(event)


def plain_label(text: str = "") -> QLabel:
    """Return a wrapping label that never reads its text as markup."""
    label = QLabel(text)
    label.setTextFormat(Qt.TextFormat.PlainText)
    label.setWordWrap(True)
    return label


def link_button(text: str) -> QPushButton:
    """Return a button that looks like a link."""
    button = QPushButton(text)
    button.setProperty("link", True)
    button.setCursor(Qt.CursorShape.PointingHandCursor)
    return button


def close_button() -> QToolButton:
    """Return a small flat button with a cross; its owner names it."""
    button = QToolButton()
    button.setProperty("flat", True)
    button.setIcon(icon("close", "muted"))
    return button


def restyle(widget: QWidget) -> None:
    """Apply the style sheet again after a property that it looks at has changed."""
    widget.style().unpolish(widget)
    widget.style().polish(widget)


def announce(source: QWidget, text: str, *, is_urgent: bool = False) -> None:
    """Have a screen reader say it."""
    event = QAccessibleAnnouncementEvent(source, text)
    if is_urgent:
        event.setPoliteness(QAccessible.AnnouncementPoliteness.Assertive)
    QAccessible.updateAccessibility(event)

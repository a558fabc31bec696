"""How far a run is: the share, the day it is at, how long it still takes, and the button that stops it."""

from datetime import tzinfo

from PySide6.QtCore import QEvent, Qt, Signal
from PySide6.QtGui import QPainter, QPaintEvent
from PySide6.QtWidgets import QHBoxLayout, QProgressBar, QPushButton, QSizePolicy, QWidget

from desktop_app.gui import fmt
from desktop_app.gui.i18n import tr, units
from desktop_app.gui.jobs import Job

_WORDS = 300  # pixels


class SteadyWords(QWidget):
    """Words that change often. A label would have the whole window laid out anew for each of them."""

    def __init__(self, width: int, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._text = ""
        self.setMinimumWidth(width)
        self.setSizePolicy(QSizePolicy.Policy.Minimum, QSizePolicy.Policy.Expanding)

    def text(self) -> str:
        return self._text

    def setText(self, text: str) -> None:
        if text != self._text:
            self._text = text
            self.setAccessibleName(text)
            self.update()

    def paintEvent(self, event: QPaintEvent) -> None:
        with QPainter(self) as painter:
            painter.setPen(self.palette().windowText().color())
            flags = Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignVCenter
            painter.drawText(self.rect(), flags, self._text)


class ProgressLine(QWidget):
    """It never goes back."""

    cancel_requested = Signal()

    def __init__(self, zone: tzinfo, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._zone = zone
        self._job: Job | None = None
        self._at: tuple[int, int, int] = (0, 0, 0)
        self._is_stopping = False
        self.bar = QProgressBar()
        self.bar.setTextVisible(False)
        self.bar.setFixedHeight(10)
        self.text = SteadyWords(_WORDS)
        self.cancel = QPushButton()
        self.cancel.setProperty("slim", True)
        self.cancel.clicked.connect(self._ask)
        row = QHBoxLayout(self)
        row.setContentsMargins(12, 0, 12, 6)
        row.setSpacing(10)
        row.addWidget(self.bar, 1)
        row.addWidget(self.text)
        row.addWidget(self.cancel)
        self.retranslate()

    def follow(self, job: Job) -> None:
        self._job, self._at, self._is_stopping = job, (0, 0, 0), False
        self.bar.setRange(0, 0)
        job.progressed.connect(self._take)
        self.retranslate()

    def end(self) -> None:
        self._job = None

    def _take(self, done: int, total: int, at: int) -> None:
        if self._job is None or done < self._at[0]:
            return
        self._at = (done, total, at)
        self.bar.setRange(0, max(1, total))
        self.bar.setValue(done)
        self._say()

    def _ask(self) -> None:
        self._is_stopping = True
        self.retranslate()
        self.cancel_requested.emit()

    def retranslate(self) -> None:
        self.cancel.setText(tr("Cancel"))
        self.cancel.setEnabled(not self._is_stopping)
        self.cancel.setToolTip(tr("What has been computed by then stays, marked as a part."))
        self.bar.setAccessibleName(tr("Progress"))
        self._say()

    def _say(self) -> None:
        done, total, at = self._at
        if self._is_stopping:
            self.text.setText(tr("Stopping; what there is stays…"))
        elif not total:
            self.text.setText(tr("Starting…"))
        else:
            parts = [f"{100 * done // total} %"]
            if at:
                parts.append(tr("at {day}").format(day=fmt.moment(at, self._zone)[:10]))
            left = self._job.left_ms(done, total) if self._job is not None else None
            if left is not None:
                parts.append(tr("about {time} left").format(time=fmt.duration(left, units())))
            self.text.setText(" · ".join(parts))

    def changeEvent(self, event: QEvent) -> None:
        if event.type() == QEvent.Type.LanguageChange:
            self.retranslate()
        super().changeEvent(event)

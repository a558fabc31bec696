"""The page of strategies of one's own: the files in the folder, what may be done with each, and an example to copy."""

from collections.abc import Sequence

from PySide6.QtCore import QEvent, Qt, Signal
from PySide6.QtWidgets import QFrame, QHBoxLayout, QPushButton, QVBoxLayout, QWidget

from desktop_app.engine.views import StrategyView
from desktop_app.gui.i18n import tr
from desktop_app.gui.notices import Banner, plain_label


class StrategyRow(QFrame):
    """One file: its name, whether it may run, and the next step."""

    trust_requested = Signal()
    bot_requested = Signal()

    def __init__(self, view: StrategyView, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.view = view
        self.setProperty("card", True)
        self._name, self._state = plain_label(view.name), plain_label()
        self._name.setProperty("role", "title")
        self._state.setProperty("role", "muted" if view.is_trusted else "warning")
        self.button = QPushButton()
        self.button.clicked.connect(self.bot_requested if view.is_trusted else self.trust_requested)
        words = QVBoxLayout()
        words.setSpacing(2)
        words.addWidget(self._name)
        words.addWidget(self._state)
        row = QHBoxLayout(self)
        row.setContentsMargins(16, 12, 16, 12)
        row.addLayout(words, 1)
        row.addWidget(self.button, 0, Qt.AlignmentFlag.AlignVCenter)
        self.retranslate()

    def retranslate(self) -> None:
        trusted = tr("Trusted as it is now: {path}").format(path=self.view.path)
        not_yet = tr("Not trusted: it is new, or was changed. It does not run. {path}").format(path=self.view.path)
        self._state.setText(trusted if self.view.is_trusted else not_yet)
        self.button.setText(tr("Make a bot…") if self.view.is_trusted else tr("Look and trust…"))


class OwnPage(QWidget):
    """Shows; whoever holds it does what is asked for."""

    trust_requested = Signal(str)
    bot_requested = Signal(str)
    example_requested = Signal()
    refresh_requested = Signal()

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.rows: list[StrategyRow] = []
        self.note = Banner()
        self.example, self.again = QPushButton(), QPushButton()
        self.example.clicked.connect(self.example_requested)
        self.again.clicked.connect(self.refresh_requested)
        self._none = plain_label()
        self._none.setProperty("role", "muted")
        buttons = QHBoxLayout()
        buttons.addWidget(self.example)
        buttons.addWidget(self.again)
        buttons.addStretch()
        self._list = QVBoxLayout()
        self._list.setSpacing(8)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(10)
        column.addWidget(self.note)
        column.addLayout(self._list)
        column.addWidget(self._none)
        column.addLayout(buttons)
        self.retranslate()

    def show_views(self, views: Sequence[StrategyView]) -> None:
        for row in self.rows:
            row.deleteLater()
        self.rows = [StrategyRow(view, self) for view in views]
        for row in self.rows:
            row.trust_requested.connect(lambda name=row.view.name: self.trust_requested.emit(name))
            row.bot_requested.connect(lambda name=row.view.name: self.bot_requested.emit(name))
            self._list.addWidget(row)
        self._none.setVisible(not self.rows)

    def retranslate(self) -> None:
        text = tr(
            "One Python file: its settings, and one function that decides. It trades on paper, in backtests and with "
            "real money alike, in a process of its own; an error in it stops only its bot."
        )
        self.note.say("info", tr("Write a strategy of your own"), text, is_closable=False)
        self._none.setText(tr("No strategy yet. The example is written to be copied and changed."))
        self.example.setText(tr("Copy the example"))
        self.again.setText(tr("Look again"))
        for row in self.rows:
            row.retranslate()

    def changeEvent(self, event: QEvent) -> None:
        if event.type() == QEvent.Type.LanguageChange:
            self.retranslate()
        super().changeEvent(event)

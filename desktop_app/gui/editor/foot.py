"""The editor's foot: the money sentence, what is wrong, and the buttons that save and start."""

from collections.abc import Sequence

from PySide6.QtCore import QEvent, QPoint, QSize, Qt, Signal
from PySide6.QtWidgets import QHBoxLayout, QLabel, QMenu, QPushButton, QVBoxLayout, QWidget

from desktop_app.gui.editor.remarks import Remark
from desktop_app.gui.i18n import tr
from desktop_app.gui.icons import icon
from desktop_app.gui.notices import link_button, plain_label, restyle
from desktop_app.gui.tips import plain_tip


class EditorFoot(QWidget):
    """Start stays visible while it is not possible, with the reason on it."""

    start_requested = Signal()
    save_requested = Signal()
    export_requested = Signal()
    backtest_requested = Signal()
    optimise_requested = Signal()
    problem_picked = Signal(str)  # path

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.sentence = plain_label()
        self.problems = link_button("")
        self.export = link_button("")
        self.backtest, self.optimise = link_button(""), link_button("")
        self.save, self.start = QPushButton(), QPushButton()
        self._remarks: tuple[Remark, ...] = ()
        self._is_live, self._is_new, self._is_running = False, True, False
        self._reason = QLabel()
        self._lay_out()
        self._connect()
        self.retranslate()

    def show_sentence(self, text: str) -> None:
        self.sentence.setText(text)

    def show_remarks(self, remarks: Sequence[Remark]) -> None:
        """Count what is wrong; information is not counted."""
        self._remarks = tuple(remark for remark in remarks if remark.level != "info")
        self._name_problems()

    def show_state(self, *, is_live: bool, is_new: bool, is_running: bool, is_dirty: bool) -> None:
        self._is_live, self._is_new, self._is_running = is_live, is_new, is_running
        self.save.setEnabled(is_dirty or is_new)
        self.start.setVisible(not is_running)
        self.save.setProperty("primary", is_running)
        restyle(self.save)
        self.retranslate()

    def show_reason(self, text: str) -> None:
        """Why a bot cannot be started just now; empty when it can."""
        self.start.setEnabled(not text)
        self.start.setToolTip(plain_tip(text))
        self._reason.setText(text)
        self._reason.setVisible(bool(text))

    def show_busy(self, is_busy: bool) -> None:
        """While the engine is asked, nothing can be asked twice."""
        for button in (self.save, self.start, self.export):
            button.setEnabled(not is_busy)

    def problems_menu(self) -> QMenu:
        menu = QMenu(self)
        menu.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        for remark in self._remarks:
            name = "error" if remark.level == "block" else "warning"
            action = menu.addAction(icon(name, name), remark.text)
            action.triggered.connect(lambda _is_checked, path=remark.path: self.problem_picked.emit(path))
        return menu

    # --- inside

    def _lay_out(self) -> None:
        font = self.sentence.font()
        font.setPointSizeF(font.pointSizeF() * 1.05)
        self.sentence.setFont(font)
        self._reason.setProperty("role", "warning")
        self._reason.hide()
        self.start.setProperty("primary", True)
        self.start.setIcon(icon("play", "primary_fg"))
        self.problems.setIconSize(QSize(14, 14))
        row = QHBoxLayout()
        row.setSpacing(8)
        row.addWidget(self.problems)
        row.addWidget(self._reason)
        row.addStretch()
        row.addWidget(self.backtest)
        row.addWidget(self.optimise)
        row.addWidget(self.export)
        row.addWidget(self.save)
        row.addWidget(self.start)
        column = QVBoxLayout(self)
        column.setContentsMargins(12, 7, 12, 8)
        column.setSpacing(5)
        column.addWidget(self.sentence)
        column.addLayout(row)

    def _connect(self) -> None:
        self.start.clicked.connect(self.start_requested)
        self.save.clicked.connect(self.save_requested)
        self.export.clicked.connect(self.export_requested)
        self.backtest.clicked.connect(self.backtest_requested)
        self.optimise.clicked.connect(self.optimise_requested)
        self.problems.clicked.connect(self._show_problems)

    def _show_problems(self) -> None:
        menu = self.problems_menu()
        menu.popup(self.problems.mapToGlobal(QPoint(0, -menu.sizeHint().height())))

    def _name_problems(self) -> None:
        blocks = sum(remark.level == "block" for remark in self._remarks)
        warnings = len(self._remarks) - blocks
        if blocks:
            words = tr("1 problem") if blocks == 1 else tr("{count} problems").format(count=blocks)
            name = "error"
        else:
            words = tr("1 warning") if warnings == 1 else tr("{count} warnings").format(count=warnings)
            name = "warning"
        self.problems.setVisible(bool(self._remarks))
        self.problems.setText(f"{words} ▾")
        self.problems.setIcon(icon(name, name))
        self.problems.setAccessibleName(words)

    def retranslate(self) -> None:
        self._name_problems()
        self.export.setText(tr("Export…"))
        self.backtest.setText(tr("Backtest…"))
        self.optimise.setText(tr("Optimise…"))
        self.optimise.setToolTip(tr("Search better settings for this form as it is. Nothing is saved or started."))
        self.backtest.setToolTip(tr("Play candles of the past to this form as it is. Nothing is saved or started."))
        if self._is_new:
            self.save.setText(tr("Save, don't start"))
        else:
            self.save.setText(tr("Save changes"))
        self.start.setText(tr("Start bot with real money…") if self._is_live else tr("Start bot…"))
        self.start.setAccessibleName(self.start.text())

    def changeEvent(self, event: QEvent) -> None:
        if event.type() == QEvent.Type.LanguageChange:
            self.retranslate()
        super().changeEvent(event)

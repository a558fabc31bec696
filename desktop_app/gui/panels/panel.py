"""What every panel has: a name that never changes, a title in the language in force, a filter and a chain."""

from typing import Any

from PySide6.QtCore import QEvent, Qt, Signal
from PySide6.QtWidgets import (
    QDockWidget,
    QHBoxLayout,
    QLabel,
    QLineEdit,
    QMainWindow,
    QSizePolicy,
    QToolButton,
    QWidget,
)

from desktop_app.gui.bridge import Bridge
from desktop_app.gui.i18n import tr
from desktop_app.gui.icons import icon
from desktop_app.gui.selection import Choice, Selection
from desktop_app.gui.tables import DataTable

_SCROLL_BAR = 14


class Panel(QDockWidget):
    """A dock. Its content follows the selection while the chain is closed."""

    def __init__(
        self, name: str, title: str, bridge: Bridge, selection: Selection, window: QWidget, *,
        has_filter: bool = False, has_chain: bool = False,
    ) -> None:  # fmt: skip
        super().__init__(window)  # at once: widgets that find their parent later are styled twice
        self.setObjectName(f"dock.{name}")
        self.bridge, self.selection = bridge, selection
        self._title = title
        self.head = PanelHead(self, has_filter=has_filter, has_chain=has_chain)
        self.head.close_requested.connect(self.close)
        self.head.chain.toggled.connect(self._chain_changed)
        self.setTitleBarWidget(self.head)
        selection.changed.connect(self._selected)
        self.topLevelChanged.connect(lambda _is_floating: self.fit_head())
        self.visibilityChanged.connect(lambda _is_visible: self.fit_head())

    # --- for panels to fill in

    def follow(self, choice: Choice) -> None:
        """The selection changed, and the chain is closed."""

    def retranslate(self) -> None:
        """Show own texts again; called by subclasses at the end of their construction."""
        self.setWindowTitle(tr(self._title))
        self.head.title.setText(tr(self._title))
        self.head.retranslate(tr(self._title))

    # --- for the window

    def main_widget(self) -> QWidget:
        """Where F6 puts the focus."""
        return self.widget()

    def table_state(self) -> str:
        """How its table is arranged; empty without one."""
        return ""

    def restore_table(self, state: str) -> None:
        """Arrange the table as it was."""

    def set_locked(self, is_locked: bool) -> None:
        """Freeze the panel where it is."""
        feature = QDockWidget.DockWidgetFeature
        free = feature.DockWidgetMovable | feature.DockWidgetFloatable | feature.DockWidgetClosable
        self.setFeatures(feature.NoDockWidgetFeatures if is_locked else free)
        self.head.cross.setVisible(not is_locked)

    def fit_head(self) -> None:
        """A tab names the panel already: then the head leaves its room to the filter."""
        window = self.parentWidget()
        tabbed = window.tabifiedDockWidgets(self) if isinstance(window, QMainWindow) else []
        is_tab = any(not dock.isHidden() for dock in tabbed) and not self.isFloating()
        self.head.title.setVisible(not is_tab)

    # --- inside

    def _selected(self, choice: Choice) -> None:
        if self.head.chain.isChecked():
            self.follow(choice)

    def _chain_changed(self, is_linked: bool) -> None:
        if is_linked:
            self.follow(self.selection.choice)

    def changeEvent(self, event: QEvent) -> None:
        if event.type() == QEvent.Type.LanguageChange:
            self.retranslate()
        super().changeEvent(event)


class PanelHead(QWidget):
    """The slim row above a panel: title, what belongs to the panel, filter, chain, cross."""

    close_requested = Signal()

    def __init__(self, panel: QWidget, *, has_filter: bool, has_chain: bool) -> None:
        super().__init__(panel)
        self.setAttribute(Qt.WidgetAttribute.WA_StyledBackground)
        self.setProperty("head", True)
        self.title = QLabel(self)
        self.title.setProperty("role", "title")
        self.count = QLabel(self)
        self.count.setProperty("role", "muted")
        self.filter = QLineEdit(self)
        self.filter.setClearButtonEnabled(True)
        self.filter.setMaximumWidth(190)
        self.filter.setMinimumWidth(60)
        self.filter.setProperty("slim", True)
        self.filter.setVisible(has_filter)
        self.chain = _small_button("link", self)
        self.chain.setCheckable(True)
        self.chain.setChecked(True)
        self.chain.setVisible(has_chain)
        self.chain.toggled.connect(self._draw_chain)
        self.cross = _small_button("close", self)
        self.cross.clicked.connect(self.close_requested)
        self._row = QHBoxLayout(self)
        self._row.setContentsMargins(8, 2, 4, 2)
        self._row.setSpacing(6)
        for label in (self.title, self.count):
            label.setTextFormat(Qt.TextFormat.PlainText)
            label.setSizePolicy(QSizePolicy.Policy.Preferred, QSizePolicy.Policy.Fixed)
            self._row.addWidget(label)
        self._row.addStretch(1)
        self._row.addWidget(self.filter, 2)
        self._row.addWidget(self.chain)
        self._row.addWidget(self.cross)

    def add(self, widget: QWidget) -> None:
        """Put something of the panel's own before the filter."""
        self._row.insertWidget(2, widget)

    def retranslate(self, title: str) -> None:
        self.filter.setPlaceholderText(tr("Filter…"))
        self.filter.setAccessibleName(tr("Filter {panel}").format(panel=title))
        self.cross.setToolTip(tr("Hide {panel}").format(panel=title))
        self.cross.setAccessibleName(self.cross.toolTip())
        self._draw_chain(self.chain.isChecked())

    def _draw_chain(self, is_linked: bool) -> None:
        self.chain.setIcon(icon("link" if is_linked else "unlink", "muted"))
        text = tr("Follows the selection") if is_linked else tr("Does not follow the selection")
        self.chain.setToolTip(text)
        self.chain.setAccessibleName(text)


def _small_button(picture: str, parent: QWidget) -> QToolButton:
    button = QToolButton(parent)
    button.setProperty("flat", True)
    button.setProperty("small", True)
    button.setIcon(icon(picture, "muted"))
    button.setFocusPolicy(Qt.FocusPolicy.TabFocus)
    return button


def give_rest(table: DataTable[Any], key: str, least: int = 70) -> None:
    """Let one column take the width that the others leave, so that a narrow panel needs no horizontal scrolling."""
    columns = table.rows_model.columns
    section = next(at for at, column in enumerate(columns) if column.key == key)
    others = sum(table.columnWidth(at) for at in range(len(columns)) if at != section and not table.isColumnHidden(at))
    table.setColumnWidth(section, max(least, table.width() - _SCROLL_BAR - others))

"""The middle of the window: charts and editors as tabs."""

from PySide6.QtCore import QEvent, QSize, Signal
from PySide6.QtWidgets import QTabBar, QTabWidget, QWidget

from desktop_app.gui.i18n import tr


class Documents(QTabWidget):
    """The last document stays. A document may refuse to close by ignoring its close event."""

    document_closed = Signal(QWidget)

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("documents")
        self.setDocumentMode(True)
        self.setMovable(True)
        self.setTabsClosable(True)
        self.tabCloseRequested.connect(self.close_at)
        self.currentChanged.connect(lambda _at: self.updateGeometry())
        self.retranslate()

    def minimumSizeHint(self) -> QSize:
        """What the document in front needs: one behind it takes no room from the panels."""
        document, tabs = self.currentWidget(), self.tabBar().minimumSizeHint()
        if not self.count():
            return tabs
        least = document.minimumSizeHint().expandedTo(document.minimumSize())
        return QSize(max(least.width(), tabs.width()), least.height() + tabs.height())

    def open(self, document: QWidget, title: str) -> None:
        """Add a document, or show it if it is open already."""
        at = self.indexOf(document)
        if at < 0:
            at = self.addTab(document, title)
        self.setCurrentIndex(at)
        self._fit()

    def rename(self, document: QWidget, title: str) -> None:
        at = self.indexOf(document)
        if at >= 0:
            self.setTabText(at, title)

    def close_at(self, at: int) -> bool:
        document = self.widget(at)
        if document is None or self.count() < 2 or not document.close():
            return False
        self.removeTab(at)
        self._fit()
        self.document_closed.emit(document)
        document.deleteLater()
        return True

    def close_document(self, document: QWidget) -> bool:
        return self.close_at(self.indexOf(document))

    def retranslate(self) -> None:
        self.tabBar().setAccessibleName(tr("Documents"))
        self._fit()

    def _fit(self) -> None:
        """The only document has no cross."""
        is_only = self.count() < 2
        for at in range(self.count()):
            for side in (QTabBar.ButtonPosition.RightSide, QTabBar.ButtonPosition.LeftSide):
                button = self.tabBar().tabButton(at, side)
                if button is not None:
                    button.setVisible(not is_only)
                    button.setAccessibleName(tr("Close tab"))
                    button.setToolTip(tr("Close tab"))

    def changeEvent(self, event: QEvent) -> None:
        if event.type() == QEvent.Type.LanguageChange:
            self.retranslate()
        super().changeEvent(event)

"""Texts that explain: the user guide as a tab, and shorter ones as sheets."""

from PySide6.QtCore import QUrl
from PySide6.QtWidgets import QTextBrowser, QWidget

from desktop_app.gui.i18n import is_chinese, tr
from desktop_app.gui.resources import resource_path

_WIDTH = 640


class GuidePage(QTextBrowser):
    """A text of resources/guides in the language of the window. It opens no address: nothing here leads outside."""

    def __init__(self, name: str = "guide", parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._name = name
        self._shown = ""
        self.setOpenLinks(False)
        self.setMinimumSize(_WIDTH // 2, 200)
        self.document().setDocumentMargin(24)
        self.anchorClicked.connect(self._jump)
        self.retranslate()

    def title(self) -> str:
        return tr("User guide")

    def retranslate(self) -> None:
        file = f"guides/{self._name}.zh_CN.md" if is_chinese() else f"guides/{self._name}.md"
        if file != self._shown:
            self._shown = file
            self.setMarkdown(resource_path(file).read_text(encoding="utf-8"))
            self.setAccessibleName(tr("User guide"))

    def _jump(self, url: QUrl) -> None:
        if url.hasFragment() and not url.scheme():
            self.scrollToAnchor(url.fragment())

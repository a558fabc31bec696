"""Another address than the exchange's usual one: its test net, or a gateway of one's own. Folded away."""

from PySide6.QtCore import QEvent
from PySide6.QtWidgets import QLineEdit, QVBoxLayout, QWidget

from desktop_app.gui.fields import Disclosure, LabeledField
from desktop_app.gui.i18n import tr, tr_later

_LONGEST = 2_048


class AddressBox(QWidget):
    """Empty lines mean the usual address. Whether an address is one the engine says."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.rest, self.stream = QLineEdit(), QLineEdit()
        inside = QWidget()
        column = QVBoxLayout(inside)
        column.setContentsMargins(22, 0, 0, 0)
        column.setSpacing(8)
        titles = (tr_later("Address of requests"), tr_later("Address of streams"))
        self._fields = [LabeledField(title, line) for title, line in zip(titles, (self.rest, self.stream), strict=True)]
        for field, line in zip(self._fields, (self.rest, self.stream), strict=True):
            line.setMaxLength(_LONGEST)
            line.textChanged.connect(lambda _text: self._tell())
            column.addWidget(field)
        self.fold = Disclosure(tr_later("Another address (test net or a gateway of your own)"), inside)
        whole = QVBoxLayout(self)
        whole.setContentsMargins(0, 0, 0, 0)
        whole.addWidget(self.fold)
        self.retranslate()

    @property
    def config(self) -> dict[str, str]:
        """As the account's settings take it; nothing for the usual address."""
        texts = {"rest_url": self.rest.text().strip(), "ws_url": self.stream.text().strip()}
        return {name: text for name, text in texts.items() if text}

    def retranslate(self) -> None:
        for line, example in ((self.rest, "https://…"), (self.stream, "wss://…")):
            line.setPlaceholderText(tr("the usual one; else {example}").format(example=example))

    def _tell(self) -> None:
        self.fold.set_changed(len(self.config))

    def changeEvent(self, event: QEvent) -> None:
        if event.type() == QEvent.Type.LanguageChange:
            self.retranslate()
        super().changeEvent(event)

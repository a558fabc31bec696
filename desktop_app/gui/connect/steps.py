"""How to make a key that can trade and nothing else, step by step, in the exchange's own words where we know them."""

from PySide6.QtCore import QEvent, Qt, Signal
from PySide6.QtWidgets import QGridLayout, QLabel, QWidget

from desktop_app.gui.connect.places import Place
from desktop_app.gui.i18n import tr
from desktop_app.gui.notices import link_button, plain_label


def step_texts(name: str, place: Place | None, *, needs_password: bool) -> list[str]:
    """The steps, translated; what only a person can see (his address) is left to the exchange's page."""
    if place is not None:
        first = tr("{exchange}: {path}").format(exchange=name, path=place.path)
        reading, trading = tr(place.reading), tr(place.trading)
    else:
        first = tr("Sign in at {exchange}, open its page of API keys and make a new key.").format(exchange=name)
        reading, trading = tr("Reading"), tr("Spot trading")
    rights = tr('Allow only "{reading}" and "{trading}". Withdrawals and transfers stay off.')
    steps = [
        first,
        rights.format(reading=reading, trading=trading),
        tr("Restrict the key to your internet address, if the exchange offers it. Home addresses change: then orders "
           "are refused until you update the list."),
    ]  # fmt: skip
    if needs_password:
        steps.append(
            tr("Make up a passphrase for the key. {exchange} asks for it with every key.").format(exchange=name)
        )
    steps.append(tr("Copy the key and its secret here. The exchange shows the secret only once."))
    return steps


class StepList(QWidget):
    """Numbers, words, and behind the first step the way to the page."""

    page_requested = Signal(str)  # the address

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._shown: tuple[str, Place | None, bool] = ("", None, False)
        self.page_button = link_button("")
        self.page_button.clicked.connect(self._ask_for_page)
        self._grid = QGridLayout(self)
        self._grid.setContentsMargins(0, 0, 0, 0)
        self._grid.setHorizontalSpacing(10)
        self._grid.setVerticalSpacing(4)
        self._grid.setColumnStretch(1, 1)

    def show_steps(self, name: str, place: Place | None, *, needs_password: bool) -> None:
        self._shown = (name, place, needs_password)
        self._fill()

    def texts(self) -> list[str]:
        name, place, needs_password = self._shown
        return step_texts(name, place, needs_password=needs_password)

    def _fill(self) -> None:
        while (item := self._grid.takeAt(0)) is not None:
            widget = item.widget()
            if widget is not None and widget is not self.page_button:
                widget.hide()
                widget.deleteLater()
        top = Qt.AlignmentFlag.AlignTop
        for at, text in enumerate(self.texts()):
            number = QLabel(str(at + 1))
            number.setProperty("role", "title")
            words = plain_label(text)
            for label in (number, words):
                label.setAlignment(top)
            self._grid.addWidget(number, at, 0)
            self._grid.addWidget(words, at, 1, 1, 1 if at == 0 else 2)
        place = self._shown[1]
        self.page_button.setVisible(place is not None)
        self.page_button.setText(tr("Open page"))
        self.page_button.setToolTip(place.key_page if place is not None else "")
        self.page_button.setAccessibleName(
            tr("Open the page of API keys of {exchange}").format(exchange=self._shown[0])
        )
        self._grid.addWidget(self.page_button, 0, 2, top)

    def _ask_for_page(self) -> None:
        place = self._shown[1]
        if place is not None:
            self.page_requested.emit(place.key_page)

    def changeEvent(self, event: QEvent) -> None:
        if event.type() == QEvent.Type.LanguageChange:
            self._fill()
        super().changeEvent(event)

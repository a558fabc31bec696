"""The page of ready-made strategies: what each does, what it risks, what the past made of it, and a way to take it."""

from collections.abc import Callable

from PySide6.QtCore import QEvent, Qt, Signal
from PySide6.QtWidgets import QFrame, QHBoxLayout, QPushButton, QVBoxLayout, QWidget

from desktop_app.core.library import Library, Ready, read_library
from desktop_app.core.settings import Settings
from desktop_app.gui import wording
from desktop_app.gui.i18n import tr, tr_later
from desktop_app.gui.library.picture import ShowingView
from desktop_app.gui.notices import Banner, plain_label
from desktop_app.gui.resources import resource_path

RISKS = {"low": tr_later("lower risk"), "medium": tr_later("medium risk"), "high": tr_later("high risk")}
FOLDER = "strategies"


def load_library() -> Library:
    """What comes with the program."""
    folder = resource_path(FOLDER)
    figures = folder / "figures.json"
    words = (folder / "library.toml").read_text(encoding="utf-8")
    return read_library(words, figures.read_text(encoding="utf-8") if figures.exists() else "")


def bot_file_of(ready: Ready) -> str:
    return (resource_path(FOLDER) / ready.file).read_text(encoding="utf-8")


class ReadyCard(QFrame):
    """One strategy: words on the left, pasts beside them."""

    use_requested = Signal()

    def __init__(self, ready: Ready, kind: str, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.ready, self.kind = ready, kind
        self.setProperty("card", True)
        self._title, self._words, self._danger, self._suits = (plain_label() for _ in range(4))
        self._tag = plain_label()
        self._title.setProperty("role", "title")
        for label in (self._words, self._suits, self._tag):
            label.setProperty("role", "muted")
        self.use = QPushButton()
        self.use.clicked.connect(self.use_requested)
        self.pictures = [ShowingView(showing) for showing in ready.showings]
        self._none = plain_label()
        self._none.setProperty("role", "muted")
        self._lay_out()
        self.retranslate()

    def retranslate(self) -> None:
        ready = self.ready
        self._title.setText(tr(ready.title))
        self._tag.setText(f"{wording.bot_kind(self.kind)} · {tr(RISKS[ready.risk])}")
        self._words.setText(tr(ready.words))
        self._danger.setText(tr("Risk: {danger}").format(danger=tr(ready.danger)))
        self._suits.setText(tr("Made for: {market}").format(market=tr(ready.suits)))
        self.use.setText(tr("Use this…"))
        self.use.setAccessibleName(tr("Use {strategy}").format(strategy=tr(ready.title)))
        self._none.setText(tr("No past can show this one: it does what your alerts say."))
        for picture in self.pictures:
            picture.retranslate()

    def _lay_out(self) -> None:
        words = QVBoxLayout()
        words.setSpacing(4)
        words.addWidget(self._title)
        words.addWidget(self._tag)
        words.addWidget(self._words)
        words.addWidget(self._danger)
        words.addWidget(self._suits)
        words.addStretch()
        row = QHBoxLayout()
        row.setSpacing(18)
        for picture in self.pictures:
            row.addWidget(picture, 1, Qt.AlignmentFlag.AlignTop)
        if not self.pictures:
            row.addWidget(self._none, 1, Qt.AlignmentFlag.AlignTop)
        right = QVBoxLayout()
        right.setSpacing(8)
        right.addLayout(row)
        right.addStretch()
        right.addWidget(self.use, 0, Qt.AlignmentFlag.AlignRight)
        whole = QHBoxLayout(self)
        whole.setContentsMargins(16, 12, 16, 12)
        whole.setSpacing(20)
        whole.addLayout(words, 5)
        whole.addLayout(right, 7)


class LibraryPage(QWidget):
    """Emits the key of the strategy that is to be opened in an editor."""

    chosen = Signal(str)

    def __init__(
        self,
        library: Library,
        settings_of: Callable[[Ready], Settings],
        parent: QWidget | None = None,
    ) -> None:
        super().__init__(parent)
        self.library = library
        self.note = Banner()
        self.cards = {ready.key: ReadyCard(ready, settings_of(ready).kind) for ready in library.strategies}
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(10)
        column.addWidget(self.note)
        for key, card in self.cards.items():
            card.use_requested.connect(lambda key=key: self.chosen.emit(key))
            column.addWidget(card)
        self.retranslate()

    def set_usable(self, is_usable: Callable[[str], bool]) -> None:
        """Which of them can be opened now, by their kind."""
        for card in self.cards.values():
            card.use.setEnabled(is_usable(card.kind))

    def retranslate(self) -> None:
        self.note.say("info", tr("Examples to learn from, not advice."), self._how(), is_closable=False)
        for card in self.cards.values():
            card.retranslate()

    def _how(self) -> str:
        """How the pasts were played; that the future owes them nothing comes first."""
        lines = [tr("What happened in these pasts says nothing about tomorrow, and any of them can lose money.")]
        if self.library.assumptions:
            lines.append(
                tr(
                    "Played over 5-minute candles of BTC/USDT with a fee of 0.1 % on every order, 0.05 % slippage on "
                    "market orders, and limit orders that fill only beyond their price. Percentages are of the money "
                    "that the strategy needs at most. Markets not marked as real prices are made up by the simulator."
                )
            )
        return "\n".join(lines)

    def changeEvent(self, event: QEvent) -> None:
        if event.type() == QEvent.Type.LanguageChange:
            self.retranslate()
        super().changeEvent(event)

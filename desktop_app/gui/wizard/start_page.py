"""The second page: how to start. Paper money needs nothing and is one click away."""

from PySide6.QtCore import QEvent, QSize, Signal
from PySide6.QtWidgets import QFrame, QHBoxLayout, QLabel, QPushButton, QVBoxLayout, QWidget

from desktop_app.gui.i18n import tr
from desktop_app.gui.icons import icon
from desktop_app.gui.notices import Badge, plain_label


class StartPage(QWidget):
    """Two cards; the button of the first is the default of the whole wizard."""

    paper_requested = Signal()
    connect_requested = Signal()

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.paper = QPushButton()
        self.paper.setProperty("primary", True)
        self.paper.setIcon(icon("play", "primary_fg"))
        self.paper.setIconSize(QSize(16, 16))
        self.paper.clicked.connect(self.paper_requested)
        self.connect_one = QPushButton()
        self.connect_one.setAutoDefault(False)
        self.connect_one.setIcon(icon("key"))
        self.connect_one.setIconSize(QSize(16, 16))
        self.connect_one.clicked.connect(self.connect_requested)
        self._exchange = plain_label()
        self._exchange.setProperty("role", "muted")
        self._recommended = QLabel()
        self._recommended.setProperty("role", "muted")
        self._what = plain_label()
        self._points = tuple(plain_label() for _ in range(3))
        self._lay_out()
        self.retranslate()

    def _lay_out(self) -> None:
        card = QFrame()
        card.setProperty("card", True)
        inside = QVBoxLayout(card)
        inside.setContentsMargins(18, 16, 18, 16)
        inside.setSpacing(10)
        first = QHBoxLayout()
        first.setSpacing(12)
        first.addWidget(self.paper)
        first.addWidget(self._recommended)
        first.addStretch()
        first.addWidget(Badge("paper"))
        inside.addLayout(first)
        inside.addWidget(self._what)
        for label in self._points:
            label.setProperty("role", "muted")
            row = QHBoxLayout()
            row.setSpacing(8)
            tick = QLabel()
            tick.setPixmap(icon("check", "profit").pixmap(QSize(14, 14)))
            row.addWidget(tick)
            row.addWidget(label, 1)
            inside.addLayout(row)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(12)
        column.addWidget(card)
        column.addWidget(self._exchange_card())
        column.addStretch()

    def _exchange_card(self) -> QFrame:
        card = QFrame()
        card.setProperty("card", True)
        inside = QVBoxLayout(card)
        inside.setContentsMargins(18, 14, 18, 14)
        inside.setSpacing(8)
        first = QHBoxLayout()
        first.addWidget(self.connect_one)
        first.addStretch()
        first.addWidget(Badge("live"))
        inside.addLayout(first)
        inside.addWidget(self._exchange)
        return card

    def retranslate(self) -> None:
        self.paper.setText(tr("Start with paper money"))
        self._recommended.setText(tr("recommended"))
        self.connect_one.setText(tr("Connect an exchange…"))
        self._exchange.setText(
            tr("With a key of yours: read balances, and trade once you allow it. Keys that can withdraw are refused. "
               "Or paper money on its live prices, without a key.")
        )  # fmt: skip
        self._what.setText(tr("10,000 USDT of pretend money on the built-in exchange."))
        words = (
            tr("No account and no key needed."),
            tr("Works without internet; the market is simulated, not real prices."),
            tr("Bots, orders and fees behave as they do with real money."),
        )
        for label, text in zip(self._points, words, strict=True):
            label.setText(text)

    def changeEvent(self, event: QEvent) -> None:
        if event.type() == QEvent.Type.LanguageChange:
            self.retranslate()
        super().changeEvent(event)

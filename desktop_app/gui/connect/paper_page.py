"""The page for paper money on an exchange's live prices: a name and how much to begin with."""

from decimal import Decimal

from PySide6.QtCore import QEvent, Qt, Signal
from PySide6.QtWidgets import QComboBox, QHBoxLayout, QLineEdit, QVBoxLayout, QWidget

from desktop_app.gui import fmt
from desktop_app.gui.connect.address_box import AddressBox
from desktop_app.gui.fields import DecimalEdit, LabeledField
from desktop_app.gui.i18n import tr, tr_later
from desktop_app.gui.notices import Banner, plain_label

CURRENCIES = ("USDT", "USDC", "USD", "EUR", "BTC", "INR", "TRY", "BRL", "KRW", "JPY")
_AMOUNT = Decimal(10_000)
_LONGEST_LABEL = 80


class PaperPage(QWidget):
    ready_changed = Signal(bool)

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._name = ""
        self._taken: frozenset[str] = frozenset()
        self.problem = Banner()
        self._what = plain_label()
        self.label = QLineEdit()
        self.label.setMaxLength(_LONGEST_LABEL)
        self._label_field = LabeledField(tr_later("Name of the account here"), self.label)
        self.currency = QComboBox()
        self.currency.addItems(list(CURRENCIES))
        self.amount = DecimalEdit(CURRENCIES[0], step=Decimal(1_000))
        self.amount.set_value(_AMOUNT)
        self.amount.setMinimumWidth(220)
        self._amount_field = LabeledField(tr_later("Starts with"), self.amount)
        self.address = AddressBox()
        self._lay_out()
        self.currency.currentTextChanged.connect(self.amount.set_unit)
        self.label.textChanged.connect(lambda _text: self._changed())
        self.amount.value_changed.connect(lambda _value: self._changed())
        self.retranslate()

    def show_exchange(self, name: str, *, label: str, taken: frozenset[str]) -> None:
        self._name, self._taken = name, taken
        self.label.setText(label)
        self.problem.hide()
        self.retranslate()

    @property
    def account(self) -> str:
        return self.label.text().strip()

    @property
    def is_ready(self) -> bool:
        amount = self.amount.value
        return bool(self.account) and self.account not in self._taken and amount is not None and amount > 0

    @property
    def balance(self) -> tuple[str, ...]:
        """As the account's settings take it."""
        return (f"{self.currency.currentText()}={fmt.plain(self.amount.value)}",)

    def set_busy(self, is_busy: bool) -> None:
        for part in (self.label, self.currency, self.amount, self.address):
            part.setEnabled(not is_busy)

    def retranslate(self) -> None:
        self._what.setText(
            tr("Prices, minimums and fees are those of {exchange}; orders are filled on this computer only. "
               "No order is ever sent there.").format(exchange=self._name)
        )  # fmt: skip
        self.currency.setAccessibleName(tr("Currency of the paper money"))
        self._changed()

    def _changed(self) -> None:
        self._label_field.set_problem(tr("Another account has this name.") if self.account in self._taken else "")
        amount = self.amount.value
        if amount is not None and amount <= 0:
            self.amount.set_problem(tr("Begin with more than nothing."))
        elif self.amount.problem:
            self.amount.set_problem("")
        self.ready_changed.emit(self.is_ready)

    def _lay_out(self) -> None:
        money = QHBoxLayout()
        money.setSpacing(8)
        money.addWidget(self._amount_field)
        money.addWidget(self.currency, 0, Qt.AlignmentFlag.AlignBottom)
        money.addStretch()
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 4, 0)
        column.setSpacing(10)
        column.addWidget(self.problem)
        column.addWidget(self._what)
        column.addWidget(self._label_field)
        column.addLayout(money)
        column.addWidget(self.address)
        column.addStretch()

    def changeEvent(self, event: QEvent) -> None:
        if event.type() == QEvent.Type.LanguageChange:
            self.retranslate()
        super().changeEvent(event)

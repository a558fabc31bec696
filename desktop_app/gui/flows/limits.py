"""The form of an account's limits: what no bot may exceed there, and what that means for what is open now."""

from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QCheckBox, QGridLayout, QLineEdit, QVBoxLayout, QWidget

from desktop_app.core.risk import Limits
from desktop_app.gui import fmt
from desktop_app.gui.account_words import listed
from desktop_app.gui.fields import DecimalEdit, LabeledField
from desktop_app.gui.i18n import tr, tr_later
from desktop_app.gui.notices import plain_label

_MOST_A_MINUTE, _MOST_DEALS = 6_000, 100_000
_NOTE_LINES = 4
_SHOWN_BOTS = 3
_NARROWEST = 520


@dataclass(frozen=True, slots=True)
class Standing:
    """What goes on at the account: the pairs it has, those of each bot by name, and how many deals are open."""

    pairs: frozenset[str]
    bots: tuple[tuple[str, tuple[str, ...]], ...]
    open_deals: int


class LimitsForm(QWidget):
    """An empty field means no limit of that kind."""

    changed = Signal()

    def __init__(self, quote: str, limits: Limits, standing: Standing, *, is_watched: bool) -> None:
        """`is_watched`: others can trade on the account, too, so it is looked after."""
        super().__init__()
        self._before, self._standing = limits, standing
        self.value = DecimalEdit(quote, step=Decimal(10), is_optional=True)
        self.rate = DecimalEdit(tr("orders"), is_optional=True)
        self.deals = DecimalEdit(tr("deals"), is_optional=True)
        self.pairs = QLineEdit()
        self.foreign = QCheckBox(tr("Open nothing more when something happens here that no bot did"))
        self.foreign.setVisible(is_watched)
        self._pairs_field = LabeledField(
            tr_later("Only these pairs"), self.pairs, tr_later("With commas: BTC/USDT, ETH/USDT")
        )
        self._note = plain_label()
        self._lay_out()
        self._fill(limits)
        for field in (self.value, self.rate, self.deals, self.pairs):
            field.textChanged.connect(self._show)
        self.foreign.toggled.connect(self._show)
        self._show()

    @property
    def limits(self) -> Limits | None:
        """None while something in the form is no limit."""
        is_readable = not any(field.problem for field in (self.value, self.rate, self.deals))
        if not is_readable or self._unknown_pairs():
            return None
        return Limits(
            max_order_value=self.value.value,
            max_orders_a_minute=_whole(self.rate.value),
            max_open_deals=_whole(self.deals.value),
            pairs=frozenset(self._typed_pairs()),
            pause_on_foreign=self.foreign.isChecked(),
        )

    @property
    def is_possible(self) -> bool:
        """Whether there is something to save."""
        return self.limits not in (None, self._before)

    def offer(self, limits: Limits) -> None:
        """Fill in other limits than those in force."""
        self._fill(limits)

    def words(self) -> str:
        return self._note.text()

    # --- inside

    def _fill(self, limits: Limits) -> None:
        self.value.set_value(limits.max_order_value)
        for field, count in ((self.rate, limits.max_orders_a_minute), (self.deals, limits.max_open_deals)):
            field.set_value(None if count is None else Decimal(count))
        self.pairs.setText(", ".join(sorted(limits.pairs)))
        self.foreign.setChecked(limits.pause_on_foreign)

    def _typed_pairs(self) -> list[str]:
        words = self.pairs.text().replace("，", ",").replace("、", ",").split(",")
        return [word.strip().upper() for word in words if word.strip()]

    def _unknown_pairs(self) -> list[str]:
        """Those that the account does not have, as far as its pairs are known."""
        known = self._standing.pairs
        return [pair for pair in self._typed_pairs() if pair not in known] if known else []

    def _show(self, *_: object) -> None:
        value = self.value.value
        self.value.set_problem(tr("Type more than 0, or leave it empty.") if value is not None and value <= 0 else "")
        self.rate.set_problem(_problem_of_count(self.rate.value, _MOST_A_MINUTE))
        self.deals.set_problem(_problem_of_count(self.deals.value, _MOST_DEALS))
        unknown = self._unknown_pairs()
        self._pairs_field.set_problem(
            tr("This account has no {pair}. Correct or remove it.").format(pair=unknown[0][:20]) if unknown else ""
        )
        self._note.setText("\n".join(self._effects()))
        self.changed.emit()

    def _effects(self) -> list[str]:
        """What these limits mean for money, the nearest first."""
        limits = self.limits
        if limits is None:
            return [tr("Until that is mended, the limits stay as they are, and bots go on under them.")]
        lines = [*self._effects_on_deals(limits), *self._effects_on_bots(limits)]
        lines.append(
            tr("Take profits, stop losses and closing a deal always go through: no limit holds you in a deal.")
        )
        return lines

    def _effects_on_deals(self, limits: Limits) -> list[str]:
        most, opened = limits.max_open_deals, self._standing.open_deals
        if most is None or opened < most:
            return []
        if opened == most:
            return [tr("Deals open now: {open}, as many as this allows. The next one starts when one is over.")
                    .format(open=fmt.whole(opened))]  # fmt: skip
        words = tr("Deals open now: {open}. They go on; a new one starts once fewer than {most} are open.")
        return [words.format(open=fmt.whole(opened), most=fmt.whole(most))]

    def _effects_on_bots(self, limits: Limits) -> list[str]:
        if not limits.pairs:
            return []
        out = [name for name, pairs in self._standing.bots if not limits.pairs.intersection(pairs)]
        if not out:
            return []
        return [tr("No pair is left for {bots}: new deals there wait.").format(bots=listed(_few(out)))]

    def _lay_out(self) -> None:
        self.setMinimumWidth(_NARROWEST)
        self._note.setAlignment(Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignTop)
        self._note.setMinimumHeight(_NOTE_LINES * self.fontMetrics().lineSpacing())  # the sheet does not jump
        for field in (self.value, self.rate, self.deals, self.pairs):
            field.setPlaceholderText(tr("no limit"))
        fields = (
            LabeledField(tr_later("Largest order"), self.value, tr_later("In the coin its pair is priced in.")),
            LabeledField(tr_later("Open deals at once"), self.deals, tr_later("Of all bots here; a grid is one.")),
            LabeledField(tr_later("Orders a minute"), self.rate, tr_later("Of all bots here, exits not counted.")),
            self._pairs_field,
        )
        grid = QGridLayout()
        grid.setHorizontalSpacing(16)
        grid.setVerticalSpacing(4)
        for place, box in enumerate(fields):
            # A hint takes one line, a problem up to two: the sheet must not jump while somebody types.
            grid.setRowMinimumHeight(place // 2, box.sizeHint().height() + self.fontMetrics().lineSpacing())
            grid.setColumnStretch(place % 2, 1)
            grid.addWidget(box, place // 2, place % 2, Qt.AlignmentFlag.AlignTop)
        column_of_all = QVBoxLayout(self)
        column_of_all.setContentsMargins(0, 0, 0, 0)
        column_of_all.setSpacing(10)
        column_of_all.addLayout(grid)
        column_of_all.addWidget(self.foreign)
        column_of_all.addWidget(self._note)


def _problem_of_count(value: Decimal | None, most: int) -> str:
    if value is None or (value == value.to_integral_value() and 1 <= value <= most):
        return ""
    return tr("Type a whole number from 1 to {most}, or leave it empty.").format(most=fmt.whole(most))


def _whole(value: Decimal | None) -> int | None:
    return None if value is None else int(value)


def _few(names: Sequence[str]) -> list[str]:
    if len(names) <= _SHOWN_BOTS:
        return list(names)
    return [*names[:_SHOWN_BOTS], tr("and {count} more").format(count=len(names) - _SHOWN_BOTS)]

"""The ticket's form: verb, entry, amount, exits; it holds what is typed and shows what is made of it."""

from dataclasses import replace
from decimal import ROUND_DOWN, Decimal
from typing import Literal, cast

from PySide6.QtCore import QEvent, QSignalBlocker, Qt, Signal
from PySide6.QtWidgets import QCheckBox, QHBoxLayout, QLabel, QTabBar, QVBoxLayout, QWidget

from desktop_app.core.market import HUNDRED, ONE, Market
from desktop_app.core.strategies.smart_settings import TradeKind
from desktop_app.gui import fmt
from desktop_app.gui.fields import DecimalEdit, Segmented
from desktop_app.gui.fonts import number_font
from desktop_app.gui.i18n import tr, tr_later
from desktop_app.gui.notices import link_button, plain_label
from desktop_app.gui.ticket.draft import EntryType, TicketDraft, Unit
from desktop_app.gui.ticket.exits import ExitsBox, part_button
from desktop_app.gui.ticket.parts import Choices, Line, follow_text, number_field, tightened
from desktop_app.gui.ticket.picture import Around, TicketPicture

PARTS = (25, 50, 75, 100)
VERBS: tuple[tuple[TradeKind, str, str], ...] = (
    ("buy", tr_later("Buy"), tr_later("Buys and keeps the coins")),
    ("sell", tr_later("Sell"), tr_later("Sells coins that you hold")),
    ("trade", tr_later("Trade"), tr_later("Buys, then sells at the targets or the stop loss")),
    ("cover", tr_later("Cover"), tr_later("Sells coins that you hold, then buys them back lower")),
    ("hold", tr_later("Hold"), tr_later("Manages coins that you hold already: targets and a stop loss")),
)
_ENTRIES = [
    ("market", tr_later("Market")),
    ("limit", tr_later("Limit")),
    ("conditional", tr_later("When…")),
    ("trailing", tr_later("Follow")),
]
_LABELS = 52


class TicketForm(QWidget):
    edited = Signal()

    def __init__(self) -> None:
        super().__init__()
        self.draft = TicketDraft(0)
        self._around = Around()
        self._is_showing = False
        self._touched: set[str] = set()
        self.verbs = QTabBar()
        self.entry = tightened(Segmented(_ENTRIES), [key for key, _ in _ENTRIES])
        self.price = number_field(least=64)
        self.at_last, self.at_book = link_button(""), link_button("")
        self.trigger = Choices(
            [("last", tr_later("last price")), ("bid", tr_later("best bid")), ("ask", tr_later("best ask"))],
            tr_later("Price that the trigger watches"),
        )
        self.then_limit, self.limit_price = QCheckBox(), number_field(least=64)
        self.follow = number_field("%", "0.1")
        self.paid = number_field(least=64)
        self.amount = number_field(least=60)
        self.unit = Choices([("base", ""), ("quote", ""), ("percent", "%")], tr_later("Unit of the amount"))
        self.worth = QLabel()
        self.parts = {part: part_button(part) for part in PARTS}
        self.risk = number_field(least=60)
        self.exits = ExitsBox()
        self._price_line = Line(tr_later("Price"), self.price, self.at_last, self.at_book, width=_LABELS)
        self._trigger_line = Line(tr_later("Watches"), self.trigger, width=_LABELS)
        self._limit_row, self._parts_row = QWidget(), QWidget()
        self._follow_line = Line(tr_later("Follows by"), self.follow, width=_LABELS)
        self._paid_line = Line(tr_later("Paid"), self.paid, width=_LABELS)
        self._amount_line = Line(tr_later("Amount"), self.amount, self.unit, width=_LABELS)
        self._risk_line = Line(tr_later("or risk"), self.risk, width=_LABELS)
        self._hint = plain_label()
        self._lay_out()
        self._connect()
        self.retranslate()

    def fields(self) -> dict[str, DecimalEdit]:
        """Every number by the name that problems call it."""
        return {
            "price": self.price, "limit_price": self.limit_price, "follow": self.follow, "price_paid": self.paid,
            "amount": self.amount, "risk": self.risk, **self.exits.fields(),
        }  # fmt: skip

    def show_draft(self, draft: TicketDraft) -> None:
        """Another ticket, or one that was changed elsewhere: a line was dragged, a field follows."""
        self.draft = draft

    def show_picture(self, picture: TicketPicture, around: Around) -> None:
        """Everything that the draft says, and what follows from it."""
        self._is_showing = True
        self._around = around
        draft, market = picture.draft, around.market
        self.draft = draft
        with QSignalBlocker(self.verbs):
            self.verbs.setCurrentIndex([verb for verb, _, _ in VERBS].index(draft.verb))
        self.entry.set_value(draft.entry)
        self.trigger.set_value(draft.trigger)
        self.then_limit.setChecked(draft.then_limit)
        self._show_texts(picture)
        if market is not None:
            self._show_market(market, around)
        self._show_rows(draft)
        self._show_worth(picture, around)
        self.exits.setVisible(draft.has_exits)
        tick = _step_of(around)
        levels = (picture.levels.targets, picture.levels.stop)
        trail = (draft.trails, draft.trail)
        is_long = not draft.sells_first
        self.exits.show_exits(draft.targets, trail, draft.stop, levels, is_long=is_long, tick=tick)
        self._show_problems(dict(picture.problems))
        self._is_showing = False

    def touch_all(self) -> None:
        """From now on an empty field is a mistake, too."""
        self._touched = set(self.fields())

    def forget_touches(self) -> None:
        self._touched.clear()

    # --- showing

    def _show_texts(self, picture: TicketPicture) -> None:
        draft, levels = picture.draft, picture.levels
        for field, text in (
            (self.price, draft.price), (self.limit_price, draft.limit_price), (self.follow, draft.follow),
            (self.paid, draft.price_paid),
        ):  # fmt: skip
            follow_text(field, text)
        amount, risk = draft.amount, draft.risk
        if draft.is_sized_by_risk and draft.verb != "hold":
            amount = fmt.plain(levels.amount)
        elif picture.outcome is not None and picture.outcome.risk is not None:
            risk = fmt.plain(round(picture.outcome.risk, 2))
        follow_text(self.amount, amount)
        follow_text(self.risk, risk)

    def _show_market(self, market: Market, around: Around) -> None:
        self.unit.set_titles({"base": market.base, "quote": market.quote, "percent": "%"})
        is_in_risk = self.draft.is_sized_by_risk or self.draft.verb == "hold"
        self.unit.set_value("base" if is_in_risk else self.draft.unit)
        for field in (self.price, self.limit_price, self.paid):
            field.step = _step_of(around)
        self.amount.step = market.amount_step if self.unit.value == "base" else ONE
        for field in (self.limit_price, self.paid, self.risk):
            if field.unit != market.quote:
                field.set_unit(market.quote)
        self._name_fields(market)

    def _show_rows(self, draft: TicketDraft) -> None:
        has_entry = draft.has_entry
        self.entry.setVisible(has_entry)
        self._price_line.setVisible(has_entry and draft.entry != "market")
        self._trigger_line.setVisible(has_entry and draft.entry == "conditional")
        self._limit_row.setVisible(has_entry and draft.entry == "conditional")
        self.limit_price.setVisible(draft.then_limit)
        self._follow_line.setVisible(has_entry and draft.entry == "trailing")
        self._paid_line.setVisible(not has_entry)
        self.unit.setEnabled(has_entry)
        self._risk_line.setVisible(has_entry and draft.has_exits and draft.stop.is_on)
        hints = {
            "conditional": tr("Waits here until the price is reached; the app has to be running."),
            "trailing": tr("Follows the price from there and gets in when it turns; the app has to be running."),
        }
        self._hint.setText(hints.get(draft.entry, "") if has_entry else "")
        self._hint.setVisible(bool(self._hint.text()))
        self.at_book.setText(tr("ask") if draft.sells_first else tr("bid"))

    def _show_worth(self, picture: TicketPicture, around: Around) -> None:
        outcome, market = picture.outcome, around.market
        text = ""
        if outcome is not None and market is not None:
            coins = f"{fmt.amount(outcome.amount, market.amount_step)} {market.base}"
            money = fmt.money(outcome.cost, market.quote)
            text = f"= {money}" if self.unit.value == "base" else f"= {coins} · {money}"
        self.worth.setText(text)

    def _show_problems(self, problems: dict[str, str]) -> None:
        """Outlined is what was typed wrong; what was not typed yet only keeps the button asleep."""
        for name, field in self.fields().items():
            is_meant = bool(field.text()) or name in self._touched
            text = problems.get(name, "") if is_meant else ""
            if field.problem != text:
                field.set_problem(text)
            if field.toolTip() != text:
                field.setToolTip(text)

    # --- editing

    def _edited(self, name: str = "") -> None:
        if self._is_showing:
            return
        draft = self.draft
        is_by_risk = draft.is_sized_by_risk
        if name in ("amount", "risk"):
            is_by_risk = name == "risk" and bool(self.risk.text().strip())
        self._touched.add(name)
        self.draft = replace(
            draft,
            verb=VERBS[self.verbs.currentIndex()][0],
            entry=cast(EntryType, self.entry.value),
            price=self.price.text(),
            trigger=cast(Literal["last", "bid", "ask"], self.trigger.value),
            then_limit=self.then_limit.isChecked(),
            limit_price=self.limit_price.text(),
            follow=self.follow.text(),
            price_paid=self.paid.text(),
            amount=self.amount.text(),
            risk=self.risk.text(),
            is_sized_by_risk=is_by_risk,
            targets=self.exits.targets,
            trails=self.exits.trails.isChecked(),
            trail=self.exits.trail.text(),
            stop=self.exits.stop,
        )
        self.edited.emit()

    def _unit_picked(self) -> None:
        """Another unit for the same coins."""
        if self._is_showing:
            return
        self.draft = replace(self.draft, unit=cast(Unit, self.unit.value), is_sized_by_risk=False, amount="")
        self.edited.emit()

    def _take_part(self, part: int) -> None:
        """So much of what is free of what would be given away."""
        around, draft = self._around, self.draft
        market = around.market
        if market is None:
            return
        share = Decimal(part) / HUNDRED
        gives_coins = draft.verb in ("sell", "cover", "hold")
        if draft.unit == "percent" and draft.has_entry:
            most = (HUNDRED / (ONE + market.taker_fee)).quantize(Decimal("0.01"), ROUND_DOWN)  # the fee comes on top
            self._size(fmt.plain(Decimal(part) if gives_coins else min(Decimal(part), most)))
            return
        if gives_coins:
            coins = market.amount_down((around.free_base or Decimal(0)) * share)
            price = around.last or Decimal(0)
            is_base = draft.unit == "base" or not draft.has_entry
            self._size(fmt.plain(coins if is_base else coins * price))
            return
        free = (around.free_quote or Decimal(0)) * share / (ONE + market.taker_fee)
        entry = _number(draft.limit_price if draft.then_limit else draft.price) if draft.entry != "market" else None
        price = entry or around.last or Decimal(0)
        if draft.unit == "base":
            self._size(fmt.plain(market.amount_down(free / price)) if price else "")
        else:
            cents = Decimal(1).scaleb(-fmt.currency_decimals(market.quote))
            money = market.amount_down(free / price) * price if price else free
            self._size(fmt.plain(money.quantize(cents, ROUND_DOWN)))

    def _size(self, text: str) -> None:
        self.draft = replace(self.draft, amount=text, is_sized_by_risk=False)
        self.edited.emit()

    def _take_price(self, price: Decimal | None) -> None:
        if price is not None:
            self.draft = replace(self.draft, price=fmt.plain(price))
            self.edited.emit()

    # --- construction

    def _connect(self) -> None:
        self.verbs.currentChanged.connect(lambda _: self._edited())
        self.entry.changed.connect(lambda _: self._edited())
        self.trigger.activated.connect(lambda _: self._edited())
        self.then_limit.toggled.connect(lambda _: self._edited())
        self.unit.activated.connect(lambda _: self._unit_picked())
        for name, field in (
            ("price", self.price), ("limit_price", self.limit_price), ("follow", self.follow),
            ("price_paid", self.paid), ("amount", self.amount), ("risk", self.risk),
        ):  # fmt: skip
            field.textEdited.connect(lambda _, name=name: self._edited(name))
            field.stepped.connect(lambda name=name: self._edited(name))
        for part, button in self.parts.items():
            button.clicked.connect(lambda _=False, part=part: self._take_part(part))
        self.at_last.clicked.connect(lambda _=False: self._take_price(self._around.last))
        self.at_book.clicked.connect(lambda _=False: self._take_price(self._book_price()))
        self.exits.edited.connect(self._edited)

    def _book_price(self) -> Decimal | None:
        tick = self._around.tick
        if tick is None:
            return None
        return (tick.ask if self.draft.sells_first else tick.bid) or tick.price

    def _lay_out(self) -> None:
        for _ in VERBS:
            self.verbs.addTab("")
        self.verbs.setProperty("tight", True)
        self.verbs.setExpanding(True)
        self.verbs.setUsesScrollButtons(False)
        self.verbs.setDrawBase(False)
        self.verbs.setElideMode(Qt.TextElideMode.ElideNone)
        self._hint.setProperty("role", "muted")
        self.worth.setFont(number_font(self.font()))
        self.worth.setProperty("role", "muted")
        self.worth.setAlignment(Qt.AlignmentFlag.AlignRight)
        limit = QHBoxLayout(self._limit_row)
        limit.setContentsMargins(0, 0, 0, 0)
        limit.addWidget(self.then_limit)
        limit.addWidget(self.limit_price, 1)
        parts = QHBoxLayout(self._parts_row)
        parts.setContentsMargins(0, 0, 0, 0)
        parts.setSpacing(0)
        for button in self.parts.values():
            parts.addWidget(button)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(4)
        for widget in (
            self.verbs, self.entry, self._price_line, self._trigger_line, self._limit_row, self._follow_line,
            self._hint, self._paid_line, self._amount_line, self.worth, self._parts_row, self._risk_line, self.exits,
        ):  # fmt: skip
            column.addWidget(widget)

    def retranslate(self) -> None:
        for at, (_, word, hint) in enumerate(VERBS):
            self.verbs.setTabText(at, tr(word))
            self.verbs.setTabToolTip(at, tr(hint))
        self.verbs.setAccessibleName(tr("What the trade does"))
        self.entry.setAccessibleName(tr("Entry"))
        self.entry.retranslate()
        self.at_last.setText(tr("last"))
        self.at_last.setToolTip(tr("Take the last price"))
        self.at_book.setToolTip(tr("Take the best price of the book"))
        self.then_limit.setText(tr("then limit at"))
        self.unit.retranslate()
        for part, button in self.parts.items():
            button.setAccessibleName(tr("{percent} % of what is free").format(percent=part))
        if self._around.market is not None:
            self._name_fields(self._around.market)

    def _name_fields(self, market: Market) -> None:
        """What a screen reader says: with the unit."""
        quote = market.quote
        for field, words in (
            (self.price, tr("Entry price, {unit}")), (self.limit_price, tr("Limit price, {unit}")),
            (self.paid, tr("Price paid, {unit}")), (self.risk, tr("Risk, {unit}")),
        ):  # fmt: skip
            field.setAccessibleName(words.format(unit=quote))
        self.follow.setAccessibleName(tr("Follows by, percent"))
        self.amount.setAccessibleName(tr("Amount, {unit}").format(unit=self.unit.currentText()))

    def changeEvent(self, event: QEvent) -> None:
        if event.type() == QEvent.Type.LanguageChange:
            self.retranslate()
        super().changeEvent(event)


def _step_of(around: Around) -> Decimal:
    """About a hundredth of a percent of the price, in ticks: one turn of the wheel."""
    market, last = around.market, around.last
    if market is None:
        return ONE
    return max(market.price_tick, market.price_nearest(last / 10_000)) if last else market.price_tick


def _number(text: str) -> Decimal | None:
    read = fmt.parse_number(text)
    return read if isinstance(read, Decimal) and read > 0 else None

"""The form that changes one running deal: its targets, its stop loss and the safety orders still to come."""

from collections.abc import Sequence
from dataclasses import replace
from decimal import Decimal

from pydantic import ValidationError
from PySide6.QtCore import Signal
from PySide6.QtWidgets import QGridLayout, QLabel, QScrollArea, QVBoxLayout, QWidget

from desktop_app.core import ladder
from desktop_app.core.deal import Direction
from desktop_app.core.market import HUNDRED, ONE, ZERO, Market
from desktop_app.core.strategies.dca_settings import DcaSettings, SafetyOrders, StopLoss, TakeProfit, TakeProfitStep
from desktop_app.engine.views import DealView
from desktop_app.gui import fmt, outlook
from desktop_app.gui.deal_moves import exit_fee, step_amount
from desktop_app.gui.fields import DecimalEdit
from desktop_app.gui.i18n import tr, tr_later
from desktop_app.gui.notices import plain_label, restyle
from desktop_app.gui.ticket.draft import StopDraft, TargetDraft
from desktop_app.gui.ticket.exits import ExitsBox, Level
from desktop_app.gui.ticket.parts import Line, number_field
from desktop_app.gui.ticket.reading import core_words

_LABELS = 150
_SHOWN = 2


class EditDealForm(QWidget):
    """Percents of a DCA deal are net of fees, those of a smart trade are of its entry price: as everywhere."""

    changed = Signal()

    def __init__(self, view: DealView, settings_json: str, settings: DcaSettings, market: Market) -> None:
        super().__init__()
        self._view, self._json, self._settings, self._market = view, settings_json, settings, market
        self._is_long = view.deal.direction is Direction.LONG
        self.targets = _target_drafts(settings.take_profit)
        trail = settings.take_profit.trailing_deviation
        self.trail = (trail is not None, fmt.plain(trail) or "0.5")
        self.stop = _stop_draft(settings.stop_loss)
        self.exits = ExitsBox()
        self.volume, self.first_step = number_field(market.quote), number_field("%", "0.1")
        self.count, self.active = number_field(), number_field()
        self.step_scale, self.volume_scale = number_field("×", "0.1"), number_field("×", "0.1")
        self.problem = ""
        self._outcome = QGridLayout()
        self._rows: list[tuple[QLabel, QLabel]] = []
        self._message = plain_label()
        self._fill_safety(settings.safety_orders)
        self._lay_out()
        self.exits.edited.connect(self._edited)
        for field in self._safety_fields():
            field.textEdited.connect(lambda _: self._show())
            field.stepped.connect(self._show)
        self._show()

    @property
    def edited_json(self) -> str | None:
        """The settings that the deal would go on under; None while they cannot be, or are the old ones."""
        made = self._made()
        return made if made is not None and made != self._unchanged() else None

    def take(self, views: Sequence[DealView]) -> None:
        """The deal changed while the form is open."""
        for view in views:
            if view.deal_id == self._view.deal_id:
                self._view = view
                self._show()

    # --- reading

    def _edited(self) -> None:
        self.targets, self.stop = self.exits.targets, self.exits.stop
        self.trail = (self.exits.trails.isChecked(), self.exits.trail.text())
        self._show()

    def _made(self) -> str | None:
        """What is typed as settings; `problem` says why it cannot be."""
        self.problem = ""
        try:
            profit, stop = self._take_profit(), self._stop_loss()
            safety = self._safety()
            if profit is None or stop is None or safety is None:
                self.problem = self.problem or tr("Enter a number.")
                return None
            text = outlook.with_exits(self._json, profit, stop)
            if outlook.is_smart(self._json):
                return outlook.read_trade(text).model_dump_json()
            settings = DcaSettings.model_validate_json(text)
            return DcaSettings.model_validate(settings.model_dump() | {"safety_orders": safety}).model_dump_json()
        except ValidationError as error:
            self.problem = core_words(error)
            return None

    def _unchanged(self) -> str:
        if outlook.is_smart(self._json):
            return outlook.read_trade(self._json).model_dump_json()
        return DcaSettings.model_validate_json(self._json).model_dump_json()

    def _take_profit(self) -> TakeProfit | None:
        old, steps = self._settings.take_profit, []
        for row in self.targets:
            price = _number(row.price) if row.lead == "price" else None
            percent = _number(row.percent) if row.lead == "percent" else None
            share = _number(row.share)
            if share is None or (price is None and percent is None):
                return None
            steps.append(TakeProfitStep(price=price, percent=percent or ZERO, share=min(share, HUNDRED)))
        trail = _number(self.trail[1]) if self.trail[0] and steps else None
        if self.trail[0] and steps and trail is None:
            return None
        fields = {**old.model_dump(), "percent": None, "steps": tuple(steps), "trailing_deviation": trail}
        is_whole = len(steps) == 1 and steps[0].share == HUNDRED and steps[0].price is None
        if is_whole and not old.steps and old.basis != "entry":
            fields |= {"percent": steps[0].percent, "steps": ()}
        return TakeProfit.model_validate(fields)

    def _stop_loss(self) -> StopLoss | None:
        old, stop = self._settings.stop_loss, self.stop
        kept = {"basis": old.basis, "then": old.then}
        if not stop.is_on:
            return StopLoss.model_validate(kept)
        level = _number(stop.price if stop.lead == "price" else stop.percent)
        wait = _number(stop.wait_seconds) if stop.waits else ZERO
        after = _number(stop.break_even_after) if stop.has_break_even else None
        limit = _number(stop.limit_percent) if stop.is_limit else ZERO
        if level is None or wait is None or limit is None or (stop.has_break_even and after is None):
            return None
        return StopLoss.model_validate(
            kept
            | {
                stop.lead: level, "type": "limit" if stop.is_limit else "market", "limit_percent": limit,
                "trailing": stop.is_trailing, "timeout_seconds": int(wait), "native": stop.is_native,
                "breakeven_after": int(after) if after is not None else None,
            }
        )  # fmt: skip

    def _safety(self) -> SafetyOrders | None:
        old = self._settings.safety_orders
        if not self._has_ladder:
            return old
        count, active = _number(self.count.text(), is_zero=True), _number(self.active.text())
        if count is None or (count and active is None):
            return None
        fields = {**old.model_dump(), "max_count": int(count), "max_active": int(active) if active and count else None}
        for name, field in (
            ("volume", self.volume), ("price_deviation", self.first_step), ("step_scale", self.step_scale),
            ("volume_scale", self.volume_scale),
        ):  # fmt: skip
            value = _number(field.text())
            if value is None and count:
                return None
            if value is not None:
                fields[name] = value
        return SafetyOrders.model_validate(fields)

    # --- what follows from it

    def _levels(self) -> tuple[tuple[Level, ...], Level]:
        targets = tuple(self._level(row, at, is_stop=False) for at, row in enumerate(self.targets, 1))
        return targets, self._level(self.stop, 0, is_stop=True) if self.stop.is_on else (None, None)

    def _level(self, row: TargetDraft | StopDraft, step: int, *, is_stop: bool) -> Level:
        """Price and percent, from the one that leads."""
        is_price = row.lead == "price"
        value = _number(row.price if is_price else row.percent)
        if value is None:
            return None, None
        if is_stop:
            reference = self._stop_reference()
            if not reference:
                return (value, None) if is_price else (None, value)
            if is_price:
                part = (ONE - value / reference) * HUNDRED
                return value, round(part if self._is_long else -part, _SHOWN)
            return self._market.price_nearest(ladder.retraced(reference, value, self._view.deal.direction)), value
        if is_price:
            return value, self._percent_at(value, step)
        return self._price_at(value, step), value

    def _stop_reference(self) -> Decimal | None:
        deal, basis = self._view.deal, self._settings.stop_loss.basis
        if basis == "start":
            return outlook.start_price(deal)
        return deal.position.entry_price if basis == "entry" else deal.average or None

    def _price_at(self, percent: Decimal, step: int) -> Decimal | None:
        deal, profit, market = self._view.deal, self._settings.take_profit, self._market
        if not deal.position.entry_amount:
            return None
        if profit.basis == "entry":
            made = TakeProfitStep(percent=percent, share=HUNDRED)
            return ladder.step_price(made, deal.position.entry_price, deal.direction, market)
        p0, base = outlook.start_price(deal), outlook.base_order(deal)
        if p0 is None or base is None:
            return None
        fee = exit_fee(self._settings, market, step)
        return ladder.take_profit_price(
            deal.position, p0, base.filled, percent, profit, deal.direction, market, fee
        )  # fmt: skip

    def _percent_at(self, price: Decimal, step: int) -> Decimal | None:
        deal, sign = self._view.deal, ONE if self._is_long else -ONE
        if not deal.average:
            return None
        if self._settings.take_profit.basis == "entry":
            return round(sign * (price / deal.position.entry_price - ONE) * HUNDRED, _SHOWN)
        fee = exit_fee(self._settings, self._market, step)
        net = price * (ONE - fee) if self._is_long else price * (ONE + fee)
        return round(sign * (net / deal.average - ONE) * HUNDRED, _SHOWN)

    # --- showing

    def _show(self) -> None:
        levels = self._levels()
        tick = self._market.price_tick
        self.exits.show_exits(self.targets, self.trail, self.stop, levels, is_long=self._is_long, tick=tick)
        made = self._made()
        self._message.setText(self.problem)
        self._message.setVisible(bool(self.problem))
        self._show_outcome(levels, is_possible=made is not None)
        self.changed.emit()

    def _show_outcome(self, levels: tuple[tuple[Level, ...], Level], *, is_possible: bool) -> None:
        """What each exit would bring with what the deal holds now."""
        deal, market = self._view.deal, self._market
        rows: list[tuple[str, str]] = []
        for step, (price, _) in enumerate(levels[0], 1):
            if price is not None and deal.held and is_possible:
                name = tr("TP") if len(levels[0]) == 1 else f"{tr('TP')}{step}"
                amount = deal.held * (_number(self.targets[step - 1].share) or ZERO) / HUNDRED
                if self.targets == _target_drafts(self._settings.take_profit):
                    amount = step_amount(deal, step)
                money = deal.part_result(amount, price, exit_fee(self._settings, market, step))
                rows.append((f"{name} {fmt.price(price, market.price_tick)}", fmt.pnl(money, market.quote)))
        stop = levels[1][0]
        if stop is not None and deal.held and is_possible:
            money = deal.unrealised(stop, market.taker_fee)
            rows.append((f"{tr('SL')} {fmt.price(stop, market.price_tick)}", fmt.pnl(money, market.quote)))
        while len(self._rows) < len(rows):
            pair = QLabel(), QLabel()
            self._outcome.addWidget(pair[0], len(self._rows), 0)
            self._outcome.addWidget(pair[1], len(self._rows), 1)
            self._rows.append(pair)
        for at, (named, valued) in enumerate(self._rows):
            is_used = at < len(rows)
            named.setVisible(is_used)
            valued.setVisible(is_used)
            if is_used:
                named.setText(rows[at][0])
                valued.setText(rows[at][1])

    @property
    def _has_ladder(self) -> bool:
        """Whether the safety orders are ones that this form can change: no smart trade, no steps of one's own."""
        return not outlook.is_smart(self._json) and not self._settings.safety_orders.custom

    def _safety_fields(self) -> tuple[DecimalEdit, ...]:
        return self.volume, self.count, self.active, self.first_step, self.step_scale, self.volume_scale

    def _fill_safety(self, safety: SafetyOrders) -> None:
        units = {"quote": self._market.quote, "base": self._market.base, "percent": "%"}
        self.volume.set_unit(units[safety.volume_unit])
        for field, text in (
            (self.volume, fmt.plain(safety.volume)), (self.count, str(safety.max_count)),
            (self.active, str(safety.active)), (self.first_step, fmt.plain(safety.price_deviation)),
            (self.step_scale, fmt.plain(safety.step_scale)), (self.volume_scale, fmt.plain(safety.volume_scale)),
        ):  # fmt: skip
            field.setText(text)

    def _lay_out(self) -> None:
        content = QWidget()
        column = QVBoxLayout(content)
        column.setContentsMargins(0, 0, 6, 0)
        column.setSpacing(6)
        column.addWidget(self.exits)
        if self._has_ladder:
            title = QLabel(tr("Safety orders still to come"))
            title.setProperty("role", "section")
            column.addWidget(title)
            for words, field in (
                (tr_later("Size"), self.volume), (tr_later("Max count"), self.count),
                (tr_later("Active at once"), self.active), (tr_later("First step"), self.first_step),
                (tr_later("Step scale"), self.step_scale), (tr_later("Volume scale"), self.volume_scale),
            ):  # fmt: skip
                line = Line(words, field, width=_LABELS)
                unit = f", {field.unit}" if field.unit else ""
                field.setAccessibleName(f"{tr('Safety orders still to come')}: {tr(words)}{unit}")
                column.addWidget(line)
        column.addStretch()
        scroll = QScrollArea()
        scroll.setWidgetResizable(True)
        scroll.setFrameShape(QScrollArea.Shape.NoFrame)
        scroll.setWidget(content)
        scroll.setMinimumHeight(min(420, content.sizeHint().height() + 4))
        scroll.setMinimumWidth(380)
        self._message.setProperty("role", "problem")
        restyle(self._message)
        self._outcome.setColumnStretch(1, 1)
        whole = QVBoxLayout(self)
        whole.setContentsMargins(0, 0, 0, 0)
        whole.addWidget(scroll, 1)
        whole.addLayout(self._outcome)
        whole.addWidget(self._message)
        hint = plain_label(tr("Orders that no longer fit are cancelled and placed anew. The bot's settings stay."))
        hint.setProperty("role", "muted")
        whole.addWidget(hint)


def _target_drafts(profit: TakeProfit) -> tuple[TargetDraft, ...]:
    return tuple(
        TargetDraft(
            price=fmt.plain(step.price), percent=fmt.plain(step.percent) if step.price is None else "",
            lead="percent" if step.price is None else "price", share=fmt.plain(step.share),
        )
        for step in profit.targets
    )  # fmt: skip


def _stop_draft(stop: StopLoss) -> StopDraft:
    has_level = stop.percent is not None or stop.price is not None
    draft = StopDraft(
        is_on=has_level, price=fmt.plain(stop.price), percent=fmt.plain(stop.percent),
        lead="price" if stop.price is not None else "percent", is_limit=stop.type == "limit",
        limit_percent=fmt.plain(stop.limit_percent), waits=bool(stop.timeout_seconds),
        has_break_even=stop.breakeven_after is not None, is_trailing=stop.trailing, is_native=stop.native,
    )  # fmt: skip
    if stop.timeout_seconds:
        draft = replace(draft, wait_seconds=str(stop.timeout_seconds))
    if stop.breakeven_after is not None:
        draft = replace(draft, break_even_after=str(stop.breakeven_after))
    return draft


def _number(text: str, *, is_zero: bool = False) -> Decimal | None:
    read = fmt.parse_number(text)
    return read if isinstance(read, Decimal) and (read > 0 or (is_zero and read == 0)) else None

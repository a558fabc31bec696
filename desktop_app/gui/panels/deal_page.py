"""One deal in full: result, strip, plan - what rests on the exchange and what only this app does - and its timeline."""

import json
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import tzinfo
from decimal import Decimal

from PySide6.QtCore import QSize, Qt, Signal, SignalInstance
from PySide6.QtWidgets import QGridLayout, QHBoxLayout, QLabel, QMenu, QPushButton, QScrollArea, QVBoxLayout, QWidget

from desktop_app.core.deal import Deal, DealStatus
from desktop_app.core.market import Market
from desktop_app.core.order import Order, Role
from desktop_app.engine.views import DealView, TimelineLine
from desktop_app.gui import fmt, outlook, wording
from desktop_app.gui.fonts import number_font
from desktop_app.gui.i18n import tr, units
from desktop_app.gui.notices import Badge, plain_label, restyle
from desktop_app.gui.panels.deal_menu import EDIT
from desktop_app.gui.panels.position_strip import PositionStrip, Stop
from desktop_app.gui.panels.timeline import TimelineView, happening

MOST_LINES = 8


@dataclass(frozen=True, slots=True)
class DealFacts:
    """Everything that the page shows of a deal, besides its timeline."""

    view: DealView
    market: Market
    settings_json: str
    now: int
    is_fresh: bool


class DealPage(QWidget):
    add_requested = Signal(str)
    close_requested = Signal(list)
    leave_requested = Signal(list)
    change_requested = Signal(str, str)  # verb of deal_menu, deal id
    menu_wanted = Signal(object)  # QMenu to be filled with what can be changed

    def __init__(self, zone: tzinfo, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._zone = zone
        self._facts: DealFacts | None = None
        self._lines: Sequence[TimelineLine] = ()
        self._is_waiting = False
        self.title, self.subtitle = plain_label(), plain_label()
        self.title.setProperty("role", "title")
        self.subtitle.setProperty("role", "muted")
        self.badge = Badge("paper")
        self.result, self.percent, self.age = QLabel(), QLabel(), QLabel()
        self.age.setProperty("role", "muted")
        self.strip = PositionStrip()
        self._grid: list[tuple[QLabel, QLabel]] = [(QLabel(), QLabel()) for _ in range(7)]
        self.on_exchange_title, self.on_exchange = QLabel(), plain_label()
        self.by_app_title, self.by_app = QLabel(), plain_label()
        self.timeline_title = QLabel()
        self.timeline = TimelineView()
        self.add, self.close_at_market = QPushButton(), QPushButton()
        self.edit, self.more, self.menu = QPushButton(), QPushButton(), QMenu(self)
        self.more.setMenu(self.menu)
        self.note = plain_label()
        self._lay_out()
        self.add.clicked.connect(lambda _=False: self._emit_add())
        self.close_at_market.clicked.connect(
            lambda _=False: self._emit(self.leave_requested if self._is_waiting else self.close_requested)
        )
        self.edit.clicked.connect(lambda _=False: self._emit_edit())
        self.menu.aboutToShow.connect(self._fill_menu)
        self.retranslate()

    @property
    def deal_id(self) -> str:
        return self._facts.view.deal_id if self._facts is not None else ""

    def show_deal(self, facts: DealFacts) -> None:
        self._facts = facts
        self._show_head(facts)
        self._show_facts(facts)
        self._show_plan(facts)
        self._show_buttons(facts)

    def show_timeline(self, lines: Sequence[TimelineLine]) -> None:
        """`lines` oldest first, as they are kept."""
        self._lines = lines
        if self._facts is not None:
            market = self._facts.market
            self.timeline.lines.show(happening(line, market, self._zone) for line in reversed(lines))

    def retranslate(self) -> None:
        for label, text in (
            (self.on_exchange_title, tr("On the exchange")),
            (self.by_app_title, tr("Kept by this app")),
            (self.timeline_title, tr("Timeline")),
        ):
            label.setText(text)
        self.on_exchange_title.setToolTip(tr("Works on even while this app is closed"))
        self.by_app_title.setToolTip(tr("Works only while this app is running"))
        self.timeline.setAccessibleName(tr("Timeline of the deal"))
        self.add.setText(tr("Add funds…"))
        self._word_close()
        self.edit.setText(tr("Edit deal…"))
        self.more.setText(tr("More"))
        self.more.setAccessibleName(tr("More to do with the deal"))
        if self._facts is not None:
            self.show_deal(self._facts)
            self.show_timeline(self._lines)

    # --- parts

    def _show_head(self, facts: DealFacts) -> None:
        view, deal = facts.view, facts.view.deal
        self.badge.set_kind("live" if view.mode == "live" else "paper")
        title = tr("{bot} · Deal #{number}").format(bot=view.bot_name, number=deal.number)
        self.title.setText(view.bot_name if outlook.is_smart(facts.settings_json) else title)
        end = deal.closed_at if deal.status.is_over else facts.now
        words = (deal.symbol, wording.direction(deal.direction), wording.deal_status(deal.status))
        self.subtitle.setText(" · ".join(words))
        self.age.setText(fmt.duration(end - deal.opened_at, units()))
        self.age.setToolTip(fmt.moment(deal.opened_at, self._zone))
        self.subtitle.setToolTip(tr("simulated market") if view.mode == "sim" else "")
        self.note.setText(deal.note)
        self.note.setVisible(bool(deal.note))
        result = self._result(facts)
        mood = "profit" if result and result > 0 else "loss" if result and result < 0 else ""
        if not facts.is_fresh and not deal.status.is_over:
            mood = "muted"
        self.result.setText(fmt.pnl(result, facts.market.quote))
        self.percent.setText(fmt.percent(outlook.percent_of(deal, result)))
        for label in (self.result, self.percent):
            if label.property("role") != mood:
                label.setProperty("role", mood)
                restyle(label)
        hint = tr("What you would have now after all fees, the selling fee too")
        self.result.setToolTip(hint)
        self.result.setAccessibleName(f"{tr('Result')}: {self.result.text()}, {self.percent.text()}")

    def _result(self, facts: DealFacts) -> Decimal | None:
        deal = facts.view.deal
        if deal.status.is_over:
            return deal.profit
        return outlook.worth_now(deal, facts.view.last, facts.market)

    def _show_facts(self, facts: DealFacts) -> None:
        deal, market = facts.view.deal, facts.market
        last = facts.view.last
        target = deal.take_profits[0] if deal.take_profits else None
        away = outlook.distance(target, last)
        distance = f"  ({fmt.percent(away)})" if away is not None else ""
        exits = _planned_exits(facts)
        rows = (
            (tr("Average"), self._price(deal.average or None)),
            (tr("Break-even"), self._price(outlook.break_even(deal, market))),
            (tr("Last price"), self._price(last)),
            (tr("Take profit"), exits[0] or f"{self._price(target)}{distance}"),
            (tr("Stop loss"), exits[1] or (self._price(deal.stop_loss) if deal.stop_loss is not None else tr("none"))),
            (tr("Safety orders"), _safety_words(deal)),
            (tr("Invested"), fmt.money(deal.position.spent(deal.direction), market.quote)),
        )  # fmt: skip
        for (name, value), (words, number) in zip(self._grid, rows, strict=True):
            name.setText(words)
            value.setText(number)
        self.strip.setVisible(not deal.status.is_over)
        self._show_strip(deal, last, target, facts)

    def _show_strip(self, deal: Deal, last: Decimal | None, target: Decimal | None, facts: DealFacts) -> None:
        stops: list[Stop] = []

        def put(label: str, price: Decimal | None, colour: str) -> None:
            if price is not None and price > 0:
                stops.append(Stop(label, price, colour, f"{label} {self._price(price)}"))

        put(tr("TP"), target, "line_take_profit")
        put(tr("Avg"), deal.average or None, "line_average")
        put(tr("SL"), deal.stop_loss, "line_stop")
        for order in deal.live_orders:
            if order.role is Role.SAFETY:
                put(f"{tr('SO')}{order.index}", order.price, "line_safety")
        result = self._result(facts)
        spoken = ", ".join([f"{tr('Last price')} {self._price(last)}", *(stop.text for stop in stops)])
        self.strip.show_deal(
            stops, last, self._price(last), deal.average or None, is_profit=bool(result and result > 0), spoken=spoken
        )

    def _show_plan(self, facts: DealFacts) -> None:
        deal, market = facts.view.deal, facts.market
        lines = [order_line(order, market) for order in deal.live_orders]
        self.on_exchange.setText(shortened(lines))
        kept = kept_lines(facts)
        self.by_app.setText(shortened(kept))
        is_open = not deal.status.is_over
        for widget in (self.on_exchange_title, self.on_exchange, self.by_app_title, self.by_app):
            widget.setVisible(is_open)

    def _show_buttons(self, facts: DealFacts) -> None:
        is_open = not facts.view.deal.status.is_over
        for button in (self.add, self.close_at_market, self.edit, self.more):
            button.setVisible(is_open)
        self.edit.setEnabled(facts.view.deal.status is not DealStatus.CLOSING)
        reason = "" if facts.is_fresh else tr("Prices are old. This needs a fresh one.")
        for button in (self.add, self.close_at_market):
            button.setEnabled(facts.is_fresh and bool(facts.view.deal.held))
            button.setToolTip(reason)
        self._is_waiting = not facts.view.deal.held and facts.view.deal.status is DealStatus.OPENING
        if self._is_waiting:  # nothing to close yet: what can be done is to call it off
            self.close_at_market.setEnabled(True)
            self.close_at_market.setToolTip("")
        self._word_close()

    def _word_close(self) -> None:
        self.close_at_market.setText(tr("Cancel…") if self._is_waiting else tr("Close at market…"))

    def _price(self, price: Decimal | None) -> str:
        assert self._facts is not None
        return fmt.price(price, self._facts.market.price_tick)

    def _emit(self, signal: SignalInstance) -> None:
        if self._facts is not None:
            signal.emit([self._facts.view.deal_id])

    def _emit_edit(self) -> None:
        if self._facts is not None:
            self.change_requested.emit(EDIT, self._facts.view.deal_id)

    def _fill_menu(self) -> None:
        self.menu.clear()
        self.menu_wanted.emit(self.menu)
        self.menu.addSeparator()
        leave = self.menu.addAction(tr("Stop managing (keep coins)…"))
        leave.triggered.connect(lambda _=False: self._emit(self.leave_requested))

    def _emit_add(self) -> None:
        if self._facts is not None:
            self.add_requested.emit(self._facts.view.deal_id)

    def _lay_out(self) -> None:
        head = QHBoxLayout()
        head.addWidget(self.title, 1)
        head.addWidget(self.badge, 0, Qt.AlignmentFlag.AlignTop)
        big = number_font(self.font())
        big.setPointSizeF(self.font().pointSizeF() * 1.5)
        big.setBold(True)
        self.result.setFont(big)
        result = QHBoxLayout()
        result.setSpacing(10)
        result.addWidget(self.result)
        result.addWidget(self.percent, 1, Qt.AlignmentFlag.AlignBottom)
        grid = QGridLayout()
        grid.setHorizontalSpacing(10)
        grid.setVerticalSpacing(1)
        grid.setColumnStretch(1, 1)
        for row, (name, value) in enumerate(self._grid):
            name.setProperty("role", "muted")
            value.setFont(number_font(self.font()))
            value.setAlignment(Qt.AlignmentFlag.AlignRight)
            value.setTextInteractionFlags(Qt.TextInteractionFlag.TextSelectableByMouse)
            grid.addWidget(name, row, 0)
            grid.addWidget(value, row, 1)
        content = Content()
        column = QVBoxLayout(content)
        column.setContentsMargins(10, 6, 10, 4)
        column.setSpacing(3)
        column.addLayout(head)
        under = QHBoxLayout()
        under.addWidget(self.subtitle, 1)
        under.addWidget(self.age, 0, Qt.AlignmentFlag.AlignTop)
        column.addLayout(under)
        column.addLayout(result)
        column.addWidget(self.note)
        column.addWidget(self.strip)
        column.addLayout(grid)
        for title in (self.on_exchange_title, self.by_app_title, self.timeline_title):
            title.setProperty("role", "section")
            title.setIndent(0)
        for label in (self.on_exchange, self.by_app):
            label.setFont(number_font(self.font()))
        for widget in (self.on_exchange_title, self.on_exchange, self.by_app_title, self.by_app, self.timeline_title):
            column.addWidget(widget)
        column.addWidget(self.timeline, 1)
        scroll = QScrollArea()
        scroll.setWidgetResizable(True)
        scroll.setFrameShape(QScrollArea.Shape.NoFrame)
        scroll.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        scroll.setWidget(content)
        outer = QVBoxLayout(self)
        outer.setContentsMargins(0, 0, 0, 0)
        outer.setSpacing(0)
        outer.addWidget(scroll, 1)
        outer.addLayout(self._foot())

    def _foot(self) -> QVBoxLayout:
        foot = QVBoxLayout()
        foot.setContentsMargins(10, 6, 10, 6)
        foot.setSpacing(4)
        for pair in ((self.add, self.close_at_market), (self.edit, self.more)):
            row = QHBoxLayout()
            row.setSpacing(6)
            for button in pair:
                row.addWidget(button)
            foot.addLayout(row)
        return foot


class Content(QWidget):
    """As high as its texts are at the width that they have, not at the narrowest that they could have."""

    def minimumSizeHint(self) -> QSize:
        layout = self.layout()
        return QSize(0, layout.minimumHeightForWidth(self.width()) if layout is not None else 0)


def _planned_exits(facts: DealFacts) -> tuple[str, str]:
    """Words for take profit and stop loss of a deal that is not in the market yet; empty where there are none."""
    deal = facts.view.deal
    if deal.status is not DealStatus.OPENING or deal.position.entry_amount or not facts.settings_json:
        return "", ""
    settings = json.loads(facts.settings_json)
    profit, stop = settings.get("take_profit") or {}, settings.get("stop_loss") or {}
    later = tr("set, once it is in the market")
    has_profit = bool(profit.get("percent") or profit.get("steps"))
    return later if has_profit else "", later if stop.get("percent") or stop.get("price") else ""


def _safety_words(deal: Deal) -> str:
    if not deal.safety_total:
        return tr("none")
    return tr("{done} of {total} filled").format(done=deal.safety_filled, total=deal.safety_total)


def shortened(lines: list[str]) -> str:
    """As many lines as one can take in at a glance."""
    if not lines:
        return tr("nothing")
    more = len(lines) - MOST_LINES
    return "\n".join([*lines[:MOST_LINES], *([tr("and {count} more").format(count=more)] if more > 0 else [])])


def order_line(order: Order, market: Market) -> str:
    """ "TP · sell 0.00070 at 64,807.29": one order in short."""
    price = fmt.price(order.price, market.price_tick) if order.price is not None else tr("market")
    line = tr("{purpose} · {side} {amount} at {price}").format(
        purpose=wording.purpose(order),
        side=wording.side(order.side).lower(),
        amount=fmt.amount(order.remaining, market.amount_step),
        price=price,
    )
    return f"{line} · {wording.order_status(order)}" if order.status != "open" or order.filled else line


def kept_lines(facts: DealFacts) -> list[str]:
    """What would not happen if this app were closed."""
    deal, market = facts.view.deal, facts.market
    if deal.status.is_over:
        return []
    lines: list[str] = []
    settings = outlook.read_settings(facts.settings_json)
    if settings is not None:
        side = wording.side(deal.direction.entry).lower()
        lines += [
            tr("{purpose} · {side} {amount} at {price}").format(
                purpose=f"{tr('SO')}{rung.index}",
                side=side,
                amount=fmt.amount(rung.amount, market.amount_step),
                price=fmt.price(rung.price, market.price_tick),
            )
            for rung in outlook.held_back(deal, settings, market)
        ]
        if lines:
            active = settings.safety_orders.active
            lines.append(tr("placed as others fill ({count} at once)").format(count=active))
    if deal.stop_loss is not None and not any(order.role is Role.STOP_LOSS for order in deal.live_orders):
        price = fmt.price(deal.stop_loss, market.price_tick)
        lines.append(tr("Stop loss · sells everything at {price}").format(price=price))
    return lines

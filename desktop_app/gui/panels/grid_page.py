"""A running grid in full: its three results side by side, where it stands between its lines, and its timeline."""

from collections.abc import Sequence
from datetime import tzinfo
from decimal import Decimal

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QGridLayout, QHBoxLayout, QLabel, QPushButton, QScrollArea, QVBoxLayout, QWidget

from desktop_app.core.deal import DealStatus
from desktop_app.core.grid_tally import GridTally
from desktop_app.core.market import HUNDRED, Market
from desktop_app.core.strategies.grid_settings import Grid
from desktop_app.engine.views import TimelineLine
from desktop_app.gui import fmt, outlook, wording
from desktop_app.gui.fonts import number_font
from desktop_app.gui.grid_order_lines import live_lines
from desktop_app.gui.i18n import tr, units
from desktop_app.gui.notices import Badge, plain_label, restyle
from desktop_app.gui.panels.deal_page import Content, DealFacts
from desktop_app.gui.panels.position_strip import PositionStrip, Stop
from desktop_app.gui.panels.timeline import TimelineView, happening

_ROWS = 10


class _Result(QWidget):
    """One of the three results: name, number, percent of what was put in."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.name, self.value, self.percent = QLabel(), QLabel(), QLabel()
        self.name.setProperty("role", "muted")
        font = number_font(self.font())
        font.setPointSizeF(self.font().pointSizeF() * 1.2)
        font.setBold(True)
        self.value.setFont(font)
        self.percent.setFont(number_font(self.font()))
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(0)
        for label in (self.name, self.value, self.percent):
            column.addWidget(label)

    def show_result(
        self, name: str, meaning: str, result: Decimal | None, funds: Decimal, quote: str, *, is_fresh: bool
    ) -> None:
        self.name.setText(name)
        self.value.setText(fmt.signed(result, quote))
        share = result / funds * HUNDRED if result is not None and funds else None
        self.percent.setText(fmt.percent(share))
        mood = "" if not result else "profit" if result > 0 else "loss"
        if not is_fresh:
            mood = "muted"
        for label in (self.value, self.percent):
            if label.property("role") != mood:
                label.setProperty("role", mood)
                restyle(label)
        self.setToolTip(meaning)
        self.setAccessibleName(f"{name}: {fmt.pnl(result, quote)}, {self.percent.text()}")
        self.setAccessibleDescription(meaning)


class GridPage(QWidget):
    add_requested = Signal(str)  # deal id
    stop_requested = Signal(list)  # bot ids
    edit_requested = Signal(int)

    def __init__(self, zone: tzinfo, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._zone = zone
        self._facts: DealFacts | None = None
        self._lines: Sequence[TimelineLine] = ()
        self.title, self.subtitle, self.age = plain_label(), plain_label(), QLabel()
        self.title.setProperty("role", "title")
        self.badge = Badge("paper")
        self.profit, self.total, self.holding = _Result(), _Result(), _Result()
        self.strip = PositionStrip()
        self._grid = [(QLabel(), QLabel()) for _ in range(_ROWS)]
        self.timeline_title = QLabel()
        self.timeline = TimelineView()
        self.add, self.stop, self.edit = QPushButton(), QPushButton(), QPushButton()
        self._lay_out()
        self.add.clicked.connect(lambda _=False: self._ask("add"))
        self.stop.clicked.connect(lambda _=False: self._ask("stop"))
        self.edit.clicked.connect(lambda _=False: self._ask("edit"))
        self.retranslate()

    def show_deal(self, facts: DealFacts) -> None:
        assert facts.view.deal.grid is not None, "this page is for grids"
        self._facts = facts
        self._show_head(facts)
        self._show_results(facts, facts.view.deal.grid)
        self._show_facts(facts, facts.view.deal.grid)
        self._show_strip(facts, facts.view.deal.grid)
        self._show_buttons(facts)

    def show_timeline(self, lines: Sequence[TimelineLine]) -> None:
        """`lines` oldest first, as they are kept."""
        self._lines = lines
        if self._facts is not None:
            market = self._facts.market
            self.timeline.lines.show(happening(line, market, self._zone) for line in reversed(lines))

    def retranslate(self) -> None:
        self.timeline_title.setText(tr("Timeline"))
        self.timeline.setAccessibleName(tr("Timeline of the grid"))
        self.add.setText(tr("Add funds…"))
        self.stop.setText(tr("Stop grid…"))
        self.edit.setText(tr("Edit grid…"))
        if self._facts is not None:
            self.show_deal(self._facts)
            self.show_timeline(self._lines)

    # --- parts

    def _show_head(self, facts: DealFacts) -> None:
        view, deal = facts.view, facts.view.deal
        self.badge.set_kind("live" if view.mode == "live" else "paper")
        self.title.setText(tr("{bot} · Grid #{number}").format(bot=view.bot_name, number=deal.number))
        self.subtitle.setText(f"{deal.symbol} · {wording.status_of(deal)}")
        self.subtitle.setToolTip(tr("simulated market") if view.mode == "sim" else "")
        end = deal.closed_at if deal.status.is_over else facts.now
        self.age.setText(fmt.duration(end - deal.opened_at, units()))
        self.age.setToolTip(fmt.moment(deal.opened_at, self._zone))

    def _show_results(self, facts: DealFacts, tally: GridTally) -> None:
        """Three numbers, always together: one alone would flatter."""
        deal, quote, last = facts.view.deal, facts.market.quote, facts.view.last
        is_over = deal.status.is_over
        total = deal.profit if is_over else outlook.worth_now(deal, last, facts.market)
        is_fresh = facts.is_fresh or is_over
        self.profit.show_result(
            tr("Grid profit"),
            tr("What finished round trips earned: bought at a line, sold one line higher, both fees off."),
            tally.profit, tally.funds, quote, is_fresh=True,
        )  # fmt: skip
        self.total.show_result(
            tr("Total profit"),
            tr("What would be left in all if every coin were sold now, against what was put in, fees off."),
            total, tally.funds, quote, is_fresh=is_fresh,
        )  # fmt: skip
        self.holding.show_result(
            tr("Just holding"),
            tr("What the same money would have won or lost in coins, bought at the start and kept."),
            tally.holding(last) if last is not None else None, tally.funds, quote, is_fresh=is_fresh,
        )  # fmt: skip

    def _show_facts(self, facts: DealFacts, tally: GridTally) -> None:
        deal, market = facts.view.deal, facts.market
        buys, sells = live_lines(deal.live_orders)
        settings = outlook.read_grid(facts.settings_json)
        grid = settings.grid if settings is not None else None
        upper = tr("no end") if grid is not None and grid.is_infinite else self._price(tally.upper)
        rows = (
            (tr("Round trips"), fmt.whole(tally.round_trips)),
            (tr("Range"), f"{self._price(tally.lower)} – {upper}"),
            (tr("Lines"), tr("{lines} ({buys} buys, {sells} sells rest)").format(
                lines=fmt.whole(tally.lines), buys=len(buys), sells=len(sells))),
            (tr("Waiting line"), self._price(tally.waiting)),
            (tr("Next buy"), self._price(max(buys, default=None))),
            (tr("Next sell"), self._price(min(sells, default=None))),
            (tr("Coins held"), f"{fmt.amount(deal.held, market.amount_step)} {market.base}"),
            (tr("Put in"), fmt.money(tally.funds, market.quote)),
            (tr("Fees paid"), fmt.money(deal.position.fees, market.quote)),
            (tr("Stops"), _stops(grid, market)),
        )  # fmt: skip
        for (name, value), (words, number) in zip(self._grid, rows, strict=True):
            name.setText(words)
            value.setText(number)

    def _show_strip(self, facts: DealFacts, tally: GridTally) -> None:
        deal, last = facts.view.deal, facts.view.last
        stops: list[Stop] = []

        def put(label: str, price: Decimal | None, colour: str) -> None:
            if price is not None and price > 0:
                stops.append(Stop(label, price, colour, f"{label} {self._price(price)}"))

        buys, sells = live_lines(deal.live_orders)
        put(tr("Lower"), tally.lower, "accent")
        put(tr("Upper"), tally.upper, "accent")
        put(tr("Buy"), max(buys, default=None), "profit")
        put(tr("Sell"), min(sells, default=None), "loss")
        put(tr("SL"), deal.stop_loss, "line_stop")
        spoken = ", ".join([f"{tr('Last price')} {self._price(last)}", *(stop.text for stop in stops)])
        self.strip.setVisible(not deal.status.is_over)
        self.strip.show_deal(stops, last, self._price(last), tally.waiting, is_profit=True, spoken=spoken)

    def _show_buttons(self, facts: DealFacts) -> None:
        deal = facts.view.deal
        is_open = not deal.status.is_over
        for button in (self.add, self.stop, self.edit):
            button.setVisible(is_open)
        is_working = deal.status not in (DealStatus.OPENING, DealStatus.CLOSING)
        self.add.setEnabled(facts.is_fresh and is_working)
        self.add.setToolTip("" if facts.is_fresh else tr("Prices are old. This needs a fresh one."))
        self.edit.setEnabled(deal.status is not DealStatus.CLOSING)

    def _price(self, price: Decimal | None) -> str:
        assert self._facts is not None
        return fmt.price(price, self._facts.market.price_tick)

    def _ask(self, what: str) -> None:
        if self._facts is None:
            return
        view = self._facts.view
        match what:
            case "add":
                self.add_requested.emit(view.deal_id)
            case "stop":
                self.stop_requested.emit([view.bot_id])
            case _:
                self.edit_requested.emit(view.bot_id)

    def _lay_out(self) -> None:
        for label in (self.subtitle, self.age):
            label.setProperty("role", "muted")
        head = QHBoxLayout()
        head.addWidget(self.title, 1)
        head.addWidget(self.badge, 0, Qt.AlignmentFlag.AlignTop)
        under = QHBoxLayout()
        under.addWidget(self.subtitle, 1)
        under.addWidget(self.age, 0, Qt.AlignmentFlag.AlignTop)
        results = QHBoxLayout()
        results.setSpacing(12)
        for result in (self.profit, self.total, self.holding):
            results.addWidget(result, 1)
        grid = QGridLayout()
        grid.setHorizontalSpacing(10)
        grid.setVerticalSpacing(1)
        grid.setColumnStretch(1, 1)
        for row, (name, value) in enumerate(self._grid):
            name.setProperty("role", "muted")
            value.setFont(number_font(self.font()))
            value.setAlignment(Qt.AlignmentFlag.AlignRight)
            value.setWordWrap(True)
            value.setTextInteractionFlags(Qt.TextInteractionFlag.TextSelectableByMouse)
            grid.addWidget(name, row, 0, Qt.AlignmentFlag.AlignTop)
            grid.addWidget(value, row, 1)
        self.timeline_title.setProperty("role", "section")
        content = Content()
        column = QVBoxLayout(content)
        column.setContentsMargins(10, 6, 10, 4)
        column.setSpacing(4)
        column.addLayout(head)
        column.addLayout(under)
        column.addLayout(results)
        column.addWidget(self.strip)
        column.addLayout(grid)
        column.addWidget(self.timeline_title)
        column.addWidget(self.timeline, 1)
        scroll = QScrollArea()
        scroll.setWidgetResizable(True)
        scroll.setFrameShape(QScrollArea.Shape.NoFrame)
        scroll.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        scroll.setWidget(content)
        buttons = QGridLayout()  # in one row they made the panel so wide that deals lost their last column
        buttons.setContentsMargins(10, 6, 10, 6)
        buttons.setSpacing(6)
        buttons.addWidget(self.add, 0, 0, 1, 2)
        buttons.addWidget(self.edit, 1, 0)
        buttons.addWidget(self.stop, 1, 1)
        outer = QVBoxLayout(self)
        outer.setContentsMargins(0, 0, 0, 0)
        outer.setSpacing(0)
        outer.addWidget(scroll, 1)
        outer.addLayout(buttons)


def _stops(grid: Grid | None, market: Market) -> str:
    """Where the grid ends by itself."""
    parts = []
    below, above = (grid.stop_below, grid.stop_above) if grid is not None else (None, None)
    for stop, words in ((below, tr("below {price}")), (above, tr("above {price}"))):
        if stop is not None:
            parts.append(words.format(price=fmt.price(stop.price, market.price_tick)))
    if grid is not None and grid.take_profit_percent is not None:
        parts.append(tr("total profit {percent}").format(percent=fmt.percent(grid.take_profit_percent)))
    return ", ".join(parts) or tr("none")

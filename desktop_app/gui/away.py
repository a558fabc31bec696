"""While you were away: what became of orders while the program did not run or the computer slept, on one card."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import tzinfo
from typing import TYPE_CHECKING

from PySide6.QtCore import QObject
from PySide6.QtWidgets import QCheckBox, QFrame, QScrollArea, QVBoxLayout, QWidget

from desktop_app.core.market import Market
from desktop_app.gui import fmt, wording
from desktop_app.gui.appearance import Appearance
from desktop_app.gui.bridge import Bridge
from desktop_app.gui.connect.fact_list import FactList
from desktop_app.gui.connect.marks import Fact, Mark
from desktop_app.gui.dialogs import Question
from desktop_app.gui.i18n import tr, units
from desktop_app.gui.notices import plain_label

if TYPE_CHECKING:
    from desktop_app.engine.news import AwayNews
    from desktop_app.engine.views import OrderChange

_MOST_LINES = 12
_PLAIN = Market("", "", "")


class AwayDesk(QObject):
    """Opens the card when there is something to say; more news join the card that is open."""

    def __init__(self, window: QWidget, bridge: Bridge, zone: tzinfo, appearance: Appearance) -> None:
        super().__init__(window)
        self._window, self._bridge, self._zone, self._appearance = window, bridge, zone, appearance
        self._news: list[AwayNews] = []
        self.card: Question | None = None
        bridge.away_told.connect(self._told)

    def _told(self, news: Sequence[AwayNews]) -> None:
        worth = [one for one in news if one.changes or one.kind == "slept"]
        if not worth:
            return
        self._news += worth
        if self.card is not None:
            self.card.hide()
            self.card.deleteLater()
        card = self.card = away_card(self._window, self._news, self._bridge, self._zone)
        if any(one.kind == "slept" for one in self._news) and not self._appearance.settings.keeps_awake:
            self._offer_to_stay_awake(card)
        card.finished.connect(self._read)
        card.open()

    def _offer_to_stay_awake(self, card: Question) -> None:
        box = QCheckBox(tr("Next time: keep this computer awake while bots run"))
        box.toggled.connect(lambda is_on: self._appearance.change({"keeps_awake": is_on}))
        card.add_below(box)

    def _read(self, _result: int) -> None:
        self._news = []
        if self.card is not None:
            self.card.deleteLater()
            self.card = None


def away_card(window: QWidget, news: Sequence[AwayNews], bridge: Bridge, zone: tzinfo) -> Question:
    """One card for all accounts, the spans first."""
    lines = list(dict.fromkeys(span_sentence(one, zone) for one in news))
    if not any(one.changes for one in news):
        lines.append(tr("Nothing changed on your orders meanwhile."))
    card = Question(window, tr("While you were away"), lines, body=_body(news, bridge, zone))
    card.add_safe(tr("Got it"))
    return card


def span_sentence(news: AwayNews, zone: tzinfo) -> str:
    """ "This computer slept 02:14:00 → 06:50:00 (4 h 36 m)." """
    since, until = fmt.clock(news.since, zone), fmt.clock(news.until, zone)
    if news.until - news.since >= 86_400_000:
        since, until = fmt.moment(news.since, zone), fmt.moment(news.until, zone)
    span = fmt.duration(news.until - news.since, units())
    words = tr("This computer slept {since} → {until} ({span}).")
    if news.kind == "not_running":
        words = tr("The app was not running {since} → {until} ({span}).")
    return words.format(since=since, until=until, span=span)


def change_fact(change: OrderChange, market: Market, zone: tzinfo) -> Fact:
    """One order: what became of it, with its result where the deal closed."""
    marks: dict[str, Mark] = {"filled": "yes", "partly_filled": "yes", "cancelled": "warning", "in_doubt": "unknown"}
    patterns = {
        "filled": tr("{role} filled {clock}: {side} {amount} {base} at {price}"),
        "partly_filled": tr("{role} filled in part {clock}: {side} {amount} {base} at {price}"),
        "cancelled": tr("{role} was cancelled at the exchange, not by this app"),
        "in_doubt": tr("{role}: what became of it is not known yet; it is looked up"),
    }
    words = patterns.get(change.what, change.what).format(
        role=wording.role_name(change.role),
        clock=fmt.clock(change.at, zone) if change.at else "",
        side=wording.side(change.side).lower(),
        amount=fmt.amount(change.amount, market.amount_step),
        base=market.base or change.symbol.partition("/")[0],
        price=fmt.price(change.price, market.price_tick) if change.price is not None else fmt.UNKNOWN,
    )
    if change.profit is not None:
        quote = market.quote or change.symbol.partition("/")[2]
        words += tr(", deal closed with {profit}").format(profit=fmt.pnl(change.profit, quote))
    name = tr("{bot} #{number} · {pair}").format(bot=change.bot, number=change.deal, pair=change.symbol)
    return Fact(f"{change.bot_id}-{change.deal}", marks.get(change.what, "unknown"), name, words)


def _body(news: Sequence[AwayNews], bridge: Bridge, zone: tzinfo) -> QWidget:
    body = QWidget()
    column = QVBoxLayout(body)
    column.setContentsMargins(0, 0, 8, 0)
    column.setSpacing(8)
    for one in news:
        if not one.changes:
            continue
        name = plain_label(one.account)
        name.setProperty("role", "title")
        column.addWidget(name)
        facts = FactList()
        facts.show_facts(
            [
                change_fact(change, bridge.known.market(one.account, change.symbol) or _PLAIN, zone)
                for change in one.changes[:_MOST_LINES]
            ]
        )
        column.addWidget(facts)
        if len(one.changes) > _MOST_LINES:
            rest = tr("and {count} more; the log has them all").format(count=len(one.changes) - _MOST_LINES)
            column.addWidget(plain_label(rest))
    area = QScrollArea()
    area.setWidgetResizable(True)
    area.setFrameShape(QFrame.Shape.NoFrame)
    area.setAccessibleName(tr("What changed"))
    area.setWidget(body)
    lines = sum(min(len(one.changes), _MOST_LINES) for one in news)
    area.setMinimumSize(520, min(320, 28 * max(1, lines) + 40))
    area.setVisible(lines > 0)
    return area

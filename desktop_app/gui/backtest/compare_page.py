"""Two results side by side: figures, curves over each other, and a warning where they were not tested alike."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import tzinfo

from PySide6.QtCore import QEvent
from PySide6.QtWidgets import QSplitter, QVBoxLayout, QWidget

from desktop_app.gui import fmt
from desktop_app.gui.backtest.choices import moment_words
from desktop_app.gui.backtest.curves_view import CurvesView, Drawn
from desktop_app.gui.backtest.figures import Figure, figures_of, name_of
from desktop_app.gui.i18n import tr, tr_later
from desktop_app.gui.models import Column, RowsModel
from desktop_app.gui.notices import Banner
from desktop_app.gui.tables import DataTable
from desktop_app.research.assumptions import Assumptions, Difference, differences
from desktop_app.research.results import Kept
from desktop_app.research.trial_run import Outcome

_NAMES = {
    "data_hash": tr_later("candles"), "source": tr_later("where the candles are from"), "pair": tr_later("pair"),
    "timeframe": tr_later("timeframe"), "start": tr_later("first candle"), "end": tr_later("last candle"),
    "candles": tr_later("number of candles"), "gaps": tr_later("gaps"),
    "warm_up_candles": tr_later("candles before them"), "path": tr_later("path inside a candle"),
    "fill_through": tr_later("ticks through a limit order"), "maker_fee": tr_later("maker fee"),
    "taker_fee": tr_later("taker fee"), "fee_currency": tr_later("currency of fees"),
    "slippage_percent": tr_later("slippage, %"), "volume_share_percent": tr_later("share of the volume, %"),
    "balance": tr_later("balance"), "detail": tr_later("finer candles"), "price_tick": tr_later("price tick"),
    "amount_step": tr_later("lot"), "min_amount": tr_later("least amount"), "min_cost": tr_later("least cost"),
    "bots": tr_later("bots over the balance"),
    "version": tr_later("version of Strongroom"),
}  # fmt: skip
_MOMENTS = ("start", "end")
_HASH = 12
_LONGEST_NAME = 24


@dataclass(frozen=True, slots=True)
class FigureRow:
    """One figure of both results."""

    key: str
    name: str
    first: str
    second: str


def rows_of(first: Kept, second: Kept) -> tuple[FigureRow, ...]:
    """All figures that either has."""
    one = {figure.key: figure for figure in figures_of(first)}
    other = {figure.key: figure for figure in figures_of(second)}
    keys = dict.fromkeys([*one, *other])
    return tuple(
        FigureRow(key, (one.get(key) or other[key]).name, _text(one.get(key)), _text(other.get(key))) for key in keys
    )


def _text(figure: Figure | None) -> str:
    if figure is None:
        return fmt.UNKNOWN
    return f"{figure.value}  {figure.note}".strip()


def difference_words(difference: Difference, zone: tzinfo) -> str:
    """`taker fee: 0.001 and 0.0005`"""
    name = _NAMES.get(difference.name)
    values = [_value(difference.name, value, zone) for value in (difference.first, difference.second)]
    words = tr("{name}: {first} and {second}")
    return words.format(name=tr(name) if name else difference.name, first=values[0], second=values[1])


def short_name(made: Kept) -> str:
    """Where two stand beside each other: several bots with long names are counted."""
    if isinstance(made, Outcome) or len(made.name) <= _LONGEST_NAME:
        return name_of(made)
    return tr("{count} bots").format(count=len(made.bots))


def unlike(first: Kept, second: Kept, zone: tzinfo) -> tuple[str, ...]:
    """In what two results were not tested alike, in words: pair by pair where either has several."""
    if isinstance(first, Outcome) and isinstance(second, Outcome):
        return tuple(difference_words(one, zone) for one in differences(first.assumptions, second.assumptions))
    ours, theirs = _by_pair(first), _by_pair(second)
    found: list[str] = []
    if ours.keys() != theirs.keys():
        pairs = Difference("pair", ", ".join(ours), ", ".join(theirs))
        found.append(difference_words(pairs, zone))
    shared = [pair for pair in ours if pair in theirs]
    seen = {pair: [difference_words(one, zone) for one in differences(ours[pair], theirs[pair])] for pair in shared}
    for words in dict.fromkeys(words for pair in shared for words in seen[pair]):
        of = [pair for pair in shared if words in seen[pair]]
        found.append(words if len(of) == len(shared) else f"{', '.join(of)} – {words}")
    return tuple(found)


def _by_pair(made: Kept) -> dict[str, Assumptions]:
    parts = (made,) if isinstance(made, Outcome) else made.parts
    return {part.report.pair: part.assumptions for part in parts}


def _value(name: str, value: str, zone: tzinfo) -> str:
    if name in _MOMENTS and value.isdecimal():
        return moment_words(int(value), zone)
    return value[:_HASH] if name == "data_hash" else value


def columns_of(titles: Callable[[], tuple[str, str]]) -> tuple[Column[FigureRow], ...]:
    first, second = titles()
    return (
        Column("name", tr_later("Figure"), lambda row: row.name, width=18),
        Column("first", first, lambda row: row.first, is_number=True, width=24),
        Column("second", second, lambda row: row.second, is_number=True, width=24),
    )


class ComparePage(QWidget):
    """A document. The first result is A, the second B, in the table and in the curves."""

    def __init__(self, first: Kept, second: Kept, zone: tzinfo, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("document.compare")
        self._zone, self.first, self.second = zone, first, second
        self.banner = Banner()
        self.model: RowsModel[FigureRow] = RowsModel(lambda row: row.key, columns_of(self._titles), self)
        self.table = DataTable(self.model, tr_later("Figures of two results"))
        self.table.setSortingEnabled(False)
        self.curves = CurvesView(zone)
        split = QSplitter()
        split.addWidget(self.table)
        split.addWidget(self.curves)
        split.setSizes([620, 500])
        split.setStretchFactor(1, 1)
        split.setChildrenCollapsible(False)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(0)
        column.addWidget(self.banner)
        column.addWidget(split, 1)
        self.retranslate()

    def title(self) -> str:
        return tr("Compare — {first} and {second}").format(first=name_of(self.first), second=name_of(self.second))

    def retranslate(self) -> None:
        self.model.replace(rows_of(self.first, self.second))
        a, b = self._titles()
        drawn = (
            Drawn(self.first.insight.course, self.first.insight.months, self.first.report.market.quote, a),
            Drawn(self.second.insight.course, self.second.insight.months, self.second.report.market.quote, b),
        )
        self.curves.show_curves(drawn)
        self._warn()

    def _titles(self) -> tuple[str, str]:
        return f"A · {short_name(self.first)}", f"B · {short_name(self.second)}"

    def _warn(self) -> None:
        parts = list(unlike(self.first, self.second, self._zone))
        if self.first.is_partial != self.second.is_partial:
            parts.append(tr("one of them is a partial result"))
        if not parts:
            self.banner.hide()
            return
        title = tr("These two were not tested alike: what differs may come of that, not of the bots.")
        self.banner.say("warning", title, "; ".join(parts), is_closable=False)

    def changeEvent(self, event: QEvent) -> None:
        if event.type() == QEvent.Type.LanguageChange:
            self.retranslate()
        super().changeEvent(event)

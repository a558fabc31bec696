"""One line that says whether the candles of a period are all there, the list of what is missing, and the way to it."""

from datetime import tzinfo

from PySide6.QtCore import QEvent, Signal
from PySide6.QtWidgets import QHBoxLayout, QLabel, QProgressBar, QPushButton, QSizePolicy, QWidget

from desktop_app.gui import fmt
from desktop_app.gui.backtest.choices import DataChoice, moment_words, size_words
from desktop_app.gui.dialogs import Question, asked
from desktop_app.gui.i18n import tr, tr_later
from desktop_app.gui.icons import icon, icon_pixmap
from desktop_app.gui.models import Column, RowsModel
from desktop_app.gui.notices import link_button
from desktop_app.gui.tables import DataTable
from desktop_app.research.past import Coverage, Gap

_PICTURE = 16


class DataLine(QWidget):
    """Shows a Coverage. While candles are fetched it shows how far that is instead."""

    gaps_requested = Signal()
    get_requested = Signal()
    stop_requested = Signal()

    def __init__(self, zone: tzinfo, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._zone = zone
        self._coverage: Coverage | None = None
        self._choice: DataChoice | None = None
        self._progress: tuple[int, int] | None = None
        self._picture = QLabel()
        self.text = QLabel()
        self.gaps, self.get, self.stop = link_button(""), QPushButton(), QPushButton()
        self.bar = QProgressBar()
        self._lay_out()
        self.gaps.clicked.connect(self.gaps_requested)
        self.get.clicked.connect(self.get_requested)
        self.stop.clicked.connect(self.stop_requested)
        self.retranslate()

    @property
    def coverage(self) -> Coverage | None:
        return self._coverage

    def show_coverage(self, choice: DataChoice | None, coverage: Coverage | None) -> None:
        """None while it is being looked at."""
        self._choice, self._coverage = choice, coverage
        self.retranslate()

    def show_progress(self, done: int, total: int) -> None:
        self._progress = (done, total)
        self.retranslate()

    def show_idle(self) -> None:
        self._progress = None
        self.retranslate()

    @property
    def is_fetching(self) -> bool:
        return self._progress is not None

    @property
    def get_words(self) -> str:
        """What the button that fetches says: how much will come."""
        coverage = self._coverage
        if coverage is None or coverage.is_whole:
            return tr("Get data…")
        return tr("Get data… ({size})").format(size=size_words(coverage.missing_bytes))

    # --- inside

    def retranslate(self) -> None:
        coverage, choice, fetching = self._coverage, self._choice, self._progress
        is_fetching = fetching is not None
        self.bar.setVisible(is_fetching)
        self.stop.setVisible(is_fetching)
        self.stop.setText(tr("Stop"))
        can_fetch = choice is not None and bool(choice.account)
        is_missing = coverage is not None and not coverage.is_whole
        self.get.setVisible(not is_fetching and can_fetch and is_missing)
        self.get.setText(self.get_words)
        self.gaps.setVisible(is_missing and not is_fetching)
        if fetching is not None:
            done, total = fetching
            self.bar.setMaximum(max(1, total))
            self.bar.setValue(done)
            self._say("refresh", "accent", tr("Fetching candles: {done} of {total}. What has come is kept.").format(
                done=fmt.whole(done), total=fmt.whole(total)))  # fmt: skip
        elif coverage is None:
            self._say("clock", "muted", tr("Looking at the candles…") if choice is not None else tr("No candles."))
        elif coverage.is_whole:
            self._say("check", "profit", tr("Complete: {count} candles, {start} to {end}").format(
                count=fmt.whole(coverage.candles), start=moment_words(coverage.start, self._zone),
                end=moment_words(coverage.end, self._zone)))  # fmt: skip
        elif not coverage.candles:
            self._say("warning", "warning", tr("None of {count} candles are kept yet").format(
                count=fmt.whole(coverage.missing)))  # fmt: skip
            self.gaps.hide()
        else:
            self._say("warning", "warning", tr("{missing} of {count} candles are missing").format(
                missing=fmt.whole(coverage.missing),
                count=fmt.whole(coverage.missing + coverage.candles)))  # fmt: skip
            words = tr("1 gap") if coverage.gap_count == 1 else tr("{count} gaps").format(
                count=fmt.whole(coverage.gap_count))  # fmt: skip
            self.gaps.setText(words)
            self.gaps.setAccessibleName(tr("Show the gaps: {gaps}").format(gaps=words))

    def _say(self, picture: str, tint: str, text: str) -> None:
        self._picture.setPixmap(icon_pixmap(picture, _PICTURE, tint, self.devicePixelRatioF()))
        self.text.setText(text)

    def _lay_out(self) -> None:
        self.get.setProperty("slim", True)
        self.get.setIcon(icon("down"))
        self.bar.setTextVisible(False)
        self.bar.setFixedHeight(8)
        self.bar.setMaximumWidth(220)
        self.text.setSizePolicy(QSizePolicy.Policy.Preferred, QSizePolicy.Policy.Fixed)
        row = QHBoxLayout(self)
        row.setContentsMargins(12, 0, 12, 6)
        row.setSpacing(8)
        for part in (self._picture, self.text, self.gaps, self.bar, self.stop, self.get):
            row.addWidget(part)
        row.addStretch(1)

    def changeEvent(self, event: QEvent) -> None:
        if event.type() in (QEvent.Type.LanguageChange, QEvent.Type.PaletteChange):
            self.retranslate()
        super().changeEvent(event)


def gap_columns(zone: tzinfo) -> tuple[Column[Gap], ...]:
    return (
        Column("from", tr_later("From"), lambda gap: moment_words(gap.start, zone), sort=lambda gap: gap.start,
               width=17),
        Column("until", tr_later("Until"), lambda gap: moment_words(gap.end, zone), sort=lambda gap: gap.end, width=17),
        Column("missing", tr_later("Candles missing"), lambda gap: fmt.whole(gap.missing),
               sort=lambda gap: gap.missing, is_number=True, width=16),
    )  # fmt: skip


async def show_gaps(parent: QWidget, coverage: Coverage, zone: tzinfo) -> None:
    """List what is missing."""
    model: RowsModel[Gap] = RowsModel(lambda gap: str(gap.start), gap_columns(zone))
    model.replace(coverage.gaps)
    table = DataTable(model, tr_later("Gaps"))
    table.setMinimumSize(420, 220)
    lines = [tr("Nothing can be traded where there are no candles.")]
    if len(coverage.gaps) < coverage.gap_count:
        words = tr("The first {shown} of {count} gaps:")
        lines.append(words.format(shown=len(coverage.gaps), count=fmt.whole(coverage.gap_count)))
    dialog = Question(parent, tr("Gaps in the candles"), lines, body=table)
    dialog.add_safe(tr("Close"))
    await asked(dialog)

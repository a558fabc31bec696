"""How many runs a search makes and how long that takes, before; how far it is and how to halt it, while it runs."""

from PySide6.QtCore import QEvent, Signal
from PySide6.QtWidgets import QHBoxLayout, QLabel, QProgressBar, QPushButton, QWidget

from desktop_app.gui import fmt
from desktop_app.gui.i18n import tr, units
from desktop_app.gui.icons import icon
from desktop_app.gui.notices import link_button, restyle
from desktop_app.gui.optimiser.search_hand import State


class RunBar(QWidget):
    """Shows what the page tells it; the page decides."""

    start_requested = Signal()
    hold_requested = Signal(bool)
    stop_requested = Signal()
    form_requested = Signal()  # show what was asked for again

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.cost, self.news = QLabel(), QLabel()
        self.bar = QProgressBar()
        self.start, self.pause, self.stop = QPushButton(), QPushButton(), QPushButton()
        self.change = link_button("")
        self._state: State = "idle"
        self._cost: tuple[int, int, float | None] = (0, 0, None)
        self._problem = ""
        self._progress: tuple[int, int, int, int | None] = (0, 0, 0, None)
        self._best = ""
        self._ending = ""
        self._lay_out()
        self.start.clicked.connect(self.start_requested)
        self.pause.clicked.connect(self._ask_to_hold)
        self.stop.clicked.connect(self.stop_requested)
        self.change.clicked.connect(self.form_requested)
        self.retranslate()

    def show_cost(self, runs: int, folds: int, seconds: float | None, problem: str) -> None:
        """`seconds` None: not measured yet. With a problem nothing can be started."""
        self._cost, self._problem = (runs, folds, seconds), problem
        self.retranslate()

    def show_state(self, state: State, *, has_form: bool) -> None:
        """`has_form`: what is asked for is in sight."""
        self._state = state
        is_busy = state in ("running", "held", "stopping")
        for part in (self.bar, self.pause, self.stop):
            part.setVisible(is_busy)
        self.news.setVisible(state != "idle")
        self.cost.setVisible(not is_busy and has_form)
        self.start.setVisible(not is_busy and has_form)
        self.change.setVisible(not is_busy and not has_form)
        self.pause.setEnabled(state != "stopping")
        self.stop.setEnabled(state != "stopping")
        self.retranslate()

    def show_progress(self, done: int, runs: int, total: int, left_ms: int | None) -> None:
        """`runs` of the search; what is beyond them, up to `total`, is walking forward."""
        self._progress = (done, runs, total, left_ms)
        self.bar.setRange(0, max(1, total))
        self.bar.setValue(done)
        self.retranslate()

    def show_best(self, score: str) -> None:
        self._best = score
        self.retranslate()

    def show_ending(self, words: str) -> None:
        """How the last search ended, translated."""
        self._ending = words
        self.retranslate()

    # --- inside

    def _ask_to_hold(self) -> None:
        self.hold_requested.emit(self._state != "held")

    def retranslate(self) -> None:
        self.start.setText(tr("Start search"))
        self.pause.setText(tr("Go on") if self._state == "held" else tr("Pause"))
        self.stop.setText(tr("Stop"))
        self.stop.setToolTip(tr("Within a second. What was found by then stays, marked as a part."))
        self.change.setText(tr("Change the search…"))
        self.bar.setAccessibleName(tr("Progress of the search"))
        self.cost.setText(self._problem or self._cost_words())
        self.cost.setProperty("role", "warning" if self._problem else "")
        restyle(self.cost)
        self.start.setEnabled(not self._problem and self._cost[0] > 0)
        self.start.setToolTip(self._problem)
        self.start.setAccessibleDescription(self._problem or self._cost_words())
        self.news.setText(self._news_words())

    def _cost_words(self) -> str:
        runs, folds, seconds = self._cost
        if not runs:
            return ""
        time = tr("measuring how long…") if seconds is None else lasting(seconds)
        words = tr("= {count} runs, {time}")
        if folds:
            words = tr("= {count} runs and as many in each of {folds} steps forward, {time}")
        return words.format(count=fmt.whole(runs), folds=folds, time=time)

    def _news_words(self) -> str:
        if self._state in ("idle", "over"):
            return self._ending
        if self._state == "stopping":
            return tr("Stopping; what was found stays…")
        done, runs, total, left = self._progress
        if not done:  # candles are read and, for many runs, the bot is compiled
            return tr("Getting ready…")
        if done < runs:
            parts = [tr("{done} of {count}").format(done=fmt.whole(done), count=fmt.whole(runs))]
        elif done == runs:
            parts = [tr("Looking closer at the best…")]
        else:
            words = tr("Walking forward: {done} of {count}")
            parts = [words.format(done=fmt.whole(done - runs), count=fmt.whole(total - runs))]
        if self._best:
            parts.append(tr("best so far {score}").format(score=self._best))
        if self._state == "held":
            parts.append(tr("paused"))
        elif left is not None:
            parts.append(tr("{time} left").format(time=lasting(left / 1000)))
        return " · ".join(parts)

    def _lay_out(self) -> None:
        self.start.setProperty("primary", True)
        self.start.setIcon(icon("play", "primary_fg"))
        self.bar.setTextVisible(False)
        self.bar.setFixedHeight(10)
        row = QHBoxLayout(self)
        row.setContentsMargins(12, 4, 12, 6)
        row.setSpacing(10)
        row.addWidget(self.bar, 1)
        row.addWidget(self.cost)
        row.addWidget(self.news)
        row.addStretch()
        for button in (self.change, self.pause, self.stop, self.start):
            row.addWidget(button)

    def changeEvent(self, event: QEvent) -> None:
        if event.type() == QEvent.Type.LanguageChange:
            self.retranslate()
        super().changeEvent(event)


def lasting(seconds: float) -> str:
    """About how long, in words that do not pretend to know better."""
    if seconds < 1:
        return tr("less than a second")
    if seconds > 365 * 86_400:
        return tr("more than a year")
    steps = ((86_400, 3_600), (3_600, 60), (60, 10), (1, 1))
    fine = next(fine for size, fine in steps if seconds >= size)
    rounded = round(seconds / fine) * fine
    return tr("about {time}").format(time=fmt.duration(rounded * 1000, units()))

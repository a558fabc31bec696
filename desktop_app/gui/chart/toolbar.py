"""The row above the chart: intervals, scale switches, full screen."""

from __future__ import annotations

from collections.abc import Callable

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QHBoxLayout, QToolButton, QWidget

from desktop_app.gui.i18n import tr

SHOWN = ("1m", "5m", "15m", "1h", "4h", "1d")


class ChartToolbar(QWidget):
    """Asks; the chart answers by showing what is in force."""

    interval_requested = Signal(str)
    auto_requested = Signal(bool)
    log_requested = Signal(bool)
    full_requested = Signal()
    indicators_requested = Signal()

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._row = QHBoxLayout(self)
        self._row.setContentsMargins(4, 2, 4, 2)
        self._row.setSpacing(2)
        self.intervals = {interval: self._button(self._asker(interval)) for interval in SHOWN}
        self.other = self._button(lambda: None)  # an interval that has no button of its own
        self.other.hide()
        self._row.addSpacing(10)
        self.indicators = self._button(self.indicators_requested.emit, is_checkable=False)
        self.indicators.hide()  # until somebody offers some
        self._shown = 0
        self.auto = self._button(lambda: self.auto_requested.emit(self.auto.isChecked()))
        self.log = self._button(lambda: self.log_requested.emit(self.log.isChecked()))
        self._row.addStretch(1)
        self.full = self._button(self.full_requested.emit, is_checkable=False)
        self.retranslate()

    def retranslate(self) -> None:
        for interval, button in self.intervals.items():
            button.setText("D" if interval == "1d" else interval)
            button.setAccessibleName(tr("Interval {interval}").format(interval=interval))
        self._name_indicators()
        self.auto.setText(tr("Auto"))
        self.auto.setToolTip(tr("Fit prices to the visible bars"))
        self.log.setText(tr("Log"))
        self.log.setToolTip(tr("Equal distances mean equal percentages"))
        self.full.setText(tr("Full"))
        self.full.setToolTip(tr("Full-screen chart (F11)"))
        for button in (self.auto, self.log, self.full):
            button.setAccessibleName(button.toolTip())

    def show_interval(self, interval: str) -> None:
        for name, button in self.intervals.items():
            button.setChecked(name == interval)
        self.other.setVisible(bool(interval) and interval not in self.intervals)
        self.other.setText(interval)
        self.other.setChecked(True)

    def show_indicators(self, count: int) -> None:
        """How many of them are on the chart."""
        self.indicators.show()
        self._shown = count
        self._name_indicators()

    def _name_indicators(self) -> None:
        words = tr("Indicators ({count})").format(count=self._shown) if self._shown else tr("Indicators")
        self.indicators.setText(words)
        self.indicators.setToolTip(tr("Indicators on the chart (/)"))
        self.indicators.setAccessibleName(words)

    def show_modes(self, is_auto: bool, is_log: bool) -> None:
        self.auto.setChecked(is_auto)
        self.log.setChecked(is_log)

    def _asker(self, interval: str) -> Callable[[], None]:
        def ask() -> None:
            self.intervals[interval].setChecked(False)  # set again once those candles are really shown
            self.interval_requested.emit(interval)

        return ask

    def _button(self, clicked: Callable[[], None], is_checkable: bool = True) -> QToolButton:
        button = QToolButton(self)
        button.setCheckable(is_checkable)
        button.setAutoRaise(True)
        button.setFocusPolicy(Qt.FocusPolicy.TabFocus)
        button.clicked.connect(lambda _is_checked: clicked())
        self._row.addWidget(button)
        return button

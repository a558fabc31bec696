"""Conditions to begin with, named as people know them from 3Commas."""

from dataclasses import dataclass

from desktop_app.core.indicator_catalogue import condition
from desktop_app.gui.conditions.clauses import Clause, clause_of
from desktop_app.gui.i18n import tr_later


@dataclass(frozen=True, slots=True)
class Preset:
    """`title` says it in 3Commas' words; the numbers are as fields of a condition."""

    key: str
    title: str
    indicator: str
    timeframe: str
    trigger: str
    settings: tuple[tuple[str, str], ...] = ()

    def clause(self) -> Clause:
        numbers = dict(self.settings)
        return clause_of(condition(self.indicator, timeframe=self.timeframe, trigger=self.trigger, **numbers))


PRESETS = (
    Preset("rsi", tr_later("RSI-14, 5 minutes, Crossing Down 30"), "rsi", "5m", "crosses_below", (("value", "30"),)),
    Preset("rsi_7", tr_later("RSI-7, 3 minutes, Less Than 24"), "rsi", "3m", "less_than",
           (("length", "7"), ("value", "24"))),
    Preset("bollinger", tr_later("Bollinger Bands-20-2, 15 minutes, %B Crossing Up 0"), "bollinger", "15m",
           "crosses_above", (("value", "0"),)),
    Preset("macd", tr_later("MACD-12-26-9, 1 hour, Crossing Up the signal line"), "macd", "1h", "crosses_above"),
    Preset("ema", tr_later("EMA-9-21, 15 minutes, Crossing Up"), "ema_cross", "15m", "crosses_above"),
    Preset("sma", tr_later("SMA-50-200, 1 day, Crossing Up"), "sma_cross", "1d", "crosses_above",
           (("fast", "50"), ("slow", "200"))),
    Preset("stochastic", tr_later("Stochastic-14-3-3, 1 hour, K Crossing Up D"), "stochastic", "1h", "crosses_above",
           (("value", "d"),)),
    Preset("ult", tr_later("Ultimate Oscillator-7-14-28, 1 hour, Less Than 40"), "ultimate_oscillator", "1h",
           "less_than", (("value", "40"),)),
    Preset("adx", tr_later("ADX-14, 1 hour, Greater Than 25"), "adx", "1h", "greater_than", (("value", "25"),)),
    Preset("mfi", tr_later("MFI-14, 1 hour, Crossing Down 20"), "mfi", "1h", "crosses_below", (("value", "20"),)),
    Preset("cci", tr_later("CCI-20, 1 hour, Crossing Up -100"), "cci", "1h", "crosses_above", (("value", "-100"),)),
    Preset("psar", tr_later("Parabolic SAR-0.02-0.2, 1 hour, Crossing Up"), "parabolic_sar", "1h", "crosses_above"),
    Preset("heikin", tr_later("Heiken Ashi-3, 15 minutes, rising"), "heikin_ashi", "15m", "greater_than",
           (("value", "2"),)),
)  # fmt: skip

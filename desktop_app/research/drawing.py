"""A result's curves as a drawing (SVG): scalable, without anything from elsewhere, the same on paper and on a page."""

import math
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from html import escape
from typing import TYPE_CHECKING

from desktop_app.research.insight import Month
from desktop_app.research.sheet import Row, Say, assumptions_of, english, period_of, rows_of, title_of
from desktop_app.research.trial_run import Outcome

if TYPE_CHECKING:
    from desktop_app.research.results import Kept

WIDTH, CURVES_HEIGHT = 1200, 760
_FONT = "Noto Sans, Noto Sans SC, Segoe UI, Helvetica Neue, Arial, sans-serif"
_LEFT, _RIGHT = 84, 16
_INK, _MUTED, _GRID, _GROUND = "#1B2130", "#5A6376", "#E3E7EE", "#FFFFFF"
_BLUE, _GREEN, _RED, _VIOLET = "#1D5BE0", "#089981", "#C22339", "#6D3FD1"
_TONES = {"profit": "#08724B", "loss": _RED, "": _INK}
_TICKS = 5
_MOST_LABELS = 18  # months that have their figures written beside them


@dataclass(frozen=True, slots=True)
class Pane:
    """One pair of axes, in pixels, and what they span."""

    top: float
    height: float
    first: float
    last: float
    low: float
    high: float
    width: float = WIDTH

    def x(self, at: float) -> float:
        span = max(self.last - self.first, 1.0)
        return _LEFT + (at - self.first) / span * (self.width - _LEFT - _RIGHT)

    def y(self, value: float) -> float:
        span = self.high - self.low or 1.0
        return self.top + (self.high - value) / span * self.height


def curves_svg(outcome: "Kept", say: Say = english) -> str:
    """Equity with booked profit and holding, drawdown, funds in use, months."""
    return _svg(WIDTH, CURVES_HEIGHT, _curves(outcome, 0, say))


def sheet_svg(outcome: Outcome, say: Say = english, *, font: str = _FONT) -> str:
    """One page: what was tested, its figures, its curves, and everything that was taken for granted."""
    rows, lines = rows_of(outcome, say), assumptions_of(outcome, say)
    table = _table(rows, 92)
    curves_at = 92 + 26 * math.ceil(len(rows) / 3) + 16
    notes_at = curves_at + CURVES_HEIGHT + 10
    parts = [
        _text(24, 40, title_of(outcome, say), size=24, weight="bold"),
        _text(24, 66, period_of(outcome, say), colour=_MUTED),
        *table,
        *_curves(outcome, curves_at, say),
        _text(24, notes_at + 14, say("Assumed"), weight="bold"),
        *(_text(24, notes_at + 36 + 19 * i, line, size=13, colour=_MUTED) for i, line in enumerate(lines)),
    ]
    return _svg(WIDTH, round(notes_at + 50 + 19 * len(lines)), parts, font)


def _curves(outcome: "Kept", top: float, say: Say) -> list[str]:
    course, months, quote = outcome.insight.course, outcome.insight.months, outcome.report.market.quote
    first, last = float(course.at[0]), float(course.at[-1])
    parts: list[str] = []

    def pane(name: str, at: float, height: float, values: Sequence[float], unit: str) -> Pane:
        low, high = _span(values)
        made = Pane(top + at, height, first, last, low, high)
        parts.extend(_frame(made, name, unit))
        return made

    equity = pane(say("Equity, {quote}").format(quote=quote), 24, 300, (*course.equity, *course.holding), "")
    parts.append(_line(equity, course.at, course.holding, _MUTED, 1.2, dash="2 4"))
    parts.append(_line(equity, course.at, course.booked, _INK, 1.0))
    parts.append(_line(equity, course.at, course.equity, _BLUE, 2.0))
    parts.extend(_legend(top + 16, ((_BLUE, say("equity")), (_INK, say("closed deals")), (_MUTED, say("holding")))))
    falls = pane(say("Drawdown, %"), 358, 110, (*course.drawdown, 0.0), " %")
    parts.append(_area(falls, course.at, course.drawdown, _RED))
    used = pane(say("Funds in use, {quote}").format(quote=quote), 504, 90, (*course.in_use, 0.0), "")
    parts.append(_area(used, course.at, course.in_use, _VIOLET))
    bars = pane(say("Months, %"), 630, 96, [0.0, *(float(month.profit_percent) for month in months)], " %")
    parts.extend(_months(bars, months))
    parts.extend(_dates(bars, top + 746))
    return parts


# --- parts


def _frame(pane: Pane, name: str, unit: str) -> list[str]:
    parts = [_text(_LEFT, pane.top - 8, name, size=13, weight="bold")]
    for value in ticks(pane.low, pane.high):
        y = pane.y(value)
        parts.append(
            f'<line x1="{_LEFT}" y1="{y:.1f}" x2="{WIDTH - _RIGHT}" y2="{y:.1f}" stroke="{_GRID}" stroke-width="1"/>'
        )
        parts.append(_text(_LEFT - 8, y + 4, f"{_plain(value)}{unit}", size=12, colour=_MUTED, anchor="end"))
    return parts


def _dates(pane: Pane, y: float) -> list[str]:
    parts = []
    for i in range(_TICKS + 1):
        at = pane.first + (pane.last - pane.first) * i / _TICKS
        anchor = "start" if i == 0 else "end" if i == _TICKS else "middle"
        day = datetime.fromtimestamp(at / 1000, UTC).strftime("%Y-%m-%d")
        parts.append(_text(pane.x(at), y, day, size=12, colour=_MUTED, anchor=anchor))
    return parts


def _line(
    pane: Pane, at: Sequence[int], values: Sequence[float], colour: str, width: float, *, dash: str = ""
) -> str:  # fmt: skip
    points = " ".join(f"{pane.x(a):.1f},{pane.y(v):.1f}" for a, v in zip(at, values, strict=True))
    dashed = f' stroke-dasharray="{dash}"' if dash else ""
    return f'<polyline points="{points}" fill="none" stroke="{colour}" stroke-width="{width}"{dashed}/>'


def _area(pane: Pane, at: Sequence[int], values: Sequence[float], colour: str) -> str:
    zero = pane.y(0.0)
    points = " ".join(f"{pane.x(a):.1f},{pane.y(v):.1f}" for a, v in zip(at, values, strict=True))
    ends = f"{pane.x(at[0]):.1f},{zero:.1f} {points} {pane.x(at[-1]):.1f},{zero:.1f}"
    filled = f'<polygon points="{ends}" fill="{colour}" fill-opacity="0.18"/>'
    return filled + f'<polyline points="{points}" fill="none" stroke="{colour}" stroke-width="1.4"/>'


def _months(pane: Pane, months: tuple[Month, ...]) -> list[str]:
    parts = []
    for month in months:
        first = max(pane.first, _month_start(month.year, month.month))
        last = min(pane.last, _month_start(month.year + month.month // 12, month.month % 12 + 1))
        left, right = pane.x(first), pane.x(max(last, first))
        inset = (right - left) * 0.1
        value = float(month.profit_percent)
        y, zero = pane.y(value), pane.y(0.0)
        box = f'x="{left + inset:.1f}" y="{min(y, zero):.1f}" width="{max(1.0, right - left - 2 * inset):.1f}"'
        parts.append(f'<rect {box} height="{abs(zero - y):.1f}" fill="{_GREEN if value >= 0 else _RED}"/>')
        if len(months) <= _MOST_LABELS:
            place = min(y, zero) - 4 if value >= 0 else max(y, zero) + 13
            text = f"{round(value, 1) + 0.0:.1f}".replace("-", "\N{MINUS SIGN}")
            parts.append(_text((left + right) / 2, place, text, size=11, anchor="middle"))
    return parts


def _legend(y: float, names: Sequence[tuple[str, str]]) -> list[str]:
    parts, x = [], float(WIDTH - _RIGHT)
    for colour, name in reversed(names):
        x -= 9.0 * len(name) * (1.6 if any(ord(sign) > 0x2E80 for sign in name) else 0.85) + 34
        parts.append(f'<line x1="{x}" y1="{y - 4}" x2="{x + 18}" y2="{y - 4}" stroke="{colour}" stroke-width="3"/>')
        parts.append(_text(x + 23, y, name, size=13, colour=_MUTED))
    return parts


def _table(rows: Sequence[Row], top: float) -> list[str]:
    """Three columns of names and values, read downwards."""
    parts, each = [], math.ceil(len(rows) / 3)
    for i, row in enumerate(rows):
        x, y = 24 + 392 * (i // each), top + 18 + 26 * (i % each)
        parts.append(_text(x, y, row.name, size=14, colour=_MUTED))
        parts.append(_text(x + 368, y, row.value, size=14, weight="bold", colour=_TONES[row.tone], anchor="end"))
    return parts


def _text(
    x: float, y: float, text: str, *, size: int = 14, weight: str = "normal", colour: str = _INK, anchor: str = "start"
) -> str:  # fmt: skip
    place = f'x="{x:.1f}" y="{y:.1f}" font-size="{size}" font-weight="{weight}" text-anchor="{anchor}"'
    return f'<text {place} fill="{colour}">{escape(text)}</text>'


def _svg(width: int, height: int, parts: Sequence[str], font: str = _FONT) -> str:
    size = f'width="{width}" height="{height}" viewBox="0 0 {width} {height}"'
    ground = f'<rect x="0" y="0" width="{width}" height="{height}" fill="{_GROUND}"/>'
    head = f'<svg xmlns="http://www.w3.org/2000/svg" {size} font-family="{escape(font)}">'
    return head + ground + "".join(parts) + "</svg>"


# --- numbers


def ticks(low: float, high: float) -> list[float]:
    """Round values, about five of them."""
    rough = max(high - low, 1e-9) / _TICKS
    magnitude = 10.0 ** math.floor(math.log10(rough))
    step = next(factor * magnitude for factor in (1, 2, 5, 10) if factor * magnitude >= rough)
    first = math.ceil(low / step)
    return [round(i * step, 10) for i in range(first, math.floor(high / step) + 1)]


def _span(values: Sequence[float]) -> tuple[float, float]:
    low, high = min(values), max(values)
    room = (high - low) * 0.06 or max(abs(high) * 0.01, 0.5)
    return (low - room if low < 0 or low > room else 0.0), (high + room if high > 0 else 0.0)


def _plain(value: float) -> str:
    text = f"{value:,.8f}".rstrip("0").rstrip(".")
    return text.replace("-", "\N{MINUS SIGN}")


def _month_start(year: int, month: int) -> float:
    return datetime(year, month, 1, tzinfo=UTC).timestamp() * 1000

import math
from collections.abc import Iterator
from dataclasses import asdict

import pytest
from PySide6.QtGui import QColor, QPalette
from PySide6.QtWidgets import QApplication

from desktop_app.gui.theme import NAMES, PALETTES, Theme, apply_theme, make_palette, make_theme, style_sheet

THEMES = [make_theme(name, palette) for name in NAMES for palette in PALETTES]
GROUNDS = ("background", "surface", "raised", "selection")
TEXTS = ("text", "muted", "accent", "profit", "loss", "warning", "error")
LINES = (
    "up", "down", "line_average", "line_take_profit", "line_safety", "line_stop", "line_base", "line_break_even",
)  # fmt: skip


def linear(colour: str) -> tuple[float, float, float]:
    shares = (int(colour[i : i + 2], 16) / 255 for i in (1, 3, 5))
    red, green, blue = (s / 12.92 if s <= 0.04045 else ((s + 0.055) / 1.055) ** 2.4 for s in shares)
    return red, green, blue


def contrast(one: str, other: str) -> float:
    light = [sum(w * c for w, c in zip((0.2126, 0.7152, 0.0722), linear(x), strict=True)) for x in (one, other)]
    return (max(light) + 0.05) / (min(light) + 0.05)


@pytest.fixture
def dressed(qapp: QApplication) -> Iterator[QApplication]:
    yield qapp
    qapp.setStyleSheet("")


@pytest.mark.parametrize("theme", THEMES, ids=lambda t: f"{t.name}-{t.palette}")
def test_a_07_text_reads_at_4_5_to_1_on_every_ground(theme: Theme) -> None:
    for text in TEXTS:
        for ground in GROUNDS:
            assert contrast(getattr(theme, text), getattr(theme, ground)) >= 4.5, (text, ground)
    assert contrast(theme.text, theme.hover) >= 4.5
    for ground in ("paper", "live", "sample", "panic", "primary"):
        assert contrast(getattr(theme, f"{ground}_fg"), getattr(theme, f"{ground}_bg")) >= 4.5, ground


@pytest.mark.parametrize("theme", THEMES, ids=lambda t: f"{t.name}-{t.palette}")
def test_a_07_lines_and_rings_stand_out_at_3_to_1(theme: Theme) -> None:
    for line in LINES:
        assert contrast(getattr(theme, line), theme.background) >= 3, line
    for ground in GROUNDS:
        assert contrast(theme.focus, getattr(theme, ground)) >= 3, ground
        assert contrast(theme.faint, getattr(theme, ground)) >= 3, ground


def test_red_up_swaps_candles_and_profit_text_together() -> None:
    for name in NAMES:
        usual, swapped = make_theme(name, "green_red"), make_theme(name, "red_green")
        assert (swapped.up, swapped.down) == (usual.down, usual.up)
        assert (swapped.profit, swapped.loss) == (usual.loss, usual.profit)
        assert (swapped.line_take_profit, swapped.line_stop) == (usual.line_stop, usual.line_take_profit)


# Machado, Oliveira and Fernandes 2009, severity 1.0.
PROTAN = ((0.152286, 1.052583, -0.204868), (0.114503, 0.786281, 0.099216), (-0.003882, -0.048116, 1.051998))
DEUTAN = ((0.367322, 0.860646, -0.227968), (0.280085, 0.672501, 0.047413), (-0.011820, 0.042940, 0.968881))
Matrix = tuple[tuple[float, float, float], ...]


def lab_as_seen(colour: str, sight: Matrix) -> tuple[float, float, float]:
    seen = [min(1.0, max(0.0, sum(m * c for m, c in zip(row, linear(colour), strict=True)))) for row in sight]
    to_xyz = ((0.4124564, 0.3575761, 0.1804375), (0.2126729, 0.7151522, 0.0721750), (0.0193339, 0.1191920, 0.9503041))
    white = (0.95047, 1.0, 1.08883)
    ratios = [sum(m * c for m, c in zip(row, seen, strict=True)) / w for row, w in zip(to_xyz, white, strict=True)]
    x, y, z = (t ** (1 / 3) if t > 216 / 24389 else (24389 / 27 * t + 16) / 116 for t in ratios)
    return 116 * y - 16, 500 * (x - y), 200 * (y - z)


def ciede2000(one: tuple[float, float, float], other: tuple[float, float, float]) -> float:
    (l1, a1, b1), (l2, a2, b2) = one, other
    mean_c = (math.hypot(a1, b1) + math.hypot(a2, b2)) / 2
    g = 0.5 * (1 - math.sqrt(mean_c**7 / (mean_c**7 + 25**7)))
    a1, a2 = a1 * (1 + g), a2 * (1 + g)
    c1, c2 = math.hypot(a1, b1), math.hypot(a2, b2)
    h1, h2 = (math.degrees(math.atan2(b, a)) % 360 for a, b in ((a1, b1), (a2, b2)))
    turn = (h2 - h1 + 180) % 360 - 180
    big_h = 2 * math.sqrt(c1 * c2) * math.sin(math.radians(turn / 2))
    mean_l, mean_c, mean_h = (l1 + l2) / 2, (c1 + c2) / 2, (h1 + turn / 2) % 360
    waves = ((-0.17, 1, -30), (0.24, 2, 0), (0.32, 3, 6), (-0.20, 4, -63))
    t = 1 + sum(w * math.cos(math.radians(n * mean_h + shift)) for w, n, shift in waves)
    sl = 1 + 0.015 * (mean_l - 50) ** 2 / math.sqrt(20 + (mean_l - 50) ** 2)
    sc, sh = 1 + 0.045 * mean_c, 1 + 0.015 * mean_c * t
    bend = 60 * math.exp(-(((mean_h - 275) / 25) ** 2))
    rt = -2 * math.sqrt(mean_c**7 / (mean_c**7 + 25**7)) * math.sin(math.radians(bend))
    dl, dc, dh = (l2 - l1) / sl, (c2 - c1) / sc, big_h / sh
    return math.sqrt(dl**2 + dc**2 + dh**2 + rt * dc * dh)


@pytest.mark.parametrize("sight", [PROTAN, DEUTAN], ids=["protan", "deutan"])
@pytest.mark.parametrize("name", NAMES)
def test_a_07_blue_and_orange_stay_apart_for_colour_blind_eyes(name: str, sight: Matrix) -> None:
    theme = next(t for t in THEMES if t.name == name and t.palette == "blue_orange")

    assert ciede2000(lab_as_seen(theme.up, sight), lab_as_seen(theme.down, sight)) >= 40
    assert ciede2000(lab_as_seen(theme.profit, sight), lab_as_seen(theme.loss, sight)) >= 40


@pytest.mark.parametrize("theme", THEMES, ids=lambda t: f"{t.name}-{t.palette}")
def test_g_17_the_palette_sets_every_role(theme: Theme) -> None:
    palette = make_palette(theme)

    for role in QPalette.ColorRole:
        if role not in (QPalette.ColorRole.NoRole, QPalette.ColorRole.NColorRoles):
            assert palette.isBrushSet(QPalette.ColorGroup.Active, role), role
    disabled = palette.color(QPalette.ColorGroup.Disabled, QPalette.ColorRole.Text)
    assert disabled == QColor(theme.faint)


def test_g_17_switching_live_changes_palette_and_sheet(dressed: QApplication) -> None:
    for name in NAMES:
        theme = make_theme(name)
        apply_theme(dressed, theme)
        assert dressed.palette().color(QPalette.ColorRole.Window) == QColor(theme.surface)
        assert theme.paper_fg in dressed.styleSheet()


def test_the_style_sheet_has_no_colour_of_its_own_and_no_unknown_drawing(dressed: QApplication) -> None:
    sheet = style_sheet(make_theme("dark"))

    assert "$" not in sheet
    allowed = set(asdict(make_theme("dark")).values())
    found = {word.strip(";,") for word in sheet.split() if word.startswith("#") and len(word.strip(";,")) == 7}
    assert found <= allowed

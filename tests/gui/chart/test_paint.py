import pytest
from PySide6.QtGui import QColor

from desktop_app.gui.chart.paint import readable_on
from desktop_app.gui.theme import NAMES, PALETTES, make_theme


@pytest.mark.parametrize(("ground", "ink"), [("#ffffff", "#000000"), ("#131722", "#ffffff"), ("#ffb74d", "#000000")])
def test_text_on_a_filled_label_takes_the_better_of_black_and_white(ground: str, ink: str) -> None:
    assert readable_on(QColor(ground)).name() == ink


def test_every_line_colour_of_every_theme_carries_readable_text() -> None:
    for theme in (make_theme(name, palette) for name in NAMES for palette in PALETTES):
        for colour in (theme.up, theme.down, theme.line_safety, theme.line_take_profit, theme.muted, theme.warning):
            assert readable_on(QColor(colour)).name() in {"#000000", "#ffffff"}

from PySide6.QtGui import QFont, QFontDatabase
from PySide6.QtWidgets import QApplication

from desktop_app.gui.fonts import has_chinese_font, number_font, ui_font
from desktop_app.gui.theme import apply_theme, make_theme


def test_text_zoom_scales_the_font(qapp: QApplication) -> None:
    assert ui_font(200).pointSizeF() == round(ui_font(100).pointSizeF() * 2, 1)
    apply_theme(qapp, make_theme("dark"), 150)
    assert qapp.font().pointSizeF() == ui_font(150).pointSizeF()
    apply_theme(qapp, make_theme("dark"))


def test_figures_have_one_width(qapp: QApplication) -> None:
    assert number_font(ui_font()).featureValue(QFont.Tag("tnum")) == 1


def test_a_missing_chinese_font_is_noticed(qapp: QApplication) -> None:
    families = QFontDatabase.families(QFontDatabase.WritingSystem.SimplifiedChinese)

    assert has_chinese_font() == bool(families)

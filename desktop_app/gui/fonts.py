"""The window's fonts: the system's own, figures of equal width, and whether Chinese can be shown at all."""

from PySide6.QtGui import QFont, QFontDatabase

# Where the system names no real interface font (bare Linux), these read better at small sizes than its default.
_BETTER = ("Inter", "Noto Sans", "Cantarell", "Ubuntu", "Roboto", "Open Sans")
_PLAIN = {"DejaVu Sans", "Sans Serif", "Sans", "Bitstream Vera Sans", ""}
_CHINESE = ("Microsoft YaHei UI", "PingFang SC", "Noto Sans CJK SC", "Noto Sans SC", "Source Han Sans SC")


def ui_font(zoom: int = 100) -> QFont:
    """Return the system's interface font, scaled, with Chinese families to fall back on."""
    font = QFontDatabase.systemFont(QFontDatabase.SystemFont.GeneralFont)
    families = set(QFontDatabase.families())
    first = font.family()
    if first in _PLAIN:
        first = next((family for family in _BETTER if family in families), first or "DejaVu Sans")
    font.setFamilies([first, *(family for family in _CHINESE if family in families)])
    size = font.pointSizeF() if font.pointSizeF() > 0 else 9.0
    font.setPointSizeF(round(size * zoom / 100, 1))
    return font


def number_font(font: QFont) -> QFont:
    """Return a copy whose figures all have one width, so that columns do not jitter."""
    tabular = QFont(font)
    tabular.setFeature(QFont.Tag("tnum"), 1)
    return tabular


def has_chinese_font() -> bool:
    """Tell whether Chinese text would be readable; if not, the language choice has to say so."""
    return bool(QFontDatabase.families(QFontDatabase.WritingSystem.SimplifiedChinese))

"""Tooltips that show their text as it is."""

from html import escape

from PySide6.QtGui import Qt


def plain_tip(text: str) -> str:
    """Qt takes a tooltip that looks like markup for markup, pictures from anywhere and all: such a one is escaped."""
    return escape(text) if Qt.mightBeRichText(text) else text

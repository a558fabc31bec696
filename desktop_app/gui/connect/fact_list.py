"""Shows facts about a key, a line each: mark, words, what it means, and perhaps one button."""

from collections.abc import Sequence

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QGridLayout, QLabel, QWidget

from desktop_app.gui.connect.marks import Fact, picture, spoken
from desktop_app.gui.icons import icon_pixmap
from desktop_app.gui.notices import link_button, plain_label

_MARK = 16


class FactList(QWidget):
    """Rebuilt whole: it is short and changes seldom."""

    action_requested = Signal(str)  # the fact's key

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.facts: tuple[Fact, ...] = ()
        self._grid = QGridLayout(self)
        self._grid.setContentsMargins(0, 0, 0, 0)
        self._grid.setHorizontalSpacing(10)
        self._grid.setVerticalSpacing(7)
        self._grid.setColumnStretch(2, 1)

    def show_facts(self, facts: Sequence[Fact], actions: dict[str, str] | None = None) -> None:
        """`actions`: translated words of a button by the key of its fact."""
        self._empty()
        self.facts = tuple(facts)
        for row, fact in enumerate(facts):
            self._add(row, fact, (actions or {}).get(fact.key, ""))

    def _add(self, row: int, fact: Fact, action: str) -> None:
        name, tint = picture(fact.mark)
        mark = QLabel()
        mark.setPixmap(icon_pixmap(name, _MARK, tint, self.devicePixelRatioF()))
        mark.setAccessibleName(spoken(fact.mark))
        words = plain_label(fact.text)
        words.setMinimumWidth(190)
        words.setAccessibleName(f"{spoken(fact.mark)}: {fact.text}. {fact.note}".strip())
        if fact.mark == "no":
            words.setProperty("role", "problem")
        note = plain_label(fact.note)
        note.setProperty("role", "muted")
        top = Qt.AlignmentFlag.AlignTop
        self._grid.addWidget(mark, row, 0, top)
        self._grid.addWidget(words, row, 1, top)
        self._grid.addWidget(note, row, 2, top)
        if action:
            button = link_button(action)
            button.clicked.connect(lambda _is_on=False, key=fact.key: self.action_requested.emit(key))
            self._grid.addWidget(button, row, 3, top)

    def _empty(self) -> None:
        while (item := self._grid.takeAt(0)) is not None:
            widget = item.widget()
            if widget is not None:
                widget.hide()
                widget.deleteLater()

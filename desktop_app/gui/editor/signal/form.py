"""The form of a signal bot: what alerts may do, how much each moves, and when positions end."""

from collections.abc import Mapping

from PySide6.QtWidgets import QWidget

from desktop_app.gui.editor.draft import Draft
from desktop_app.gui.editor.settings_form import SettingsForm
from desktop_app.gui.editor.signal.catalogue import (
    BY_SIGNAL,
    DIRECTION,
    FIELDS,
    MOST,
    UNIT,
    VOLUME,
    SignalGroup,
)
from desktop_app.gui.editor.signal.draft import KEPT

_GROUPS = (SignalGroup.ALERTS, SignalGroup.SIZE, SignalGroup.EXIT, SignalGroup.SAFETY)


class SignalForm(SettingsForm):
    """Its direction has three values, so it stands here and not in the head."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(FIELDS, _GROUPS, SignalGroup.MORE, VOLUME, parent, in_form=(DIRECTION,))
        self._kept = ""
        self.lay_out()
        self.retranslate()

    def draft(self, head: Mapping[str, str]) -> Draft:
        return Draft(tuple(sorted((*self.texts(head), (KEPT, self._kept)))), kind="signal")

    def show_draft(self, draft: Draft) -> None:
        self._kept = draft.text(KEPT)
        super().show_draft(draft)

    def show_units(self) -> None:
        base, quote = self._currencies
        unit = {"base": base, "percent": "%"}.get(self.rows[UNIT].text(), quote)
        self.rows[VOLUME].set_unit(unit)

    def show_parts(self) -> None:
        super().show_parts()
        if not self.rows[BY_SIGNAL].text():
            self.rows[MOST].hide()
        self.show_titles()

    def _edited(self, path: str) -> None:
        if path == BY_SIGNAL:
            self.show_parts()
        super()._edited(path)

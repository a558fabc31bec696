"""The form of a DCA bot: every setting in its group, six of them in the simple view."""

from collections.abc import Mapping, Sequence
from enum import StrEnum

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QCheckBox, QWidget

from desktop_app.gui.conditions.builder import ConditionBuilder
from desktop_app.gui.editor.catalogue import CUSTOM, FIELDS, LADDER_PATHS, TARGET, TARGETS, Group
from desktop_app.gui.editor.draft import Draft, Rows, unused_paths
from desktop_app.gui.editor.remarks import Remark
from desktop_app.gui.editor.settings_form import SettingsForm
from desktop_app.gui.editor.steps import StepsTable
from desktop_app.gui.i18n import tr, tr_later
from desktop_app.gui.notices import plain_label

_GROUPS = (Group.ENTRY, Group.SAFETY, Group.TAKE_PROFIT, Group.STOP_LOSS)


class DcaForm(SettingsForm):
    """Own steps and several targets are tables that take the place of plain fields."""

    ladder_requested = Signal(bool)  # own steps on or off
    targets_requested = Signal(bool)

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(FIELDS, _GROUPS, Group.MORE, "base_order.volume", parent)
        self._has_ladder = self._has_targets = False
        self.ladder_box, self.targets_box = QCheckBox(), QCheckBox()
        self.ladder = StepsTable((tr_later("Distance %"), tr_later("Size")), tr_later("Add a step"), ("-1", "10"))
        self.targets = StepsTable(
            (tr_later("Profit % or @price"), tr_later("Share %"), tr_later("At market")), tr_later("Add a target"),
            ("1", "50"),
        )  # fmt: skip
        self._custom_note = plain_label()
        self._custom_note.setProperty("role", "muted")
        self.lay_out()
        for table in (self.ladder, self.targets):
            table.edited.connect(self.changed)
        self.ladder_box.toggled.connect(self.ladder_requested)
        self.targets_box.toggled.connect(self.targets_requested)
        self.retranslate()

    def draft(self, head: Mapping[str, str]) -> Draft:
        return Draft(
            self.texts(head),
            self.ladder.rows if self._has_ladder else None,
            self.targets.rows if self._has_targets else None,
        )

    def show_draft(self, draft: Draft) -> None:
        self._has_ladder, self._has_targets = draft.ladder is not None, draft.targets is not None
        for box, table, rows in (
            (self.ladder_box, self.ladder, draft.ladder), (self.targets_box, self.targets, draft.targets),
        ):  # fmt: skip
            box.blockSignals(True)
            box.setChecked(rows is not None)
            box.blockSignals(False)
            table.set_rows(rows or ())
        super().show_draft(draft)

    def show_remarks(self, remarks: Sequence[Remark]) -> None:
        super().show_remarks(remarks)
        for path, table in ((CUSTOM, self.ladder), (TARGETS, self.targets)):
            found = next((remark for remark in remarks if remark.path == path and remark.level != "info"), None)
            table.show_problem(found.text if found else "", is_block=found is not None and found.level == "block")

    def is_advanced(self, path: str) -> bool:
        return path in (CUSTOM, TARGETS) or super().is_advanced(path)

    def parts_after(self, group: StrEnum) -> Sequence[QWidget]:
        match group:
            case Group.SAFETY:
                return self.ladder_box, self.ladder, self._custom_note
            case Group.TAKE_PROFIT:
                return self.targets_box, self.targets
        return ()

    def show_units(self) -> None:
        base, quote = self._currencies
        names = {"quote": quote, "base": base, "percent": "%"}
        for part in ("base_order", "safety_orders"):
            self.rows[f"{part}.volume"].set_unit(names[self.rows[f"{part}.volume_unit"].text()])

    def show_parts(self) -> None:
        super().show_parts()
        unused = self._unused()
        for path, row in self.rows.items():
            is_replaced = (self._has_ladder and path in LADDER_PATHS) or (self._has_targets and path == TARGET)
            is_hidden = self.is_simple and not row.spec.is_simple
            is_unused = path in unused
            row.setVisible(not is_hidden and not is_unused and (not is_replaced or self.is_simple))
            row.field.setEnabled(not is_replaced)
        for box in (self.ladder_box, self.targets_box):
            box.setVisible(not self.is_simple)
        self.ladder.setVisible(self._has_ladder and not self.is_simple)
        self.targets.setVisible(self._has_targets and not self.is_simple)
        self._custom_note.setVisible(self.is_simple and (self._has_ladder or self._has_targets))

    def builders(self) -> dict[str, ConditionBuilder]:
        """The conditions on the form by their settings, those in use."""
        unused = self._unused()
        fields = {path: row.field for path, row in self.rows.items() if path not in unused}
        return {path: field for path, field in fields.items() if isinstance(field, ConditionBuilder)}

    def target(self, path: str) -> QWidget | None:
        if path in (CUSTOM, TARGETS):
            return (self.ladder if path == CUSTOM else self.targets).view
        return super().target(path)

    def focus_on(self, path: str) -> bool:
        found = super().focus_on(path)
        builder = self.builders().get(path)
        if builder is not None:
            builder.focus_first()
        return found

    def _unused(self) -> tuple[str, ...]:
        return unused_paths(lambda path: self.rows[path].text().strip())

    def retranslate(self) -> None:
        super().retranslate()
        self.ladder_box.setText(tr("Own steps"))
        self.targets_box.setText(tr("Several targets"))
        self._custom_note.setText(tr("Own steps or several targets are in use: see Advanced."))


def default_targets(draft: Draft) -> Rows:
    """Two targets to begin with: half at the profit, half at twice as much."""
    from decimal import Decimal

    from desktop_app.gui import fmt

    read = fmt.parse_number(draft.text(TARGET))
    first = read if isinstance(read, Decimal) and read > 0 else Decimal(1)
    return ((fmt.plain(first), "50"), (fmt.plain(first * 2), "50"))

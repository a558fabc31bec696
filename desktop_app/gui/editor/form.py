"""The form of a DCA bot: every setting in its group, six of them in the simple view."""

from collections.abc import Mapping, Sequence

from PySide6.QtCore import QEvent, Qt, Signal
from PySide6.QtWidgets import QCheckBox, QFrame, QLabel, QScrollArea, QVBoxLayout, QWidget

from desktop_app.gui.editor.catalogue import (
    CUSTOM,
    FIELDS,
    HEAD_PATHS,
    LADDER_PATHS,
    TARGET,
    TARGETS,
    Group,
)
from desktop_app.gui.editor.draft import Draft, Pairs
from desktop_app.gui.editor.remarks import Remark
from desktop_app.gui.editor.rows import FieldRow
from desktop_app.gui.editor.steps import StepsTable
from desktop_app.gui.fields import Disclosure
from desktop_app.gui.i18n import tr, tr_later
from desktop_app.gui.notices import plain_label

_GROUPS = (Group.ENTRY, Group.SAFETY, Group.TAKE_PROFIT, Group.STOP_LOSS)
_SPECS = tuple(spec for spec in FIELDS if spec.path not in HEAD_PATHS)
_ADVANCED = tuple(spec for spec in _SPECS if not spec.is_simple)
_MORE = tuple(spec for spec in _SPECS if spec.group is Group.MORE)
_WIDTH = 336


class DcaForm(QScrollArea):
    """Shows a draft and makes one; decides nothing about it."""

    changed = Signal()
    ladder_requested = Signal(bool)  # own steps on or off
    targets_requested = Signal(bool)
    fix_requested = Signal(str, str)

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.rows: dict[str, FieldRow] = {}
        self._titles: dict[Group, QLabel] = {}
        self._is_simple = False
        self._has_ladder = self._has_targets = False
        self.ladder_box, self.targets_box = QCheckBox(), QCheckBox()
        self.ladder = StepsTable((tr_later("Distance %"), tr_later("Size")), tr_later("Add a step"), ("-1", "10"))
        self.targets = StepsTable((tr_later("Profit %"), tr_later("Share %")), tr_later("Add a target"), ("1", "50"))
        self._custom_note = plain_label()
        self._more = QWidget()
        self.more = Disclosure(Group.MORE.value, self._more)
        self._lay_out()
        self._connect()
        self.retranslate()

    # --- the draft

    def draft(self, head: Mapping[str, str]) -> Draft:
        """The form as typed, with the texts of the head."""
        texts = {path: row.text() for path, row in self.rows.items()} | dict(head)
        return Draft(
            tuple(sorted(texts.items())),
            self.ladder.rows if self._has_ladder else None,
            self.targets.rows if self._has_targets else None,
        )

    def show_draft(self, draft: Draft) -> None:
        """Show a draft without telling about it."""
        for path, row in self.rows.items():
            row.set_text(draft.text(path))
        self._has_ladder, self._has_targets = draft.ladder is not None, draft.targets is not None
        for box, table, rows in (
            (self.ladder_box, self.ladder, draft.ladder), (self.targets_box, self.targets, draft.targets),
        ):  # fmt: skip
            box.blockSignals(True)
            box.setChecked(rows is not None)
            box.blockSignals(False)
            table.set_rows(rows or ())
        self._show_parts()
        self._show_units()

    def hidden_changes(self, draft: Draft) -> int:
        """How many settings that the simple view hides differ from their defaults."""
        return draft.changed_from_default(_ADVANCED)

    # --- what is said about it

    def show_remarks(self, remarks: Sequence[Remark]) -> None:
        for path, row in self.rows.items():
            row.show_remark(next((remark for remark in remarks if remark.path == path), None))
        for path, table in ((CUSTOM, self.ladder), (TARGETS, self.targets)):
            found = next((remark for remark in remarks if remark.path == path and remark.level != "info"), None)
            table.show_problem(found.text if found else "", is_block=found is not None and found.level == "block")

    def show_old(self, draft: Draft, old: Draft | None) -> None:
        """Mark what differs from the settings that the bot has."""
        for row in self.rows.values():
            is_changed = old is not None and draft.means(row.spec) != old.means(row.spec)
            row.show_old(old.text(row.spec.path) if is_changed and old is not None else None)

    def show_more_changed(self, draft: Draft) -> None:
        """Say on the folded section how much in it is not at its default."""
        self.more.set_changed(sum(draft.means(spec) != spec.default for spec in _MORE))

    def focus_on(self, path: str) -> bool:
        """Bring a field into view and the cursor into it; False if it is not on this form."""
        target: QWidget | None = self.rows[path].field if path in self.rows else None
        if path in (CUSTOM, TARGETS):
            target = (self.ladder if path == CUSTOM else self.targets).view
        if target is None:
            return False
        if path in self.rows and self.rows[path].spec.group is Group.MORE:
            self.more.set_open(True)
        self.ensureWidgetVisible(target)
        target.setFocus(Qt.FocusReason.OtherFocusReason)
        return True

    # --- views

    @property
    def is_simple(self) -> bool:
        return self._is_simple

    def set_simple(self, is_simple: bool) -> None:
        self._is_simple = is_simple
        self._show_parts()

    def set_currencies(self, base: str, quote: str) -> None:
        self._currencies = (base, quote)
        for row in self.rows.values():
            row.set_currencies(base, quote)
        self._show_units()

    # --- inside

    def _lay_out(self) -> None:
        self._currencies = ("", "")
        inside = QWidget()
        column = QVBoxLayout(inside)
        column.setContentsMargins(12, 8, 10, 12)
        column.setSpacing(5)
        for group in _GROUPS:
            column.addWidget(self._title(group))
            for spec in _SPECS:
                if spec.group is group:
                    column.addWidget(self._row(spec.path))
            if group is Group.SAFETY:
                for widget in (self.ladder_box, self.ladder, self._custom_note):
                    column.addWidget(widget)
            elif group is Group.TAKE_PROFIT:
                for widget in (self.targets_box, self.targets):
                    column.addWidget(widget)
            column.addSpacing(6)
        more = QVBoxLayout(self._more)
        more.setContentsMargins(0, 0, 0, 0)
        more.setSpacing(5)
        for spec in _MORE:
            more.addWidget(self._row(spec.path))
        column.addWidget(self.more)
        column.addStretch()
        self._custom_note.setProperty("role", "muted")
        self.setWidget(inside)
        self.setWidgetResizable(True)
        self.setFrameShape(QFrame.Shape.NoFrame)
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.setFixedWidth(_WIDTH)

    def _title(self, group: Group) -> QLabel:
        label = QLabel()
        font = label.font()
        font.setBold(True)
        font.setCapitalization(font.Capitalization.AllUppercase)
        font.setLetterSpacing(font.SpacingType.AbsoluteSpacing, 0.4)
        font.setPointSizeF(font.pointSizeF() * 0.9)
        label.setFont(font)
        label.setProperty("role", "muted")
        self._titles[group] = label
        return label

    def _row(self, path: str) -> FieldRow:
        row = FieldRow(next(spec for spec in _SPECS if spec.path == path))
        self.rows[path] = row
        return row

    def _connect(self) -> None:
        for row in self.rows.values():
            row.edited.connect(self._edited)
            row.fix_requested.connect(self.fix_requested)
        for table in (self.ladder, self.targets):
            table.edited.connect(self.changed)
        self.ladder_box.toggled.connect(self.ladder_requested)
        self.targets_box.toggled.connect(self.targets_requested)

    def _edited(self, path: str) -> None:
        if path.endswith("volume_unit"):
            self._show_units()
        self.changed.emit()

    def _show_units(self) -> None:
        base, quote = self._currencies
        names = {"quote": quote, "base": base, "percent": "%"}
        for part in ("base_order", "safety_orders"):
            self.rows[f"{part}.volume"].set_unit(names[self.rows[f"{part}.volume_unit"].text()])

    def _show_parts(self) -> None:
        for path, row in self.rows.items():
            is_replaced = (self._has_ladder and path in LADDER_PATHS) or (self._has_targets and path == TARGET)
            is_hidden = self._is_simple and not row.spec.is_simple
            row.setVisible(not is_hidden and (not is_replaced or self._is_simple))
            row.field.setEnabled(not is_replaced)
        for box in (self.ladder_box, self.targets_box):
            box.setVisible(not self._is_simple)
        self.ladder.setVisible(self._has_ladder and not self._is_simple)
        self.targets.setVisible(self._has_targets and not self._is_simple)
        self.more.setVisible(not self._is_simple)
        is_replaced = self._is_simple and (self._has_ladder or self._has_targets)
        self._custom_note.setVisible(is_replaced)

    def retranslate(self) -> None:
        for group, label in self._titles.items():
            label.setText(tr(group.value))
        self.ladder_box.setText(tr("Own steps"))
        self.targets_box.setText(tr("Several targets"))
        self._custom_note.setText(tr("Own steps or several targets are in use: see Advanced."))
        self.setAccessibleName(tr("Settings of the bot"))

    def changeEvent(self, event: QEvent) -> None:
        if event.type() == QEvent.Type.LanguageChange:
            self.retranslate()
        super().changeEvent(event)


def default_targets(draft: Draft) -> Pairs:
    """Two targets to begin with: half at the profit, half at twice as much."""
    from decimal import Decimal

    from desktop_app.gui import fmt

    read = fmt.parse_number(draft.text(TARGET))
    first = read if isinstance(read, Decimal) and read > 0 else Decimal(1)
    return ((fmt.plain(first), "50"), (fmt.plain(first * 2), "50"))

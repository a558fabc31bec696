"""The form of a bot's settings: a row each in its group, a few of them in the simple view."""

from collections.abc import Mapping, Sequence
from enum import StrEnum

from PySide6.QtCore import QEvent, Qt, Signal
from PySide6.QtWidgets import QFrame, QLabel, QScrollArea, QVBoxLayout, QWidget

from desktop_app.gui.editor.catalogue import HEAD_PATHS, FieldSpec
from desktop_app.gui.editor.draft import Draft
from desktop_app.gui.editor.remarks import Remark
from desktop_app.gui.editor.rows import FieldRow
from desktop_app.gui.fields import Disclosure
from desktop_app.gui.i18n import tr

_WIDTH = 336


class SettingsForm(QScrollArea):
    """Shows a draft and makes one; decides nothing about it. Subclasses call `lay_out` when their parts are made."""

    changed = Signal()
    fix_requested = Signal(str, str)

    def __init__(
        self, specs: Sequence[FieldSpec], groups: Sequence[StrEnum], more: StrEnum, money_path: str,
        parent: QWidget | None = None, *, in_form: Sequence[str] = (),
    ) -> None:  # fmt: skip
        """`in_form`: settings of the head that this kind shows here."""
        super().__init__(parent)
        in_head = [path for path in HEAD_PATHS if path not in in_form]
        self.specs = tuple(spec for spec in specs if spec.path not in in_head)
        self.head_paths = tuple(spec.path for spec in specs if spec.path in in_head)
        self.money_path = money_path
        self.rows: dict[str, FieldRow] = {}
        self._groups = tuple(groups)
        self._more_specs = tuple(spec for spec in self.specs if spec.group is more)
        self._titles: dict[StrEnum, QLabel] = {}
        self._is_simple = False
        self._currencies = ("", "")
        self._more = QWidget()
        self.more = Disclosure(more.value, self._more)

    # --- the draft

    def draft(self, head: Mapping[str, str]) -> Draft:
        """The form as typed, with the texts of the head."""
        raise NotImplementedError

    def texts(self, head: Mapping[str, str]) -> tuple[tuple[str, str], ...]:
        """What is typed, by setting, with what the head has of these settings."""
        typed = {path: row.text() for path, row in self.rows.items()}
        return tuple(sorted((typed | {path: head[path] for path in self.head_paths}).items()))

    def show_draft(self, draft: Draft) -> None:
        """Show a draft without telling about it."""
        for path, row in self.rows.items():
            row.set_text(draft.text(path))
        self.show_parts()
        self.show_units()

    def hidden_changes(self, draft: Draft) -> int:
        """How many settings that the simple view hides differ from their defaults."""
        return draft.changed_from_default([spec for spec in self.specs if not spec.is_simple])

    # --- what is said about it

    def show_remarks(self, remarks: Sequence[Remark]) -> None:
        for path, row in self.rows.items():
            row.show_remark(next((remark for remark in remarks if remark.path == path), None))

    def show_old(self, draft: Draft, old: Draft | None) -> None:
        """Mark what differs from the settings that the bot has."""
        for row in self.rows.values():
            is_changed = old is not None and draft.means(row.spec) != old.means(row.spec)
            row.show_old(old.text(row.spec.path) if is_changed and old is not None else None)

    def show_more_changed(self, draft: Draft) -> None:
        """Say on the folded section how much in it is not at its default."""
        self.more.set_changed(sum(draft.means(spec) != spec.default for spec in self._more_specs))

    def focus_on(self, path: str) -> bool:
        """Bring a field into view and the cursor into it; False if it is not on this form."""
        target = self.target(path)
        if target is None:
            return False
        if path in self.rows and self.rows[path].spec in self._more_specs:
            self.more.set_open(True)
        self.ensureWidgetVisible(target)
        target.setFocus(Qt.FocusReason.OtherFocusReason)
        return True

    def target(self, path: str) -> QWidget | None:
        """Where the cursor goes for a setting."""
        return self.rows[path].field if path in self.rows else None

    # --- views

    @property
    def is_simple(self) -> bool:
        return self._is_simple

    def set_simple(self, is_simple: bool) -> None:
        self._is_simple = is_simple
        self.show_parts()

    def is_advanced(self, path: str) -> bool:
        """Whether the simple view hides this setting."""
        return path in self.rows and not self.rows[path].spec.is_simple

    def set_currencies(self, base: str, quote: str) -> None:
        self._currencies = (base, quote)
        for row in self.rows.values():
            row.set_currencies(base, quote)
        self.show_units()

    # --- what a kind may add

    def parts_after(self, group: StrEnum) -> Sequence[QWidget]:
        """Widgets under the rows of a group."""
        return ()

    def show_units(self) -> None:
        """Show units that depend on what another field says."""

    def show_parts(self) -> None:
        """Show what belongs to the view and the draft, hide the rest."""
        for row in self.rows.values():
            row.setVisible(not self._is_simple or row.spec.is_simple)
        self.show_titles()

    def show_titles(self) -> None:
        """A group of which nothing is shown has no title either."""
        for group, title in self._titles.items():
            title.setVisible(any(not row.isHidden() for row in self.rows.values() if row.spec.group is group))
        self.more.setVisible(not self._is_simple)

    # --- inside

    def lay_out(self) -> None:
        inside = QWidget()
        # While it is empty: measuring dresses every row, and each move to another parent would dress them all anew.
        self.setWidget(inside)
        self.setWidgetResizable(True)
        self.setFrameShape(QFrame.Shape.NoFrame)
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.setFixedWidth(_WIDTH)
        column = QVBoxLayout(inside)
        column.setContentsMargins(12, 8, 10, 12)
        column.setSpacing(5)
        for group in self._groups:
            column.addWidget(self._title(group))
            for spec in self.specs:
                if spec.group is group:
                    column.addWidget(self._row(spec))
            for widget in self.parts_after(group):
                column.addWidget(widget)
            column.addSpacing(6)
        more = QVBoxLayout(self._more)
        more.setContentsMargins(0, 0, 0, 0)
        more.setSpacing(5)
        for spec in self._more_specs:
            more.addWidget(self._row(spec))
        column.addWidget(self.more)
        column.addStretch()
        for row in self.rows.values():
            row.edited.connect(self._edited)
            row.fix_requested.connect(self.fix_requested)

    def _title(self, group: StrEnum) -> QLabel:
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

    def _row(self, spec: FieldSpec) -> FieldRow:
        row = FieldRow(spec, self.widget())
        self.rows[spec.path] = row
        return row

    def _edited(self, path: str) -> None:
        if self.rows[path].spec.choices:
            self.show_parts()
            self.show_units()
        self.changed.emit()

    def retranslate(self) -> None:
        for group, label in self._titles.items():
            label.setText(tr(group.value))
        self.setAccessibleName(tr("Settings of the bot"))

    def changeEvent(self, event: QEvent) -> None:
        if event.type() == QEvent.Type.LanguageChange:
            self.retranslate()
        super().changeEvent(event)

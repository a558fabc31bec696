"""One setting on the form: its label, its field, what it was before, and what there is to say about it."""

from decimal import Decimal

from PySide6.QtCore import QEvent, QSize, Qt, Signal
from PySide6.QtGui import QPalette, QWheelEvent
from PySide6.QtWidgets import QCheckBox, QComboBox, QGridLayout, QHBoxLayout, QLabel, QLineEdit, QWidget

from desktop_app.gui import fmt
from desktop_app.gui.conditions.builder import ConditionBuilder
from desktop_app.gui.conditions.clauses import block_from_json
from desktop_app.gui.conditions.reading import read_block
from desktop_app.gui.conditions.words import group_words
from desktop_app.gui.editor.catalogue import FieldKind, FieldSpec
from desktop_app.gui.editor.remarks import Level, Remark
from desktop_app.gui.fields import DecimalEdit, Segmented
from desktop_app.gui.i18n import tr, units
from desktop_app.gui.icons import icon
from desktop_app.gui.notices import link_button, plain_label, restyle

_ROLES: dict[Level, str] = {"block": "problem", "warning": "warning", "info": "muted"}
_LONGEST_SEGMENTS = 14  # characters of all choices together that fit side by side
_FIELD_WIDTH = 146


class QuietCombo(QComboBox):
    """A list whose choice the wheel changes only while it has the focus."""

    def wheelEvent(self, event: QWheelEvent) -> None:
        if self.hasFocus():
            super().wheelEvent(event)
        else:
            event.ignore()


class FieldRow(QWidget):
    """Holds the text of a field; what it means is judged elsewhere."""

    edited = Signal(str)  # path
    fix_requested = Signal(str, str)  # path, text to use

    def __init__(self, spec: FieldSpec, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.spec = spec
        self._base, self._quote = "", ""
        self._remark: Remark | None = None
        self._old: str | None = None
        self._label = QLabel()
        self._info = QLabel()
        self._bar = QWidget()
        self._old_note = plain_label()
        self._note = plain_label()
        self._fix = link_button("")
        self.field = self._make_field()
        self._lay_out()
        self._fix.clicked.connect(self._use_fix)
        self.retranslate()

    # --- the text

    def text(self) -> str:
        match self.field:
            case Segmented():
                return self.field.value
            case QComboBox():
                return str(self.field.currentData())
            case ConditionBuilder():
                return self.field.text()
            case QCheckBox():
                return "true" if self.field.isChecked() else ""
            case QLineEdit():
                return self.field.text()
        raise AssertionError(self.field)

    def set_text(self, text: str) -> None:
        """Show a text without telling; nothing happens if it is there already, so the cursor stays."""
        if text == self.text():
            return
        self.field.blockSignals(True)
        match self.field:
            case Segmented():
                self.field.set_value(text or self.spec.default)
            case QComboBox():
                self.field.setCurrentIndex(max(0, self.field.findData(text or self.spec.default)))
            case ConditionBuilder():
                self.field.set_text(text)
            case QCheckBox():
                self.field.setChecked(text == "true")
            case QLineEdit():
                self.field.setText(text)
        self.field.blockSignals(False)

    # --- what is said about it

    @property
    def remark(self) -> Remark | None:
        return self._remark

    def show_remark(self, remark: Remark | None) -> None:
        if remark == self._remark:
            return
        self._remark = remark
        if isinstance(self.field, ConditionBuilder):
            self.field.show_problem(remark.text if remark is not None else "")
            return
        self._note.setVisible(remark is not None)
        self._note.setText(remark.text if remark is not None else "")
        self._note.setProperty("role", _ROLES[remark.level] if remark is not None else "muted")
        restyle(self._note)
        self._fix.setVisible(remark is not None and bool(remark.use))
        self._fix.setText(remark.label if remark is not None else "")
        is_block = remark is not None and remark.level == "block"
        self.field.setProperty("problem", is_block)
        self.field.setAccessibleDescription(self._note.text())
        restyle(self.field)

    def show_old(self, text: str | None) -> None:
        """Mark the field as changed and say what it was; None where nothing changed."""
        if text == self._old:
            return
        self._old = text
        self._bar.setVisible(text is not None)
        self._old_note.setVisible(text is not None)
        self._old_note.setText(self._old_words())

    def old_text(self) -> str | None:
        return self._old

    def set_currencies(self, base: str, quote: str) -> None:
        self._base, self._quote = base, quote
        self._show_unit()

    def set_unit(self, unit: str) -> None:
        """Show another unit behind the number: what a size is in."""
        if isinstance(self.field, DecimalEdit):
            self.field.set_unit(unit)
            self._name_field()

    # --- inside

    def _make_field(self) -> QWidget:
        spec = self.spec
        match spec.kind:
            case FieldKind.NUMBER | FieldKind.WHOLE:
                number = DecimalEdit(step=spec.step, is_optional=True)
                number.textChanged.connect(self._tell)
                return number
            case FieldKind.CHOICE:
                if len(spec.choices) == 2 and sum(len(words) for _, words in spec.choices) <= _LONGEST_SEGMENTS:
                    segments = Segmented(spec.choices)
                    segments.set_value(spec.default)
                    segments.changed.connect(self._tell)
                    return segments
                combo = QuietCombo()
                combo.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
                for key, words in spec.choices:
                    combo.addItem(tr(words), key)
                combo.setCurrentIndex(combo.findData(spec.default))
                combo.currentIndexChanged.connect(self._tell)
                return combo
            case FieldKind.CONDITIONS:
                builder = ConditionBuilder(spec.title, spec.empty)
                builder.typed.connect(self._tell)
                builder.restructured.connect(lambda text: self.fix_requested.emit(spec.path, text))
                return builder
            case FieldKind.FLAG:
                box = QCheckBox()
                box.toggled.connect(self._tell)
                return box
            case _:
                line = QLineEdit()
                line.textChanged.connect(self._tell)
                return line

    def _lay_out(self) -> None:
        self._bar.setFixedWidth(3)
        self._bar.setProperty("changed", True)
        self._bar.setBackgroundRole(QPalette.ColorRole.Link)  # a style sheet of its own would be dressed row by row
        self._bar.setAutoFillBackground(True)
        self._bar.hide()
        self._label.setTextFormat(Qt.TextFormat.PlainText)
        self._label.setBuddy(self.field)
        self._info.setPixmap(icon("info", "faint").pixmap(QSize(13, 13)))
        self._info.setVisible(bool(self.spec.hint))
        self._old_note.setProperty("role", "muted")
        for hidden in (self._old_note, self._note, self._fix):
            hidden.hide()
        if isinstance(self.field, ConditionBuilder):
            self._label.hide()
        elif not isinstance(self.field, QCheckBox):
            self.field.setFixedWidth(_FIELD_WIDTH)
        name = QHBoxLayout()
        name.setSpacing(4)
        self._label.setWordWrap(True)
        name.addWidget(self._label, 1)
        name.addWidget(self._info)
        grid = QGridLayout(self)
        grid.setContentsMargins(0, 0, 0, 0)
        grid.setHorizontalSpacing(8)
        grid.setVerticalSpacing(1)
        grid.addWidget(self._bar, 0, 0, 4, 1)
        grid.addLayout(name, 0, 1)
        if isinstance(self.field, ConditionBuilder):
            grid.addWidget(self.field, 0, 1, 1, 2)
        else:
            grid.addWidget(self.field, 0, 2, Qt.AlignmentFlag.AlignRight)
        grid.addWidget(self._old_note, 1, 1, 1, 2)
        grid.addWidget(self._note, 2, 1, 1, 2)
        grid.addWidget(self._fix, 3, 1, 1, 2, Qt.AlignmentFlag.AlignLeft)
        grid.setColumnStretch(1, 1)

    def _tell(self) -> None:
        self.edited.emit(self.spec.path)

    def _use_fix(self) -> None:
        if self._remark is not None:
            self.fix_requested.emit(self.spec.path, self._remark.use)

    def _show_unit(self) -> None:
        named = {"quote": self._quote, "base": self._base, "s": units().second}
        self.set_unit(named.get(self.spec.unit, self.spec.unit))

    def _old_words(self) -> str:
        return "" if self._old is None else tr("was {value}").format(value=self._spoken(self._old))

    def _spoken(self, text: str) -> str:
        words = dict(self.spec.choices).get(text)
        if words is not None:
            return tr(words)
        if self.spec.kind is FieldKind.FLAG:
            return tr("on") if text else tr("off")
        if self.spec.kind is FieldKind.CONDITIONS:
            group = read_block(block_from_json(text)).group
            return group_words(group) if group is not None else tr("none")
        return text or (tr(self.spec.empty) if self.spec.empty else fmt.UNKNOWN)

    def _name_field(self) -> None:
        if isinstance(self.field, ConditionBuilder):
            return
        name = f"{tr(self.spec.group.value)}: {tr(self.spec.title)}" if self.spec.group.value else tr(self.spec.title)
        unit = self.field.unit if isinstance(self.field, DecimalEdit) else ""
        self.field.setAccessibleName(f"{name}, {unit}" if unit else name)
        if isinstance(self.field, Segmented):
            self.field.retranslate()

    def retranslate(self) -> None:
        title = tr(self.spec.title)
        if self.spec.unit == "s":  # the others are currencies, and forms set those
            self._show_unit()
        if isinstance(self.field, QCheckBox):
            self.field.setText("")
        self._label.setText(title)
        for widget in (self._label, self._info, self.field):
            widget.setToolTip(tr(self.spec.hint) if self.spec.hint else "")
        if isinstance(self.field, QComboBox):
            for place, (_, words) in enumerate(self.spec.choices):
                self.field.setItemText(place, tr(words))
        if isinstance(self.field, QLineEdit):
            self.field.setPlaceholderText(tr(self.spec.empty) if self.spec.empty else "")
        self._old_note.setText(self._old_words())
        self._name_field()

    def changeEvent(self, event: QEvent) -> None:
        if event.type() == QEvent.Type.LanguageChange:
            self.retranslate()
        super().changeEvent(event)

    def value(self) -> Decimal | None:
        """The number in the field, if it is one."""
        return self.field.value if isinstance(self.field, DecimalEdit) else None

"""One condition as a sentence of which every word can be clicked, with what is wrong and what it needs below it."""

import re
from collections.abc import Sequence
from decimal import Decimal

from PySide6.QtCore import QPoint, Qt, Signal
from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import QHBoxLayout, QMenu, QToolButton, QVBoxLayout, QWidget

from desktop_app.core.columns import TIMEFRAMES
from desktop_app.core.indicator_catalogue import Parameter, line_title
from desktop_app.gui import fmt
from desktop_app.gui.conditions.chips import ChoiceChip, NumberChip, PlainWord, Word, is_for_the_sentence, mark_problem
from desktop_app.gui.conditions.clauses import NUMBER, Clause, Place, clause_of
from desktop_app.gui.conditions.flow import FlowLayout
from desktop_app.gui.conditions.reading import Fault, indicators
from desktop_app.gui.conditions.words import TRIGGERS, UNITS, line_word, sentence_of
from desktop_app.gui.i18n import tr, tr_later
from desktop_app.gui.icons import icon
from desktop_app.gui.notices import plain_label

_TIMEFRAMES = tuple(Word(name, name, is_name=True) for name in TIMEFRAMES)
_STEPS = {"deviations": Decimal("0.1"), "step": Decimal("0.01"), "maximum": Decimal("0.01")}
_TITLES = {
    "Value": tr_later("Limit to compare with"),
    "Step": tr_later("Smallest step"),
}  # elsewhere these words mean something else
_FINE = {"bollinger": Decimal("0.1"), "price_change": Decimal("0.5"), "volume_spike": Decimal("0.5")}


class ClauseRow(QWidget):
    """Shows a clause and tells what becomes of it; the tree that it stands in belongs to somebody else."""

    typed = Signal(object)  # Clause: a number, while it is written
    changed = Signal(object)  # Clause: another word
    removed = Signal()
    moved = Signal(int)
    copied = Signal()

    def __init__(self, clause: Clause, place: Place, joint: str = "", parent: QWidget | None = None) -> None:
        """`joint`: the word that joins it to the one above, translated."""
        super().__init__(parent)
        self.clause, self.place = clause, place
        self.chips: dict[str, QWidget] = {}
        self._faults: tuple[Fault, ...] = ()
        self.remove_button, self.more_button = QToolButton(), QToolButton()
        self.joint = joint
        self._problem, self._note = plain_label(), plain_label()
        self._words = QWidget()
        self._flow = FlowLayout(self._words)
        self._lay_out()
        self._write()
        self.retranslate()

    # --- what is shown

    def show_clause(self, clause: Clause) -> bool:
        """Show other numbers in the same sentence; False where the sentence itself is another one."""
        if _shape(clause) != _shape(self.clause):
            return False
        self.clause = clause
        for name, chip in self.chips.items():
            if isinstance(chip, NumberChip) and chip.text() != clause.text(name):
                chip.blockSignals(True)
                chip.setText(clause.text(name))
                chip.blockSignals(False)
        return True

    def show_faults(self, faults: Sequence[Fault]) -> None:
        """Outline the words that cannot stay, and say below why."""
        if tuple(faults) == self._faults:
            return
        self._faults = tuple(faults)
        for name, chip in self.chips.items():
            mark_problem(chip, next((fault.text for fault in faults if fault.name == name), ""))
        texts = [self._named(fault) for fault in faults]
        self._problem.setText("\n".join(texts))
        self._problem.setVisible(bool(texts))

    def show_note(self, text: str) -> None:
        """What it needs and how often it came true."""
        self._note.setText(text)
        self._note.setVisible(bool(text))

    def focus_on(self, name: str) -> bool:
        chip = self.chips.get(name)
        if chip is not None:
            chip.setFocus(Qt.FocusReason.OtherFocusReason)
        return chip is not None

    @property
    def problem(self) -> str:
        return self._problem.text()

    @property
    def note(self) -> str:
        return self._note.text()

    # --- the sentence

    def _write(self) -> None:
        if self.joint:
            self._flow.addWidget(PlainWord(self.joint))
        english = sentence_of(self.clause.indicator)
        for piece in re.split(r"\{(\w+)\}", tr(english))[1:]:
            if piece in _MAKERS:
                for word in _MAKERS[piece](self):
                    self._flow.addWidget(word)
            elif piece.strip(" :："):
                self._flow.addWidget(PlainWord(piece.strip(" :：")))

    def _indicator_words(self) -> list[QWidget]:
        words = [Word(one.name, one.title, hint=one.summary) for one in indicators().values()]
        return [self._choice("indicator", tr_later("Indicator"), words, self.clause.indicator)]

    def _parameter_words(self) -> list[QWidget]:
        known = indicators().get(self.clause.indicator)
        if known is None or not known.parameters:
            return []
        together = QWidget()
        row = QHBoxLayout(together)
        row.setContentsMargins(0, 0, 0, 0)
        row.setSpacing(1)
        row.addWidget(PlainWord("("))
        for number, parameter in enumerate(known.parameters):
            if number:
                row.addWidget(PlainWord(","))
            row.addWidget(self._number(parameter, _STEPS.get(parameter.name, Decimal(1))))
        row.addWidget(PlainWord(")"))
        return [together]

    def _timeframe_words(self) -> list[QWidget]:
        return [self._choice("timeframe", tr_later("Timeframe"), _TIMEFRAMES, self.clause.timeframe)]

    def _line_words(self) -> list[QWidget]:
        known = indicators()[self.clause.indicator]
        if not known.compared:
            return [PlainWord(line_word(known.lines[0].name))]
        words = [Word(line, line_title(line)) for line in known.compared]
        return [self._choice("line", tr_later("Line"), words, self.clause.text("line"))]

    def _trigger_words(self) -> list[QWidget]:
        return [self._choice("trigger", tr_later("Trigger"), TRIGGERS, self.clause.trigger)]

    def _value_words(self) -> list[QWidget]:
        known = indicators().get(self.clause.indicator)
        if known is None:
            return []
        if known.value is None:
            return [PlainWord(line_word(known.lines[-1].name))]
        value = self.clause.text("value")
        parts: list[QWidget] = []
        if known.against:
            words = [*(Word(line, line_title(line)) for line in known.against), Word(NUMBER, tr_later("the number"))]
            parts.append(self._choice("against", tr_later("Compared with"), words, _against(value, known.against)))
        if value not in known.against:
            step = _FINE.get(self.clause.indicator, Decimal(1))
            parts.append(self._number(known.value, step, UNITS.get(self.clause.indicator, "")))
        return parts

    def _choice(self, name: str, what: str, words: Sequence[Word], key: str) -> ChoiceChip:
        chip = ChoiceChip(what, words, key)
        chip.picked.connect(lambda picked: self.changed.emit(self._with(name, picked)))
        self.chips[name] = chip
        return chip

    def _number(self, parameter: Parameter, step: Decimal, unit: str = "") -> NumberChip:
        title = _TITLES.get(parameter.title, parameter.title)
        chip = NumberChip(title, self.clause.text(parameter.name), unit=unit, step=step)
        if parameter.least is not None and parameter.most is not None:
            words = tr("{title}: {least} to {most}, usually {default}")
            shown = (fmt.plain(value) for value in (parameter.least, parameter.most, parameter.default))
            least, most, default = shown
            if parameter.name == "value":
                words = tr("{title}: {least} to {most}")
            chip.setToolTip(words.format(title=tr(title), least=least, most=most, default=default))
        chip.edited.connect(lambda text: self._type(parameter.name, text))
        self.chips[parameter.name] = chip
        return chip

    def _type(self, name: str, text: str) -> None:
        self.clause = self.clause.with_text(name, text)
        self.typed.emit(self.clause)

    def _with(self, name: str, picked: str) -> Clause:
        """The clause after a word was picked. Another indicator begins with its own usual numbers."""
        clause = self.clause
        match name:
            case "indicator":
                first = clause_of(indicators()[picked].first)
                return Clause(first.indicator, clause.timeframe, first.trigger, first.texts)
            case "timeframe":
                return Clause(clause.indicator, picked, clause.trigger, clause.texts)
            case "trigger":
                return Clause(clause.indicator, clause.timeframe, picked, clause.texts)
            case "against":
                return clause.with_text("value", "0" if picked == NUMBER else picked)
        return clause.with_text(name, picked)

    def _named(self, fault: Fault) -> str:
        known = indicators().get(self.clause.indicator)
        titles = {one.name: one.title for one in known.parameters} if known is not None else {}
        if known is not None and len(titles) > 1 and fault.name in titles:
            return tr("{field}: {problem}").format(field=tr(titles[fault.name]), problem=fault.text)
        return fault.text

    # --- what can be done with it

    def menu(self) -> QMenu:
        menu = QMenu(self)
        menu.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        menu.addAction(tr("Move up")).triggered.connect(lambda _is_checked: self.moved.emit(-1))
        menu.addAction(tr("Move down")).triggered.connect(lambda _is_checked: self.moved.emit(1))
        menu.addAction(icon("copy", "muted"), tr("Duplicate")).triggered.connect(lambda _is_checked: self.copied.emit())
        menu.addSeparator()
        menu.addAction(icon("close", "muted"), tr("Remove")).triggered.connect(lambda _is_checked: self.removed.emit())
        return menu

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Alt with the arrows moves it among its neighbours, Delete on a word removes it."""
        if is_for_the_sentence(event):
            self.moved.emit(-1 if event.key() == Qt.Key.Key_Up else 1)
        elif event.key() == Qt.Key.Key_Delete and not isinstance(self.focusWidget(), NumberChip):
            self.removed.emit()
        else:
            super().keyPressEvent(event)

    def _lay_out(self) -> None:
        self._problem.setProperty("role", "problem")
        self._note.setProperty("role", "muted")
        for label in (self._problem, self._note):
            label.setWordWrap(True)
            label.hide()
        for button, name in ((self.more_button, "more"), (self.remove_button, "close")):
            button.setIcon(icon(name, "muted"))
            button.setProperty("flat", True)
            button.setProperty("small", True)
            button.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.more_button.clicked.connect(
            lambda _is_checked: self.menu().popup(self.more_button.mapToGlobal(QPoint(0, self.more_button.height())))
        )
        self.remove_button.clicked.connect(lambda _is_checked: self.removed.emit())
        row = QHBoxLayout()
        row.setContentsMargins(0, 0, 0, 0)
        row.setSpacing(2)
        row.addWidget(self._words, 1)
        row.addWidget(self.more_button, 0, Qt.AlignmentFlag.AlignTop)
        row.addWidget(self.remove_button, 0, Qt.AlignmentFlag.AlignTop)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 2, 0, 2)
        column.setSpacing(2)
        column.addLayout(row)
        column.addWidget(self._problem)
        column.addWidget(self._note)

    def retranslate(self) -> None:
        self.more_button.setAccessibleName(tr("Move or duplicate the condition"))
        self.remove_button.setAccessibleName(tr("Remove the condition"))
        for button in (self.more_button, self.remove_button):
            button.setToolTip(button.accessibleName())


_MAKERS = {
    "indicator": ClauseRow._indicator_words,  # noqa: SLF001 - its own parts, by the place they have in the sentence
    "parameters": ClauseRow._parameter_words,  # noqa: SLF001
    "timeframe": ClauseRow._timeframe_words,  # noqa: SLF001
    "line": ClauseRow._line_words,  # noqa: SLF001
    "trigger": ClauseRow._trigger_words,  # noqa: SLF001
    "value": ClauseRow._value_words,  # noqa: SLF001
}


def _against(value: str, lines: Sequence[str]) -> str:
    return value if value in lines else NUMBER


def _shape(clause: Clause) -> tuple[str, ...]:
    """What of a clause decides which words its sentence has."""
    known = indicators().get(clause.indicator)
    against = _against(clause.text("value"), known.against) if known is not None else ""
    return (clause.indicator, clause.timeframe, clause.trigger, clause.text("line"), against)

"""Builds conditions as a sentence: words to click, numbers to type, groups of all or any, and how often it was true."""

from collections.abc import Sequence

from PySide6.QtCore import QEvent, QPoint, Qt, Signal
from PySide6.QtWidgets import QFrame, QHBoxLayout, QMenu, QPushButton, QToolButton, QVBoxLayout, QWidget

from desktop_app.gui.conditions.chips import ChoiceChip, PlainWord, Word
from desktop_app.gui.conditions.clause_row import ClauseRow
from desktop_app.gui.conditions.clauses import Block, Clause, Place, block_from_json, clause_of
from desktop_app.gui.conditions.flow import FlowLayout
from desktop_app.gui.conditions.presets import PRESETS
from desktop_app.gui.conditions.reading import Read, indicators, read_block
from desktop_app.gui.conditions.words import SENTENCE
from desktop_app.gui.i18n import tr, tr_later
from desktop_app.gui.icons import icon
from desktop_app.gui.notices import link_button, plain_label

_MODES = (Word("all", tr_later("all of these hold")), Word("any", tr_later("any of these holds")))
_JOINTS = {"all": tr_later("and"), "any": tr_later("or")}


class ConditionBuilder(QWidget):
    """Holds conditions as written. What they mean is read from `read`; nothing else is decided here."""

    typed = Signal()  # a number, while it is written
    verdict_clicked = Signal()  # show one of the moments when it fired
    restructured = Signal(str)  # JSON: another word, or a condition more or less; a step that can be undone

    def __init__(self, lead: str, empty: str, parent: QWidget | None = None) -> None:
        """`lead` begins the sentence ("Start a deal when"), `empty` says what holds without conditions; English."""
        super().__init__(parent)
        self._lead, self._empty_text = lead, empty
        self.block = Block()
        self.read = Read()
        self.rows: dict[Place, ClauseRow] = {}
        self.modes: dict[Place, ChoiceChip] = {}
        self.groups: dict[Place, QWidget] = {}
        self._notes: dict[Place, str] = {}
        self._kept: dict[Place, ClauseRow] = {}
        self._sentence = ""  # in the language that the rows speak
        self.add_button, self.group_button = link_button(""), link_button("")
        self._empty, self._problem = plain_label(), plain_label()
        self._verdict, self._show = plain_label(), link_button("")
        self._entries = QWidget()
        self._lay_out()
        self._rebuild()
        self.retranslate()

    # --- the text that it stands for

    def text(self) -> str:
        return self.block.to_json()

    def set_text(self, text: str) -> None:
        """Show conditions without telling; where only numbers differ, cursors stay where they are."""
        try:
            block = block_from_json(text)
        except ValueError:
            block = Block()
        if block == self.block:
            return
        is_same_sentence = self._takes(block)
        self.block = block
        if not is_same_sentence:
            self._rebuild()
        self._judge()

    # --- what is said about it

    def show_tried(self, verdict: str, notes: dict[Place, str], *, is_marked: bool = False) -> None:
        """How often all of it came true in the history, and each condition; empty while nobody knows.

        `is_marked`: there are moments on the chart that can be gone to.
        """
        self._verdict.setText(verdict)
        self._verdict.setVisible(bool(verdict))
        self._show.setVisible(is_marked)
        self._notes = dict(notes)
        for place, row in self.rows.items():
            row.show_note(notes.get(place, ""))

    @property
    def verdict(self) -> str:
        return self._verdict.text()

    @property
    def problem(self) -> str:
        return self._problem.text()

    def show_problem(self, text: str) -> None:
        """What the form has to say about all of it."""
        own = [fault.text for fault in self.read.faults_at(())]
        shown = "\n".join([*own, *([text] if text and not self.read.faults else [])])
        self._problem.setText(shown)
        self._problem.setVisible(bool(shown))

    def focus_first(self) -> None:
        """Bring the cursor to the first word that cannot stay, else to the first there is."""
        for fault in self.read.faults:
            row = self.rows.get(fault.place)
            if row is not None and row.focus_on(fault.name):
                return
        first = next(iter(self.rows.values()), None)
        if first is not None:
            first.focus_on("indicator")
        else:
            self.add_button.setFocus(Qt.FocusReason.OtherFocusReason)

    # --- menus

    def add_menu(self, place: Place = ()) -> QMenu:
        """The indicators, and conditions as people know them from 3Commas."""
        menu = QMenu(self)
        menu.setToolTipsVisible(True)
        menu.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        for one in indicators().values():
            action = menu.addAction(tr(one.title))
            action.setData(one.name)
            action.setToolTip(tr(one.summary))
            action.triggered.connect(lambda _is_checked, first=one.first: self.add(clause_of(first), place))
        menu.addSeparator()
        known = menu.addMenu(tr("As in 3Commas"))
        for preset in PRESETS:
            action = known.addAction(tr(preset.title))
            action.setData(preset.key)
            action.triggered.connect(lambda _is_checked, preset=preset: self.add(preset.clause(), place))
        return menu

    def add(self, entry: Clause | Block, place: Place = ()) -> None:
        """One more condition, in the outermost group or in that of a place."""
        self._restructure(self.block.added(place, entry))
        block = self.block.at(place)
        assert isinstance(block, Block)
        row = self.rows.get((*place, len(block.entries) - 1))
        if row is not None and not (row.focus_on("value") or row.focus_on("indicator")):
            row.setFocus()

    def add_group(self) -> None:
        """A group of the other kind, with a first condition in it."""
        first = clause_of(next(iter(indicators().values())).first)
        self.add(Block("any" if self.block.mode == "all" else "all", (first,)))

    # --- inside

    def _takes(self, block: Block) -> bool:
        """Put other numbers into the sentences that stand there; False where the sentences are others."""
        if _outline(block) != _outline(self.block):
            return False
        return all(self.rows[place].show_clause(clause) for place, clause in block.clauses())

    def _restructure(self, block: Block) -> None:
        """Change the sentence, and tell it as one step."""
        self.block = block
        self._notes = {}
        self._rebuild()
        self._judge()
        self.restructured.emit(self.text())

    def _judge(self) -> None:
        self.read = read_block(self.block)
        for place, row in self.rows.items():
            row.show_faults(self.read.faults_at(place))
        self.show_problem("")

    def _type(self, place: Place, clause: Clause) -> None:
        self.block = self.block.with_entry(place, clause)
        self._judge()
        self.typed.emit()

    def _rebuild(self) -> None:
        self._leave_focus()
        before, self._kept = self.rows, {}
        if tr(SENTENCE) == self._sentence:  # a row that says the same stays: making one costs more than moving it
            self._kept = before
        self._sentence = tr(SENTENCE)
        self.rows, self.modes, self.groups = {}, {}, {}
        fresh = QWidget(self)  # styled once: a widget without a parent would be styled again when it gets one
        column = QVBoxLayout(fresh)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(2)
        if self.block.entries:
            column.addWidget(self._head(self.block, (), tr(self._lead)))
        self._fill(column, self.block, ())
        self._column.replaceWidget(self._entries, fresh)
        fresh.show()
        self._entries.hide()
        self._entries.deleteLater()
        self._entries = fresh
        is_empty = not self.block.entries
        self._empty.setVisible(is_empty)
        self.group_button.setVisible(not is_empty)
        if is_empty:
            self.show_tried("", {})

    def _leave_focus(self) -> None:
        """A word that is about to go must not take the cursor to wherever Qt finds something next to it."""
        inside = self.focusWidget() if self.isVisible() else None
        if inside is not None and self._entries.isAncestorOf(inside):
            self.add_button.setFocus(Qt.FocusReason.OtherFocusReason)

    def _fill(self, column: QVBoxLayout, block: Block, place: Place) -> None:
        for number, entry in enumerate(block.entries):
            joint = tr(_JOINTS[block.mode]) if number else ""
            if isinstance(entry, Clause):
                column.addWidget(self._row(entry, (*place, number), joint))
            else:
                column.addWidget(self._group(entry, (*place, number), joint))

    def _head(self, block: Block, place: Place, lead: str) -> QWidget:
        """`Start a deal when` [all of these hold]: the second only where there are several."""
        head = QWidget()
        flow = FlowLayout(head)
        if lead:
            flow.addWidget(PlainWord(lead))
        if len(block.entries) > 1:
            chip = ChoiceChip(tr_later("How conditions are joined"), _MODES, block.mode)
            chip.picked.connect(lambda mode: self._join(place, mode))
            self.modes[place] = chip
            flow.addWidget(chip)
        return head

    def _row(self, clause: Clause, place: Place, joint: str) -> ClauseRow:
        kept = self._kept.get(place)
        if kept is not None and (kept.clause, kept.joint) == (clause, joint):
            kept.show_note(self._notes.get(place, ""))
            self.rows[place] = kept
            return kept
        row = ClauseRow(clause, place, joint)
        row.typed.connect(lambda changed: self._type(place, changed))
        row.changed.connect(lambda changed: self._change(place, changed))
        row.removed.connect(lambda: self._restructure(self.block.without(place)))
        row.moved.connect(lambda distance: self._move(place, distance))
        row.copied.connect(lambda: self.add(self.rows[place].clause, place[:-1]))
        row.show_note(self._notes.get(place, ""))
        self.rows[place] = row
        return row

    def _group(self, block: Block, place: Place, joint: str) -> QWidget:
        frame = QFrame()
        frame.setProperty("card", True)
        column = QVBoxLayout(frame)
        column.setContentsMargins(8, 5, 4, 5)
        column.setSpacing(2)
        head = QHBoxLayout()
        head.addWidget(self._head(block, place, joint), 1)
        remove = QToolButton()
        remove.setIcon(icon("close", "muted"))
        remove.setProperty("flat", True)
        remove.setProperty("small", True)
        remove.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        remove.setAccessibleName(tr("Remove the group"))
        remove.setToolTip(tr("Remove the group"))
        remove.clicked.connect(lambda _is_checked: self._restructure(self.block.without(place)))
        head.addWidget(remove)
        column.addLayout(head)
        self._fill(column, block, place)
        add = link_button(tr("Condition"))
        add.setIcon(icon("plus", "accent"))
        add.setAccessibleName(tr("Add a condition to the group"))
        add.clicked.connect(lambda _is_checked: _pop(self.add_menu(place), add))
        column.addWidget(add, 0, Qt.AlignmentFlag.AlignLeft)
        self.groups[place] = frame
        return frame

    def _change(self, place: Place, clause: Clause) -> None:
        changed = _changed_word(self.rows[place].clause, clause)
        self._restructure(self.block.with_entry(place, clause))
        self.rows[place].focus_on(changed)

    def _move(self, place: Place, distance: int) -> None:
        moved = self.block.moved(place, distance)
        if moved != self.block:
            self._restructure(moved)
            target = self.rows.get((*place[:-1], place[-1] + distance))
            if target is not None:
                target.focus_on("indicator")

    def _join(self, place: Place, mode: str) -> None:
        block = self.block.at(place)
        assert isinstance(block, Block)
        joined = Block("any" if mode == "any" else "all", block.entries)
        self._restructure(self.block.with_entry(place, joined) if place else joined)
        self.modes[place].setFocus(Qt.FocusReason.OtherFocusReason)

    def _lay_out(self) -> None:
        for label, role in ((self._empty, "muted"), (self._problem, "problem"), (self._verdict, "title")):
            label.setProperty("role", role)
            label.setWordWrap(True)
        self._problem.hide()
        self._verdict.hide()
        self._show.hide()
        self._show.clicked.connect(lambda _is_checked: self.verdict_clicked.emit())
        for button in (self.add_button, self.group_button):
            button.setIcon(icon("plus", "accent"))
        self.add_button.clicked.connect(lambda _is_checked: _pop(self.add_menu(), self.add_button))
        self.group_button.clicked.connect(lambda _is_checked: self.add_group())
        buttons = QHBoxLayout()
        buttons.setSpacing(6)
        buttons.addWidget(self.add_button)
        buttons.addWidget(self.group_button)
        buttons.addStretch()
        column = self._column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(3)
        for widget in (self._empty, self._entries):
            column.addWidget(widget)
        column.addLayout(buttons)
        column.addWidget(self._problem)
        column.addWidget(self._verdict)
        column.addWidget(self._show, 0, Qt.AlignmentFlag.AlignLeft)

    def retranslate(self) -> None:
        self._empty.setText(tr(self._empty_text))
        self._show.setText(tr("Show the one before"))
        self._show.setAccessibleName(tr("Show the moment before when it fired on the chart"))
        self.add_button.setText(tr("Condition"))
        self.add_button.setAccessibleName(tr("Add a condition"))
        self.group_button.setText(tr("Group"))
        self.group_button.setAccessibleName(tr("Add a group of conditions"))
        self.group_button.setToolTip(tr("Conditions that count as one: any of them, or all of them"))
        self.setAccessibleName(tr(self._lead))

    def changeEvent(self, event: QEvent) -> None:
        if event.type() == QEvent.Type.LanguageChange:
            self.retranslate()
            self._rebuild()
            self._judge()
        super().changeEvent(event)


def _pop(menu: QMenu, under: QPushButton) -> None:
    menu.popup(under.mapToGlobal(QPoint(0, under.height())))


def _outline(block: Block) -> Sequence[object]:
    """Which blocks and how many clauses, without what the clauses say."""
    return [block.mode, *(_outline(entry) if isinstance(entry, Block) else "" for entry in block.entries)]


def _changed_word(before: Clause, after: Clause) -> str:
    """The name of the word in which two clauses differ, for the cursor."""
    for name in ("indicator", "timeframe", "trigger"):
        if getattr(before, name) != getattr(after, name):
            return name
    return "line" if before.text("line") != after.text("line") else "against"

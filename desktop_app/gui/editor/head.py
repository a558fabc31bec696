"""The editor's head: whose money, which account, the name, the pairs, the side, and how much of the form is shown."""

from collections.abc import Sequence

from PySide6.QtCore import QEvent, QStringListModel, Qt, Signal
from PySide6.QtGui import QAction, QKeyEvent
from PySide6.QtWidgets import QCompleter, QHBoxLayout, QLabel, QLineEdit, QListView, QPushButton, QVBoxLayout, QWidget

from desktop_app.engine.views import AccountView
from desktop_app.gui.editor.remarks import Remark
from desktop_app.gui.editor.rows import QuietCombo
from desktop_app.gui.fields import Segmented
from desktop_app.gui.i18n import tr, tr_later
from desktop_app.gui.icons import icon
from desktop_app.gui.notices import Badge, plain_label, restyle

_MOST_OFFERED = 12


class PairsEdit(QLineEdit):
    """One pair or several, by commas; offers the account's pairs for the one that is being typed."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._known = QStringListModel(self)
        self._completer = QCompleter(self._known, self)
        self._completer.setCaseSensitivity(Qt.CaseSensitivity.CaseInsensitive)
        self._completer.setFilterMode(Qt.MatchFlag.MatchContains)
        self._completer.setMaxVisibleItems(_MOST_OFFERED)
        self._completer.setWidget(self)
        popup = self._completer.popup()
        if isinstance(popup, QListView):
            popup.setUniformItemSizes(True)  # thousands of pairs: no row is measured before it is seen
        self._completer.activated.connect(self._take)
        self.textEdited.connect(self._offer)
        self._all = QAction(icon("chevron-down", "muted"), "", self)
        self._all.triggered.connect(self._offer_all)
        self.addAction(self._all, QLineEdit.ActionPosition.TrailingPosition)

    def set_pairs(self, pairs: Sequence[str]) -> None:
        if self._known.stringList() != list(pairs):
            self._known.setStringList(list(pairs))

    def _token(self) -> str:
        return self.text()[: self.cursorPosition()].replace("，", ",").rpartition(",")[2].strip()

    def _offer(self) -> None:
        self._completer.setCompletionPrefix(self._token())
        if self._completer.completionCount() and self._completer.currentCompletion() != self._token().upper():
            self._completer.complete()

    def _offer_all(self) -> None:
        self._completer.setCompletionPrefix("")
        self._completer.complete()

    def _take(self, pair: str) -> None:
        """A pair chosen while several are listed replaces the last one; otherwise it is the only one."""
        before, comma, _ = self.text().replace("，", ",").rpartition(",")
        self.setText(f"{before}, {pair}" if comma else pair)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        if event.key() == Qt.Key.Key_Down:
            self._offer_all()
            return
        super().keyPressEvent(event)


class EditorHead(QWidget):
    """Two lines at most; remarks about name and pairs stand below them."""

    changed = Signal()
    simple_requested = Signal(bool)
    pairs_requested = Signal()  # the sheet on which pairs are chosen

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.badge = Badge("paper")
        self.account = QuietCombo()
        self.name = QLineEdit()
        self.pairs = PairsEdit()
        self.pick = QPushButton()
        self._pair_list, self._list_words, self._mirror = "", "", ""
        self.direction = Segmented((("long", tr_later("Long")), ("short", tr_later("Short"))))
        self.view = Segmented((("simple", tr_later("Simple")), ("advanced", tr_later("Advanced"))))
        self._name_label, self._pairs_label = QLabel(), QLabel()
        self._note = plain_label()
        self._hidden = 0
        self._lay_out()
        self._connect()
        self.retranslate()

    def texts(self) -> dict[str, str]:
        """The head's texts by setting."""
        return {
            "name": self.name.text(),
            "account": str(self.account.currentData() or ""),
            "pairs": self.pairs.text(),
            "pair_list": self._pair_list,
            "mirror": self._mirror,
            "direction": self.direction.value,
        }

    def show_texts(self, name: str, account: str, pairs: str, direction: str) -> None:
        """Show without telling."""
        for line, text in ((self.name, name), (self.pairs, pairs)):
            if line.text() != text:
                line.blockSignals(True)
                line.setText(text)
                line.setCursorPosition(0)
                line.blockSignals(False)
        self.account.blockSignals(True)
        if self.account.findData(account) < 0:
            self.account.addItem(account, account)
        self.account.setCurrentIndex(self.account.findData(account))
        self.account.blockSignals(False)
        self.direction.blockSignals(True)
        self.direction.set_value(direction or "long")
        self.direction.blockSignals(False)

    def offer_lists(self) -> None:
        """Several pairs, also by a rule, can be chosen on a sheet."""
        self.pick.show()

    def show_pair_list(self, text: str, words: str) -> None:
        """A list that makes itself (JSON, empty for none), and in words what it is: it stands in place of the pairs."""
        self._pair_list, self._list_words = text, words
        self.pairs.setVisible(not text or bool(self.pairs.text().strip()))
        self._name_pick()

    def keep_mirror(self, text: str) -> None:
        """Which bot this one mirrors (JSON): not changed here, and not lost."""
        self._mirror = text

    def set_accounts(self, accounts: Sequence[AccountView]) -> None:
        chosen = self.account.currentData()
        names = [view.name for view in accounts]
        if chosen and chosen not in names:
            names.append(str(chosen))
        if [self.account.itemText(place) for place in range(self.account.count())] == names:
            return
        self.account.blockSignals(True)
        self.account.clear()
        for name in names:
            self.account.addItem(name, name)
        self.account.setCurrentIndex(max(0, self.account.findData(chosen)))
        self.account.blockSignals(False)

    def show_remarks(self, remarks: Sequence[Remark]) -> None:
        found = [remark for remark in remarks if remark.path in ("name", "account", "pairs", "direction")]
        self._note.setText("  ".join(remark.text for remark in found))
        self._note.setVisible(bool(found))
        is_block = any(remark.level == "block" for remark in found)
        self._note.setProperty("role", "problem" if is_block else "warning")
        restyle(self._note)
        for path, line in (("name", self.name), ("pairs", self.pairs)):
            mine = [remark for remark in found if remark.path == path]
            line.setProperty("problem", any(remark.level == "block" for remark in mine))
            line.setAccessibleDescription(" ".join(remark.text for remark in mine))
            restyle(line)

    def show_hidden_changes(self, count: int) -> None:
        """How many settings that the simple view hides differ from their defaults."""
        self._hidden = count
        self._name_advanced()

    def focus_on(self, path: str) -> bool:
        fields: dict[str, QWidget] = {"name": self.name, "account": self.account, "direction": self.direction}
        fields["pairs"] = fields["pair_list"] = self.pick if self._pair_list else self.pairs
        field = fields.get(path)
        if field is not None:
            field.setFocus(Qt.FocusReason.OtherFocusReason)
        return field is not None

    # --- inside

    def _lay_out(self) -> None:
        self.view.set_value("advanced")
        self.account.setMinimumWidth(110)
        self.name.setMinimumWidth(110)
        self.name.setMaximumWidth(220)
        self.pairs.setMinimumWidth(110)
        self.pairs.setMaximumWidth(260)
        for label, field in ((self._name_label, self.name), (self._pairs_label, self.pairs)):
            label.setBuddy(field)
            label.setProperty("role", "muted")
        row = QHBoxLayout()
        row.setSpacing(8)
        for widget in (
            self.badge, self.account, self._name_label, self.name, self._pairs_label, self.pairs, self.pick,
        ):  # fmt: skip
            row.addWidget(widget)
        self.pick.setAutoDefault(False)
        self.pick.hide()
        row.addWidget(self.direction)
        row.addStretch(1)
        row.addWidget(self.view)
        column = QVBoxLayout(self)
        column.setContentsMargins(12, 7, 12, 7)
        column.setSpacing(3)
        column.addLayout(row)
        column.addWidget(self._note)
        self._note.hide()

    def _connect(self) -> None:
        self.account.currentIndexChanged.connect(lambda _place: self.changed.emit())
        self.name.textChanged.connect(lambda _text: self.changed.emit())
        self.pairs.textChanged.connect(lambda _text: self.changed.emit())
        self.direction.changed.connect(lambda _key: self.changed.emit())
        self.pick.clicked.connect(self.pairs_requested)
        self.view.changed.connect(lambda key: self.simple_requested.emit(key == "simple"))

    def _name_advanced(self) -> None:
        title = tr("Advanced")
        if self._hidden and self.view.value == "simple":
            title = tr("{title} ({count} changed)").format(title=title, count=self._hidden)
        self.view.button("advanced").setText(title)
        self.view.button("advanced").setAccessibleName(title)

    def _name_pick(self) -> None:
        self.pick.setText(self._list_words or tr("Choose…"))
        name = tr("Choose pairs")
        self.pick.setAccessibleName(f"{name}: {self._list_words}" if self._list_words else name)

    def retranslate(self) -> None:
        self._name_pick()
        self._name_label.setText(tr("Name"))
        self._pairs_label.setText(tr("Pair"))
        self.name.setAccessibleName(tr("Name"))
        self.pairs.setAccessibleName(tr("Pairs"))
        self.account.setAccessibleName(tr("Account"))
        self.direction.setAccessibleName(tr("Direction"))
        self.view.setAccessibleName(tr("How much of the form is shown"))
        self.pairs.setToolTip(tr("One pair, or several by commas: BTC/USDT, ETH/USDT"))
        self._name_advanced()

    def changeEvent(self, event: QEvent) -> None:
        if event.type() == QEvent.Type.LanguageChange:
            self.retranslate()
        super().changeEvent(event)

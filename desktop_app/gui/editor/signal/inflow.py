"""Where a bot's signals come in, the message to paste into an alert, a try, and what has come so far."""

from datetime import tzinfo
from typing import TYPE_CHECKING, Protocol, cast

from PySide6.QtCore import QEvent, Qt, Signal
from PySide6.QtGui import QFont
from PySide6.QtWidgets import (
    QApplication,
    QComboBox,
    QHBoxLayout,
    QLabel,
    QPlainTextEdit,
    QPushButton,
    QVBoxLayout,
    QWidget,
)
from shiboken6 import isValid

from desktop_app.engine.problem import Problem
from desktop_app.gui import fmt
from desktop_app.gui.connect.clipboard import clipboard_guard
from desktop_app.gui.dialogs import confirmed
from desktop_app.gui.editor.link import EngineLink
from desktop_app.gui.editor.signal.received import MOST, ReceivedRow, make_table
from desktop_app.gui.editor.signal.trying import Move, message_for
from desktop_app.gui.i18n import tr, tr_later
from desktop_app.gui.icons import icon_pixmap
from desktop_app.gui.notices import announce, link_button, plain_label
from desktop_app.gui.wording import problem_text, sentence

if TYPE_CHECKING:
    from collections.abc import Sequence

    from desktop_app.core.strategies.signal_settings import SignalSettings
    from desktop_app.engine.views import SignalAddress, SignalAnswer, SignalsView, SignalView
    from desktop_app.gui.wishes import BotRef

_MASK = "••••••••"
_FORMATS = {
    "strategy": tr_later("Strategy"),
    "enter_long": tr_later("Enter long"),
    "exit_long": tr_later("Exit long"),
    "enter_short": tr_later("Enter short"),
    "exit_short": tr_later("Exit short"),
}
_STATES = {
    "listening": ("check", "profit", tr_later("Listening on port {port}.")),
    "port_in_use": ("warning", "error", tr_later("Port {port} is in use by another program.")),
    "blocked": ("warning", "error", tr_later("This computer does not allow listening on port {port}.")),
    "off": ("warning", "muted", tr_later("Signals from outside are switched off.")),
}


class SignalWishes(Protocol):
    """What of the supervisor this part uses."""

    async def signals_state(self) -> "SignalsView": ...
    async def signal_address(self, bot: "BotRef") -> "SignalAddress": ...
    async def rotate_signal_secret(self, bot: "BotRef", session_only: bool = False) -> "SignalAddress": ...
    async def signals(
        self, bot: "BotRef | None" = None, limit: int = 50, before: int | None = None
    ) -> "Sequence[SignalView]": ...
    async def send_signal(self, bot: "BotRef", text: str, is_test: bool = False) -> "tuple[SignalAnswer, ...]": ...


class Inflow(QWidget):
    """Of a bot that is not saved yet there is nothing to show: it has no address."""

    ways_requested = Signal()  # switch ways in and out

    def __init__(self, link: EngineLink, zone: tzinfo, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._link, self._zone = link, zone
        self._wishes = cast(SignalWishes, link.wishes)
        self._bot_id = 0
        self._address: SignalAddress | None = None
        self._ways: SignalsView | None = None
        self._is_shown = False
        self.unsaved = plain_label()
        self.state, self.state_icon = plain_label(), QLabel()
        self.url, self.copy_url, self.ways_button = QLabel(), QPushButton(), link_button("")
        self.formats = QComboBox()
        self.message, self.copy_message, self.show_secret = QPlainTextEdit(), QPushButton(), link_button("")
        self.rotate_button, self.keep_button = link_button(""), QPushButton()
        self.try_enter, self.try_exit, self.tried = QPushButton(), QPushButton(), plain_label()
        self.table = make_table()
        self._titles = [QLabel() for _ in range(4)]
        self._secret_note = plain_label()
        self._body = QWidget()
        self._settings: SignalSettings | None = None
        self._lay_out()
        self._connect()
        self.retranslate()

    # --- what it is of

    def show_bot(self, bot_id: int) -> None:
        """0: a bot that has not been saved."""
        self.unsaved.setVisible(not bot_id)
        self._body.setVisible(bool(bot_id))
        if bot_id:
            self._bot_id = bot_id
            self._link.spawn(self._load(), "reading where signals come in")

    def signals_came(self, came: "list[SignalView]") -> None:
        own = [ReceivedRow(signal, self._zone) for signal in came if signal.bot_id == self._bot_id]
        if own:
            self.table.rows_model.upsert(own)

    def ways_changed(self, states: "list[SignalsView]") -> None:
        self._ways = states[-1]
        self._show_state()
        if self._bot_id:
            self._link.spawn(self._load(), "reading where signals come in")

    async def _load(self) -> None:
        ask, wishes = self._link.ask, self._wishes
        try:
            view = await ask(self._link.wishes.bot(self._bot_id))
            ways = await ask(wishes.signals_state())
            address = await ask(wishes.signal_address(self._bot_id))
            came = await ask(wishes.signals(self._bot_id, MOST))
        except Problem as problem:
            if isValid(self):
                self.state.setText(problem_text(problem))
                self.keep_button.setVisible(problem.said.code == "vault_absent")
            return
        if not isValid(self):
            return
        self.keep_button.hide()
        from desktop_app.core.strategies.signal_settings import SignalSettings

        self._settings = SignalSettings.model_validate_json(view.settings_json)
        self._ways = ways
        self._show_state()
        self._show_address(address)
        self.table.rows_model.replace(ReceivedRow(signal, self._zone) for signal in came)

    # --- shown

    def _show_state(self) -> None:
        ways = self._ways
        if ways is None:
            return
        picture, colour, words = _STATES.get(ways.hook_state, _STATES["off"])
        self.state_icon.setPixmap(icon_pixmap(picture, 16, colour, self.devicePixelRatioF()))
        text = tr(words).format(port=ways.port)
        if ways.hook_state not in ("listening", "off") and ways.hook_problem is not None:
            text = sentence(ways.hook_problem)
        if ways.hook_state == "listening":
            last = fmt.moment(ways.last_at, self._zone) if ways.last_at else tr("never")
            text = f"{text} {tr('Last signal: {time}.').format(time=last)}"
        self.state.setText(text)
        self.state.setAccessibleName(text)

    def _show_address(self, address: "SignalAddress") -> None:
        self._address = address
        self._show_parts()
        self.url.setText(address.public_url or address.url)
        before = self.formats.currentData()
        self.formats.blockSignals(True)
        self.formats.clear()
        for action, _ in address.messages:
            self.formats.addItem(tr(_FORMATS[action]) if action in _FORMATS else action, action)
        self.formats.setCurrentIndex(max(0, self.formats.findData(before)))
        self.formats.blockSignals(False)
        self.formats.setVisible(len(address.messages) > 1)
        self._show_message()

    def _show_parts(self) -> None:
        """Without an address there is nothing to copy, show or try."""
        for widget in (
            self.url, self.copy_url, *self._titles[1:3], self.formats, self.message, self.copy_message,
            self.show_secret, self.rotate_button, self._secret_note, self.try_enter, self.try_exit,
        ):  # fmt: skip
            widget.setVisible(self._address is not None)

    def _show_message(self) -> None:
        text = self._text()
        self.message.setPlainText(text if self._is_shown else self._masked(text))
        self.show_secret.setText(tr("Hide the secret") if self._is_shown else tr("Show the secret"))

    def _text(self) -> str:
        """The message that is chosen, with its secret."""
        if self._address is None:
            return ""
        return dict(self._address.messages).get(self.formats.currentData(), "")

    @staticmethod
    def _masked(text: str) -> str:
        lines = []
        for line in text.splitlines():
            head, found, _ = line.partition('"secret": "')
            lines.append(f'{head}{found}{_MASK}",' if found else line)
        return "\n".join(lines)

    # --- done

    def _copy(self, text: str, told: str, *, is_secret: bool) -> None:
        QApplication.clipboard().setText(text)
        if is_secret:
            clipboard_guard().watch(text)
        announce(self, told)

    def _copy_message(self) -> None:
        self._copy(self._text(), tr("The message is on the clipboard for half a minute."), is_secret=True)
        self.tried.setText(tr("The message is on the clipboard for half a minute."))

    def _toggle_secret(self) -> None:
        self._is_shown = not self._is_shown
        self._show_message()

    async def _rotate(self) -> None:
        lines = (
            tr("The old secret stops working at once: alerts that carry it are refused."),
            tr("Paste the new message into every alert of this bot."),
        )
        if not await confirmed(self, tr("Make a new secret?"), lines, yes=tr("Make a new secret")):
            return
        try:
            address = await self._link.ask(self._wishes.rotate_signal_secret(self._bot_id))
        except Problem as problem:
            self.tried.setText(problem_text(problem))
            return
        if isValid(self):
            self._show_address(address)
            self.tried.setText(tr("There is a new secret. The old one opens nothing any more."))

    async def _keep_for_session(self) -> None:
        try:
            await self._link.ask(self._wishes.rotate_signal_secret(self._bot_id, True))
        except Problem as problem:
            if isValid(self):
                self.state.setText(problem_text(problem))
            return
        if isValid(self):
            await self._load()

    async def _try(self, move: Move) -> None:
        if self._settings is None:
            return
        text = message_for(self._settings, move)
        try:
            answers = await self._link.ask(self._wishes.send_signal(self._bot_id, text, True))
        except Problem as problem:
            if isValid(self):
                self.tried.setText(problem_text(problem))
            return
        if isValid(self):
            told = " ".join(sentence(answer.verdict) for answer in answers)
            took = max((answer.took_ms for answer in answers), default=0)
            words = tr("{told} Nothing was sent to the exchange; it took {ms} ms.")
            self.tried.setText(words.format(told=told, ms=took))
            announce(self, self.tried.text())

    # --- inside

    def _connect(self) -> None:
        self.copy_url.clicked.connect(
            lambda: self._copy(self.url.text(), tr("The address is on the clipboard."), is_secret=False)
        )
        self.copy_message.clicked.connect(self._copy_message)
        self.show_secret.clicked.connect(self._toggle_secret)
        self.formats.currentIndexChanged.connect(lambda _place: self._show_message())
        self.ways_button.clicked.connect(self.ways_requested)
        self.rotate_button.clicked.connect(lambda: self._link.spawn(self._rotate(), "making a new secret"))
        self.keep_button.clicked.connect(
            lambda: self._link.spawn(self._keep_for_session(), "making a secret for this session")
        )
        for button, move in ((self.try_enter, "enter"), (self.try_exit, "exit")):
            button.clicked.connect(lambda _=False, m=move: self._link.spawn(self._try(m), "trying a signal"))

    def _lay_out(self) -> None:
        for title in self._titles:
            title.setProperty("role", "section")
        self.url.setTextFormat(Qt.TextFormat.PlainText)
        self.url.setTextInteractionFlags(Qt.TextInteractionFlag.TextSelectableByMouse)
        self._secret_note.setProperty("role", "muted")
        self.message.setReadOnly(True)
        font = QFont("monospace")
        font.setStyleHint(QFont.StyleHint.Monospace)
        self.message.setFont(font)
        line = self.message.fontMetrics().lineSpacing()
        self.message.setFixedHeight(line * 9 + 14)
        self.table.setMinimumHeight(line * 7)
        column = QVBoxLayout(self._body)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(6)
        column.addWidget(self._titles[0])
        column.addLayout(_row(self.state_icon, (self.state, 1), self.ways_button))
        column.addLayout(_row(self.keep_button, None))
        column.addLayout(_row((self.url, 1), self.copy_url))
        column.addWidget(self._titles[1])
        column.addLayout(_row(self.formats, None))
        column.addWidget(self.message)
        column.addLayout(_row(self.copy_message, self.show_secret, self.rotate_button, None))
        column.addWidget(self._secret_note)
        column.addWidget(self._titles[2])
        column.addLayout(_row(self.try_enter, self.try_exit, (self.tried, 1)))
        column.addWidget(self._titles[3])
        column.addWidget(self.table, 1)
        whole = QVBoxLayout(self)
        whole.setContentsMargins(14, 10, 14, 10)
        whole.addWidget(self.unsaved)
        whole.addWidget(self._body, 1)
        for button in (self.copy_url, self.copy_message, self.try_enter, self.try_exit, self.keep_button):
            button.setAutoDefault(False)
        self.keep_button.hide()
        self._show_parts()

    def retranslate(self) -> None:
        titles = (
            tr("1 Where signals come in"), tr("2 Message for the alert"), tr("3 Try it"), tr("Received, the last 50"),
        )  # fmt: skip
        for title, words in zip(self._titles, titles, strict=True):
            title.setText(words)
        self.unsaved.setText(tr("Save the bot: then it has an address for alerts and a secret of its own."))
        self.copy_url.setText(tr("Copy address"))
        self.ways_button.setText(tr("Ways for signals…"))
        self.copy_message.setText(tr("Copy message"))
        self.rotate_button.setText(tr("Make a new secret…"))
        self.keep_button.setText(tr("Use a secret for this session only"))
        self.try_enter.setText(tr("Try: enter"))
        self.try_exit.setText(tr("Try: exit"))
        self.message.setAccessibleName(tr("Message for the alert"))
        self.formats.setAccessibleName(tr("Format of the message"))
        self._secret_note.setText(
            tr("The secret can only trigger this bot. It is no API key, and it is kept in this computer's keyring.")
        )
        self.table.set_empty(tr("Nothing has come yet. Every signal is listed here, also those that were refused."))
        self._show_state()
        self._show_message()

    def changeEvent(self, event: QEvent) -> None:
        if event.type() == QEvent.Type.LanguageChange:
            self.retranslate()
        super().changeEvent(event)


def _row(*parts: "QWidget | tuple[QWidget, int] | None") -> QHBoxLayout:
    """Widgets side by side; (widget, stretch) grows, None is room."""
    row = QHBoxLayout()
    row.setSpacing(8)
    for part in parts:
        if part is None:
            row.addStretch()
        elif isinstance(part, tuple):
            row.addWidget(part[0], part[1])
        else:
            row.addWidget(part)
    return row

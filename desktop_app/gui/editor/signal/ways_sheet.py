"""The ways by which signals may come in, switched on and off: an address on this computer, and a mailbox."""

from typing import TYPE_CHECKING, Protocol, cast

from pydantic import ValidationError
from PySide6.QtGui import QIntValidator, QShowEvent
from PySide6.QtWidgets import QCheckBox, QFormLayout, QLineEdit, QTextBrowser, QVBoxLayout, QWidget
from shiboken6 import isValid

from desktop_app.core.credentials import Credentials, Secret
from desktop_app.engine.problem import Problem
from desktop_app.engine.signal_ways import DEFAULT_PORT, MailWay, SignalWays
from desktop_app.gui.connect.clipboard import clipboard_guard
from desktop_app.gui.connect.secret_field import SecretField
from desktop_app.gui.dialogs import Question, asked
from desktop_app.gui.i18n import is_chinese, tr, tr_later
from desktop_app.gui.notices import link_button, plain_label
from desktop_app.gui.resources import resource_path
from desktop_app.gui.wording import problem_text

if TYPE_CHECKING:
    from desktop_app.engine.views import SignalsView
    from desktop_app.gui.editor.link import EngineLink

_WIDTH = 520
_REASONS = (
    ("must be an https", tr_later("The public address must begin with https:// and have no port.")),
    ("is not the name", tr_later("That is not the name of a server.")),
    ("is not a mail", tr_later("Senders are mail addresses, separated by commas.")),
    ("host: a mailbox", tr_later("A mailbox needs a server and a user.")),
    ("senders: name", tr_later("Name who may send signals, or anybody could.")),
    ("checked_by:", tr_later("Name the server whose word counts, or do without the check.")),
)


class WaysWishes(Protocol):
    """What of the supervisor this sheet uses."""

    async def signal_ways(self) -> SignalWays: ...
    async def set_signal_ways(self, ways: SignalWays) -> "SignalsView": ...
    async def set_mail_password(self, credentials: Credentials) -> "SignalsView": ...


class WaysForm(QWidget):
    """Two groups of fields, and in words what each way means."""

    def __init__(self, ways: SignalWays, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.hook, self.port, self.public = QCheckBox(), QLineEdit(str(ways.port)), QLineEdit(ways.public_url)
        mail = ways.mail
        self.mail, self.host, self.user = QCheckBox(), QLineEdit(mail.host), QLineEdit(mail.user)
        self.folder, self.senders = QLineEdit(mail.folder), QLineEdit(", ".join(mail.senders))
        self.check, self.checked_by = QCheckBox(), QLineEdit(mail.checked_by)
        self.password = SecretField(tr_later("Password of the mailbox"), clipboard_guard(), keeps_spaces=True)
        self.problem, self.guide = plain_label(), link_button(tr("How a signal reaches your desk"))
        self._mail_port = mail.port
        self.hook.setChecked(ways.hook_is_on)
        self.port.setValidator(QIntValidator(0, 65_535, self))
        self.mail.setChecked(mail.is_on)
        self.check.setChecked(mail.needs_check)
        self._lay_out()
        for box in (self.hook, self.mail, self.check):
            box.toggled.connect(lambda _on: self._enable())
        self._enable()

    def ways(self) -> SignalWays | None:
        """What the form says; None, and a sentence, where it makes no sense."""
        try:
            found = SignalWays(
                hook_is_on=self.hook.isChecked(),
                port=int(self.port.text() or DEFAULT_PORT),
                public_url=self.public.text().strip(),
                mail=MailWay(
                    is_on=self.mail.isChecked(),
                    host=self.host.text().strip(),
                    port=self._mail_port,
                    user=self.user.text().strip(),
                    folder=self.folder.text().strip() or "INBOX",
                    senders=tuple(self.senders.text().replace(",", " ").replace(";", " ").split()),
                    needs_check=self.check.isChecked(),
                    checked_by=self.checked_by.text().strip(),
                ),
            )
        except ValidationError as error:
            self.say(_reason(str(error.errors()[0]["msg"])))
            return None
        self.say("")
        return found

    def say(self, text: str) -> None:
        self.problem.setText(text)
        self.problem.setVisible(bool(text))

    def _enable(self) -> None:
        of_hook: tuple[QWidget, ...] = (self.port, self.public)
        of_mail: tuple[QWidget, ...] = (
            self.host, self.user, self.folder, self.senders, self.check, self.password,
        )  # fmt: skip
        for widgets, box in ((of_hook, self.hook), (of_mail, self.mail)):
            for widget in widgets:
                widget.setEnabled(box.isChecked())
        self.checked_by.setEnabled(self.mail.isChecked() and self.check.isChecked())

    def _lay_out(self) -> None:
        self.setMinimumWidth(_WIDTH)
        self.hook.setText(tr("Receive alerts on this computer"))
        self.mail.setText(tr("Read alerts from my mailbox"))
        self.check.setText(tr("Only mails that my mail server calls genuine"))
        self.public.setPlaceholderText("https://alerts.example.net")
        self.host.setPlaceholderText("imap.example.net")
        self.senders.setPlaceholderText("noreply@tradingview.com")
        self.checked_by.setPlaceholderText("mx.example.net")
        self.problem.setProperty("role", "problem")
        self.problem.hide()
        hook_form, mail_form = QFormLayout(), QFormLayout()
        field: QWidget
        for form, rows in (
            (hook_form, ((tr("Port"), self.port), (tr("Public address (optional)"), self.public))),
            (
                mail_form,
                (
                    (tr("Server"), self.host), (tr("User"), self.user), (tr("Folder"), self.folder),
                    (tr("Only from"), self.senders), ("", self.check), (tr("Checked by"), self.checked_by),
                ),
            ),
        ):  # fmt: skip
            form.setContentsMargins(22, 0, 0, 0)
            for title, field in rows:
                form.addRow(title, field)
                if title:
                    field.setAccessibleName(title)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(6)
        column.addWidget(self.hook)
        column.addWidget(
            _muted(
                tr(
                    "It listens on 127.0.0.1 only, so nobody outside reaches it. TradingView cannot either: for that "
                    "you need a tunnel of your own with an https address; it never carries a key of an exchange."
                )
            )
        )
        column.addLayout(hook_form)
        column.addSpacing(8)
        column.addWidget(self.mail)
        column.addWidget(
            _muted(
                tr(
                    "TradingView can send alerts as mails. This app then asks that one server for new mails, over TLS, "
                    "and takes only those from the senders you name. The password stays in this computer's keyring."
                )
            )
        )
        column.addLayout(mail_form)
        self.password.setContentsMargins(22, 0, 0, 0)
        column.addWidget(self.password)
        column.addWidget(self.guide)
        column.addWidget(self.problem)


def _muted(text: str) -> QWidget:
    label = plain_label(text)
    label.setProperty("role", "muted")
    label.setContentsMargins(22, 0, 0, 0)
    return label


def _reason(message: str) -> str:
    for start, words in _REASONS:
        if start in message:
            return tr(words)
    return message.removeprefix("Value error, ")


class WaysSheet(Question):
    """Stays open until what is typed makes sense."""

    def __init__(self, parent: QWidget, form: WaysForm) -> None:
        super().__init__(parent, tr("Ways for signals"), (), body=form)
        self._form = form
        self.setMinimumWidth(_WIDTH + 44)
        self.add_safe(tr("Cancel"))
        self.use_button = self.add_answer("use", tr("Use these ways"), is_default=True)

    def showEvent(self, event: QShowEvent) -> None:
        super().showEvent(event)
        # Qt opens no window higher than two thirds of the screen, whatever its wrapped words need.
        needed = self.heightForWidth(self.width())
        self.resize(self.width(), max(self.height(), min(needed, self.screen().availableGeometry().height() - 40)))

    def _give(self, key: str) -> None:
        if self._form.ways() is not None:
            super()._give(key)


async def choose_ways(link: "EngineLink", parent: QWidget) -> bool:
    """Show the ways and put into effect what is chosen; False if nothing was changed."""
    wishes = cast(WaysWishes, link.wishes)
    told = ""
    while True:
        try:
            form = WaysForm(await link.ask(wishes.signal_ways()))
        except Problem as problem:
            await _tell(parent, problem_text(problem))
            return False
        if not isValid(parent):
            return False
        form.say(told)
        form.guide.clicked.connect(lambda _=False, at=form: link.spawn(show_guide(at), "showing the guide"))
        if await asked(WaysSheet(parent, form)) != "use":
            return False
        ways, password = form.ways(), form.password.value
        assert ways is not None
        try:
            if password:
                await link.ask(wishes.set_mail_password(Credentials(password, Secret(""))))
            await link.ask(wishes.set_signal_ways(ways))
        except Problem as problem:
            told = problem_text(problem)
        else:
            return True


async def show_guide(parent: QWidget) -> None:
    """What each way is, and what it means for security."""
    name = "guides/signals.zh_CN.md" if is_chinese() else "guides/signals.md"
    page = QTextBrowser()
    page.setOpenLinks(False)
    page.setMarkdown(resource_path(name).read_text(encoding="utf-8"))
    page.setMinimumSize(_WIDTH + 120, 420)
    sheet = Question(parent, tr("How a signal reaches your desk"), (), body=page)
    sheet.add_safe(tr("Close"))
    await asked(sheet)


async def _tell(parent: QWidget, text: str) -> None:
    sheet = Question(parent, tr("Ways for signals"), (text,))
    sheet.add_safe(tr("Close"))
    await asked(sheet)

"""A ticket at work: form, outcome and the one button, with what has to be agreed to once more shown in place."""

from enum import Enum

from PySide6.QtCore import QEvent, QSize, Qt, QTimer, Signal
from PySide6.QtWidgets import QFrame, QHBoxLayout, QLabel, QPushButton, QScrollArea, QVBoxLayout, QWidget

from desktop_app.core.market import HUNDRED
from desktop_app.gui import fmt
from desktop_app.gui.dialogs import ARMING_MS
from desktop_app.gui.fonts import number_font
from desktop_app.gui.i18n import tr
from desktop_app.gui.notices import Badge, link_button, plain_label, restyle
from desktop_app.gui.ticket.draft import TicketDraft
from desktop_app.gui.ticket.form import TicketForm
from desktop_app.gui.ticket.picture import Around, TicketPicture, picture_of


class _Column(QScrollArea):
    """Scrolls up and down only, so it is never narrower than what is in it."""

    def minimumSizeHint(self) -> QSize:
        content, usual = self.widget(), super().minimumSizeHint()
        if content is None:
            return usual
        width = content.minimumSizeHint().width() + self.verticalScrollBar().sizeHint().width()
        return QSize(max(usual.width(), width), usual.height())


class Stage(Enum):
    """Nothing is sent before PLACING, and a ticket is PLACING once."""

    TYPING = 1
    ASKING = 2
    PLACING = 3


class TicketDesk(QWidget):
    """Knows no engine: it is told what surrounds it, and asks to place."""

    picture_changed = Signal()
    place_requested = Signal(object)  # TicketPicture
    allow_requested = Signal(str)  # account

    def __init__(self) -> None:
        super().__init__()
        self.form = TicketForm()
        self.around = Around()
        self.picture = TicketPicture(self.form.draft)
        self.stage = Stage.TYPING
        self.badge = Badge("paper")
        self.pair, self.last = QLabel(), QLabel()
        self.outcome, self.fees, self.message = plain_label(), plain_label(), plain_label()
        self.allow = link_button("")
        self.place, self.confirm, self.back = QPushButton(), QPushButton(), QPushButton()
        self.doubts = plain_label()
        self._ask_box = QFrame()
        self._arming = QTimer(self, singleShot=True, interval=ARMING_MS)
        self._problem = ""
        self._lay_out()
        self._connect()
        self.retranslate()

    @property
    def draft(self) -> TicketDraft:
        return self.form.draft

    # --- from outside

    def show_draft(self, draft: TicketDraft, around: Around) -> None:
        """Another ticket, or this one changed by a line or by what surrounds it."""
        self.form.draft, self.around = draft, around
        self._think()

    def show_around(self, around: Around) -> None:
        if around != self.around:
            self.around = around
            self._think()

    def placed(self) -> None:
        """The trade is the engine's now; the next one begins without an amount."""
        self._go(Stage.TYPING)
        self.form.forget_touches()

    def refused(self, why: str) -> None:
        """Nothing was placed."""
        self._problem = why
        self._go(Stage.TYPING)

    # --- inside

    def _edited(self) -> None:
        self._problem = ""
        if self.stage is Stage.ASKING:
            self.stage = Stage.TYPING
        self._think()

    def _think(self) -> None:
        self.picture = picture_of(self.form.draft, self.around)
        self.form.show_picture(self.picture, self.around)
        self._show()
        self.picture_changed.emit()

    def _pressed(self) -> None:
        """The button: at once where nothing speaks against it, else after a second look."""
        if self.stage is not Stage.TYPING:
            return
        self._problem = ""
        if not self.picture.may_place:
            self.form.touch_all()
            self._think()
            self._focus_first_problem()
        elif self.picture.doubts or self.around.is_live:
            self._go(Stage.ASKING)
            self.back.setFocus(Qt.FocusReason.OtherFocusReason)
        else:
            self._send()

    def _confirmed(self) -> None:
        if self.stage is Stage.ASKING and self.picture.may_place:
            self._send()

    def _send(self) -> None:
        self._go(Stage.PLACING)
        self.place_requested.emit(self.picture)

    def _go(self, stage: Stage) -> None:
        self.stage = stage
        if stage is Stage.ASKING and self.around.is_live:
            self._arming.start()
        self._show()

    def _focus_first_problem(self) -> None:
        fields = self.form.fields()
        for name, _ in self.picture.problems:
            if name in fields:
                fields[name].setFocus(Qt.FocusReason.OtherFocusReason)
                self._scroll.ensureWidgetVisible(fields[name])
                return

    # --- showing

    def _show(self) -> None:
        picture, around, market = self.picture, self.around, self.around.market
        self.badge.setVisible(around.account is not None)
        self.badge.set_kind("live" if around.is_live else "paper")
        self.pair.setText(picture.draft.symbol or fmt.UNKNOWN)
        self.last.setText(fmt.price(around.last, market.price_tick) if market is not None else fmt.UNKNOWN)
        self._show_outcome()
        is_asking = self.stage is Stage.ASKING
        self._ask_box.setVisible(is_asking)
        self.doubts.setText("\n".join([*picture.doubts, picture.sentence]) if is_asking else "")
        self.confirm.setText(picture.verb)
        self.confirm.setEnabled(is_asking and picture.may_place and not self._arming.isActive())
        self.place.setVisible(not is_asking)
        self.back.setVisible(is_asking)
        is_placing = self.stage is Stage.PLACING
        self.place.setText(tr("Placing…") if is_placing else picture.verb)
        self.place.setEnabled(not is_placing and not picture.why_not)
        self._show_message()

    def _show_message(self) -> None:
        picture = self.picture
        shown = dict(picture.problems)
        first = next(iter(shown.values()), "")
        role = "muted"
        text = picture.why_not
        if self._problem:
            text, role = self._problem, "problem"
        elif not text and first:
            text = first
            role = "problem" if any(field.problem for field in self.form.fields().values()) else "muted"
            if not picture.draft.amount and not picture.draft.is_sized_by_risk and role == "muted":
                text = tr("Type an amount.")
        self.message.setText(text)
        self.message.setVisible(bool(text) and self.stage is not Stage.ASKING)
        if self.message.property("role") != role:
            self.message.setProperty("role", role)
            restyle(self.message)
        self.place.setToolTip(text)
        self.place.setAccessibleDescription(text)
        account = self.around.account
        self.allow.setVisible(account is not None and not account.may_trade)

    def _show_outcome(self) -> None:
        outcome, market = self.picture.outcome, self.around.market
        has_exits = self.picture.draft.has_exits
        text = ""
        if outcome is not None and market is not None and has_exits:
            parts = []
            if outcome.risk is not None:
                parts.append(tr("Risk {amount}").format(amount=fmt.quote(outcome.risk, market.quote)))
            if outcome.reward is not None:
                parts.append(tr("Reward {amount}").format(amount=fmt.quote(outcome.reward, market.quote)))
            if outcome.ratio is not None:
                parts.append(f"1 : {outcome.ratio:.2f}")
            text = "   ".join(parts)
        self.outcome.setText(text)
        self.outcome.setVisible(bool(text))
        fees = ""
        if market is not None and text:
            values = {
                "first": fmt.percent(market.maker_fee * HUNDRED, sign=False),
                "second": fmt.percent(market.taker_fee * HUNDRED, sign=False),
                "quote": market.quote,
            }
            fees = tr("in {quote}, after fees {first} + {second}").format(**values)
        self.fees.setText(fees)
        self.fees.setVisible(bool(fees))

    def _connect(self) -> None:
        self.form.edited.connect(self._edited)
        self.place.clicked.connect(lambda _=False: self._pressed())
        self.confirm.clicked.connect(lambda _=False: self._confirmed())
        self.back.clicked.connect(lambda _=False: self._go(Stage.TYPING))
        self.allow.clicked.connect(lambda _=False: self.allow_requested.emit(self.draft.account))
        self._arming.timeout.connect(self._show)

    def _lay_out(self) -> None:
        self.pair.setProperty("role", "title")
        self.last.setFont(number_font(self.font()))
        self.last.setAlignment(Qt.AlignmentFlag.AlignRight)
        for label in (self.fees, self.message):
            label.setProperty("role", "muted")
        self.outcome.setFont(number_font(self.font()))
        self.doubts.setProperty("role", "warning")
        for button in (self.place, self.confirm):
            button.setProperty("primary", True)
        for button in (self.place, self.confirm, self.back):
            button.setAutoDefault(False)
        head = QHBoxLayout()
        head.setContentsMargins(10, 6, 10, 2)
        head.setSpacing(8)
        for widget in (self.badge, self.pair):
            head.addWidget(widget)
        head.addWidget(self.last, 1)
        content = QWidget()
        inner = QVBoxLayout(content)
        inner.setContentsMargins(10, 4, 6, 4)
        inner.addWidget(self.form)
        inner.addStretch()
        self._scroll = _Column()
        self._scroll.setWidgetResizable(True)
        self._scroll.setFrameShape(QFrame.Shape.NoFrame)
        self._scroll.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self._scroll.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        self._scroll.setWidget(content)
        ask = QVBoxLayout(self._ask_box)
        ask.setContentsMargins(0, 0, 0, 0)
        ask.setSpacing(4)
        ask.addWidget(self.doubts)
        ask.addWidget(self.confirm)
        foot = QVBoxLayout()
        foot.setContentsMargins(10, 4, 10, 8)
        foot.setSpacing(4)
        for part in (self.outcome, self.fees, self.message, self.allow, self._ask_box, self.place, self.back):
            foot.addWidget(part)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(0)
        column.addLayout(head)
        column.addWidget(self._scroll, 1)
        column.addLayout(foot)

    def retranslate(self) -> None:
        self.back.setText(tr("Back, place nothing"))
        self.allow.setText(tr("Allow trading…"))
        self._show()

    def changeEvent(self, event: QEvent) -> None:
        if event.type() == QEvent.Type.LanguageChange:
            self.picture = picture_of(self.form.draft, self.around)
            self.form.show_picture(self.picture, self.around)
            self.retranslate()
            self.picture_changed.emit()
        super().changeEvent(event)

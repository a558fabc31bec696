"""The funds bar: what the bot can use at most, held against what other bots leave, and what that pays for."""

from decimal import Decimal

from PySide6.QtCore import QPoint, QRectF, QSize, Qt, Signal
from PySide6.QtGui import QColor, QPainter, QPaintEvent
from PySide6.QtWidgets import QHBoxLayout, QLabel, QMenu, QSizePolicy, QVBoxLayout, QWidget

from desktop_app.core.market import HUNDRED
from desktop_app.engine.views import FundsBar
from desktop_app.gui import fmt
from desktop_app.gui.editor.picture import Cover
from desktop_app.gui.i18n import tr
from desktop_app.gui.icons import icon
from desktop_app.gui.notices import link_button, plain_label, restyle
from desktop_app.gui.theme import current_theme


class _Meter(QWidget):
    """A thin bar; full means that nothing is left."""

    def __init__(self) -> None:
        super().__init__()
        self.share, self.colour = 0.0, "accent"
        self.setFixedHeight(6)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)

    def paintEvent(self, event: QPaintEvent) -> None:
        theme = current_theme()
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setPen(Qt.PenStyle.NoPen)
        room = QRectF(self.rect())
        painter.setBrush(QColor(theme.hover))
        painter.drawRoundedRect(room, 3, 3)
        if self.share > 0:
            painter.setBrush(QColor(getattr(theme, self.colour)))
            room.setWidth(max(6.0, room.width() * min(1.0, self.share)))
            painter.drawRoundedRect(room, 3, 3)


class FundsBox(QWidget):
    """Says it in words and with an icon; the colour only repeats it."""

    reserved_requested = Signal()

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._funds: FundsBar | None = None
        self._cover: Cover | None = None
        self._words = ""
        self._needs, self._left, self._verdict = QLabel(), QLabel(), QLabel()
        self._mark = QLabel()
        self._share = QLabel()
        self._meter = _Meter()
        self._others = link_button("")
        self._others.clicked.connect(self._show_reserved)
        self._falls = plain_label()
        self._lay_out()

    def show_funds(self, cover: Cover | None, funds: FundsBar | None, verdict: str, falls: str) -> None:
        """`verdict` says what the money pays for, `falls` how far the price may go; both are translated."""
        self._cover, self._funds, self._words = cover, funds, verdict
        self._falls.setText(falls)
        self._needs.setText(
            tr("Max this bot can use {needed}").format(
                needed=fmt.money(cover.needed, cover.currency) if cover is not None else fmt.UNKNOWN
            )
        )
        self._show_cover(cover)
        self._show_others(cover)
        self.setAccessibleName(self.words())

    def words(self) -> str:
        """Everything that the box says, for a screen reader."""
        labels = (self._needs, self._left, self._verdict, self._share, self._falls)
        return " · ".join([label.text() for label in labels if label.text()])

    def reserved_menu(self) -> QMenu:
        """Who reserves how much."""
        menu = QMenu(self)
        menu.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        for bot, amount in self._funds.reserved_by if self._funds is not None else ():
            words = tr("{bot} may still need {amount}")
            action = menu.addAction(words.format(bot=bot, amount=fmt.money(amount, self._funds.quote)))  # type: ignore[union-attr]
            action.setEnabled(False)
        return menu

    # --- inside

    def _lay_out(self) -> None:
        for label in (self._needs, self._left, self._verdict, self._share):
            label.setTextFormat(Qt.TextFormat.PlainText)
        self._left.setProperty("role", "muted")
        self._share.setProperty("role", "muted")
        self._falls.setProperty("role", "muted")
        first = QHBoxLayout()
        first.setSpacing(6)
        first.addWidget(self._needs)
        first.addStretch()
        first.addWidget(self._mark)
        first.addWidget(self._verdict)
        second = QHBoxLayout()
        second.setSpacing(8)
        second.addWidget(self._meter, 1)
        second.addWidget(self._share)
        third = QHBoxLayout()
        third.setSpacing(10)
        third.addWidget(self._falls, 1)
        third.addWidget(self._left)
        third.addWidget(self._others)
        column = QVBoxLayout(self)
        column.setContentsMargins(12, 6, 12, 6)
        column.setSpacing(3)
        for row in (first, second, third):
            column.addLayout(row)

    def _show_reserved(self) -> None:
        self.reserved_requested.emit()
        self.reserved_menu().popup(self._others.mapToGlobal(QPoint(0, self._others.height())))

    def _show_cover(self, cover: Cover | None) -> None:
        if cover is None:
            name, role, words, share = "clock", "muted", tr("waits for the balance"), Decimal(0)
        else:
            words = self._words
            share = cover.needed / cover.uncommitted if cover.uncommitted > 0 else Decimal(1)
            name, role = "check", ""
            if not cover.is_enough:
                name, role = ("error", "problem") if cover.covered < 0 else ("warning", "warning")
        tint = {"problem": "error", "muted": "muted", "warning": "warning"}.get(role, "accent")
        self._mark.setPixmap(icon(name, tint).pixmap(QSize(14, 14)))
        self._verdict.setText(words)
        self._verdict.setProperty("role", role)
        restyle(self._verdict)
        self._meter.share = min(1.0, int(min(share, Decimal(1)) * 1000) / 1000)
        self._meter.colour = tint
        self._meter.update()
        self._share.setText(fmt.percent(share * HUNDRED, sign=False, decimals=1) if cover is not None else "")

    def _show_others(self, cover: Cover | None) -> None:
        funds = self._funds
        if funds is None or cover is None:
            self._left.setText("")
            self._others.hide()
            return
        left = fmt.money(funds.uncommitted, cover.currency)
        self._left.setText(tr("Uncommitted here {left}").format(left=left))
        reserved = sum((amount for _, amount in funds.reserved_by), Decimal(0))
        self._others.setVisible(bool(funds.reserved_by))
        self._others.setText(tr("other bots still need {amount}").format(amount=fmt.quote(reserved, cover.currency)))

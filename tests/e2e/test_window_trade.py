"""Who knows 3Commas' words only places, by clicking, a smart trade with three targets and a trailing stop."""

from collections.abc import Iterator
from decimal import Decimal
from pathlib import Path

import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QToolButton

from desktop_app.core.deal import Deal
from desktop_app.core.order import OrderStatus, Role
from desktop_app.core.strategies.smart_settings import SmartTradeSettings
from desktop_app.gui.i18n import Language, set_language
from desktop_app.gui.main_window import MainWindow
from desktop_app.gui.session import PAPER_ACCOUNT, Session
from desktop_app.gui.wizard.wizard import FirstRunWizard
from tests.e2e.test_window import alive, play, until
from tests.e2e.test_window_conditions import Hand, found

CLICKS = 8  # from an empty profile to the trade at work, and one number typed


@pytest.fixture(autouse=True)
def english() -> Iterator[None]:
    set_language(Language.ENGLISH)
    yield
    set_language(Language.ENGLISH)


def trade(window: MainWindow) -> Deal | None:
    deals = window.bridge.known.open_deals()
    return deals[0].deal if deals else None


def resting(window: MainWindow) -> list[Decimal]:
    """Prices of the targets that rest, nearest first."""
    deal = trade(window)
    orders = [order for order in deal.live_orders if order.role is Role.TAKE_PROFIT] if deal is not None else []
    return sorted(order.price for order in orders if order.status is OrderStatus.OPEN and order.price is not None)


def test_d_13_a_trade_with_three_targets_and_a_trailing_stop_by_clicks(tmp_path: Path, qapp: QApplication) -> None:
    hand = Hand()
    moved: list[Decimal] = []

    async def story(session: Session) -> None:
        wizard = await found(FirstRunWizard)
        hand.click(wizard.next_button)
        hand.click(wizard.start.paper)
        window = await alive(session)
        await window.bridge.ask(window.bridge.wishes.set_speed(PAPER_ACCOUNT, Decimal(1)))
        button = window.toolbar.widgetForAction(window.commands.smart_trade)
        assert isinstance(button, QToolButton)
        hand.click(button)
        ticket = window.panels.ticket.desk
        assert ticket.form.amount.hasFocus() or QApplication.activeWindow() is not window
        QTest.keyClicks(ticket.form.amount, "0.01")
        hand.click(ticket.form.entry.button("market"))
        hand.click(ticket.form.exits.add)
        hand.click(ticket.form.exits.add)
        hand.click(ticket.form.exits.follows)
        assert ticket.place.text().startswith("Place (paper): buy ")
        assert ticket.message.isHidden(), ticket.message.text()
        hand.click(ticket.place)
        await until(lambda: len(resting(window)) == 3)
        assert hand.clicks == CLICKS
        deal = trade(window)
        assert deal is not None
        assert deal.stop_loss is not None
        assert window.selection.choice.deal_id == "1-1"
        assert window.panels.inspector.deal.title.text() == "Trade 1"

        await _drag_first_target(window)
        moved.append(resting(window)[0])

    async def again(session: Session) -> None:
        window = await alive(session)
        await until(lambda: len(resting(window)) == 3)
        assert resting(window)[0] == moved[0], "what was dragged is what the trade runs on, also after a restart"
        view = window.bridge.known.open_deals()[0]
        settings = SmartTradeSettings.model_validate_json(window.bridge.known.settings_of(view))
        assert settings.take_profit.steps[0].price == moved[0]
        assert settings.stop_loss.trailing

    assert play(tmp_path, qapp, story) == 0
    assert play(tmp_path, qapp, again) == 0


async def _drag_first_target(window: MainWindow) -> None:
    """C-05 through the real engine: by the keyboard, sent by Enter."""
    page = window.active_chart()
    assert page is not None
    assert page.chart is not None
    canvas, book = page.chart.canvas, page.chart.canvas.book
    await until(lambda: sum(line.label.startswith("TP") and not line.pending for line in book.lines) == 3)
    line = next(line for line in book.lines if line.label == "TP1")
    before = resting(window)[0]
    book.select(line.key)
    assert book.nudge(-500)
    assert resting(window)[0] == before, "nothing is sent before Enter"
    QTest.keyClick(canvas, Qt.Key.Key_Return)
    await until(lambda: len(resting(window)) == 3 and resting(window)[0] == before - Decimal("5.00"))

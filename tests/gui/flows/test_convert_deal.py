"""A deal becomes a smart trade, by its button."""

from decimal import Decimal

from PySide6.QtGui import QAction
from PySide6.QtWidgets import QDialog

from desktop_app.core.deal import DealStatus
from desktop_app.core.events import ConvertDeal
from desktop_app.core.strategies.smart_settings import SmartTradeSettings
from tests.gui.fake_engine import deal_128, deal_view
from tests.gui.shell import Shell, button, words

D = Decimal


def more(shell: Shell, text: str) -> QAction:
    """One of the actions behind `More` on the deal's page."""
    page = shell.window.panels.inspector.deal
    page.menu.aboutToShow.emit()
    return next(action for action in page.menu.actions() if action.text() == text)


def test_a_deal_becomes_a_smart_trade_with_the_same_exits(shell: Shell) -> None:
    shell.arrive()
    said: list[str] = []

    def agree(sheet: QDialog) -> None:
        said.append(words(sheet))
        button(sheet, "Make it a smart trade (paper)").click()

    shell.answer(more(shell, "Make it a smart trade…").trigger, agree)

    assert "A smart trade takes over 0.00070 BTC, bought at 63,785.69 on average." in said[0]
    assert "It keeps these exits: TP 64,807.29." in said[0]
    shell.engine.deal(deal_view(deal_128(status=DealStatus.CANCELLED)))
    shell.hear()
    assert shell.window.toasts.texts() == ["Hold 1 goes on with the coins of deal #128."]
    wish = shell.calls[0][2]
    assert isinstance(wish, ConvertDeal)
    trade = SmartTradeSettings.model_validate_json(wish.settings)
    assert (trade.trade, trade.amount, trade.take_profit.steps[0].price) == ("hold", D("0.00070"), D("64807.29"))

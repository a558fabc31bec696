"""A tested smart trade goes on in the ticket, by click."""

from dataclasses import replace
from decimal import Decimal

from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QPushButton

from desktop_app.core.strategies.smart_settings import SmartTradeSettings
from tests.gui.backtest.conftest import Bench
from tests.gui.backtest.trials import ready
from tests.gui.fake_engine import ACCOUNT

D = Decimal
LEFT = Qt.MouseButton.LeftButton
TRADE = SmartTradeSettings.model_validate(
    {
        "name": "Trade 3", "account": "elsewhere", "pair": "ETH/USDT", "amount": "0.5",
        "entry": {"type": "limit", "price": "3300"}, "note": "from the past",
        "take_profit": {"steps": [{"percent": "4", "share": "100"}], "trailing_deviation": "0.8"},
        "stop_loss": {"percent": "6"},
    }
)  # fmt: skip


def test_its_result_opens_in_the_ticket_nothing_is_placed_and_undo_brings_back_what_was_there(bench: Bench) -> None:
    shell, panel = bench.shell, bench.shell.window.panels.ticket
    shell.do(lambda: bench.desk.open_settings(TRADE, ACCOUNT))
    page = bench.desk.pages[-1]
    assert not page.buttons["apply"].isVisible()
    assert page.buttons["open"].text() == "Open in the ticket"
    shell.do(lambda: page.show_outcome(replace(ready(), settings=TRADE)))
    shell.do(lambda: shell.window.open_ticket(ACCOUNT, "BTC/USDT"))
    shell.do(lambda: QTest.keyClicks(panel.desk.form.amount, "0.25"))
    shell.do(lambda: shell.window.documents.setCurrentWidget(page))

    shell.do(lambda: QTest.mouseClick(page.buttons["open"], LEFT))

    draft = panel.desk.draft
    assert panel.isVisible()
    assert (draft.account, draft.symbol, draft.price, draft.amount) == (ACCOUNT, "ETH/USDT", "3300", "0.5")
    assert (draft.targets[0].percent, draft.trail, draft.trails, draft.stop.percent) == ("4", "0.8", True, "6")
    settings = panel.desk.picture.settings
    assert settings is not None
    assert settings.take_profit == TRADE.take_profit
    assert not [call for call in shell.calls if call[0] == "add_trade"]
    assert "The ticket has no field for: Note. The rest is in it; nothing is placed." in shell.window.toasts.texts()
    undo = next(one for one in shell.window.findChildren(QPushButton) if one.text() == "Undo" and one.isVisible())
    shell.do(lambda: QTest.mouseClick(undo, LEFT))
    assert (panel.desk.draft.symbol, panel.desk.draft.amount) == ("BTC/USDT", "0.25")

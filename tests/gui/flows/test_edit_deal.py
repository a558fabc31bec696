"""One deal gets its own targets, stop loss and safety orders, by its button."""

from dataclasses import replace
from decimal import Decimal

from PySide6.QtWidgets import QDialog

from desktop_app.core.events import (
    EditDeal,
)
from desktop_app.core.strategies.dca_settings import DcaSettings
from desktop_app.core.strategies.entry import Entry
from desktop_app.core.strategies.smart_settings import SmartTradeSettings
from desktop_app.gui.flows.edit_deal import EditDealForm
from tests.gui.fake_engine import ACCOUNT, SETTINGS, bot_view, deal_view
from tests.gui.shell import Shell, button, words

D = Decimal
TRADE = SmartTradeSettings(
    name="BTC/USDT trade 1", account=ACCOUNT, pairs=("BTC/USDT",), amount=D("0.001"),
    entry=Entry(type="limit", price=D(60000)),
)  # fmt: skip


def test_one_deal_gets_its_own_targets_stop_loss_and_safety_orders(shell: Shell) -> None:
    shell.arrive()
    said: list[str] = []

    def change(sheet: QDialog) -> None:
        form = sheet.findChild(EditDealForm)
        assert form is not None
        agree = button(sheet, "Change the deal (paper)")
        assert not agree.isEnabled(), "nothing has changed yet"
        row = form.exits.rows[0]
        assert (row.price.text(), row.percent.text(), row.share.text()) == ("64807.29", "1.5", "100")
        row.percent.setText("2")
        row.percent.textEdited.emit("2")
        assert row.price.text() == "65126.54"
        form.exits.add.click()
        form.exits.stop_on.setChecked(True)
        form.exits.stop_percent.setText("8")
        form.exits.stop_percent.textEdited.emit("8")
        form.active.setText("3")
        form.active.textEdited.emit("3")
        said.append(words(sheet))
        agree.click()

    shell.answer(shell.window.panels.inspector.deal.edit.click, change)

    sent = DcaSettings.model_validate_json(shell.calls[0][2].settings)
    assert [(step.percent, step.share) for step in sent.take_profit.steps] == [(D(2), D(50)), (D(4), D(50))]
    assert (sent.stop_loss.percent, sent.safety_orders.max_active) == (D(8), 3)
    assert sent.base_order == SETTINGS.base_order
    assert "TP1 65,126.54" in said[0]
    assert "+0.45 USDT" in said[0]


def test_an_edit_that_cannot_be_says_why_and_sends_nothing(shell: Shell) -> None:
    shell.arrive()

    def look(sheet: QDialog) -> None:
        form = sheet.findChild(EditDealForm)
        assert form is not None
        row = form.exits.rows[0]
        row.share.setText("60")
        row.share.textEdited.emit("60")
        assert form.problem == "The shares must add up to 100 %."
        assert not button(sheet, "Change the deal (paper)").isEnabled()
        button(sheet, "Leave it").click()

    shell.answer(shell.window.panels.inspector.deal.edit.click, look)
    assert shell.calls == []


def test_a_deal_that_was_edited_shows_what_it_runs_on_and_not_what_its_bot_does(shell: Shell) -> None:
    own = SETTINGS.model_copy(update={"take_profit": SETTINGS.take_profit.model_copy(update={"percent": D(3)})})
    shell.engine.supervisor.deal_views = [replace(deal_view(), settings_json=own.model_dump_json())]
    shell.arrive()

    def look(sheet: QDialog) -> None:
        form = sheet.findChild(EditDealForm)
        assert form is not None
        assert form.exits.rows[0].percent.text() == "3"
        button(sheet, "Leave it").click()

    shell.answer(shell.window.panels.inspector.deal.edit.click, look)


def test_an_exit_of_a_smart_trade_is_edited_in_its_own_settings(shell: Shell) -> None:
    shell.engine.supervisor.bot_views = [bot_view(kind="smart_trade", settings_json=TRADE.model_dump_json())]
    shell.engine.supervisor.deal_views = [replace(deal_view(), settings_json=TRADE.model_dump_json())]
    shell.arrive()

    def change(sheet: QDialog) -> None:
        form = sheet.findChild(EditDealForm)
        assert form is not None
        form.exits.add.click()
        row = form.exits.rows[0]
        row.price.setText("66000")
        row.price.textEdited.emit("66000")
        button(sheet, "Change the deal (paper)").click()

    shell.answer(shell.window.panels.inspector.deal.edit.click, change)

    wish = shell.calls[0][2]
    assert isinstance(wish, EditDeal)
    sent = SmartTradeSettings.model_validate_json(wish.settings)
    assert (sent.take_profit.steps[0].price, sent.take_profit.steps[0].share) == (D(66000), D(100))
    assert sent.entry == TRADE.entry


def test_f2_on_a_smart_trade_edits_its_deal(shell: Shell) -> None:
    shell.engine.supervisor.bot_views = [bot_view(kind="smart_trade", settings_json=TRADE.model_dump_json())]
    shell.engine.supervisor.deal_views = [replace(deal_view(), settings_json=TRADE.model_dump_json())]
    shell.arrive()
    editors: list[int] = []
    shell.window.edit_bot_requested.connect(editors.append)

    def look(sheet: QDialog) -> None:
        assert sheet.findChild(EditDealForm) is not None
        button(sheet, "Leave it").click()

    shell.answer(shell.window.commands.edit_bot.trigger, look)
    assert editors == []

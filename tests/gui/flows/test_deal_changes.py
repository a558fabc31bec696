"""Reduce, trail, edit, convert and note a running deal, by its buttons."""

from dataclasses import replace
from decimal import Decimal

from PySide6.QtGui import QAction
from PySide6.QtWidgets import QDialog, QPlainTextEdit

from desktop_app.core.deal import DealStatus, Position
from desktop_app.core.events import (
    CancelDeal,
    ConvertDeal,
    EditDeal,
    ForceStart,
    NoteDeal,
    ReduceFunds,
    StartTrailing,
    TakeBack,
)
from desktop_app.core.order import Role
from desktop_app.core.strategies.dca_settings import DcaSettings
from desktop_app.core.strategies.entry import Entry
from desktop_app.core.strategies.smart_settings import SmartTradeSettings
from desktop_app.gui.flows.deal_changes import TrailForm
from desktop_app.gui.flows.edit_deal import EditDealForm
from desktop_app.gui.flows.reduce_funds import ReduceForm
from desktop_app.gui.panels.orders import why_not_back
from tests.gui.fake_engine import ACCOUNT, SETTINGS, bot_view, deal_128, deal_view
from tests.gui.shell import Shell, button, words

D = Decimal
TRADE = SmartTradeSettings(
    name="BTC/USDT trade 1", account=ACCOUNT, pairs=("BTC/USDT",), amount=D("0.001"),
    entry=Entry(type="limit", price=D(60000)),
)  # fmt: skip


def more(shell: Shell, text: str) -> QAction:
    """One of the actions behind `More` on the deal's page."""
    page = shell.window.panels.inspector.deal
    page.menu.aboutToShow.emit()
    return next(action for action in page.menu.actions() if action.text() == text)


def in_profit(shell: Shell, **changes: object) -> None:
    view = replace(deal_view(), last=D("64500.00"), **changes)  # type: ignore[arg-type]
    shell.engine.supervisor.deal_views = [view]
    shell.arrive()


def test_a_part_is_taken_out_once_its_numbers_are_agreed_to(shell: Shell) -> None:
    shell.arrive()
    said: list[str] = []

    def agree(sheet: QDialog) -> None:
        form = sheet.findChild(ReduceForm)
        assert form is not None
        form.parts[25].click()
        form.coins.setText("0.0003")
        said.append(words(sheet))
        button(sheet, "Sell 0.00030 BTC (paper)").click()

    shell.answer(more(shell, "Take a part out…").trigger, agree)

    assert "about 18.92 USDT at 63,120.00" in said[0]
    assert "about −0.22 USDT after fees" in said[0]
    assert "0.00040 BTC" in said[0]
    assert shell.calls == [("ask", 1, ReduceFunds(128, D("0.00030")))]


def test_no_more_can_be_taken_out_than_there_is_and_not_too_little(shell: Shell) -> None:
    shell.arrive()

    def look(sheet: QDialog) -> None:
        form = sheet.findChild(ReduceForm)
        assert form is not None
        form.coins.setText("5")
        assert form.amount == D("0.00070")
        assert "That is everything: the deal ends." in words(sheet)
        form.coins.setText("0.00001")
        assert not button(sheet, "Sell 0.00001 BTC (paper)").isEnabled()
        button(sheet, "Keep all").click()

    shell.answer(more(shell, "Take a part out…").trigger, look)
    assert shell.calls == []


def test_trailing_starts_now_with_a_deviation_of_its_own(shell: Shell) -> None:
    in_profit(shell)
    said: list[str] = []

    def agree(sheet: QDialog) -> None:
        form = sheet.findChild(TrailForm)
        assert form is not None
        form.field.setText("0.4")
        said.append(words(sheet))
        button(sheet, "Start trailing (paper)").click()

    shell.answer(more(shell, "Start trailing now…").trigger, agree)

    assert "it would close at 64,242.00: about +0.27 USDT after fees." in said[0]
    edit, start = (call[2] for call in shell.calls)
    assert DcaSettings.model_validate_json(edit.settings).take_profit.trailing_deviation == D("0.4")
    assert start == StartTrailing(128)


def test_trailing_out_of_profit_says_why_not(shell: Shell) -> None:
    shell.arrive()
    action = more(shell, "Start trailing now…")

    assert not action.isEnabled()
    assert "Break-even is 63,849.54." in action.toolTip()


def test_a_note_is_kept_with_the_deal(shell: Shell) -> None:
    shell.arrive()

    def write(sheet: QDialog) -> None:
        field = sheet.findChild(QPlainTextEdit)
        assert field is not None
        field.setPlainText("bought the dip")
        button(sheet, "Keep note").click()

    shell.answer(more(shell, "Note…").trigger, write)
    assert shell.calls == [("ask", 1, NoteDeal(128, "bought the dip"))]

    shell.engine.deal(deal_view(deal_128(note="bought the dip")))
    shell.hear()
    assert shell.window.panels.inspector.deal.note.text() == "bought the dip"


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


def test_a_deal_becomes_a_smart_trade_with_the_same_exits(shell: Shell) -> None:
    shell.arrive()
    said: list[str] = []

    def agree(sheet: QDialog) -> None:
        said.append(words(sheet))
        button(sheet, "Make it a smart trade (paper)").click()

    shell.answer(more(shell, "Make it a smart trade…").trigger, agree)

    assert "A smart trade takes over 0.00070 BTC, bought at 63,785.69 on average." in said[0]
    assert "It keeps these exits: TP 64,807.29." in said[0]
    wish = shell.calls[0][2]
    assert isinstance(wish, ConvertDeal)
    trade = SmartTradeSettings.model_validate_json(wish.settings)
    assert (trade.trade, trade.amount, trade.take_profit.steps[0].price) == ("hold", D("0.00070"), D("64807.29"))


def test_a_trade_that_waits_for_its_entry_is_started_by_force(shell: Shell) -> None:
    waiting = deal_128(status=DealStatus.OPENING, orders=(), take_profits=(), safety_total=0, safety_filled=0)
    shell.engine.supervisor.bot_views = [bot_view(kind="smart_trade", settings_json=TRADE.model_dump_json())]
    shell.engine.supervisor.deal_views = [replace(deal_view(waiting), settings_json=TRADE.model_dump_json())]
    shell.arrive()

    shell.answer(
        more(shell, "Get in at market now…").trigger, lambda sheet: button(sheet, "Get in now (paper)").click()
    )

    assert shell.calls == [("ask", 1, ForceStart(128))]


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


def test_a_trade_that_waits_can_be_called_off_by_the_button_that_else_closes(shell: Shell) -> None:
    waiting = deal_128(status=DealStatus.OPENING, orders=(), position=Position(), take_profits=(), safety_total=0)
    shell.engine.supervisor.bot_views = [bot_view(kind="smart_trade", settings_json=TRADE.model_dump_json())]
    shell.engine.supervisor.deal_views = [replace(deal_view(waiting), settings_json=TRADE.model_dump_json())]
    shell.arrive()
    page = shell.window.panels.inspector.deal
    assert (page.title.text(), page.close_at_market.text()) == ("BTC starter", "Cancel…")

    shell.answer(page.close_at_market.click, lambda sheet: button(sheet, "Cancel it (paper)").click())

    assert shell.calls == [("ask", 1, CancelDeal(128))]


def test_an_order_added_by_hand_is_taken_back_from_its_row_and_no_other_one(shell: Shell) -> None:
    deal = deal_128()
    added = replace(deal.orders[2], client_id="m1", role=Role.MANUAL, index=0, price=D("60000.00"))
    shell.engine.supervisor.deal_views = [deal_view(replace(deal, orders=(*deal.orders, added)))]
    shell.arrive()
    assert why_not_back(added) == ""
    assert why_not_back(deal.orders[2]) == "The deal would place it again. Edit or close the deal instead."

    shell.answer(
        lambda: shell.window.panels.orders.take_back_requested.emit("m1"),
        lambda sheet: button(sheet, "Cancel the order (paper)").click(),
    )

    assert shell.calls == [("ask", 1, TakeBack(128, "m1"))]


def test_a_smart_trade_is_listed_with_the_deals_and_not_with_the_bots(shell: Shell) -> None:
    trade = bot_view(bot_id=9, name="Trade 1", kind="smart_trade")
    shell.engine.supervisor.bot_views = [bot_view(), trade]
    shell.arrive()
    table = shell.window.panels.bots.model
    assert [row.view.name for row in table.shown_rows()] == ["BTC starter"]

    shell.engine.bot(replace(trade, deals_open=0))
    shell.hear()
    assert len(table.shown_rows()) == 2, "while it has no deal, it says here what it waits for"
    shell.engine.bot(replace(trade, deals_open=0, status="stopped"))
    shell.hear()
    assert len(table.shown_rows()) == 1

"""Trail, note, force, call off and take back, by their buttons."""

from dataclasses import replace
from decimal import Decimal

from PySide6.QtGui import QAction
from PySide6.QtWidgets import QDialog, QPlainTextEdit

from desktop_app.core.deal import DealStatus, Position
from desktop_app.core.events import (
    CancelDeal,
    ForceStart,
    NoteDeal,
    StartTrailing,
    TakeBack,
)
from desktop_app.core.order import Role
from desktop_app.core.strategies.dca_settings import DcaSettings
from desktop_app.core.strategies.entry import Entry
from desktop_app.core.strategies.smart_settings import SmartTradeSettings
from desktop_app.gui.flows.deal_changes import TrailForm
from desktop_app.gui.panels.orders import why_not_back
from tests.gui.fake_engine import ACCOUNT, bot_view, deal_128, deal_view
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


def test_a_trade_that_waits_for_its_entry_is_started_by_force(shell: Shell) -> None:
    waiting = deal_128(status=DealStatus.OPENING, orders=(), take_profits=(), safety_total=0, safety_filled=0)
    shell.engine.supervisor.bot_views = [bot_view(kind="smart_trade", settings_json=TRADE.model_dump_json())]
    shell.engine.supervisor.deal_views = [replace(deal_view(waiting), settings_json=TRADE.model_dump_json())]
    shell.arrive()

    shell.answer(
        more(shell, "Get in at market now…").trigger, lambda sheet: button(sheet, "Get in now (paper)").click()
    )

    assert shell.calls == [("ask", 1, ForceStart(128))]


def test_a_trade_that_waits_can_be_called_off_by_the_button_that_else_closes(shell: Shell) -> None:
    waiting = deal_128(status=DealStatus.OPENING, orders=(), position=Position(), take_profits=(), safety_total=0)
    shell.engine.supervisor.bot_views = [bot_view(kind="smart_trade", settings_json=TRADE.model_dump_json())]
    shell.engine.supervisor.deal_views = [replace(deal_view(waiting), settings_json=TRADE.model_dump_json())]
    shell.arrive()
    page = shell.window.panels.inspector.deal
    assert (page.title.text(), page.close_at_market.text()) == ("BTC starter", "Cancel…")

    shell.answer(page.close_at_market.click, lambda sheet: button(sheet, "Cancel it (paper)").click())

    assert shell.calls == [("ask", 1, CancelDeal(128))]
    shell.engine.deal(deal_view(replace(waiting, status=DealStatus.CANCELLED)))
    shell.hear()
    assert shell.window.toasts.texts() == ["BTC starter: deal #128 was cancelled. Nothing had been traded."]


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

"""The ticket by keys and clicks, on the window over a fake engine."""

import asyncio
from dataclasses import replace
from decimal import Decimal

import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QWidget

from desktop_app.core.strategies.smart_settings import SmartTradeSettings
from desktop_app.engine.problem import problem
from desktop_app.gui.chart.lines import ChartLine
from desktop_app.gui.chart.widget import ChartWidget
from desktop_app.gui.fields import DecimalEdit
from desktop_app.gui.ticket.desk import Stage, TicketDesk
from desktop_app.gui.ticket.form import VERBS
from tests.gui.chart.hand import Mouse
from tests.gui.fake_engine import ACCOUNT, LIVE, MARKETS, account_view, bot_view, deal_128, deal_view, live_view, tick
from tests.gui.shell import Shell

D = Decimal


@pytest.fixture
def open_ticket(shell: Shell) -> Shell:
    """The ticket on BTC/USDT at the specification's last price, opened by its key."""
    shell.arrive()
    shell.engine.price("BTC/USDT", "64210.50")
    shell.hear()
    shell.do(lambda: QTest.keyClick(shell.window, Qt.Key.Key_F9))
    return shell


def desk(shell: Shell) -> TicketDesk:
    return shell.window.panels.ticket.desk


def type_into(shell: Shell, field: DecimalEdit, text: str) -> None:
    def typed() -> None:
        field.setFocus()
        field.selectAll()
        QTest.keyClicks(field, text)

    shell.do(typed)


def pick(shell: Shell, verb: str) -> None:
    shell.do(lambda: desk(shell).form.verbs.setCurrentIndex([key for key, _, _ in VERBS].index(verb)))  # type: ignore[arg-type]


def reference(shell: Shell) -> None:
    """The smart trade of the specification, as a person types it."""
    form = desk(shell).form
    type_into(shell, form.price, "63800")
    type_into(shell, form.amount, "0.0015")
    shell.do(form.exits.add.click)
    type_into(shell, form.exits.rows[1].percent, "6")


def placed(shell: Shell) -> list[SmartTradeSettings]:
    return [call[1] for call in shell.calls if call[0] == "add_trade"]


def test_f9_opens_the_ticket_on_the_pair_in_view_with_the_focus_in_the_amount(open_ticket: Shell) -> None:
    assert open_ticket.window.panels.ticket.isVisible()
    assert desk(open_ticket).pair.text() == "BTC/USDT"
    assert QApplication.focusWidget() is desk(open_ticket).form.amount
    assert desk(open_ticket).form.price.text() == "64210.5"


def test_d_13_the_reference_trade_shows_cost_risk_reward_and_ratio(open_ticket: Shell) -> None:
    reference(open_ticket)

    ticket = desk(open_ticket)
    assert ticket.form.worth.text() == "= 95.70 USDT"
    assert ticket.outcome.text() == "Risk 2.58   Reward 3.63   1 : 1.41"
    assert [row.price.text() for row in ticket.form.exits.rows] == ["65076", "67628"]
    assert ticket.form.exits.stop_price.text() == "62205"


def test_d_13_typing_a_risk_sets_the_amount(open_ticket: Shell) -> None:
    type_into(open_ticket, desk(open_ticket).form.price, "63800")
    type_into(open_ticket, desk(open_ticket).form.risk, "2.58")

    assert desk(open_ticket).form.amount.text() == "0.0015"
    type_into(open_ticket, desk(open_ticket).form.exits.stop_percent, "5")
    assert desk(open_ticket).form.amount.text() == "0.00078", "a wider stop risks the same with fewer coins"


def test_d_14_the_button_names_verb_amount_and_mode_and_follows_the_typing(open_ticket: Shell) -> None:
    ticket = desk(open_ticket)
    assert ticket.place.text() == "Place (paper): buy —"
    reference(open_ticket)
    assert ticket.place.text() == "Place (paper): buy 95.70 USDT"
    type_into(open_ticket, ticket.form.amount, "0.002")
    assert ticket.place.text() == "Place (paper): buy 127.60 USDT"
    assert ticket.badge.accessibleName() == "Paper account, no real money"


def test_d_14_a_double_click_places_one_trade(open_ticket: Shell) -> None:
    reference(open_ticket)
    ticket = desk(open_ticket)

    def twice() -> None:
        QTest.mouseClick(ticket.place, Qt.MouseButton.LeftButton)
        QTest.mouseDClick(ticket.place, Qt.MouseButton.LeftButton)
        QTest.mouseClick(ticket.place, Qt.MouseButton.LeftButton)

    open_ticket.do(twice)

    sent = placed(open_ticket)
    assert len(sent) == 1
    assert (sent[0].name, sent[0].account, sent[0].pair) == ("Trade 1", ACCOUNT, "BTC/USDT")
    assert (sent[0].amount, sent[0].unit, sent[0].entry.price) == (D("0.0015"), "base", D(63800))
    assert [step.percent for step in sent[0].take_profit.steps] == [D(2), D(6)]
    assert ticket.form.amount.text() == "", "the next one begins without an amount"


def test_d_14_while_one_is_being_placed_nothing_else_can_be(open_ticket: Shell) -> None:
    reference(open_ticket)
    ticket = desk(open_ticket)
    answer: asyncio.Event = asyncio.Event()
    supervisor = open_ticket.engine.supervisor
    add = supervisor.add_trade

    async def slow(source: object, even_if_short: bool = False) -> int:
        await answer.wait()
        return await add(source, even_if_short)

    supervisor.add_trade = slow  # type: ignore[method-assign]
    open_ticket.do(ticket.place.click)
    assert (ticket.place.text(), ticket.place.isEnabled(), ticket.stage) == ("Placing…", False, Stage.PLACING)
    open_ticket.do(ticket.place.click)
    open_ticket.do(answer.set)

    assert len(placed(open_ticket)) == 1
    assert ticket.stage is Stage.TYPING


def test_d_14_a_refusal_is_said_in_the_ticket_and_keeps_what_was_typed(open_ticket: Shell) -> None:
    reference(open_ticket)
    open_ticket.engine.supervisor.problem = problem("name_taken", name="Trade 1")
    open_ticket.do(desk(open_ticket).place.click)

    assert "Trade 1" in desk(open_ticket).message.text()
    assert desk(open_ticket).form.amount.text() == "0.0015"
    open_ticket.engine.supervisor.problem = None
    open_ticket.do(desk(open_ticket).place.click)
    assert placed(open_ticket)[-1].name == "Trade 2"


def test_d_14_an_account_that_may_not_trade_says_so_and_offers_the_way(open_ticket: Shell) -> None:
    reference(open_ticket)
    open_ticket.engine.account(may_trade=False)
    open_ticket.hear()

    ticket = desk(open_ticket)
    assert not ticket.place.isEnabled()
    assert ticket.message.text() == "This account can be watched but not traded."
    asked: list[str] = []
    open_ticket.window.panels.ticket.allow_requested.connect(asked.append)
    open_ticket.do(ticket.allow.click)
    assert asked == [ACCOUNT]


def test_d_15_a_price_through_the_market_is_confirmed_in_place(open_ticket: Shell) -> None:
    ticket = desk(open_ticket)
    pick(open_ticket, "buy")
    type_into(open_ticket, ticket.form.price, "68000")
    type_into(open_ticket, ticket.form.amount, "0.001")
    open_ticket.do(ticket.place.click)

    assert placed(open_ticket) == []
    assert ticket.doubts.text().startswith("68,000.00 is 5.90 % above the market (64,210.50).")
    assert "Buys 0.00100 BTC for 68.00 USDT at 68,000.00 on Paper wallet." in ticket.doubts.text()
    open_ticket.do(ticket.back.click)
    assert (ticket.stage, placed(open_ticket)) == (Stage.TYPING, [])
    open_ticket.do(ticket.place.click)
    assert ticket.confirm.text() == "Place (paper): buy 68.00 USDT"
    open_ticket.do(ticket.confirm.click)
    assert len(placed(open_ticket)) == 1


def test_d_15_an_amount_over_the_guard_is_confirmed_in_place(open_ticket: Shell) -> None:
    ticket = desk(open_ticket)
    open_ticket.engine.balances(USDT="10000", BTC="0")
    open_ticket.hear()
    pick(open_ticket, "buy")
    open_ticket.do(ticket.form.parts[75].click)
    open_ticket.do(ticket.place.click)

    assert placed(open_ticket) == []
    assert "of your free USDT; the size guard stands at 50 %." in ticket.doubts.text()
    type_into(open_ticket, ticket.form.amount, "0.001")
    assert ticket.stage is Stage.TYPING, "what was agreed to would be something else now"
    open_ticket.do(ticket.place.click)
    assert len(placed(open_ticket)) == 1


def test_g_01_real_money_is_always_asked_about_and_arms_late(open_ticket: Shell) -> None:
    reference(open_ticket)
    open_ticket.engine.account(is_simulated=False)
    open_ticket.hear()
    ticket = desk(open_ticket)
    assert ticket.badge.accessibleName() == "Live account, real money"
    assert ticket.place.text() == "Place with real money: buy 95.70 USDT"

    open_ticket.do(ticket.place.click)

    assert (placed(open_ticket), ticket.confirm.isEnabled()) == ([], False)
    ticket._arming.timeout.emit()  # the second passes
    ticket._arming.stop()
    ticket._show()
    open_ticket.do(ticket.confirm.click)
    assert len(placed(open_ticket)) == 1


def test_what_is_missing_is_shown_when_the_button_is_pressed(open_ticket: Shell) -> None:
    ticket = desk(open_ticket)
    assert ticket.message.text() == "Type an amount."
    assert ticket.form.amount.problem == ""
    open_ticket.do(ticket.place.click)

    assert placed(open_ticket) == []
    assert ticket.form.amount.problem == "Enter a number."
    assert QApplication.focusWidget() is ticket.form.amount


def test_targets_and_shares_are_added_and_removed(open_ticket: Shell) -> None:
    exits = desk(open_ticket).form.exits
    open_ticket.do(exits.add.click)
    open_ticket.do(exits.add.click)
    assert [row.share.text() for row in exits.rows] == ["33", "33", "34"]
    assert [row.percent.text() for row in exits.rows] == ["2", "4", "6"]
    open_ticket.do(exits.rows[1].remove.click)
    assert [(row.percent.text(), row.share.text()) for row in exits.rows] == [("2", "50"), ("6", "50")]


def test_price_and_percent_lead_in_turn(open_ticket: Shell) -> None:
    form = desk(open_ticket).form
    type_into(open_ticket, form.price, "60000")
    row = form.exits.rows[0]
    assert row.price.text() == "61200"
    type_into(open_ticket, row.price, "63000")
    assert row.percent.text() == "5"
    type_into(open_ticket, form.price, "50000")
    assert (row.price.text(), row.percent.text()) == ("63000", "26"), "the price was typed last, so it stays"


def test_each_verb_places_its_own_kind(open_ticket: Shell) -> None:
    form = desk(open_ticket).form
    open_ticket.engine.balances(USDT="10000", BTC="0.5")
    open_ticket.hear()
    for verb, kind in (("buy", "buy"), ("sell", "sell"), ("trade", "trade"), ("cover", "cover")):
        pick(open_ticket, verb)
        type_into(open_ticket, form.amount, "0.001")
        open_ticket.do(desk(open_ticket).place.click)
        assert placed(open_ticket)[-1].trade == kind
    pick(open_ticket, "hold")
    assert not form.entry.isVisible()
    type_into(open_ticket, form.paid, "60000")
    type_into(open_ticket, form.amount, "0.01")
    open_ticket.do(desk(open_ticket).place.click)
    assert (placed(open_ticket)[-1].trade, placed(open_ticket)[-1].price_paid) == ("hold", D(60000))
    assert len({trade.name for trade in placed(open_ticket)}) == 5


def test_entries_by_condition_and_by_following_the_price(open_ticket: Shell) -> None:
    form = desk(open_ticket).form
    type_into(open_ticket, form.amount, "0.001")
    open_ticket.do(form.entry.button("conditional").click)
    type_into(open_ticket, form.price, "65000")
    open_ticket.do(form.then_limit.click)
    type_into(open_ticket, form.limit_price, "65010")
    open_ticket.do(desk(open_ticket).place.click)
    entry = placed(open_ticket)[-1].entry
    assert (entry.type, entry.price, entry.limit_price) == ("conditional", D(65000), D(65010))

    type_into(open_ticket, form.amount, "0.001")
    open_ticket.do(form.entry.button("trailing").click)
    type_into(open_ticket, form.price, "64000")
    type_into(open_ticket, form.follow, "0.7")
    open_ticket.do(desk(open_ticket).place.click)
    entry = placed(open_ticket)[-1].entry
    assert (entry.type, entry.price, entry.trailing_deviation) == ("trailing", D(64000), D("0.7"))


def test_another_pair_begins_another_ticket_with_the_same_verb(open_ticket: Shell) -> None:
    reference(open_ticket)
    pick(open_ticket, "cover")
    open_ticket.do(lambda: open_ticket.window.selection.pick_pair(ACCOUNT, "ETH/USDT"))

    draft = desk(open_ticket).draft
    assert (draft.symbol, draft.price, draft.amount, draft.verb) == ("ETH/USDT", "3412.18", "", "cover")


def test_the_deal_is_selected_as_soon_as_it_is_there(open_ticket: Shell) -> None:
    reference(open_ticket)
    open_ticket.do(desk(open_ticket).place.click)
    own = placed(open_ticket)[0].model_dump_json()
    open_ticket.engine.bot(bot_view(bot_id=41, name="Trade 1", kind="smart_trade", settings_json=own))
    open_ticket.engine.deal(deal_view(deal_128(number=1), bot_id=41, name="Trade 1"))
    open_ticket.hear()

    assert open_ticket.window.selection.choice.deal_id == "41-1"
    assert open_ticket.window.panels.inspector.deal.title.text() == "Trade 1"
    assert open_ticket.window.panels.inspector.visibleRegion().isEmpty() is False


def test_b_07_the_wheel_changes_nothing_that_has_no_focus(open_ticket: Shell) -> None:
    from PySide6.QtCore import QPoint, QPointF
    from PySide6.QtGui import QWheelEvent

    form = desk(open_ticket).form
    for widget in (form.price, form.exits.stop_percent, form.unit):
        before = [form.price.text(), form.exits.stop_percent.text(), form.unit.value]
        turn = QWheelEvent(
            QPointF(3, 3), QPointF(3, 3), QPoint(), QPoint(0, 120), Qt.MouseButton.NoButton,
            Qt.KeyboardModifier.NoModifier, Qt.ScrollPhase.NoScrollPhase, False,
        )  # fmt: skip
        QApplication.sendEvent(widget, turn)
        assert [form.price.text(), form.exits.stop_percent.text(), form.unit.value] == before


def test_a_01_every_field_of_the_ticket_is_named_and_reached_by_tab(open_ticket: Shell) -> None:
    ticket = desk(open_ticket)
    focusable = [
        widget for widget in ticket.findChildren(QWidget)
        if widget.isVisible() and widget.isEnabled() and widget.focusPolicy() & Qt.FocusPolicy.TabFocus
        and widget.focusProxy() is None
    ]  # fmt: skip
    unnamed = [widget for widget in focusable if not (widget.accessibleName() or getattr(widget, "text", str)())]
    assert unnamed == []
    seen: set[QWidget] = set()
    ticket.form.amount.setFocus()
    for _ in range(200):
        at = QApplication.focusWidget()
        if at is not None:
            seen.add(at)
            QTest.keyClick(at, Qt.Key.Key_Tab)
    groups = [widget for widget in focusable if widget.property("segment") and widget.property("checkable") is True]
    missed = [widget for widget in focusable if widget not in seen and widget not in groups]
    assert [(type(widget).__name__, widget.accessibleName()) for widget in missed] == []


# --- lines on the chart


def chart(shell: Shell) -> ChartWidget:
    page = shell.window.active_chart()
    assert page is not None
    assert page.chart is not None
    return page.chart


def proposed(shell: Shell) -> dict[str, ChartLine]:
    return {line.key: line for line in chart(shell).canvas.book.lines if line.key.startswith("ticket.")}


@pytest.fixture
def drawn(shell: Shell) -> Shell:
    shell.arrive(with_charts=True)
    shell.do(shell.window.commands.smart_trade.trigger)
    type_into(shell, desk(shell).form.price, "62800")
    type_into(shell, desk(shell).form.amount, "0.0015")
    return shell


def test_c_01_the_ticket_draws_entry_target_and_stop_loss(drawn: Shell) -> None:
    lines = proposed(drawn)
    assert [(line.label, line.price) for line in lines.values()] == [
        ("Buy", D(62800)), ("TP", D(64056)), ("SL", D(61230)),
    ]  # fmt: skip
    drawn.do(drawn.window.panels.ticket.close)
    assert proposed(drawn) == {}


def test_dragging_a_line_of_the_ticket_writes_into_its_field_and_sends_nothing(drawn: Shell) -> None:
    canvas = chart(drawn).canvas
    start, end = canvas.view.y_of(62800.0), canvas.view.y_of(63000.0)
    mouse = Mouse(canvas)
    drawn.do(lambda: (mouse.press(60, start), mouse.move(60, end, Qt.MouseButton.LeftButton)))
    form = desk(drawn).form
    during = D(form.price.text())
    assert abs(during - 63000) < 40, "the field follows while the line moves"
    assert D(form.exits.rows[0].price.text()) == MARKETS["BTC/USDT"].price_up(during * D("1.02"))
    drawn.do(lambda: mouse.release(60, end))

    assert proposed(drawn)["ticket.entry"].price == D(form.price.text())
    assert canvas.book.move is None
    assert drawn.calls == []


def test_dragging_the_target_makes_its_price_lead(drawn: Shell) -> None:
    book = chart(drawn).canvas.book

    def nudged() -> None:
        book.select("ticket.tp1")
        book.nudge(-100)

    drawn.do(nudged)
    form = desk(drawn).form
    assert form.exits.rows[0].price.text() == "64055"
    assert desk(drawn).draft.targets[0].lead == "price"
    assert proposed(drawn)["ticket.tp1"].price == D("64055.00")


def test_escape_while_a_line_of_the_ticket_is_dragged_brings_the_field_back(drawn: Shell) -> None:
    canvas = chart(drawn).canvas
    start, end = canvas.view.y_of(62800.0), canvas.view.y_of(63000.0)
    mouse = Mouse(canvas)
    drawn.do(lambda: (mouse.press(60, start), mouse.move(60, end, Qt.MouseButton.LeftButton)))
    assert desk(drawn).form.price.text() != "62800"
    drawn.do(lambda: QTest.keyClick(canvas, Qt.Key.Key_Escape))

    assert desk(drawn).form.price.text() == "62800"
    assert proposed(drawn)["ticket.entry"].price == D("62800.00")


def test_prices_going_by_keep_what_is_being_dragged(drawn: Shell) -> None:
    canvas = chart(drawn).canvas
    mouse = Mouse(canvas)
    start, end = canvas.view.y_of(62800.0), canvas.view.y_of(63000.0)
    drawn.do(lambda: (mouse.press(60, start), mouse.move(60, end, Qt.MouseButton.LeftButton)))
    drawn.engine.bus.publish(_price("63119.00"))
    drawn.hear()

    assert canvas.book.move is not None, "a tick takes no line out of the hand"


def _price(price: str) -> object:
    from desktop_app.engine.news import PriceNews

    return PriceNews(ACCOUNT, tick("BTC/USDT", price))


def test_the_ticket_is_about_the_account_in_view(open_ticket: Shell) -> None:
    supervisor = open_ticket.engine.supervisor
    supervisor.views = [account_view(), live_view(may_trade=False, is_live_feed=True)]
    open_ticket.run(open_ticket.bridge.reload())
    open_ticket.do(lambda: open_ticket.window.selection.pick_pair(LIVE, "BTC/USDT"))

    ticket = desk(open_ticket)
    assert (ticket.draft.account, ticket.badge.kind) == (LIVE, "live")
    assert ticket.message.text() == "This account can be watched but not traded."
    assert replace(ticket.draft).account == LIVE

from dataclasses import replace
from decimal import Decimal

from PySide6.QtWidgets import QDialog, QPushButton

from desktop_app.core.deal import Position
from desktop_app.core.events import AddFunds, CancelDeal, CloseDeal
from desktop_app.core.order import OrderType
from desktop_app.engine.problem import problem
from desktop_app.gui.flows.add_funds import AddFundsForm
from desktop_app.gui.flows.deals import closing_sentence
from tests.gui.fake_engine import MARKETS, deal_128, deal_view
from tests.gui.shell import Shell, button, words

D = Decimal


def test_d_04_the_numbers_are_said_before_anything_is_sold(shell: Shell) -> None:
    shell.arrive()
    said: list[str] = []

    def agree(sheet: QDialog) -> None:
        said.append(words(sheet))
        assert shell.calls == []
        button(sheet, "Sell 0.00070 BTC now (paper)").click()

    shell.answer(shell.window.commands.close_deal.trigger, agree)

    assert "Sell 0.00070 BTC now at about 63,120.00 for about 44.14 USDT." in said[0]
    assert "Result about −0.51 USDT (−1.14 %) after fees. Also cancels 3 open orders." in said[0]
    assert shell.calls == [("ask", 1, CloseDeal(128))]


def test_keeping_the_deal_sells_nothing_and_is_the_default(shell: Shell) -> None:
    shell.arrive()

    def keep(sheet: QDialog) -> None:
        assert button(sheet, "Keep deal").isDefault()
        button(sheet, "Keep deal").click()

    shell.answer(shell.window.commands.close_deal.trigger, keep)

    assert shell.calls == []


def test_d_04_a_price_that_ran_away_is_asked_about_again(shell: Shell) -> None:
    shell.arrive()
    seen: list[str] = []

    async def story() -> None:
        shell.window.commands.close_deal.trigger()
        await shell.settled()
        shell.engine.deal(replace(deal_view(), last=D("61000.00")))
        shell.bridge.deliver()
        button(shell.sheet(), "Sell 0.00070 BTC now (paper)").click()
        await shell.settled()
        seen.append(words(shell.sheet()))
        assert shell.calls == []
        button(shell.sheet(), "Sell 0.00070 BTC now (paper)").click()
        await shell.settled()

    shell.run(story())

    assert "The price moved while you decided." in seen[0]
    assert "61,000.00" in seen[0]
    assert shell.calls == [("ask", 1, CloseDeal(128))]


def test_g_01_a_live_deal_says_real_money_and_arms_late(shell: Shell) -> None:
    shell.engine.supervisor.deal_views = [deal_view(mode="live")]
    shell.arrive()

    def look(sheet: QDialog) -> None:
        sell = button(sheet, "Sell 0.00070 BTC now with real money")
        assert not sell.isEnabled()
        button(sheet, "Keep deal").click()

    shell.answer(shell.window.commands.close_deal.trigger, look)


def test_d_08_many_deals_are_one_question_and_each_has_its_own_result(shell: Shell) -> None:
    shell.engine.supervisor.deal_views.append(deal_view(deal_128(number=129)))
    shell.arrive()
    said: list[str] = []

    def agree(sheet: QDialog) -> None:
        said.append(words(sheet))
        button(sheet, "Close 2 deals now (paper)").click()

    shell.answer(lambda: shell.window.panels.deals.close_requested.emit(["1-128", "1-129"]), agree)

    assert "Together about −1.02 USDT after fees." in said[0]
    assert shell.calls == [("ask", 1, CloseDeal(128)), ("ask", 1, CloseDeal(129))]


def test_a_refusal_is_told_and_stays_on_the_screen(shell: Shell) -> None:
    shell.arrive()
    shell.engine.supervisor.problem = problem("deal_is_over", deal="1-128")

    shell.answer(
        shell.window.commands.close_deal.trigger, lambda sheet: button(sheet, "Sell 0.00070 BTC now (paper)").click()
    )

    assert shell.window.toasts.texts() == ["Deal #128: Deal 1-128 is over. Nothing was changed."]


def test_d_06_stop_managing_says_what_stays_and_who_sells(shell: Shell) -> None:
    shell.arrive()
    said: list[str] = []

    def agree(sheet: QDialog) -> None:
        said.append(words(sheet))
        button(sheet, "Keep the coins (paper)").click()

    shell.answer(shell.window.commands.stop_managing.trigger, agree)

    assert "0.00070 BTC stay in your account; this app will not sell them." in said[0]
    assert "3 open orders are cancelled, the take profit too." in said[0]
    assert "From then on you sell them yourself" in said[0]
    assert shell.calls == [("ask", 1, CancelDeal(128))]


def test_d_05_adding_funds_shows_average_and_take_profit_before_it_sends(shell: Shell) -> None:
    shell.arrive()
    said: list[str] = []

    def agree(sheet: QDialog) -> None:
        form = sheet.findChild(AddFundsForm)
        assert form is not None
        form.volume.setText("30")
        said.append(words(sheet))
        assert shell.calls == []
        button(sheet, "Buy 0.00048 BTC (paper)").click()

    shell.answer(shell.window.commands.add_funds.trigger, agree)

    assert "63,785.69 → 63,540.58" in said[0]
    assert "64,807.29 → 64,558.25" in said[0]
    assert "44.65 → 74.98 USDT" in said[0]
    assert shell.calls == [("ask", 1, AddFunds(128, D(30)))]


def test_d_05_a_limit_order_carries_its_price(shell: Shell) -> None:
    shell.arrive()

    def agree(sheet: QDialog) -> None:
        form = sheet.findChild(AddFundsForm)
        assert form is not None
        form.kind.set_value("limit")
        form.limit.setText("60000")
        form.volume.setText("30")
        button(sheet, "Buy 0.00050 BTC (paper)").click()

    shell.answer(shell.window.commands.add_funds.trigger, agree)

    assert shell.calls == [("ask", 1, AddFunds(128, D(30), OrderType.LIMIT, D(60000)))]


def test_too_little_cannot_be_added(shell: Shell) -> None:
    shell.arrive()

    def look(sheet: QDialog) -> None:
        form = sheet.findChild(AddFundsForm)
        assert form is not None
        for text in ("1", "", "abc", "-5"):
            form.volume.setText(text)
            assert not form.is_possible
            assert not any(b.isEnabled() for b in sheet.findChildren(QPushButton) if b.text().startswith("Buy"))
        button(sheet, "Cancel").click()

    shell.answer(shell.window.commands.add_funds.trigger, look)

    assert shell.calls == []


def test_nothing_is_asked_about_a_deal_without_coins(shell: Shell) -> None:
    empty = deal_view(deal_128(position=Position(), orders=()))
    shell.engine.supervisor.deal_views = [replace(empty, last=D(1))]
    shell.arrive()

    shell.do(shell.window.commands.close_deal.trigger)

    assert shell.window.toasts.texts() == ["Nothing to sell: the deal holds no coins, or its price is unknown."]


def test_the_money_sentence_of_128_is_the_specified_one() -> None:
    assert closing_sentence(deal_view(), MARKETS["BTC/USDT"]) == (
        "Sell 0.00070 BTC now at about 63,120.00 for about 44.14 USDT. "
        "Result about −0.51 USDT (−1.14 %) after fees. Also cancels 3 open orders."
    )

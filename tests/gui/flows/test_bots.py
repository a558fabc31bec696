from decimal import Decimal

from PySide6.QtWidgets import QDialog, QRadioButton

from desktop_app.engine.problem import problem
from desktop_app.engine.views import BotView
from desktop_app.gui.flows.bots import money_sentence
from tests.gui.fake_engine import ACCOUNT, bot_view
from tests.gui.shell import Shell, button, words

D = Decimal


def test_b_03_the_start_says_how_much_money_it_may_move(shell: Shell) -> None:
    shell.arrive()
    said: list[str] = []

    def agree(sheet: QDialog) -> None:
        said.append(words(sheet))
        button(sheet, "Start bot (paper)").click()

    shell.answer(lambda: shell.window.panels.bots.start_requested.emit([3]), agree)

    assert "Will place up to 80.00 USDT in orders on Paper wallet (paper)." in said[0]
    assert "The market is simulated" in said[0]
    assert shell.calls == [("start_bot", 3, False)]


def test_a_live_start_names_real_money() -> None:
    assert money_sentence(bot_view(mode="live", account="Binance main")) == (
        "Will place up to 216.99 USDT in orders on Binance main, with real money."
    )


def test_a_fuller_question_may_take_the_place_of_the_plain_one(shell: Shell) -> None:
    shell.arrive()
    asked: list[str] = []

    async def ask(view: BotView) -> bool:
        asked.append(view.name)
        return False

    shell.window.errands.bots.start_question = ask
    shell.do(lambda: shell.window.panels.bots.start_requested.emit([3]))

    assert asked == ["SHIB dips"]
    assert shell.calls == []


def test_a_paused_bot_simply_goes_on(shell: Shell) -> None:
    shell.engine.supervisor.bot_views = [bot_view(status="paused")]
    shell.arrive()

    shell.do(lambda: shell.window.panels.bots.start_requested.emit([1]))

    assert shell.calls == [("start_bot", 1, False)]


def test_b_02_a_shortfall_is_named_and_can_be_accepted(shell: Shell) -> None:
    shell.arrive()
    shell.engine.supervisor.problem = problem(
        "not_affordable", bot="SHIB dips", needed=D(80), quote="USDT", uncommitted=D(12), account=ACCOUNT
    )
    said: list[str] = []

    async def story() -> None:
        shell.window.panels.bots.start_requested.emit([3])
        await shell.settled()
        button(shell.sheet(), "Start bot (paper)").click()
        await shell.settled()
        said.append(words(shell.sheet()))
        shell.engine.supervisor.problem = None
        button(shell.sheet(), "Start bot anyway (paper)").click()
        await shell.settled()

    shell.run(story())

    assert "SHIB dips needs up to 80 USDT, and 12 USDT are free" in said[0]
    assert shell.calls == [("start_bot", 3, False), ("start_bot", 3, True)]


def test_stopping_a_bot_with_a_deal_offers_three_ways_the_gentlest_first(shell: Shell) -> None:
    shell.arrive()
    ways: list[str] = []

    def choose(sheet: QDialog) -> None:
        radios = sheet.findChildren(QRadioButton)
        ways.extend(radio.text() for radio in radios)
        assert radios[0].isChecked()
        radios[2].setChecked(True)
        button(sheet, "Stop bot (paper)").click()

    shell.answer(shell.window.commands.stop_bot.trigger, choose)

    assert ways == ["Leave it running until it closes", "Sell at market now", "Stop managing, keep the coins"]
    assert shell.calls == [("stop_bot", 1, "cancel")]


def test_a_bot_without_a_deal_stops_at_once(shell: Shell) -> None:
    shell.arrive()

    shell.do(lambda: shell.window.panels.bots.stop_requested.emit([2]))

    assert shell.calls == [("stop_bot", 2, "leave")]


def test_pause_all_asks_and_pauses_only_what_runs(shell: Shell) -> None:
    shell.arrive()

    shell.answer(shell.window.commands.pause_all.trigger, lambda sheet: button(sheet, "Pause 2 bots").click())

    assert shell.calls == [("pause_bot", 1), ("pause_bot", 2)]


def test_removing_asks_first(shell: Shell) -> None:
    shell.arrive()

    shell.answer(
        lambda: shell.window.panels.bots.remove_requested.emit([3]), lambda sheet: button(sheet, "Keep bot").click()
    )
    assert shell.calls == []

    shell.answer(
        lambda: shell.window.panels.bots.remove_requested.emit([3]), lambda sheet: button(sheet, "Remove bot").click()
    )
    assert shell.calls == [("remove_bot", 3)]


def test_one_refused_bot_keeps_no_other_back(shell: Shell) -> None:
    shell.arrive()
    shell.engine.supervisor.problem = problem("bot_not_running", bot="x")

    shell.do(lambda: shell.window.panels.bots.pause_requested.emit([1, 2]))

    assert shell.calls == [("pause_bot", 1), ("pause_bot", 2)]
    assert len(shell.window.toasts.texts()) == 2

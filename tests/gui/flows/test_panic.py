from decimal import Decimal

import pytest
from PySide6.QtWidgets import QDialog

from desktop_app.core.said import said
from desktop_app.engine.news import PanicNews
from desktop_app.engine.panic import PanicReport
from desktop_app.gui.flows.panic import CANCEL, REPORT, SELL, STOP, PanicDialog, stake_of
from tests.gui.fake_engine import ACCOUNT, NOW, account_view
from tests.gui.shell import Shell, words

D = Decimal


def opened(shell: Shell) -> PanicDialog:
    made: list[PanicDialog] = []
    shell.do(lambda: made.append(shell.window.errands.panic()))
    return made[0]


def test_p_01_opening_the_sheet_does_nothing_and_back_is_the_default(shell: Shell) -> None:
    shell.arrive()
    sheet = opened(shell)

    assert sheet.back.isDefault()
    assert not sheet.sell.isChecked()
    assert "Cancel 3 open orders." in words(sheet)
    assert "About 44.14 USDT, result about −0.51 USDT after fees." in words(sheet)

    shell.do(sheet.back.click)
    assert shell.calls == []


def test_p_01_what_selling_brings_is_never_cut_when_it_grows_while_the_sheet_is_open(shell: Shell) -> None:
    shell.arrive()
    sheet = opened(shell)
    line = sheet._sell_line

    shell.do(lambda: line.setText("short"))
    shell.do(sheet._show)

    assert line.height() >= line.heightForWidth(line.width())
    assert line.minimumHeight() >= 2 * line.fontMetrics().lineSpacing()


def test_p_01_one_click_stops_and_cancels_and_sells_nothing(shell: Shell) -> None:
    shell.arrive()
    sheet = opened(shell)

    shell.do(sheet.go.click)

    assert shell.calls == [("panic", False, (ACCOUNT,))]
    assert sheet.progress.text_of(SELL) == "Not selling: coins are kept"


@pytest.mark.parametrize(
    ("word", "may_sell"), [("", False), ("sel", False), ("YES", False), ("SELL", True), ("sell ", True)]
)
def test_p_01_selling_needs_the_tick_and_the_word(shell: Shell, word: str, may_sell: bool) -> None:
    shell.arrive()
    sheet = opened(shell)
    assert not sheet.word.isEnabled()

    sheet.sell.setChecked(True)
    sheet.word.setText(word)

    assert sheet.go.isEnabled() is may_sell
    if may_sell:
        shell.do(sheet.go.click)
        assert shell.calls == [("panic", True, (ACCOUNT,))]


def test_p_01_the_word_without_the_tick_sells_nothing(shell: Shell) -> None:
    shell.arrive()
    sheet = opened(shell)
    sheet.word.setText("SELL")

    shell.do(sheet.go.click)

    assert shell.calls == [("panic", False, (ACCOUNT,))]


def test_p_01_every_step_and_a_failing_cancel_are_shown(shell: Shell) -> None:
    shell.arrive()
    sheet = opened(shell)
    shell.engine.supervisor.report = PanicReport(2, 11, 12, ("s2",), 0, 1, (), False)

    def happen() -> None:
        sheet.go.click()
        for news in (
            PanicNews(NOW, STOP, 2, 2, said("panic_stopped", bots=2)),
            PanicNews(NOW, CANCEL, 11, 12, said("panic_cancelled", done=11, total=12)),
            PanicNews(NOW, CANCEL, 11, 12, said("panic_cancel_retry", client_id="s2", tries=2)),
        ):
            shell.engine.bus.publish(news)
        shell.bridge.deliver()

    shell.do(happen)

    assert sheet.progress.text_of(STOP) == "New deals stopped on 2 bots."
    assert sheet.progress.text_of(CANCEL) == "Cancelled 11 of 12 orders."
    assert "s2" in words(sheet)


def test_p_01_what_is_left_is_said_honestly(shell: Shell) -> None:
    shell.arrive()
    sheet = opened(shell)
    shell.engine.supervisor.report = PanicReport(
        2, 3, 3, (), 1, 1, (said("panic_left", amount=D("0.01355"), asset="BTC"),), True, is_written_down=False
    )

    shell.do(sheet.go.click)

    report = sheet.progress.report_text()
    assert "0.01355 BTC" in report
    assert "could not be written down" in report
    assert "PANIC — done" in report
    assert sheet.progress.text_of(REPORT)


def test_p_01_live_accounts_are_chosen_and_paper_ones_only_alone(shell: Shell) -> None:
    live = account_view(name="Binance main", is_paper=False, is_simulated=False, exchange="binance")
    shell.engine.supervisor.views = [account_view(), live]
    shell.arrive()

    assert opened(shell).accounts.chosen() == ["Binance main"]


def test_p_01_a_failure_is_shown_on_the_sheet(shell: Shell) -> None:
    shell.arrive()
    sheet = opened(shell)
    shell.engine.supervisor.problem = RuntimeError("the engine broke")

    shell.do(sheet.go.click)

    assert "Something unexpected happened (RuntimeError)." in words(sheet)


def test_closing_the_sheet_while_it_runs_breaks_nothing(shell: Shell) -> None:
    shell.arrive()
    sheet = opened(shell)

    def hurry() -> None:
        sheet.go.click()
        sheet.accept()

    shell.do(hurry)

    assert shell.calls == [("panic", False, (ACCOUNT,))]
    assert not [dialog for dialog in shell.window.findChildren(QDialog) if dialog.isVisible()]


def test_the_stake_counts_only_the_chosen_accounts(shell: Shell) -> None:
    shell.arrive()

    assert stake_of(shell.bridge, [ACCOUNT]).orders == 3
    assert stake_of(shell.bridge, []).orders == 0

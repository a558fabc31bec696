from dataclasses import replace

from PySide6.QtWidgets import QCheckBox

from desktop_app.core.order import Role, Side
from desktop_app.engine.news import AwayNews, ReconciledNews
from desktop_app.engine.views import OrderChange
from desktop_app.gui.i18n import Language, set_language
from tests.gui.fake_engine import ACCOUNT, NOW, D
from tests.gui.shell import Shell, button, words

FILLED = OrderChange(
    1, "BTC starter", 128, "BTC/USDT", "filled", Role.TAKE_PROFIT, Side.SELL, D("0.00070"), D("64807.29"),
    NOW - 9_000_000, D("0.67"),
)  # fmt: skip
NEWS = AwayNews(ACCOUNT, "not_running", NOW - 16_560_000, NOW, (FILLED,))


def told(shell: Shell, *news: AwayNews) -> None:
    for one in news:
        shell.engine.bus.publish(one)
    shell.hear()


def test_d_01_fills_that_came_meanwhile_are_listed(shell: Shell) -> None:
    shell.arrive()
    told(shell, NEWS)

    text = words(shell.sheet())
    assert "While you were away" in text
    assert "The app was not running 09:05:07 → 13:41:07 (4 h 36 m)." in text
    assert "BTC starter #128 · BTC/USDT" in text
    assert "Take profit filled 11:11:07: sell 0.00070 BTC at 64,807.29, deal closed with +0.67 USDT" in text
    shell.do(button(shell.sheet(), "Got it").click)
    assert shell.window.away.card is None


def test_g_06_a_sleep_is_told_with_its_exact_span_also_without_changes(shell: Shell) -> None:
    shell.arrive()
    told(shell, AwayNews(ACCOUNT, "slept", NOW - 16_560_000, NOW))

    text = words(shell.sheet())
    assert "This computer slept 09:05:07 → 13:41:07 (4 h 36 m)." in text
    assert "Nothing changed on your orders meanwhile." in text


def test_a_start_after_which_nothing_changed_opens_nothing(shell: Shell) -> None:
    shell.arrive()
    told(shell, replace(NEWS, changes=()))
    assert shell.window.away.card is None


def test_all_accounts_share_one_card(shell: Shell) -> None:
    shell.arrive()
    told(shell, NEWS)
    cancelled = replace(FILLED, bot="Other", what="cancelled", profit=None)
    told(shell, replace(NEWS, account="Binance main", changes=(cancelled, replace(cancelled, what="in_doubt"))))

    text = words(shell.sheet())
    assert text.count("The app was not running") == 1
    assert "Binance main" in text
    assert "Take profit was cancelled at the exchange, not by this app" in text
    assert "what became of it is not known yet" in text


def test_what_was_told_before_the_window_was_there_is_not_lost(shell: Shell) -> None:
    shell.bridge.hear(shell.engine.bus)
    shell.engine.bus.publish(NEWS)
    shell.arrive()
    shell.hear()
    assert "BTC starter #128" in words(shell.sheet())


def test_a_03_the_card_speaks_chinese(shell: Shell) -> None:
    shell.arrive()
    try:
        set_language(Language.CHINESE)
        told(shell, NEWS)
        assert "你不在的时候" in words(shell.sheet())
    finally:
        set_language(Language.ENGLISH)


def test_what_is_on_the_card_is_not_a_toast_too(shell: Shell) -> None:
    shell.arrive()
    shell.engine.bus.publish(ReconciledNews(ACCOUNT, NOW, 1, 1, "start", NOW - 16_560_000, (FILLED,)))
    told(shell, NEWS)
    assert shell.window.toasts.texts() == []
    shell.engine.bus.publish(ReconciledNews(ACCOUNT, NOW, 1, 1, "start", 0, (FILLED,)))
    shell.hear()
    assert shell.window.toasts.texts() == ["Compared with Paper wallet: 1 orders had changed, 1 new fills."]


def test_g_06_after_a_sleep_the_card_offers_to_stay_awake_next_time(shell: Shell) -> None:
    shell.arrive()
    slept = AwayNews(ACCOUNT, "slept", NOW - 16_560_000, NOW)
    told(shell, slept)
    (box,) = shell.sheet().findChildren(QCheckBox)
    assert not box.isChecked()
    shell.do(box.click)
    shell.do(button(shell.sheet(), "Got it").click)
    assert shell.window.appearance.settings.keeps_awake

    told(shell, slept)
    assert shell.sheet().findChildren(QCheckBox) == [], "it is on already"
    shell.do(button(shell.sheet(), "Got it").click)
    told(shell, NEWS)
    assert shell.sheet().findChildren(QCheckBox) == [], "the program was off, not the computer"

"""P-05: what happened on a live account without this program stands across the window until somebody explains it."""

from PySide6.QtWidgets import QPushButton

from desktop_app.core.said import said
from desktop_app.engine.news import AccountNews, ForeignNews
from desktop_app.engine.views import Evidence
from desktop_app.gui.alarm_bar import AlarmBar, AlarmRow
from tests.gui.fake_engine import ACCOUNT, LIVE, NOW, D, live_view
from tests.gui.shell import Shell

SAID = said("foreign_order", account=LIVE, side="buy", amount=D(41_200), pair="XYZ/USDT")


def with_live(shell: Shell, **changes: object) -> AlarmBar:
    shell.engine.supervisor.views.append(live_view(**changes))
    shell.arrive()
    return shell.window.alarms


def foreign(shell: Shell, account: str = LIVE, at: int = NOW) -> None:
    evidence = Evidence(at, "order", SAID, "XYZ/USDT", "buy", D(41_200), None, "", "88213")
    shell.engine.bus.publish(ForeignNews(account, at, SAID, (evidence,), is_frozen=True))
    shell.engine.bus.publish(AccountNews(live_view(name=account, frozen=SAID, may_trade=True)))
    shell.hear()


def buttons(bar: AlarmBar) -> list[str]:
    return [button.text() for button in bar.findChildren(QPushButton) if button.isVisible()]


def test_p_05_foreign_activity_stays_until_it_was_explained(shell: Shell) -> None:
    bar = with_live(shell, may_trade=True)
    assert bar.isHidden()
    foreign(shell)

    assert bar.isVisible()
    assert bar.width() == shell.window.width()
    assert "41,200 XYZ/USDT" in bar.alarms[0].text
    assert "Bots on it open nothing now." in bar.alarms[0].text
    assert "This app cannot do that for you." in bar.alarms[0].text
    assert buttons(bar) == ["It was me", "Show all", "Open API page"]

    shell.engine.bus.publish(AccountNews(live_view(may_trade=True)))
    shell.hear()
    assert bar.isHidden()
    assert not shell.window.foreign.open_lines()
    assert len(shell.window.foreign.lines) == 1


def test_p_05_the_same_thing_told_twice_is_one(shell: Shell) -> None:
    with_live(shell, may_trade=True)
    foreign(shell)
    foreign(shell)
    assert len(shell.window.foreign.lines) == 1
    foreign(shell, at=NOW + 1)
    assert "And 1 more." in shell.window.alarms.alarms[0].text


def test_p_05_what_was_unexplained_at_the_last_end_is_so_still(shell: Shell) -> None:
    shell.engine.supervisor.evidence[LIVE] = (Evidence(NOW, "order", SAID, "XYZ/USDT"),)
    bar = with_live(shell, frozen=SAID, may_trade=True)
    shell.do(lambda: None)
    assert [alarm.is_foreign for alarm in bar.alarms] == [True]


def test_pretend_money_alarms_nobody(shell: Shell) -> None:
    bar = with_live(shell, may_trade=True)
    shell.engine.bus.publish(ForeignNews(ACCOUNT, NOW, SAID))
    shell.hear()
    assert bar.isHidden()
    assert shell.window.toasts.texts()


def test_a_locked_keyring_is_one_row_with_one_button(shell: Shell) -> None:
    bar = with_live(shell, key_state="locked")
    assert bar.alarms[0].title == "Binance main: the keyring is locked."
    assert buttons(bar) == ["Unlock"]
    shell.do(bar.findChildren(QPushButton)[-1].click)
    assert ("reconnect", LIVE) in shell.calls


def test_another_alarm_has_its_room_at_once(shell: Shell) -> None:
    bar = with_live(shell, key_state="locked")
    shell.engine.bus.publish(AccountNews(live_view(is_connected=False, reason="no answer")))
    shell.hear()
    assert buttons(bar) == ["Reconnect"]
    row = bar.findChildren(AlarmRow)[-1]
    assert bar.height() >= row.sizeHint().height() > 30


def test_the_kept_arrangement_does_not_hide_alarms(shell: Shell) -> None:
    state = shell.window.saveState()
    bar = with_live(shell, key_state="locked")
    assert bar.isVisible()
    shell.do(lambda: shell.window.restoreState(state))
    shell.do(lambda: None)
    assert bar.isVisible()

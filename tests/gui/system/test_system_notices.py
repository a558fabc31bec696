"""What matters reaches who does not look at the window; a lock screen never reads a sum."""

import re
from dataclasses import replace

import pytest

from desktop_app.core.deal import DealStatus
from desktop_app.core.said import said
from desktop_app.engine.news import AwayNews, ForeignNews, LogNews
from desktop_app.gui.system.system_notices import SystemNotices
from desktop_app.gui.system.tray import Tray
from tests.gui.fake_engine import ACCOUNT, LIVE, NOW, D, bot_view, deal_128, deal_view, live_view
from tests.gui.shell import Shell

FOREIGN = ForeignNews(LIVE, NOW, said("foreign_order", account=LIVE, side="buy", amount=D(41_200), pair="XYZ/USDT"))


@pytest.fixture
def tray(shell: Shell) -> Tray:
    shell.engine.supervisor.views.append(live_view(may_trade=True))
    shell.arrive()
    return Tray(shell.window, shell.bridge, is_available=lambda: True)


@pytest.fixture
def shown(shell: Shell, tray: Tray, monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """What the desktop was asked to show, while another window is in front."""
    notices = SystemNotices(shell.window, shell.bridge, tray)
    said: list[str] = []
    notices.show = lambda title, text, _icon: said.append(f"{title} {text}".strip())
    monkeypatch.setattr(shell.window, "isActiveWindow", lambda: False)
    return said


def closed(number: int, mode: str = "live") -> object:
    deal = replace(deal_128(), number=number, status=DealStatus.COMPLETED)
    return deal_view(deal, mode=mode)


def test_deals_of_real_money_are_told_once_and_without_a_sum(shell: Shell, shown: list[str]) -> None:
    for _ in range(2):
        shell.do(lambda: shell.bridge.deals_changed.emit([closed(1), closed(2, "sim")]))
    assert shown == ["BTC starter: deal #1 closed Take profit reached"]
    shell.do(lambda: shell.bridge.deals_changed.emit([closed(3), closed(4), closed(5)]))
    assert shown[1:] == ["3 deals closed."]


def test_trouble_with_real_money_is_told_and_never_muted(shell: Shell, tray: Tray, shown: list[str]) -> None:
    tray.mute.setChecked(True)
    held = bot_view(mode="live", status="held", account=LIVE)
    problem = LogNews(NOW, "error", LIVE, "", 0, "x", said("reconnecting"))

    def happens() -> None:
        shell.bridge.deals_changed.emit([closed(1)])
        shell.bridge.bots_changed.emit([held])
        shell.bridge.bots_changed.emit([held])
        shell.bridge.log_added.emit([problem])
        shell.bridge.foreign_seen.emit([FOREIGN])

    shell.do(happens)
    assert [line.split(" ")[0:2] for line in shown] == [["BTC", "starter"], ["A", "problem"], ["Foreign", "activity"]]
    assert not re.search(r"\d", "".join(shown))


def test_paper_money_stays_in_the_window(shell: Shell, shown: list[str]) -> None:
    def happens() -> None:
        shell.bridge.bots_changed.emit([bot_view(mode="sim", status="held")])
        shell.bridge.log_added.emit([LogNews(NOW, "error", ACCOUNT, "", 0, "x", said("reconnecting"))])
        shell.bridge.foreign_seen.emit([replace(FOREIGN, account=ACCOUNT)])

    shell.do(happens)
    assert shown == []


def test_a_sleep_is_told(shell: Shell, shown: list[str]) -> None:
    shell.do(lambda: shell.bridge.away_told.emit([AwayNews(ACCOUNT, "slept", NOW - 9_000_000, NOW)]))
    assert shown == ["While you were away This computer slept. Bots did nothing meanwhile."]


def test_who_looks_at_the_window_is_told_there(shell: Shell, shown: list[str], monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(shell.window, "isActiveWindow", lambda: True)
    shell.do(lambda: shell.bridge.foreign_seen.emit([FOREIGN]))
    assert shown == []

"""What matters reaches who does not look at the window; a lock screen never reads a sum."""

import re
from dataclasses import replace
from typing import cast

import pytest
from PySide6.QtWidgets import QSystemTrayIcon

from desktop_app.core.deal import DealStatus
from desktop_app.core.said import said
from desktop_app.engine.news import AwayNews, ForeignNews, LogNews
from desktop_app.gui.system.system_notices import SystemNotices
from desktop_app.gui.system.tray import Tray as SystemTray
from tests.gui.fake_engine import ACCOUNT, LIVE, NOW, D, account_view, bot_view, deal_128, deal_view, live_view
from tests.gui.shell import Bare

FOREIGN = ForeignNews(LIVE, NOW, said("foreign_order", account=LIVE, side="buy", amount=D(41_200), pair="XYZ/USDT"))


class Tray:
    """Of the tray, what is asked here."""

    def __init__(self, icon: QSystemTrayIcon) -> None:
        self.icon, self.is_there, self.is_muted = icon, True, False


@pytest.fixture
def tray(bare: Bare) -> Tray:
    bare.bridge.known.accounts = {view.name: view for view in (account_view(), live_view(may_trade=True))}
    return Tray(QSystemTrayIcon(bare.window))


@pytest.fixture
def shown(bare: Bare, tray: Tray, monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """What the desktop was asked to show, while another window is in front."""
    notices = SystemNotices(bare.window, bare.bridge, cast("SystemTray", tray))
    said: list[str] = []
    notices.show = lambda title, text, _icon: said.append(f"{title} {text}".strip())
    monkeypatch.setattr(bare.window, "isActiveWindow", lambda: False)
    return said


def closed(number: int, mode: str = "live") -> object:
    deal = replace(deal_128(), number=number, status=DealStatus.COMPLETED)
    return deal_view(deal, mode=mode)


def test_deals_of_real_money_are_told_once_and_without_a_sum(bare: Bare, shown: list[str]) -> None:
    for _ in range(2):
        bare.do(lambda: bare.bridge.deals_changed.emit([closed(1), closed(2, "sim")]))
    assert shown == ["BTC starter: deal #1 closed Take profit reached"]
    bare.do(lambda: bare.bridge.deals_changed.emit([closed(3), closed(4), closed(5)]))
    assert shown[1:] == ["3 deals closed."]


def test_trouble_with_real_money_is_told_and_never_muted(bare: Bare, tray: Tray, shown: list[str]) -> None:
    tray.is_muted = True
    held = bot_view(mode="live", status="held", account=LIVE)
    problem = LogNews(NOW, "error", LIVE, "", 0, "x", said("reconnecting"))

    def happens() -> None:
        bare.bridge.deals_changed.emit([closed(1)])
        bare.bridge.bots_changed.emit([held])
        bare.bridge.bots_changed.emit([held])
        bare.bridge.log_added.emit([problem])
        bare.bridge.foreign_seen.emit([FOREIGN])

    bare.do(happens)
    assert [line.split(" ")[0:2] for line in shown] == [["BTC", "starter"], ["A", "problem"], ["Foreign", "activity"]]
    assert not re.search(r"\d", "".join(shown))


def test_paper_money_stays_in_the_window(bare: Bare, shown: list[str]) -> None:
    def happens() -> None:
        bare.bridge.bots_changed.emit([bot_view(mode="sim", status="held")])
        bare.bridge.log_added.emit([LogNews(NOW, "error", ACCOUNT, "", 0, "x", said("reconnecting"))])
        bare.bridge.foreign_seen.emit([replace(FOREIGN, account=ACCOUNT)])

    bare.do(happens)
    assert shown == []


def test_a_sleep_is_told(bare: Bare, shown: list[str]) -> None:
    bare.do(lambda: bare.bridge.away_told.emit([AwayNews(ACCOUNT, "slept", NOW - 9_000_000, NOW)]))
    assert shown == ["While you were away This computer slept. Bots did nothing meanwhile."]


def test_who_looks_at_the_window_is_told_there(bare: Bare, shown: list[str], monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(bare.window, "isActiveWindow", lambda: True)
    bare.do(lambda: bare.bridge.foreign_seen.emit([FOREIGN]))
    assert shown == []

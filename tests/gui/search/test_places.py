from dataclasses import replace

from PySide6.QtGui import QAction
from PySide6.QtWidgets import QMenuBar, QWidget
from pytestqt.qtbot import QtBot

from desktop_app.core.deal import DealStatus
from desktop_app.gui.known import Known
from desktop_app.gui.search import places
from tests.gui.fake_engine import ACCOUNT, MARKETS, account_view, bot_view, deal_128, deal_view


def ignore(*_: object) -> None:
    pass


def test_open_deals_stand_before_those_that_are_over_with_bot_account_and_state() -> None:
    over = deal_view(replace(deal_128(number=129), status=DealStatus.COMPLETED))
    known = Known(accounts={ACCOUNT: account_view()}, deals={view.deal_id: view for view in (over, deal_view())})

    first, second = places.deals(known, ignore)

    assert first.title == "#128 BTC/USDT" and second.title == "#129 BTC/USDT"
    assert first.detail.startswith("BTC starter · Paper wallet · ")


def test_a_smart_trade_is_no_bot_of_the_list() -> None:
    bots = {1: bot_view(bot_id=1, name="Mine"), 2: replace(bot_view(bot_id=2, name="By hand"), kind="smart_trade")}

    assert [entry.title for entry in places.bots(Known(bots=bots), ignore)] == ["Mine"]


def test_pairs_of_the_account_in_view_come_first_and_of_each_its_usual_currency() -> None:
    odd = replace(MARKETS["BTC/USDT"], symbol="BTC/EUR", quote="EUR")
    own = {"BTC/EUR": odd, **{name: MARKETS[name] for name in ("BTC/USDT", "ETH/USDT")}}
    asked: list[tuple[str, str]] = []
    known = Known(markets={"Other": {"SOL/USDT": MARKETS["SOL/USDT"]}, ACCOUNT: own})

    entries = [*places.pairs(known, ACCOUNT, lambda *pair: asked.append(pair))]
    entries[-1].act()

    assert [entry.title for entry in entries] == ["BTC/USDT", "ETH/USDT", "BTC/EUR", "SOL/USDT"]
    assert asked == [("Other", "SOL/USDT")]


def test_commands_are_those_of_the_menus_that_can_be_done_now(qtbot: QtBot) -> None:
    window = QWidget()
    qtbot.addWidget(window)
    bar = QMenuBar(window)
    menu = bar.addMenu("文件(&F)")
    save, grey, own = menu.addAction("&Save"), menu.addAction("Grey"), menu.addAction("Search")
    menu.addSeparator()
    look = menu.addMenu("&Look")
    dark, panel, twice = look.addAction("Dark"), look.addAction("Log"), look.addAction("Save")
    save.setShortcut("Ctrl+S")
    grey.setEnabled(False)
    shown: list[str] = []
    switches: dict[QAction, object] = {panel: lambda: shown.append("log"), twice: lambda: shown.append("twice")}

    entries = places.commands(bar, switches, own)  # type: ignore[arg-type]
    entries[-1].act()

    assert [(entry.title, entry.detail, entry.keys) for entry in entries] == [
        ("Save", "文件", "Ctrl+S"), ("Dark", "文件 › Look", ""), ("Log", "文件 › Look", ""),
    ]  # fmt: skip
    assert shown == ["log"] and dark.text() == "Dark"


def test_a_setting_is_asked_for_by_its_key() -> None:
    asked: list[str] = []

    (entry,) = places.settings({"language": "Language"}, asked.append)
    entry.act()

    assert entry.title == "Language" and asked == ["language"]

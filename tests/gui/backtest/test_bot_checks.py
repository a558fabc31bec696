from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from pytestqt.qtbot import QtBot

from desktop_app.gui.backtest.bot_checks import BotChecks, BotChecksView
from desktop_app.gui.backtest.subject import Subject
from tests.gui.backtest.trials import OTHER, QUICK, SIGNALS
from tests.gui.fake_engine import ACCOUNT

LEFT = Qt.MouseButton.LeftButton
ONE, TWO = Subject(QUICK, ACCOUNT, 1), Subject(OTHER, ACCOUNT, 2)
ALERTS = Subject(SIGNALS, ACCOUNT, 3)


def ticked(model: BotChecks) -> list[int]:
    return [one.bot_id for one in model.ticked]


def test_a_click_anywhere_in_a_line_sets_its_tick_and_the_next_takes_it(qtbot: QtBot) -> None:
    model = BotChecks()
    view = BotChecksView(model)
    qtbot.addWidget(view)
    view.resize(500, 200)
    view.show()
    model.show_subjects((ALERTS, ONE, TWO), (TWO, ALERTS))
    assert ticked(model) == [2]
    at = view.visualRect(model.index(0)).center()

    QTest.mouseClick(view.viewport(), LEFT, pos=at)
    assert ticked(model) == [1, 2]
    QTest.mouseDClick(view.viewport(), LEFT, pos=at)
    assert ticked(model) == [2]
    QTest.mouseClick(view.viewport(), LEFT, pos=view.visualRect(model.index(2)).center())
    assert ticked(model) == [2]


def test_a_line_says_which_bot_it_is_and_one_that_cannot_be_tested_why() -> None:
    model = BotChecks()
    model.show_subjects((ALERTS, ONE), ())

    lines = [model.data(model.index(row)) for row in range(model.rowCount())]
    assert lines[0] == f"BTC starter  ·  DCA  ·  BTC/USDT  ·  {ACCOUNT}"
    assert "trades on alerts from outside" in lines[1]
    assert model.flags(model.index(1)) == Qt.ItemFlag.NoItemFlags
    model.tick(1, True)
    assert model.ticked == ()
    many = Subject(QUICK.model_copy(update={"pairs": tuple(f"{coin}/USDT" for coin in "ABCDE")}), ACCOUNT)
    model.show_subjects((many,), ())
    assert "A/USDT, B/USDT, C/USDT and 2 more" in model.data(model.index(0))

import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest

from tests.gui.shell import Shell
from tests.gui.ticket.helm import desk, type_into


@pytest.fixture
def open_ticket(shell: Shell) -> Shell:
    """The ticket on BTC/USDT at the specification's last price, opened by its key."""
    shell.arrive()
    shell.engine.price("BTC/USDT", "64210.50")
    shell.hear()
    shell.do(lambda: QTest.keyClick(shell.window, Qt.Key.Key_F9))
    return shell


@pytest.fixture
def drawn(shell: Shell) -> Shell:
    shell.arrive(with_charts=True)
    shell.do(shell.window.commands.smart_trade.trigger)
    type_into(shell, desk(shell).form.price, "62800")
    type_into(shell, desk(shell).form.amount, "0.0015")
    return shell

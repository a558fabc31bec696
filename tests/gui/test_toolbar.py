from PySide6.QtCore import Qt
from PySide6.QtWidgets import QToolButton

from tests.gui.shell import Shell


def test_panic_stays_in_sight_in_the_narrowest_window_and_words_come_back_in_a_wider_one(shell: Shell) -> None:
    shell.arrive()
    window, bar = shell.window, shell.window.toolbar
    backtest = bar.widgetForAction(window.commands.backtest)
    assert isinstance(backtest, QToolButton)

    shell.do(lambda: window.resize(window.minimumSize()))
    assert bar.widgetForAction(window.commands.panic).isVisible()
    assert bar.sizeHint().width() <= window.minimumWidth()
    assert backtest.toolButtonStyle() == Qt.ToolButtonStyle.ToolButtonIconOnly

    shell.do(lambda: window.resize(1600, 800))
    assert backtest.toolButtonStyle() == Qt.ToolButtonStyle.ToolButtonTextBesideIcon

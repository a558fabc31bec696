"""A part of a deal is taken out, by its button."""

from decimal import Decimal

from PySide6.QtGui import QAction
from PySide6.QtWidgets import QDialog

from desktop_app.core.events import (
    ReduceFunds,
)
from desktop_app.gui.flows.reduce_funds import ReduceForm
from tests.gui.shell import Shell, button, words

D = Decimal


def more(shell: Shell, text: str) -> QAction:
    """One of the actions behind `More` on the deal's page."""
    page = shell.window.panels.inspector.deal
    page.menu.aboutToShow.emit()
    return next(action for action in page.menu.actions() if action.text() == text)


def test_a_part_is_taken_out_once_its_numbers_are_agreed_to(shell: Shell) -> None:
    shell.arrive()
    said: list[str] = []

    def agree(sheet: QDialog) -> None:
        form = sheet.findChild(ReduceForm)
        assert form is not None
        form.parts[25].click()
        form.coins.setText("0.0003")
        said.append(words(sheet))
        button(sheet, "Sell 0.00030 BTC (paper)").click()

    shell.answer(more(shell, "Take a part out…").trigger, agree)

    assert "about 18.92 USDT at 63,120.00" in said[0]
    assert "about −0.22 USDT after fees" in said[0]
    assert "0.00040 BTC" in said[0]
    assert shell.calls == [("ask", 1, ReduceFunds(128, D("0.00030")))]


def test_no_more_can_be_taken_out_than_there_is_and_not_too_little(shell: Shell) -> None:
    shell.arrive()

    def look(sheet: QDialog) -> None:
        form = sheet.findChild(ReduceForm)
        assert form is not None
        form.coins.setText("5")
        assert form.amount == D("0.00070")
        assert "That is everything: the deal ends." in words(sheet)
        form.coins.setText("0.00001")
        assert not button(sheet, "Sell 0.00001 BTC (paper)").isEnabled()
        button(sheet, "Keep all").click()

    shell.answer(more(shell, "Take a part out…").trigger, look)
    assert shell.calls == []

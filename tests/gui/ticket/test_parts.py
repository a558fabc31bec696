"""The small parts of the ticket's form."""

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QApplication

from tests.gui.shell import Shell
from tests.gui.ticket.helm import desk


def test_b_07_the_wheel_changes_nothing_that_has_no_focus(open_ticket: Shell) -> None:
    from PySide6.QtCore import QPoint, QPointF
    from PySide6.QtGui import QWheelEvent

    form = desk(open_ticket).form
    for widget in (form.price, form.exits.stop_percent, form.unit):
        before = [form.price.text(), form.exits.stop_percent.text(), form.unit.value]
        turn = QWheelEvent(
            QPointF(3, 3), QPointF(3, 3), QPoint(), QPoint(0, 120), Qt.MouseButton.NoButton,
            Qt.KeyboardModifier.NoModifier, Qt.ScrollPhase.NoScrollPhase, False,
        )  # fmt: skip
        QApplication.sendEvent(widget, turn)
        assert [form.price.text(), form.exits.stop_percent.text(), form.unit.value] == before

"""A ticket in the hands of a test: opened by its key, typed into, and what was placed by it."""

from PySide6.QtTest import QTest

from desktop_app.core.strategies.smart_settings import SmartTradeSettings
from desktop_app.gui.chart.lines import ChartLine
from desktop_app.gui.chart.widget import ChartWidget
from desktop_app.gui.fields import DecimalEdit
from desktop_app.gui.ticket.desk import TicketDesk
from desktop_app.gui.ticket.form import VERBS
from tests.gui.shell import Shell


def desk(shell: Shell) -> TicketDesk:
    return shell.window.panels.ticket.desk


def type_into(shell: Shell, field: DecimalEdit, text: str) -> None:
    def typed() -> None:
        field.setFocus()
        field.selectAll()
        QTest.keyClicks(field, text)

    shell.do(typed)


def pick(shell: Shell, verb: str) -> None:
    shell.do(lambda: desk(shell).form.verbs.setCurrentIndex([key for key, _, _ in VERBS].index(verb)))  # type: ignore[arg-type]


def reference(shell: Shell) -> None:
    """The smart trade of the specification, as a person types it."""
    form = desk(shell).form
    type_into(shell, form.price, "63800")
    type_into(shell, form.amount, "0.0015")
    shell.do(form.exits.add.click)
    type_into(shell, form.exits.rows[1].percent, "6")


def placed(shell: Shell) -> list[SmartTradeSettings]:
    return [call[1] for call in shell.calls if call[0] == "add_trade"]


def chart(shell: Shell) -> ChartWidget:
    page = shell.window.active_chart()
    assert page is not None
    assert page.chart is not None
    return page.chart


def proposed(shell: Shell) -> dict[str, ChartLine]:
    return {line.key: line for line in chart(shell).canvas.book.lines if line.key.startswith("ticket.")}

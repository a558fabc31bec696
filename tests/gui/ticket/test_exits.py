"""Targets by clicks."""

from tests.gui.shell import Shell
from tests.gui.ticket.helm import desk


def test_targets_and_shares_are_added_and_removed(open_ticket: Shell) -> None:
    exits = desk(open_ticket).form.exits
    open_ticket.do(exits.add.click)
    open_ticket.do(exits.add.click)
    assert [row.share.text() for row in exits.rows] == ["33", "33", "34"]
    assert [row.percent.text() for row in exits.rows] == ["2", "4", "6"]
    open_ticket.do(exits.rows[1].remove.click)
    assert [(row.percent.text(), row.share.text()) for row in exits.rows] == [("2", "50"), ("6", "50")]

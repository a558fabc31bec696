from dataclasses import replace
from decimal import Decimal

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QApplication

from desktop_app.core.deal import DealStatus
from desktop_app.gui import wording
from tests.gui.fake_engine import deal_128, deal_view
from tests.gui.shell import Shell

D = Decimal


def cells(shell: Shell, deal_id: str) -> dict[str, str]:
    model = shell.window.panels.deals.model
    row = model.row_by_id(deal_id)
    assert row is not None
    return {column.key: column.text(row) for column in model.columns}


def test_the_row_of_128_has_the_numbers_of_the_specification(shell: Shell) -> None:
    shell.arrive()

    row = cells(shell, "1-128")

    assert row["average"] == "63,785.69"
    assert row["last"] == "63,120.00"
    assert (row["target"], row["stop"], row["safety"]) == ("64,807.29", "—", "1/4")
    assert (row["invested"], row["result"], row["percent"]) == ("44.65", "−0.51", "−1.14 %")
    assert (row["to_target"], row["age"], row["break_even"]) == ("+2.67 %", "2 h 14 m", "63,849.54")


def test_g_03_no_cell_is_scientific_or_python(shell: Shell) -> None:
    shell.engine.supervisor.deal_views = [
        deal_view(replace(deal_128(number=5), symbol="SHIB/USDT", orders=(), take_profits=(D("2.4E-5"),))),
        replace(deal_view(deal_128(number=6)), last=None, unrealised=None),
    ]
    shell.arrive()

    shown = {text for deal_id in ("1-5", "1-6") for text in cells(shell, deal_id).values()}

    assert "0.00002400" in shown
    assert "—" in shown
    assert not [text for text in shown if "E-" in text or "nan" in text or "None" in text or "e-" in text]


def test_d_09_updates_keep_selection_scroll_sort_and_widths(shell: Shell) -> None:
    shell.engine.supervisor.deal_views = [deal_view(deal_128(number=number)) for number in range(1, 81)]
    shell.arrive()
    table, model = shell.window.panels.deals.table, shell.window.panels.deals.model
    number = next(at for at, column in enumerate(model.columns) if column.key == "number")
    table.sortByColumn(number, Qt.SortOrder.DescendingOrder)
    shell.do(lambda: table.select("1-40"))
    table.setColumnWidth(0, 173)
    scrolled = table.verticalScrollBar().value()
    order = [row.view.deal.number for row in model.shown_rows()]

    for price in ("63000", "64000", "62000"):
        for view in shell.engine.supervisor.deal_views:
            shell.engine.deal(replace(view, last=D(price)))
        shell.hear()

    assert table.selected_ids() == ["1-40"]
    assert table.verticalScrollBar().value() == scrolled
    assert [row.view.deal.number for row in model.shown_rows()] == order
    assert table.columnWidth(0) == 173


def test_d_09_what_did_not_change_is_not_painted_again(shell: Shell) -> None:
    shell.arrive()
    painted: list[object] = []
    shell.window.panels.deals.model.dataChanged.connect(lambda *_: painted.append(1))

    shell.engine.deal(deal_view())
    shell.hear()

    assert painted == []


def test_d_12_copied_rows_have_titles_and_raw_numbers(shell: Shell) -> None:
    shell.arrive()
    shell.window.panels.deals.table.select("1-128")

    shell.window.panels.deals.table.copy_selected()

    titles, row = QApplication.clipboard().text().split("\n")
    found = dict(zip(titles.split("\t"), row.split("\t"), strict=True))
    assert found["Last"] == "63120"
    assert found["Result"].startswith("-0.51")
    assert found["Bot"] == "BTC starter"


def test_totals_follow_the_filter_and_say_so(shell: Shell) -> None:
    shell.engine.supervisor.deal_views.append(deal_view(deal_128(number=129), name="Other bot"))
    shell.arrive()
    panel = shell.window.panels.deals

    panel.head.filter.setText("other")

    assert panel.head.count.text() == "1 of 2 deals · −0.51 USDT"


def test_without_a_deal_the_bot_says_what_it_waits_for(shell: Shell) -> None:
    shell.arrive()

    shell.engine.deal(deal_view(deal_128(status=DealStatus.COMPLETED)))
    shell.hear()

    panel = shell.window.panels.deals
    assert panel.model.total == 0
    assert "BTC starter" in panel.table.viewport().findChildren(type(panel.head.title))[0].text()
    assert wording.deal_status(DealStatus.COMPLETED) == "Take profit reached"

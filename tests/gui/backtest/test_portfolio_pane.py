from PySide6.QtCore import Qt

from desktop_app.gui.backtest.figures import deals_of
from desktop_app.gui.backtest.portfolio_page import PortfolioPage
from tests.gui.backtest.conftest import Bench
from tests.gui.backtest.trials import ready_portfolio


def shown(bench: Bench) -> PortfolioPage:
    bench.shell.do(lambda: bench.desk.portfolios.open_outcome(ready_portfolio()))
    bench.until(lambda: bool(bench.desk.portfolios.pages))
    page = bench.desk.portfolios.pages[0]
    bench.until(lambda: page.pane.deals_model.rowCount() == len(deals_of(ready_portfolio())))
    return page


def test_the_row_of_a_bot_has_its_numbers_and_shows_its_deals_alone(bench: Bench) -> None:
    made = ready_portfolio()
    pane = shown(bench).pane
    cells = [
        {column.key: column.text(row) for column in pane.bots_model.columns} for row in pane.bots_model.shown_rows()
    ]

    assert [cell["bot"] for cell in cells] == ["BTC starter", "ETH dips"]
    assert cells[1]["deals"] == str(made.bots[1].summary.deals_closed)
    assert cells[1]["drop"].startswith("−")
    assert {"profit", "holding", "drawdown", "funds", "open", "fees", "deals"} <= pane.card.cells.keys()
    assert pane.curves.canvas.strips
    bench.shell.do(lambda: pane.bots.select("1"))
    assert {row.pair for row in pane.deals_model.shown_rows()} == {"ETH/USDT"}
    assert pane.deals_model.rowCount() == len(made.bots[1].parts[0].report.deals)
    bench.shell.do(pane.bots.clearSelection)
    assert pane.deals_model.rowCount() == len(made.deals)
    pairs = [column.key for column in pane.deals_model.columns][:3]
    assert pairs == ["number", "bot", "pair"]
    assert pane.deals_model.headerData(1, Qt.Orientation.Horizontal) == "Bot"

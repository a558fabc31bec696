from decimal import Decimal

from tests.gui.fake_engine import ACCOUNT
from tests.gui.shell import Shell

D = Decimal


def cell(shell: Shell, symbol: str, key: str) -> str:
    model = shell.window.panels.markets.model
    row = model.row_by_id(symbol)
    assert row is not None
    return next(column for column in model.columns if column.key == key).text(row)


def test_g_03_prices_have_the_decimals_of_their_tick(shell: Shell) -> None:
    shell.arrive()

    assert cell(shell, "BTC/USDT", "last") == "63,120.00"
    assert cell(shell, "EUR/USDT", "last") == "1.0907"
    assert cell(shell, "SHIB/USDT", "last") == "0.0₄2361"
    assert cell(shell, "DOGE/USDT", "last") == "0.13794"


def test_the_day_is_looked_up_and_follows_the_price(shell: Shell) -> None:
    shell.arrive()
    before = cell(shell, "BTC/USDT", "change")
    assert before != "—"

    shell.engine.price("BTC/USDT", "70000.00")
    shell.hear()

    assert cell(shell, "BTC/USDT", "change") != before
    assert cell(shell, "BTC/USDT", "high") == "70,000.00"


def test_choosing_a_pair_shows_its_deal_or_else_the_pair(shell: Shell) -> None:
    shell.arrive(with_charts=True)
    window = shell.window

    shell.do(lambda: window.panels.markets.table.select("ETH/USDT"))
    page = window.active_chart()
    assert page is not None
    assert (page.account, page.symbol) == (ACCOUNT, "ETH/USDT")
    assert window.selection.choice.deal_id == ""

    shell.do(lambda: window.panels.markets.table.select("BTC/USDT"))
    assert window.selection.choice.deal_id == "1-128"


def test_the_columns_fit_the_panel(shell: Shell) -> None:
    shell.arrive()
    table = shell.window.panels.markets.table

    assert sum(table.columnWidth(at) for at in range(3)) <= table.viewport().width()


def test_a_new_bot_is_asked_for_on_the_pair(shell: Shell) -> None:
    shell.arrive()
    asked: list[str] = []
    shell.window.new_bot_requested.connect(asked.append)

    shell.do(lambda: shell.window.panels.markets.bot_requested.emit(ACCOUNT, "SOL/USDT"))

    assert asked == [""]
    assert shell.window.selection.choice.symbol == "SOL/USDT"

from PySide6.QtWidgets import QApplication

from desktop_app.core.market import Market
from desktop_app.gui.bridge import Bridge
from desktop_app.gui.price_watch import PriceWatch
from tests.gui.fake_engine import ACCOUNT, LIVE, D, live_view
from tests.gui.shell import Shell


def watched(shell: Shell) -> list[tuple[str, tuple[str, ...]]]:
    return [(call[1], call[2]) for call in shell.calls if call[0] == "watch"]


def test_a_real_exchange_is_asked_for_what_is_in_sight_and_no_more(shell: Shell) -> None:
    shell.engine.supervisor.views.append(live_view())
    shell.arrive()
    sight = [(LIVE, "BTC/USDT"), (LIVE, "ETH/USDT"), (LIVE, "NOT/THERE"), (ACCOUNT, "SOL/USDT")]
    watch = PriceWatch(shell.bridge, lambda: sight)
    shell.calls.clear()

    shell.do(watch.look)
    shell.do(watch.look)
    assert watched(shell) == [(LIVE, ("BTC/USDT", "ETH/USDT"))]
    sight.clear()
    shell.do(watch.look)
    assert watched(shell)[-1] == (LIVE, ())


def test_rows_that_are_scrolled_into_view_are_watched(shell: Shell) -> None:
    shell.engine.supervisor.views.append(live_view())
    shell.arrive()
    many = {
        f"C{at:04}/USDT": Market(f"C{at:04}/USDT", f"C{at:04}", "USDT", D("0.01"), D("0.01")) for at in range(2_400)
    }
    shell.bridge.known.markets[LIVE] = many
    panel = shell.window.panels.markets
    shell.do(lambda: shell.window.show_account(LIVE))
    shell.calls.clear()

    shell.do(shell.window.prices.look)
    first = watched(shell)[-1][1]
    assert 3 <= len(first) <= 40
    assert "C0000/USDT" in first
    shell.do(lambda: panel.table.scrollTo(panel.model.index(2_000, 0)))
    shell.do(shell.window.prices.look)
    assert any(symbol > "C1900" for symbol in watched(shell)[-1][1])


def test_nothing_is_asked_before_the_engine_is_there(qapp: QApplication) -> None:
    PriceWatch(Bridge(), lambda: [(LIVE, "BTC/USDT")]).look()

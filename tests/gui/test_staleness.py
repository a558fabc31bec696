"""G-04: rows of an account with old prices are grey while those of another account are not."""

from dataclasses import replace

from PySide6.QtGui import QColor

from desktop_app.engine.news import AccountNews
from desktop_app.gui.staleness import stale_words
from desktop_app.gui.theme import current_theme
from tests.gui.fake_engine import LIVE, NOW, deal_128, deal_view, live_view
from tests.gui.shell import Shell


def test_g_04_old_prices_of_one_account_do_not_grey_another(shell: Shell) -> None:
    supervisor = shell.engine.supervisor
    supervisor.views.append(live_view(may_trade=True))
    supervisor.deal_views.append(replace(deal_view(deal_128(number=7), bot_id=9, mode="live"), account=LIVE))
    shell.arrive()
    panel = shell.window.panels.deals
    assert not panel.model.is_stale

    shell.engine.bus.publish(AccountNews(live_view(may_trade=True, is_live_feed=False, since=NOW)))
    shell.hear()

    section = next(at for at, column in enumerate(panel.model.columns) if column.key == "last")
    cells = {row: panel.model.cell(panel.model.index_of(row).row(), section) for row in ("1-128", "9-7")}
    assert not cells["1-128"].is_stale
    assert cells["9-7"].is_stale
    assert cells["9-7"].colour == QColor(current_theme().stale)
    assert panel.frame.banner.accessibleName().startswith("Binance main: Prices from")
    assert not shell.window.panels.markets.model.is_stale  # the paper account is in view

    shell.engine.bus.publish(AccountNews(live_view(may_trade=True)))
    shell.hear()
    assert not panel.model.is_stale
    assert panel.frame.banner.isHidden()


def test_several_accounts_are_named() -> None:
    assert stale_words({}) == ""
    assert stale_words({"A": "Prices from 1."}) == "A: Prices from 1."
    assert stale_words({"A": "x", "B": "y"}).startswith("Prices of A, B are old.")

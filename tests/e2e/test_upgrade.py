"""A newer program on an older data folder, and an older program on a newer one."""

import hashlib
import json
import sqlite3
from contextlib import closing
from pathlib import Path

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QApplication, QDialog

from desktop_app.config import AppSettings, Paths
from desktop_app.gui.session import PAPER_ACCOUNT, Session
from desktop_app.store import schema
from tests.e2e.test_window import BOT, play, until, window_of
from tests.gui.shell import button, words

LEFT = Qt.DockWidgetArea.LeftDockWidgetArea
NEW_SETTINGS = ("keeps_awake", "looks_for_updates")
# What the second and the third step of the database's form added, taken away again.
BACK_TO_THE_FIRST_FORM = """
DROP TABLE signal;
DROP TRIGGER orders_final;
CREATE TRIGGER orders_final BEFORE UPDATE OF status ON orders
WHEN OLD.status <> NEW.status AND OLD.status IN ('filled', 'canceled', 'rejected')
 AND NOT (OLD.status = 'canceled' AND NEW.status = 'filled')
BEGIN SELECT RAISE(ABORT, 'an order that is final was changed, or its id used twice'); END;
UPDATE alembic_version SET version_num = '0001';
PRAGMA user_version = 1;
"""


def age(paths: Paths) -> None:
    """Make the folder what the first version would have left behind."""
    with closing(sqlite3.connect(paths.database)) as database:
        database.executescript(BACK_TO_THE_FIRST_FORM)
    kept = json.loads(paths.settings.read_text(encoding="utf-8"))
    paths.settings.write_text(json.dumps({name: kept[name] for name in kept if name not in NEW_SETTINGS}))


def test_an_upgrade_keeps_bots_deals_orders_settings_and_the_layout(tmp_path: Path, qapp: QApplication) -> None:
    paths = Paths(tmp_path)
    AppSettings(is_first_run_done=True, theme="light", palette="blue_orange").save(paths.settings)
    orders: set[str] = set()

    async def first(session: Session) -> None:
        await until(lambda: session.bridge is not None and session.bridge.is_attached)
        bridge = window_of(session).bridge
        await bridge.ask(bridge.wishes.add_account(PAPER_ACCOUNT, "sim", config={"speed": 1}))
        await bridge.reload()
        window = window_of(session)
        bot = await bridge.ask(bridge.wishes.add_bot(BOT))
        await bridge.ask(bridge.wishes.start_bot(bot))
        await until(lambda: any(view.deal.live_orders for view in bridge.known.deals.values()))
        window.panels.log.hide()
        window.addDockWidget(LEFT, window.panels.orders)
        window.save_layout()
        orders.update(bridge.known.orders)

    async def second(session: Session) -> None:
        await until(lambda: session.bridge is not None and session.bridge.known.open_deals())
        window = window_of(session)
        bridge = window.bridge
        assert window.panels.log.isHidden() and window.dockWidgetArea(window.panels.orders) == LEFT
        assert [(bot.name, bot.status) for bot in bridge.known.bots.values()] == [("Starter", "running")]
        # Fills may have come meanwhile; none of the orders is forgotten.
        detail = await bridge.ask(bridge.wishes.deal(bridge.known.open_deals()[0].bot_id, 1))
        assert orders and orders <= {order.client_id for order in detail.view.deal.orders}
        settings = window.appearance.settings
        assert (settings.theme, settings.palette, settings.keeps_awake) == ("light", "blue_orange", False)

    assert play(tmp_path, qapp, first) == 0
    age(paths)
    assert play(tmp_path, qapp, second) == 0

    with closing(sqlite3.connect(paths.database)) as database:
        assert database.execute("PRAGMA user_version").fetchone() == (schema.VERSION,)
    assert [path.name for path in paths.backups.iterdir() if "version-1" in path.name]


def test_a_downgrade_is_refused_in_the_window_and_nothing_is_touched(tmp_path: Path, qapp: QApplication) -> None:
    paths = Paths(tmp_path)
    AppSettings(is_first_run_done=True, language="en").save(paths.settings)
    with closing(sqlite3.connect(paths.database)) as database:
        for statement in schema.CREATE:
            database.execute(statement)
        database.execute(f"PRAGMA application_id = {schema.APPLICATION_ID}")
        database.execute("PRAGMA user_version = 999")
        database.commit()
    before = hashlib.sha256(paths.database.read_bytes()).digest()
    said: list[str] = []

    async def told(session: Session) -> None:
        def sheets() -> list[QDialog]:
            return [] if session.window is None else session.window.findChildren(QDialog)

        await until(sheets)
        (sheet,) = sheets()
        said.append(words(sheet))
        button(sheet, "Quit").click()

    assert play(tmp_path, qapp, told) == 3
    assert "Strongroom cannot start" in said[0] and "written by a newer Strongroom" in said[0]
    assert "data version 999" in said[0] and "Install the newer Strongroom again" in said[0]
    assert hashlib.sha256(paths.database.read_bytes()).digest() == before

"""Takes the pictures that README and guide show, from the real window on the embedded exchange.

    python packaging/screenshots.py [FOLDER]

Nothing is drawn by hand: a paper account trades for a few simulated hours, then the window is photographed in both
languages, both themes and two sizes.
"""

import asyncio
import os
import sys
import tempfile
from decimal import Decimal
from pathlib import Path

ROOT = Path(__file__).parents[1]
FOLDER = ROOT / "resources" / "screenshots"
SIZES = ((1280, 800), (1920, 1080))
LOOKS = (("dark", "en"), ("light", "en"), ("dark", "zh_CN"), ("light", "zh_CN"))
BOTS = (
    ("BTC starter", "BTC/USDT", "100", "0.3", "0.5"),
    ("ETH dips", "ETH/USDT", "80", "0.5", "0.8"),
    ("SOL patient", "SOL/USDT", "60", "1.0", "1.5"),
)
TRADING_SECONDS = 14
EDITOR_SECONDS = 2


def bot_file(name: str, pair: str, volume: str, step: str, profit: str) -> str:
    """A DCA bot as a person would write it."""
    return f"""
kind = "dca"
name = "{name}"
account = "Paper wallet"
pairs = ["{pair}"]
base_order = {{ volume = "{volume}" }}
safety_orders = {{ volume = "{volume}", price_deviation = "{step}", step_scale = "1.2", volume_scale = "1.2", max_count = 6, max_active = 3 }}
take_profit = {{ percent = "{profit}" }}
"""  # noqa: E501 - one line of the file


def main(folder: Path) -> None:
    """Take every picture."""
    os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")
    sys.path.insert(0, str(ROOT))
    from desktop_app.app import build_engine
    from desktop_app.config import AppSettings, Paths
    from desktop_app.gui.session import run_window

    folder.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory() as data:
        paths = Paths(Path(data))
        AppSettings(is_first_run_done=True, theme="dark", language="en").save(paths.settings)
        watch_sessions(folder)
        run_window(paths, lambda: build_engine(paths))


def watch_sessions(folder: Path) -> None:
    """Have the photographer at work as soon as the window is alive."""
    from desktop_app.gui.bridge import Bridge
    from desktop_app.gui.main_window import MainWindow
    from desktop_app.gui.session import Session

    start = Session._start_engine  # noqa: SLF001 - the photographer steps in where the window has come alive

    async def started(self: Session, window: MainWindow, bridge: Bridge, *, adds_paper: bool) -> bool:
        is_up = await start(self, window, bridge, adds_paper=adds_paper or True)
        bridge.spawn(photograph(window, bridge, folder), "taking pictures")
        return is_up

    Session._start_engine = started  # type: ignore[method-assign]  # noqa: SLF001


async def photograph(window: "object", bridge: "object", folder: Path) -> None:
    """Trade a while, then show and keep each look."""
    from PySide6.QtWidgets import QApplication

    from desktop_app.gui.bridge import Bridge
    from desktop_app.gui.editor.gallery import NewBotGallery
    from desktop_app.gui.i18n import Language, set_language
    from desktop_app.gui.main_window import MainWindow
    from desktop_app.gui.theme import apply_theme, make_theme

    assert isinstance(window, MainWindow)
    assert isinstance(bridge, Bridge)
    app = QApplication.instance()
    assert isinstance(app, QApplication)
    try:
        wishes = bridge.wishes
        for bot in BOTS:
            await bridge.ask(wishes.start_bot(await bridge.ask(wishes.add_bot(bot_file(*bot)))))  # type: ignore[attr-defined]
        await bridge.ask(wishes.set_speed("Paper wallet", Decimal(600)))
        await asyncio.sleep(TRADING_SECONDS)
        await bridge.ask(wishes.set_speed("Paper wallet", Decimal(1)))
        await asyncio.sleep(1)
        pick_a_deal(window, bridge)
        for theme, language in LOOKS:
            set_language(Language(language))
            apply_theme(app, make_theme(theme, "green_red"))  # type: ignore[arg-type]
            window.appearance.theme_changed.emit(make_theme(theme, "green_red"))  # type: ignore[arg-type]
            for width, height in SIZES:
                window.resize(width, height)
                await asyncio.sleep(0.8)
                window.grab().save(str(folder / name("main", theme, language, width)))
            gallery = NewBotGallery
            window.new_bot_requested.emit("dca")
            await asyncio.sleep(0.5)
            document = window.documents.currentWidget()
            assert isinstance(document, gallery)
            document.open_preset(next(iter(document.cards)))
            await asyncio.sleep(EDITOR_SECONDS)
            for width, height in SIZES:
                window.resize(width, height)
                await asyncio.sleep(0.8)
                window.grab().save(str(folder / name("editor", theme, language, width)))
            window.close_document(window.documents.currentWidget())
            await asyncio.sleep(0.3)
    finally:
        window.quit_confirmed.emit()


def pick_a_deal(window: "object", bridge: "object") -> None:
    """The open deal that has bought most often tells most."""
    views = bridge.known.open_deals()  # type: ignore[attr-defined]
    if views:
        view = max(views, key=lambda one: one.deal.safety_filled)
        window.selection.pick_deal(view.deal_id, view.bot_id, view.account, view.deal.symbol)  # type: ignore[attr-defined]


def name(what: str, theme: str, language: str, width: int) -> str:
    """The file of one picture: the plain name is the small English one."""
    parts = [what, theme, *(["zh"] if language != "en" else []), *([str(width)] if width != SIZES[0][0] else [])]
    return "-".join(parts) + ".png"


if __name__ == "__main__":
    main(Path(sys.argv[1]) if len(sys.argv) > 1 else FOLDER)

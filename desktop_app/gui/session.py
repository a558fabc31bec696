"""The window's life: the first run, the first paint, the engine that comes after it, and an orderly end."""

import asyncio
import gc
import logging
import signal
from collections.abc import Callable
from contextlib import suppress
from dataclasses import replace
from typing import TYPE_CHECKING

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QApplication, QSystemTrayIcon

from desktop_app.config import APP_ID, AppSettings, Paths, load_settings
from desktop_app.gui.appearance import dress
from desktop_app.gui.arrivals import Arrivals
from desktop_app.gui.bridge import Bridge
from desktop_app.gui.dialogs import Question, asked
from desktop_app.gui.i18n import current_language, tr
from desktop_app.gui.loop import run
from desktop_app.gui.main_window import MainWindow

if TYPE_CHECKING:
    from desktop_app.engine.engine import Engine
    from desktop_app.engine.thread import EngineThread
    from desktop_app.gui.resident import Resident

_log = logging.getLogger(__name__)
_STOP_SECONDS = 10.0
_PAINT_TURNS = 5  # of the loop: Qt shows, exposes and paints in between
PAPER_ACCOUNT = "Paper wallet"
EMBEDDED = "sim"

BuildEngine = Callable[[], "Engine"]


def run_window(paths: Paths, build_engine: BuildEngine, *, document: str = "", is_in_background: bool = False) -> int:
    """Show the window until it is closed; the exit status. `document` is a bot file or a link to open in it."""
    QApplication.setAttribute(Qt.ApplicationAttribute.AA_DontShowIconsInMenus, on=True)
    existing = QApplication.instance()
    app = existing if isinstance(existing, QApplication) else QApplication(["Strongroom"])
    app.setApplicationName("Strongroom")
    app.setDesktopFileName(APP_ID)  # by which desktops find the icon, and know whose notifications these are
    settings = load_settings(paths.settings).settings
    dress(app, settings)
    session = Session(paths, settings, build_engine, is_in_background=is_in_background)
    if document:
        session.arrivals.take(document)
    # What the window is made of is no garbage. To look for some among it, as after each large result, held the
    # window for a tenth of a second.
    session.when_open = gc.freeze
    return run(session.live(), app)


class Session:
    """One run of the window. The window paints first; everything heavy comes after."""

    def __init__(
        self, paths: Paths, settings: AppSettings, build_engine: BuildEngine, *, is_in_background: bool = False
    ) -> None:
        self._paths = paths
        self._is_in_background = is_in_background
        self._settings = settings
        self._build_engine = build_engine
        self.bridge: Bridge | None = None
        self.window: MainWindow | None = None
        self.resident: Resident | None = None
        self.arrivals = Arrivals()
        self.when_open: Callable[[], None] | None = None
        self._thread: EngineThread | None = None
        self._goes_on_to_connect = False
        self._status = 0

    async def live(self) -> int:
        """Raises nothing that the person cannot read: problems are shown and end the run."""
        is_first_run = not self._settings.is_first_run_done
        if is_first_run:
            await self._first_run()
        bridge = self.bridge = Bridge()
        window = self.window = MainWindow(bridge, self._paths, self._settings)
        self.arrivals.listen(bridge)
        self.arrivals.wait(window)
        over = asyncio.Event()
        window.quit_confirmed.connect(over.set)
        _listen_for_the_end(over)
        self._show(window)
        await _painted()
        try:
            is_up = await self._start_engine(window, bridge, adds_paper=is_first_run)
            if is_up:
                await over.wait()
            return self._status
        finally:
            with suppress(NotImplementedError, ValueError, RuntimeError):
                asyncio.get_running_loop().remove_signal_handler(signal.SIGTERM)
            await self._stop(window, bridge)

    def _show(self, window: MainWindow) -> None:
        """At login nobody asked for a window: it waits in the tray, or minimised where there is none."""
        if not self._is_in_background:
            window.show()
        elif not QSystemTrayIcon.isSystemTrayAvailable():
            window.showMinimized()

    # --- the first run

    async def _first_run(self) -> None:
        from desktop_app.gui.wizard.result import WizardResult
        from desktop_app.gui.wizard.wizard import first_steps

        chosen = await first_steps(WizardResult(language=current_language()))
        self._goes_on_to_connect = chosen.start == "connect"
        self._settings = replace(
            self._settings,
            language=chosen.language.value,
            theme=chosen.theme,
            palette=chosen.palette,
            time_zone=chosen.time_zone,
            is_first_run_done=True,
        )
        try:
            await asyncio.to_thread(self._settings.save, self._paths.settings)
        except OSError:
            _log.exception("the choices of the first run could not be kept")

    # --- the engine

    async def _start_engine(self, window: MainWindow, bridge: Bridge, *, adds_paper: bool) -> bool:
        from desktop_app.engine.problem import Problem
        from desktop_app.engine.thread import EngineThread

        def build() -> "Engine":
            engine = self._build_engine()
            bridge.hear(engine.bus)
            return engine

        thread = self._thread = EngineThread(build)
        try:
            engine = await asyncio.wrap_future(thread.start())
        except Problem as problem:
            self._status = problem.exit_status
            window.come_to_front()  # also where it was to wait in the tray
            await _tell_no_start(window, problem)
            return False
        engine.supervisor.on_focus = bridge.focus_requested.emit
        engine.supervisor.on_open = bridge.open_requested.emit
        bridge.attach(engine.supervisor, engine.bus, thread.loop)
        if adds_paper and not await bridge.ask(engine.supervisor.accounts()):
            await bridge.ask(engine.supervisor.add_account(PAPER_ACCOUNT, EMBEDDED))
        await window.arrive()
        window.open_charts()
        self._open_bench(window, bridge)
        if self.when_open is not None:
            self.when_open()
        if self._goes_on_to_connect:
            window.errands.connect_exchange()
        return True

    def _open_bench(self, window: MainWindow, bridge: Bridge) -> None:
        from desktop_app.gui.backtest.desk import BacktestDesk
        from desktop_app.gui.editor.bench import EditorBench
        from desktop_app.gui.optimiser.desk import OptimiserDesk
        from desktop_app.gui.resident import Resident

        editors = EditorBench(window, bridge, self._paths.data_dir / "drafts")
        editors.bring_back()
        self.resident = Resident(window, bridge, self._paths)
        self.arrivals.settle(window, editors)
        OptimiserDesk(window, bridge, self._paths, editors, BacktestDesk(window, bridge, self._paths, editors))

    async def _stop(self, window: MainWindow, bridge: Bridge) -> None:
        """Nothing new, what is on its way arrives, all is written down; then the window goes."""
        window.hide()
        if self.resident is not None:
            self.resident.stop()
        bridge.detach()
        if self._thread is not None and not await asyncio.to_thread(self._thread.stop, _STOP_SECONDS):
            _log.error("the engine did not stop in %s seconds", _STOP_SECONDS)
        window.deleteLater()


def _listen_for_the_end(over: asyncio.Event) -> None:
    """A shutdown of the system ends the window as orderly as its own Quit; nobody can be asked then."""
    app = QApplication.instance()
    if isinstance(app, QApplication):
        app.commitDataRequest.connect(lambda _: over.set())
    with suppress(NotImplementedError, ValueError, RuntimeError):  # not on Windows, nor off the main thread
        asyncio.get_running_loop().add_signal_handler(signal.SIGTERM, over.set)


async def _painted() -> None:
    """Let the window reach the screen before anything heavy is imported."""
    for _ in range(_PAINT_TURNS):
        await asyncio.sleep(0)


async def _tell_no_start(window: MainWindow, problem: Exception) -> None:
    from desktop_app.gui.wording import problem_text

    dialog = Question(window, tr("Strongroom cannot start"), [problem_text(problem)])
    dialog.add_safe(tr("Quit"))
    await asked(dialog)

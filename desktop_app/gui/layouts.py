"""Where panels stand: the two layouts the application ships, and the one that a person made, kept across restarts."""

import base64
import binascii
import json
import logging
from dataclasses import asdict, dataclass, field
from pathlib import Path

from PySide6.QtCore import QByteArray, QRect, Qt
from PySide6.QtGui import QGuiApplication
from PySide6.QtWidgets import QDockWidget, QMainWindow

from desktop_app.config import write_atomically

VERSION = 2  # of the docks' arrangement: a state of another version is not applied
WIDE = 1600
_MOST_BYTES = 1_000_000
_log = logging.getLogger(__name__)


@dataclass(slots=True)
class KeptLayout:
    """What is remembered of the window. States are Qt's own, in base64; names are object names."""

    geometry: str = ""
    narrow: str = ""  # docks below 1600 pixels
    wide: str = ""
    is_locked: bool = False
    tables: dict[str, str] = field(default_factory=dict)
    account: str = ""
    symbol: str = ""
    interval: str = ""
    indicators: dict[str, list[str]] = field(default_factory=dict)  # what is shown on the chart of a pair


def read_layout(path: Path) -> tuple[KeptLayout, bool]:
    """The layout, and whether it could be read; a missing file is a fresh start, a broken one is told."""
    try:
        with path.open("rb") as file:
            raw = json.loads(file.read(_MOST_BYTES))
        known = {name: raw[name] for name in KeptLayout.__dataclass_fields__ if raw.get(name) is not None}
        kept = KeptLayout(**known)
        tables = {str(name): str(state) for name, state in kept.tables.items()}
        kept.tables = tables
        kept.indicators = {str(pair): [str(key) for key in keys] for pair, keys in kept.indicators.items()}
        texts = (kept.geometry, kept.narrow, kept.wide, kept.account, kept.symbol, kept.interval)
        is_whole = all(isinstance(text, str) for text in texts) and isinstance(kept.is_locked, bool)
    except FileNotFoundError:
        return KeptLayout(), True
    except (OSError, ValueError, TypeError, AttributeError, RecursionError):
        return KeptLayout(), False
    return (kept, True) if is_whole else (KeptLayout(), False)


def write_layout(path: Path, kept: KeptLayout) -> None:
    """Keep it; a layout that cannot be written is no reason to keep anybody from quitting."""
    try:
        write_atomically(path, json.dumps(asdict(kept), ensure_ascii=False, indent=1).encode())
    except OSError:
        _log.warning("the layout could not be written to %s", path, exc_info=True)


def state_of(window: QMainWindow) -> str:
    return bytes(window.saveState(VERSION).toBase64().data()).decode()


def restore_state(window: QMainWindow, state: str) -> bool:
    """Apply a kept arrangement; False if it is not one of this version."""
    try:
        raw = base64.b64decode(state, validate=True)
    except (ValueError, binascii.Error):
        return False
    return bool(raw) and window.restoreState(QByteArray(raw), VERSION)


def geometry_of(window: QMainWindow) -> str:
    return bytes(window.saveGeometry().toBase64().data()).decode()


def restore_geometry(window: QMainWindow, geometry: str) -> bool:
    """Put the window where it was; pulled back when its screen is gone."""
    try:
        raw = base64.b64decode(geometry, validate=True)
    except (ValueError, binascii.Error):
        return False
    if not raw or not window.restoreGeometry(QByteArray(raw)):
        return False
    pull_back(window)
    return True


def pull_back(window: QMainWindow) -> None:
    """Move what lies off every screen onto one."""
    screens = [screen.availableGeometry() for screen in QGuiApplication.screens()]
    frame = window.frameGeometry()
    if not screens or any(screen.intersected(frame).width() > min(200, frame.width()) for screen in screens):
        return
    first = screens[0]
    size = frame.size().boundedTo(first.size())
    window.setGeometry(QRect(first.topLeft(), size))


@dataclass(frozen=True, slots=True)
class Docks:
    """The panels by name, in the order in which F6 visits them."""

    markets: QDockWidget
    bots: QDockWidget
    deals: QDockWidget
    orders: QDockWidget
    log: QDockWidget
    accounts: QDockWidget
    ticket: QDockWidget
    inspector: QDockWidget

    def all(self) -> tuple[QDockWidget, ...]:
        return (
            self.markets, self.bots, self.deals, self.orders, self.log, self.accounts, self.ticket, self.inspector
        )  # fmt: skip


def arrange(window: QMainWindow, docks: Docks, width: int) -> None:
    """The Starter layout below 1600 pixels, the Trade layout from there on."""
    is_wide = width >= WIDE
    left, right, bottom = Qt.DockWidgetArea.LeftDockWidgetArea, Qt.DockWidgetArea.RightDockWidgetArea, _BOTTOM
    for dock in docks.all():
        dock.setFloating(False)
        window.removeDockWidget(dock)
    corner = left if is_wide else bottom
    window.setCorner(Qt.Corner.BottomLeftCorner, corner)
    window.setCorner(Qt.Corner.BottomRightCorner, bottom if is_wide else right)
    window.addDockWidget(left, docks.markets)
    window.splitDockWidget(docks.markets, docks.bots, Qt.Orientation.Vertical)
    window.addDockWidget(right, docks.ticket)
    window.splitDockWidget(docks.ticket, docks.inspector, Qt.Orientation.Vertical)
    window.addDockWidget(bottom, docks.deals)
    if is_wide:
        window.splitDockWidget(docks.deals, docks.orders, Qt.Orientation.Horizontal)
        window.tabifyDockWidget(docks.orders, docks.log)
        window.tabifyDockWidget(docks.log, docks.accounts)
        docks.orders.raise_()
    else:
        window.tabifyDockWidget(docks.deals, docks.orders)
        window.tabifyDockWidget(docks.orders, docks.log)
        window.tabifyDockWidget(docks.log, docks.accounts)
        docks.deals.raise_()
        window.tabifyDockWidget(docks.inspector, docks.ticket)
        docks.inspector.raise_()
    for dock in docks.all():
        dock.show()
    horizontal, vertical = Qt.Orientation.Horizontal, Qt.Orientation.Vertical
    window.resizeDocks([docks.markets, docks.inspector], [370, 340] if is_wide else [268, 252], horizontal)
    window.resizeDocks([docks.markets, docks.bots], [3, 2], vertical)
    window.resizeDocks([docks.deals], [280 if is_wide else 210], vertical)
    if is_wide:
        window.resizeDocks([docks.ticket, docks.inspector], [430, 300], vertical)
        window.resizeDocks([docks.deals, docks.orders], [1050, 500], horizontal)


_BOTTOM = Qt.DockWidgetArea.BottomDockWidgetArea


class LayoutKeeper:
    """Gives the window its layout when it opens and remembers what became of it."""

    def __init__(self, window: QMainWindow, docks: Docks, path: Path) -> None:
        self._window, self._docks, self._path = window, docks, path
        self.kept, self.is_readable = read_layout(path)

    @property
    def is_wide(self) -> bool:
        return self._window.width() >= WIDE

    def apply(self) -> bool:
        """Put everything where it was; False if what was kept could not be used and the default stands instead."""
        is_whole = self.is_readable
        if self.kept.geometry and not restore_geometry(self._window, self.kept.geometry):
            is_whole = False
        return self.apply_docks() and is_whole

    def apply_docks(self) -> bool:
        """Arrange the docks as kept for this size of window."""
        arrange(self._window, self._docks, self._window.width())
        state = self.kept.wide if self.is_wide else self.kept.narrow
        if not state:
            return True
        if restore_state(self._window, state):
            return True
        arrange(self._window, self._docks, self._window.width())
        return False

    def reset(self) -> None:
        """The shipped layout for this size of window."""
        arrange(self._window, self._docks, self._window.width())

    def save(self) -> None:
        self.kept.geometry = geometry_of(self._window)
        if self.is_wide:
            self.kept.wide = state_of(self._window)
        else:
            self.kept.narrow = state_of(self._window)
        write_layout(self._path, self.kept)

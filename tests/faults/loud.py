"""The program with everything turned up that could make it talk, run as `python tests/faults/loud.py WORDS...`.

Every logger is at DEBUG, ccxt's own too, which writes whole requests; every file that is opened for writing is listed
in the file that LOUD_FILES names; LOUD_FAULT breaks something while keys are at hand; all that the window shows or
would read out goes into the file that LOUD_TEXTS names, twice a second.
"""

import logging
import os
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any, NoReturn

sys.path.insert(0, str(Path(__file__).resolve().parents[2]))

_WRITING = os.O_WRONLY | os.O_RDWR | os.O_CREAT


def main() -> int:
    list_files(os.environ["LOUD_FILES"])
    logging.getLogger().setLevel(logging.DEBUG)
    logging.Logger.setLevel = lambda self, level: None  # type: ignore[method-assign]
    break_something(os.environ.get("LOUD_FAULT", ""))
    if texts := os.environ.get("LOUD_TEXTS"):
        read_the_window(Path(texts))
    from desktop_app.__main__ import main as run

    return run()


def list_files(path: str) -> None:
    listing = os.open(path, os.O_WRONLY | os.O_APPEND | os.O_CREAT, 0o600)

    def note(event: str, arguments: tuple[Any, ...]) -> None:
        name: object = None
        if (event == "open" and isinstance(arguments[2], int) and arguments[2] & _WRITING) or event in (
            "sqlite3.connect",
            "os.rename",
        ):
            name = arguments[0]
        if isinstance(name, str | bytes | os.PathLike):
            os.write(listing, os.fsencode(Path(os.fsdecode(name)).absolute()) + b"\n")

    sys.addaudithook(note)


def break_something(fault: str) -> None:
    """An exception whose text holds the whole key, as a careless library would raise it."""
    if fault == "fetch":
        from desktop_app.vault import Vault

        whole = Vault.fetch

        async def fetch(self: Vault, name: str) -> NoReturn:
            credentials = await whole(self, name)
            raise RuntimeError(" ".join(secret.reveal() for _, secret in credentials.parts()))

        Vault.fetch = fetch  # type: ignore[method-assign]
    elif fault == "call":
        from desktop_app.cli.session import LocalSession

        def call(self: LocalSession, name: str, /, **arguments: Any) -> NoReturn:
            raise RuntimeError({name: secret.reveal() for name, secret in arguments["credentials"].parts()})

        LocalSession.call = call  # type: ignore[method-assign]


def read_the_window(file: Path) -> None:
    from PySide6.QtCore import QTimer

    from desktop_app.gui.main_window import MainWindow

    make = MainWindow.__init__

    def made(self: MainWindow, *arguments: Any, **words: Any) -> None:
        make(self, *arguments, **words)
        timer = QTimer(self)
        timer.timeout.connect(lambda: _append(file))
        timer.start(500)

    MainWindow.__init__ = made  # type: ignore[method-assign]


def _append(file: Path) -> None:
    from PySide6.QtGui import QAccessible
    from PySide6.QtWidgets import QApplication

    app = QApplication.instance()
    assert isinstance(app, QApplication)
    texts = [text for widget in app.allWidgets() for text in _shown(widget)]
    for window in app.topLevelWidgets():
        texts += _spoken(QAccessible.queryAccessibleInterface(window))
    with file.open("a", encoding="utf-8", errors="backslashreplace") as stream:
        stream.write("\n".join(text for text in texts if text) + "\n")


def _shown(widget: Any) -> Iterator[str]:
    from PySide6.QtCore import Qt
    from PySide6.QtWidgets import QAbstractItemView

    for name in (
        "windowTitle", "toolTip", "statusTip", "accessibleName", "accessibleDescription", "text", "toPlainText",
        "placeholderText", "displayText", "currentText", "title",
    ):  # fmt: skip
        if callable(read := getattr(widget, name, None)):
            yield str(read())
    yield from (action.text() + action.toolTip() for action in widget.actions())
    if isinstance(widget, QAbstractItemView) and (model := widget.model()) is not None:
        roles = (Qt.ItemDataRole.DisplayRole, Qt.ItemDataRole.ToolTipRole, Qt.ItemDataRole.AccessibleTextRole)
        for row in range(model.rowCount()):
            for column in range(model.columnCount()):
                yield from (str(model.index(row, column).data(role) or "") for role in roles)


def _spoken(face: Any, depth: int = 0) -> list[str]:
    from PySide6.QtGui import QAccessible

    if face is None or not face.isValid() or depth > 40:
        return []
    texts = [face.text(kind) for kind in (QAccessible.Text.Name, QAccessible.Text.Description, QAccessible.Text.Value)]
    for number in range(min(face.childCount(), 500)):
        texts += _spoken(face.child(number), depth + 1)
    return texts


if __name__ == "__main__":
    sys.exit(main())

"""Asks for a file to open or to write, without holding the loop, and reads a bot's."""

import asyncio
from collections.abc import Sequence
from pathlib import Path

from PySide6.QtWidgets import QFileDialog, QWidget

from desktop_app.core.bot_file import LARGEST_FILE
from desktop_app.gui.i18n import tr


async def ask_open(parent: QWidget) -> Path | None:
    """A bot file to read; None when cancelled."""
    dialog = QFileDialog(parent, tr("Import a bot"))
    dialog.setFileMode(QFileDialog.FileMode.ExistingFile)
    dialog.setNameFilters([f"{tr('Bot files')} (*.toml *.strongroom)", f"{tr('All files')} (*)"])
    return await _chosen(dialog)


def read_bot_text(path: Path) -> str:
    """The text of a bot file, and no more of it than tells that it is too long. Raises OSError, UnicodeDecodeError."""
    with path.open("rb") as file:
        return file.read(LARGEST_FILE * 4 + 1).decode("utf-8-sig")


async def ask_save(parent: QWidget, name: str) -> Path | None:
    """Where to write a bot file; None when cancelled."""
    kinds = [(tr("Bot files"), "toml"), (tr("Bot files that open by a double click"), "strongroom")]
    return await ask_save_as(parent, tr("Export the bot"), f"{safe_name(name)}.toml", kinds)


async def ask_save_as(parent: QWidget, title: str, name: str, kinds: Sequence[tuple[str, str]]) -> Path | None:
    """Where to write something that can be written in several ways, (words, ending) each; None when cancelled."""
    dialog = QFileDialog(parent, title)
    dialog.setAcceptMode(QFileDialog.AcceptMode.AcceptSave)
    dialog.setNameFilters([f"{words} (*.{ending})" for words, ending in kinds])
    dialog.setDefaultSuffix(kinds[0][1])
    endings = {f"{words} (*.{ending})": ending for words, ending in kinds}
    dialog.filterSelected.connect(lambda chosen: dialog.setDefaultSuffix(endings[chosen]))
    dialog.filterSelected.connect(lambda chosen: dialog.selectFile(f"{Path(name).stem}.{endings[chosen]}"))
    dialog.selectFile(name)
    return await _chosen(dialog)


def safe_name(name: str) -> str:
    """A bot's name as a file's name anywhere."""
    kept = "".join(sign if sign.isalnum() or sign in " -_" else "-" for sign in name).strip()
    return kept[:60] or "bot"


async def _chosen(dialog: QFileDialog) -> Path | None:
    answered: asyncio.Future[Path | None] = asyncio.get_running_loop().create_future()

    def settle(result: int) -> None:
        files = dialog.selectedFiles()
        if not answered.done():
            answered.set_result(Path(files[0]) if result and files else None)

    dialog.finished.connect(settle)
    dialog.open()
    try:
        return await answered
    finally:
        dialog.deleteLater()

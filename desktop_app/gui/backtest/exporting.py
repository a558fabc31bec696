"""Asks where a result should be written, and writes it in the form that the file's name says."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from PySide6.QtWidgets import QWidget

from desktop_app.config import write_atomically
from desktop_app.gui.backtest.picture import write_picture
from desktop_app.gui.file_box import ask_save_as, safe_name
from desktop_app.gui.i18n import tr
from desktop_app.research.export import to_csv, to_document, to_html
from desktop_app.research.results import Kept
from desktop_app.research.trial_run import Outcome

if TYPE_CHECKING:
    from desktop_app.research.portfolio_run import PortfolioOutcome


async def ask_where(parent: QWidget, outcome: Kept) -> Path | None:
    """None when cancelled."""
    kinds = [
        (tr("Page for a browser"), "html"), (tr("Picture"), "png"), (tr("Deals for a spreadsheet"), "csv"),
        (tr("Everything, for programs"), "json"),
    ]  # fmt: skip
    if isinstance(outcome, Outcome):
        name = safe_name(f"{outcome.settings.name} {outcome.report.pair.replace('/', '-')}")
    else:
        name = safe_name(outcome.name)
        kinds = [kind for kind in kinds if kind[1] != "png"]
    return await ask_save_as(parent, tr("Export the result"), f"{name}.html", kinds)


def write(outcome: Kept, path: Path) -> None:
    """Raises OSError. Takes a moment: not for a loop."""
    if not isinstance(outcome, Outcome):
        _write_many(outcome, path)
        return
    match path.suffix.lower():
        case ".png":
            write_picture(outcome, path, tr)
        case ".csv":
            write_atomically(path, to_csv(outcome).encode())
        case ".json":
            write_atomically(path, to_document(outcome).encode())
        case _:
            write_atomically(path, to_html(outcome, tr).encode())


def _write_many(outcome: PortfolioOutcome, path: Path) -> None:
    from desktop_app.research import portfolio_export as many

    match path.suffix.lower():
        case ".csv":
            text = many.to_csv(outcome)
        case ".json":
            text = many.to_document(outcome)
        case _:
            text = many.to_html(outcome, tr)
    write_atomically(path, text.encode())

"""`doctor`: whether this computer and this data folder are fit for bots, line by line."""

import importlib.metadata
import os
import platform
import shutil
from argparse import Namespace
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from desktop_app import __version__
from desktop_app.cli.build import build_note
from desktop_app.cli.output import DONE, FAILED, show, show_document, visible, wording
from desktop_app.cli.session import House, Session, asking, running

if TYPE_CHECKING:
    from desktop_app.engine.views import AccountCheck, AccountView, KeyringView

_LEAST_FREE_BYTES = 200_000_000
_WORST_OFFSET_MS = 1_000
_LIBRARIES = ("PySide6-Essentials", "qasync", "ccxt", "numpy", "pydantic", "SQLAlchemy", "alembic", "keyring")


@dataclass(frozen=True, slots=True)
class Finding:
    """One line: `remedy` is empty where nothing is wrong."""

    name: str
    said: str
    remedy: str = ""

    @property
    def is_ok(self) -> bool:
        return not self.remedy


_CLOCK_UNASKED = Finding(
    "clock", "Not compared: no account with a key is on a network, and simulated ones have their own clock."
)
_KEYRING_UNASKED = Finding("keyring", "Not needed: no account has a key.")


def act(call: Namespace, house: House) -> int:
    findings = tuple(_findings(house))
    if call.json:
        show_document(
            [{"name": one.name, "ok": one.is_ok, "said": one.said, "remedy": one.remedy or None} for one in findings]
        )
    else:
        for one in findings:
            show(f"{one.name + ':':11} {'ok' if one.is_ok else 'problem'}. {one.said} {one.remedy}".rstrip())
    return DONE if all(one.is_ok for one in findings) else FAILED


def _findings(house: House) -> Iterator[Finding]:
    yield from _versions()
    yield from _folder(house.paths.data_dir)
    yield from _database(house)


def _versions() -> Iterator[Finding]:
    python = f"Python {platform.python_version()} on {platform.system()} {platform.release()}"
    missing = []
    found = []
    for name in _LIBRARIES:
        try:
            found.append(f"{name} {importlib.metadata.version(name)}")
        except importlib.metadata.PackageNotFoundError:
            missing.append(name)
    remedy = f"Not installed: {', '.join(missing)}. Install Strongroom again." if missing else ""
    yield Finding("versions", f"Strongroom {__version__} ({build_note()}), {python}, {', '.join(found)}.", remedy)


def _folder(folder: Path) -> Iterator[Finding]:
    there = next((parent for parent in (folder, *folder.parents) if parent.exists()), None)
    if there is None or not there.is_dir() or not os.access(there, os.W_OK | os.X_OK):
        yield Finding(
            "folder",
            f"{visible(str(folder))} cannot be written.",
            "No bot can run there. Give your user the right to write, or choose another folder with --data-dir.",
        )
        return
    yield Finding("folder", f"{visible(str(folder))} can be written.")
    free = shutil.disk_usage(there).free
    remedy = "" if free >= _LEAST_FREE_BYTES else "Bots wait when the disk is full. Free some space."
    yield Finding("disk", f"{free // 1_000_000:,} MB free.", remedy)


def _database(house: House) -> Iterator[Finding]:
    from desktop_app.engine.problem import Problem

    if not house.paths.database.exists():
        yield Finding("database", "None yet; it is made by the first command that needs one.")
        yield _CLOCK_UNASKED
        yield _KEYRING_UNASKED
        return
    client = running(house.paths)
    if client is not None:
        client.__exit__()
    try:
        with asking(house) as session:
            is_at_work = "in use by the running Strongroom" if client is not None else "not in use"
            yield Finding("database", f"{visible(str(house.paths.database))} can be read and is {is_at_work}.")
            yield from _journal(session)
            yield from _exchanges(session)
    except Problem as problem:
        yield Finding("database", "It cannot be used.", wording(problem.said))


def _journal(session: Session) -> Iterator[Finding]:
    result = session.call("verify_audit")
    if result.is_whole:
        yield Finding("journal", f"Whole: {result.rows} rows.")
    else:
        remedy = "Compare orders and balances with the exchange, or restore a backup."
        yield Finding("journal", f"Broken at row {result.first_bad_seq}: {result.reason}.", remedy)


def _exchanges(session: Session) -> Iterator[Finding]:
    views: tuple[AccountView, ...] = session.call("accounts")
    has_keys = any(view.key_state != "none" for view in views)
    keyring = _keyring(session) if has_keys else _KEYRING_UNASKED
    offsets: list[tuple[str, int]] = []
    for view in views:
        if has_keys and view.key_state != "none" and keyring.is_ok:
            check: AccountCheck = session.call("check_account", name=view.name)
            if check.clock_offset_ms is not None:
                offsets.append((view.name, check.clock_offset_ms))
            yield _asked(view, check)
        elif view.key_state != "none":
            remedy = "Its bots wait. Mend the keyring first."
            yield Finding("exchange", f"{visible(view.name)} on {view.exchange}: its key cannot be had.", remedy)
        else:
            yield _unasked(view, is_running=session.is_remote)
    if not views:
        yield Finding("exchange", "No accounts yet.")
    yield _clock(offsets)
    yield keyring


def _asked(view: "AccountView", check: "AccountCheck") -> Finding:
    name = f"{visible(view.name)} on {visible(view.exchange)}"
    reasons = " ".join(visible(wording(reason)) for reason in check.reasons)
    if check.verdict == "refused" or not check.reachable:
        state = "its key is not taken" if check.reachable else "not reached"
        return Finding("exchange", f"{name}: {state}.", reasons or "Try again in a moment.")
    return Finding("exchange", f"{name}: reached, key {view.key_tail} {check.verdict}. {reasons}".rstrip())


def _unasked(view: "AccountView", *, is_running: bool) -> Finding:
    name = visible(view.name)
    if is_running and not view.is_live_feed:
        remedy = "Its orders stay as they are; Strongroom keeps trying."
        return Finding("exchange", f"{name} brings no prices ({visible(view.reason)}).", remedy)
    return Finding("exchange", f"{name} on {view.exchange}: {'connected' if is_running else 'not connected now'}.")


def _clock(offsets: list[tuple[str, int]]) -> Finding:
    if not offsets:
        return _CLOCK_UNASKED
    name, worst = max(offsets, key=lambda found: abs(found[1]))
    said = f"{worst / 1000:+.1f} s against {visible(name)}.".replace("-", "−")
    remedy = "Set the computer's clock: orders with a wrong time are refused." if abs(worst) > _WORST_OFFSET_MS else ""
    return Finding("clock", said, remedy)


def _keyring(session: Session) -> Finding:
    view: KeyringView = session.call("keyring")
    said = f"{view.backend or 'none'}: {view.kind}."
    remedy = wording(view.remedy) if view.kind != "ok" and view.remedy is not None else ""
    return Finding("keyring", said, remedy)

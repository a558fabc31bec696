"""`strategy`: strategies of one's own - which there are, what they say of themselves, and the consent to run them."""

import time
from argparse import Namespace
from pathlib import Path
from typing import TYPE_CHECKING

from desktop_app.cli.output import (
    DONE,
    FAILED,
    REFUSED_FOR_SAFETY,
    CallProblem,
    Json,
    complain,
    show,
    show_document,
    show_table,
    visible,
)
from desktop_app.cli.session import House

if TYPE_CHECKING:
    from desktop_app.own.folder import StrategyFile, StrategyFolder
    from desktop_app.own.process import Description

CONSENT = (
    "A strategy is a program. Strongroom runs it in a process of its own, without your keys, and refuses it network, "
    "files and other programs; but that is a fence, no sandbox: a file written with bad intent could still do whatever "
    "a program of yours can. Trust only what you wrote or have read and understood. Your consent holds for the file as "
    "it is now; when it changes, you are asked again."
)


def act(call: Namespace, house: House) -> int:
    from desktop_app.own.folder import StrategyFolder

    folder = StrategyFolder(house.paths.strategies)
    match call.verb:
        case "list":
            return _list(call, folder)
        case "show":
            return _show(call, folder)
        case "trust":
            return _trust(call, folder)
        case "check":
            from desktop_app.cli.strategy_check import check

            return check(call, house)
        case _:
            return _distrust(call, folder)


def _list(call: Namespace, folder: "StrategyFolder") -> int:
    from desktop_app.own.folder import NoStrategy

    rows: list[tuple[str, str]] = []
    for name in folder.names():
        try:
            is_trusted = folder.is_trusted(folder.read(name))
        except NoStrategy:
            is_trusted = False
        rows.append((name, "trusted" if is_trusted else "not trusted"))
    if call.json:
        show_document([{"file": name, "trusted": word == "trusted"} for name, word in rows])
    elif not rows:
        show(f"No strategies in {folder.path}. `strongroom strategy trust FILE` copies one there.")
    else:
        show_table(("file", "consent"), rows)
    return DONE


def _show(call: Namespace, folder: "StrategyFolder") -> int:
    file = _found(call.file, folder)
    if not folder.is_trusted(file):
        raise CallProblem(
            f"{file.name} is not trusted, so it was not run to ask what it can be told. Read it, then "
            f"`strongroom strategy trust {file.name}`.",
            REFUSED_FOR_SAFETY,
        )
    described = _described(file)
    if call.json:
        fields: list[Json] = [
            {"name": one.name, "title": one.title, "description": one.description, "default": one.default,
             "kind": one.kind, "choices": list(one.choices)}
            for one in described.fields
        ]  # fmt: skip
        show_document({"file": file.name, "title": described.title, "about": described.about, "fields": fields})
        return DONE
    show(visible(described.title or file.name))
    show(described.about)
    if described.fields:
        rows = [(one.name, one.kind, str(one.default), one.title, one.description) for one in described.fields]
        show_table(("setting", "kind", "default", "title", "description"), rows)
    return DONE


def _trust(call: Namespace, folder: "StrategyFolder") -> int:
    from desktop_app.own.check import look

    file = _found(call.file, folder)
    found = look(file.text, file.name)
    if found:
        reasons = "; ".join(f"line {one.line}: {one.reason}" for one in found[:8])
        raise CallProblem(f"{file.name} cannot be used. {reasons}. Nothing was trusted. Mend the file.")
    if not call.yes:
        complain(f"{CONSENT} Nothing was trusted. `strongroom strategy trust {call.file} --yes` trusts it.")
        return REFUSED_FOR_SAFETY
    described = _described(file)
    try:
        if not (folder.path / file.name).exists() or folder.read(file.name) != file:
            folder.keep(file)
        folder.trust(file, time.time_ns() // 1_000_000)
    except OSError as error:
        raise CallProblem(
            f"{folder.path} cannot be written ({error.strerror or error}). Nothing was trusted. Check the folder.",
            FAILED,
        ) from None
    if call.json:
        show_document({"file": file.name, "sha256": file.digest, "title": described.title})
    else:
        show(f'Trusted {file.name} as it is now ({file.digest[:12]}…). A bot file names it with file = "{file.name}".')
    return DONE


def _distrust(call: Namespace, folder: "StrategyFolder") -> int:
    name = Path(call.file).name
    if all(one.name != name for one in folder.trusted()):
        raise CallProblem(f"{name} was not trusted. Nothing was changed. `strongroom strategy list` shows them.")
    folder.distrust(name)
    if call.json:
        show_document({"file": name, "trusted": False})
    else:
        show(f"{name} is not trusted any more: bots that ask it stop asking at their next start.")
    return DONE


def _found(given: Path, folder: "StrategyFolder") -> "StrategyFile":
    """A path, or the name of a file in the folder. Raises CallProblem."""
    from desktop_app.own.folder import NoStrategy, read_strategy

    path = given if given.exists() or given.name != str(given) else folder.path / given
    if path.suffix != ".py":
        raise CallProblem(f"{given} is no .py file. Nothing was done. A strategy is a Python file.")
    try:
        return read_strategy(path)
    except NoStrategy as error:
        raise CallProblem(f"{str(error)[:1].upper()}{str(error)[1:]}. Nothing was done. Check its name.") from None


def _described(file: "StrategyFile") -> "Description":
    """Run it once, to hear what it can be told. Raises CallProblem."""
    from desktop_app.own.process import StrategyProcess, StrategyTrouble

    try:
        with StrategyProcess(file) as process:
            return process.start()
    except StrategyTrouble as trouble:
        raise CallProblem(
            f"{file.name} cannot be used ({trouble.place}): {trouble.error}. Nothing was trusted. Mend the file.",
            FAILED,
        ) from None

"""The exchanges that can be connected, read from a file, because asking the library for them takes a second."""

import json
import sys
from collections.abc import Mapping
from difflib import get_close_matches
from functools import cache
from pathlib import Path
from typing import Any

from desktop_app.core.capability import Capability, Level

EMBEDDED = "sim"
_PACKAGE = Path(__file__).resolve().parents[2]
_LOCAL = {"gateio": "gate", "gate.io": "gate", "huobi": "htx", "crypto.com": "cryptocom", "cexio": "cex"}


def known_exchanges() -> tuple[Capability, ...]:
    """Every spot exchange of the library: those that were worked through first, then by name."""
    return tuple(_table().values())


def capability(exchange_id: str) -> Capability | None:
    return _table().get(exchange_id)


def nearest(exchange_id: str) -> str:
    """The id that was probably meant, or nothing."""
    wish = exchange_id.strip().lower()
    if wish in _LOCAL:
        return _LOCAL[wish]
    by_name = {one.name.lower(): one.id for one in known_exchanges()}
    words = [EMBEDDED, *_table(), *by_name]
    found = get_close_matches(wish, words, n=1, cutoff=0.7)
    return by_name.get(found[0], found[0]) if found else ""


@cache
def _table() -> Mapping[str, Capability]:
    document = json.loads(_file().read_text(encoding="utf-8"))
    return {row["id"]: read_row(row) for row in document["exchanges"]}


def read_row(row: Mapping[str, Any]) -> Capability:
    fields = {**row, "level": Level(row["level"]), "credentials": tuple(row["credentials"])}
    return Capability(**fields)


def _file() -> Path:
    """The table in a bundle, an installed package or a checkout."""
    bundle = getattr(sys, "_MEIPASS", None)
    folders = [Path(bundle) / "resources"] if bundle else []
    folders += [_PACKAGE / "_resources", _PACKAGE.parent / "resources"]
    return next(file for folder in folders if (file := folder / "exchanges.json").is_file())

"""Secrets made up for a test, and the search for them in everything that was written or said."""

import base64
import json
import secrets
import string
from collections.abc import Iterator
from pathlib import Path
from urllib.parse import quote

_PIECE = 12
_SIGNS = string.ascii_letters + string.digits


def a_canary(length: int) -> str:
    return "CANARY" + "".join(secrets.choice(_SIGNS) for _ in range(length - 6))


class Hunt:
    """Looks for texts in every spelling, and for each piece of 12 characters of them in the plain one."""

    def __init__(self, *texts: str) -> None:
        self._needles = {needle: text for text in texts for needle in _spellings(text)}
        self.found: list[str] = []
        self.bytes_seen = 0

    def look(self, where: str, data: bytes) -> None:
        self.bytes_seen += len(data)
        folded = data.lower()
        self.found += [f"{where}: …{text[-3:]}" for needle, text in self._needles.items() if needle.lower() in folded]

    def look_into(self, folder: Path) -> int:
        files = [path for path in folder.rglob("*") if path.is_file() and not path.is_symlink()]
        for path in files:
            self.look(str(path), path.read_bytes())
        return len(files)


def _spellings(text: str) -> Iterator[bytes]:
    plain = text.encode()
    yield from (plain[at : at + _PIECE] for at in range(len(plain) - _PIECE + 1))
    yield from (plain.hex().encode(), plain[::-1], text.encode("utf-16-le"), text.encode("utf-32-le"))
    yield from (quote(text, safe="").encode(), json.dumps(text)[1:-1].encode())
    for before in range(3):
        coded = base64.b64encode(bytes(before) + plain).rstrip(b"=")[4 if before else 0 : -4]
        yield from (coded, coded.translate(bytes.maketrans(b"+/", b"-_")))

"""Finds things by what they are called, the likeliest first; knows nothing of windows."""

import re
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from enum import IntEnum
from functools import cache

MOST_OF_A_KIND = 8
_SEPARATOR = re.compile(r"[\W_]+")


class Kind(IntEnum):
    """In the order in which kinds stand that match equally well."""

    PAIR = 0
    DEAL = 1
    BOT = 2
    COMMAND = 3
    SETTING = 4


@dataclass(frozen=True, slots=True)
class Entry:
    """`detail` is searched as well, `keys` only shown."""

    kind: Kind
    title: str
    detail: str
    act: Callable[[], object]
    keys: str = ""


@dataclass(frozen=True, slots=True)
class _Read:
    """An entry as it is compared: a line for the title and one for it without gaps, a space before each word."""

    names: str
    text: str  # the names and the detail
    entry: Entry


class Finder:
    """Entries that are as good as each other keep the order in which they were given."""

    def __init__(self, entries: Iterable[Entry]) -> None:
        self._kinds: dict[Kind, list[_Read]] = {kind: [] for kind in Kind}
        plain = cache(_plain)  # thousands of pairs have one detail
        for entry in entries:
            title = _plain(entry.title)
            names = f"\n {title}\n {title.replace(' ', '')}\n"
            self._kinds[entry.kind].append(_Read(names, f"{names} {plain(entry.detail)}", entry))

    def find(self, words: str) -> list[Entry]:
        """Everything with all the words in its title or its detail, kind by kind; nothing for no words."""
        wanted = _plain(words).split()
        if not wanted:
            return []
        groups = [(kind, _best(reads, wanted)) for kind, reads in self._kinds.items()]
        groups = sorted((group for group in groups if group[1]), key=lambda group: (group[1][0][0], group[0]))
        return [entry for _, ranked in groups for _, entry in ranked]


def _plain(text: str) -> str:
    return _SEPARATOR.sub(" ", text.casefold()).strip()


def _best(reads: list[_Read], wanted: list[str]) -> list[tuple[int, Entry]]:
    """The likeliest, each with its rank: the title itself, its first words, its beginning, words, inside, detail.

    Rank by rank over all, since most are never asked for their rank: the list is full before.
    """
    named = reads
    for word in wanted:
        reads = [read for read in reads if word in read.text]
        named = [read for read in named if word in read.names]
    beginning, starts = "\n " + " ".join(wanted), [f" {word}" for word in wanted]
    ranks: tuple[tuple[list[_Read], Callable[[_Read], bool]], ...] = (
        (named, lambda read: f"{beginning}\n" in read.names),
        (named, lambda read: f"{beginning} " in read.names),
        (named, lambda read: beginning in read.names),
        (named, lambda read: all(start in read.names for start in starts)),
        (named, lambda _: True),
        (reads, lambda _: True),
    )
    found: dict[int, tuple[int, Entry]] = {}
    for rank, (among, is_so) in enumerate(ranks):
        for read in among:
            if len(found) == MOST_OF_A_KIND:
                break
            if id(read) not in found and is_so(read):
                found[id(read)] = rank, read.entry
    return [*found.values()]

"""Conditions as they stand in the window while somebody writes them: texts that may not be readable yet, as a tree."""

import json
from dataclasses import dataclass, replace
from decimal import Decimal
from typing import Any, Literal

from desktop_app.core.comparison import Comparison
from desktop_app.core.condition_groups import Group
from desktop_app.gui import fmt

Mode = Literal["all", "any"]
Texts = tuple[tuple[str, str], ...]
Place = tuple[int, ...]  # where an entry stands: its number in the outermost block, in the block there, and so on
NUMBER = "number"  # a condition compares with a number rather than with a line


@dataclass(frozen=True, slots=True)
class Clause:
    """One condition. `texts` are its parameters, the compared `line` and the `value`, by name."""

    indicator: str
    timeframe: str
    trigger: str
    texts: Texts = ()

    def text(self, name: str) -> str:
        return next((text for known, text in self.texts if known == name), "")

    def with_text(self, name: str, text: str) -> "Clause":
        """In its place, or behind the others."""
        if any(known == name for known, _ in self.texts):
            return replace(self, texts=tuple((known, text if known == name else old) for known, old in self.texts))
        return replace(self, texts=(*self.texts, (name, text)))

    def data(self) -> dict[str, Any]:
        """What settings are read from; numbers stay texts."""
        head = {"indicator": self.indicator, "timeframe": self.timeframe, "trigger": self.trigger}
        return head | dict(self.texts)


@dataclass(frozen=True, slots=True)
class Block:
    """All of these, or any of these."""

    mode: Mode = "all"
    entries: "tuple[Clause | Block, ...]" = ()

    def at(self, place: Place) -> "Clause | Block":
        found: Clause | Block = self
        for number in place:
            assert isinstance(found, Block)
            found = found.entries[number]
        return found

    def with_entry(self, place: Place, entry: "Clause | Block") -> "Block":
        """Another entry in this place."""
        number, *rest = place
        if rest:
            inner = self.entries[number]
            assert isinstance(inner, Block)
            entry = inner.with_entry(tuple(rest), entry)
        return replace(self, entries=(*self.entries[:number], entry, *self.entries[number + 1 :]))

    def added(self, place: Place, *entries: "Clause | Block") -> "Block":
        """More entries at the end of the block in this place; () is this one."""
        block = self.at(place)
        assert isinstance(block, Block)
        grown = replace(block, entries=(*block.entries, *entries))
        return self.with_entry(place, grown) if place else grown

    def without(self, place: Place) -> "Block":
        """The entry gone, and with it a block that has nothing else."""
        *outer, number = place
        block = self.at(tuple(outer))
        assert isinstance(block, Block)
        left = replace(block, entries=(*block.entries[:number], *block.entries[number + 1 :]))
        if not outer:
            return left
        return self.with_entry(tuple(outer), left) if left.entries else self.without(tuple(outer))

    def moved(self, place: Place, distance: int) -> "Block":
        """The entry up (−1) or down (1) among its neighbours; at the end of the road nothing changes."""
        *outer, number = place
        block = self.at(tuple(outer))
        assert isinstance(block, Block)
        target = number + distance
        if not 0 <= target < len(block.entries):
            return self
        entries = list(block.entries)
        entries[number], entries[target] = entries[target], entries[number]
        changed = replace(block, entries=tuple(entries))
        return self.with_entry(tuple(outer), changed) if outer else changed

    def clauses(self) -> tuple[tuple[Place, Clause], ...]:
        """Every condition in it with its place."""
        found: list[tuple[Place, Clause]] = []
        for number, entry in enumerate(self.entries):
            if isinstance(entry, Clause):
                found.append(((number,), entry))
            else:
                found += [((number, *inner), clause) for inner, clause in entry.clauses()]
        return tuple(found)

    def to_json(self) -> str:
        return json.dumps(_plain(self), separators=(",", ":"), ensure_ascii=False) if self.entries else ""


def clause_of(condition: Comparison) -> Clause:
    said = dict(condition)
    head = (str(said.pop("indicator")), str(said.pop("timeframe")), str(said.pop("trigger")))
    return Clause(*head, tuple((name, _text(value)) for name, value in said.items()))


def block_of(group: Group | None) -> Block:
    """A group with both kinds becomes one of all, with any of the others within."""
    if group is None:
        return Block()
    if not group.all:
        return Block("any", tuple(_entry_of(entry) for entry in group.any))
    entries = tuple(_entry_of(entry) for entry in group.all)
    more = (Block("any", tuple(_entry_of(entry) for entry in group.any)),) if group.any else ()
    return Block("all", (*entries, *more))


def block_from_json(text: str) -> Block:
    """Raises ValueError: it is not one."""
    if not text.strip():
        return Block()
    try:
        block = _read(json.loads(text), depth=0)
    except (KeyError, TypeError, AttributeError, RecursionError) as error:
        raise ValueError("not conditions") from error
    if not isinstance(block, Block):
        raise ValueError("not conditions")
    return block


def _entry_of(entry: object) -> Clause | Block:
    if isinstance(entry, Group):
        return block_of(entry)
    assert isinstance(entry, Comparison)
    return clause_of(entry)


def _text(value: object) -> str:
    return fmt.plain(value) if isinstance(value, Decimal) else str(value)


def _plain(entry: Clause | Block) -> dict[str, Any]:
    if isinstance(entry, Block):
        return {entry.mode: [_plain(one) for one in entry.entries]}
    return entry.data()


def _read(data: Any, depth: int) -> Clause | Block:
    if depth > 8:
        raise ValueError("too deep")
    if "indicator" in data:
        texts = tuple((str(name), str(text)) for name, text in data.items() if name not in _HEAD)
        return Clause(str(data["indicator"]), str(data["timeframe"]), str(data["trigger"]), texts)
    mode: Mode = "any" if "any" in data else "all"
    return Block(mode, tuple(_read(one, depth + 1) for one in data[mode]))


_HEAD = ("indicator", "timeframe", "trigger")

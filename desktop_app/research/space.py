"""What an optimisation varies: dotted names of settings, each with the values that it may take."""

import tomllib
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from decimal import Decimal
from itertools import product
from math import prod
from typing import Any

from desktop_app.core.settings import read_number

Value = Decimal | str | bool
_MOST_VALUES = 100_000  # of one setting
_DEEPEST = 6


class BadSpace(ValueError):
    """A search space that cannot be searched; the text says where and why."""


@dataclass(frozen=True, slots=True)
class Dimension:
    """A setting and its values; numbers ascend by one step, choices keep their order."""

    name: str
    values: tuple[Value, ...]

    @property
    def is_number(self) -> bool:
        return isinstance(self.values[0], Decimal)


@dataclass(frozen=True, slots=True)
class Space:
    dimensions: tuple[Dimension, ...]

    @property
    def size(self) -> int:
        """How many points it has."""
        return prod(len(dimension.values) for dimension in self.dimensions)

    def points(self) -> "Iterator[Point]":
        """All of them, the last setting varying fastest."""
        names = [dimension.name for dimension in self.dimensions]
        for values in product(*(dimension.values for dimension in self.dimensions)):
            yield Point(tuple(zip(names, values, strict=True)))


@dataclass(frozen=True, slots=True)
class Point:
    """One choice of values: (dotted name, value) in the order of the space."""

    values: tuple[tuple[str, Value], ...]

    def applied_to(self, data: Mapping[str, Any]) -> dict[str, Any]:
        """A bot's plain values with these in place."""
        changed = _copied(data)
        for name, value in self.values:
            *path, last = name.split(".")
            table: Any = changed
            for part in path:
                table = _inside(table, part)
            table[_place(table, last)] = value
        return changed


def read_space(text: str) -> Space:
    """A space from TOML: `percent = { low = 0.5, high = 3, step = 0.1 }` or `{ values = [1, 2] }` in its table.

    Raises:
        BadSpace: with the place.
    """
    try:
        data = tomllib.loads(text)
    except (tomllib.TOMLDecodeError, RecursionError, ValueError) as error:
        raise BadSpace(f"it is not TOML: {str(error) or 'nested too deeply'}") from None
    dimensions = tuple(_dimensions(data, ""))
    if not dimensions:
        raise BadSpace("it varies nothing; name a setting, such as [take_profit] percent = { values = [1, 2] }")
    return Space(dimensions)


def _dimensions(table: Mapping[str, Any], place: str) -> Iterator[Dimension]:
    if place.count(".") > _DEEPEST:
        raise BadSpace(f"{place}: nested too deeply")
    for key, value in table.items():
        name = f"{place}.{key}" if place else key
        if not isinstance(value, dict):
            raise BadSpace(f"{name}: must be {{ low, high, step }} or {{ values = […] }}")
        if {"values", "low", "high", "step"} & value.keys():
            yield Dimension(name, _values(name, value))
        else:
            yield from _dimensions(value, name)


def _values(name: str, rule: Mapping[str, Any]) -> tuple[Value, ...]:
    if "values" in rule:
        if set(rule) != {"values"}:
            raise BadSpace(f"{name}: give either values or low, high and step")
        return _listed(name, rule["values"])
    if set(rule) != {"low", "high", "step"}:
        raise BadSpace(f"{name}: needs low, high and step, and nothing else")
    low, high, step = (_number(f"{name}.{part}", rule[part]) for part in ("low", "high", "step"))
    if step <= 0:
        raise BadSpace(f"{name}.step: must be more than 0")
    if low > high:
        raise BadSpace(f"{name}: low {low} is above high {high}")
    count = int((high - low) / step) + 1
    if count > _MOST_VALUES:
        raise BadSpace(f"{name}: {count:,} values are more than the {_MOST_VALUES:,} that make sense; widen the step")
    return tuple(low + step * k for k in range(count))


def _listed(name: str, values: object) -> tuple[Value, ...]:
    if not isinstance(values, list) or not values:
        raise BadSpace(f"{name}.values: must be a list of at least one value")
    if len(values) > _MOST_VALUES:
        raise BadSpace(f"{name}.values: more than {_MOST_VALUES:,} values")
    if all(isinstance(value, str | bool) for value in values):
        found: tuple[Value, ...] = tuple(values)
    else:
        found = tuple(_number(f"{name}.values", value) for value in values)
    if len(set(found)) != len(found):
        raise BadSpace(f"{name}.values: a value stands there twice")
    return found


def _number(place: str, value: object) -> Decimal:
    try:
        return read_number(value)
    except ValueError as error:
        raise BadSpace(f"{place}: {error}") from None


def _inside(table: Any, part: str) -> Any:
    """What a part of a name means. What stands there and has no parts gives way: no bot can be made of that."""
    place = _place(table, part)
    if not isinstance(table[place], dict | list):
        table[place] = {}
    return table[place]


def _place(table: Any, part: str) -> Any:
    """Where a part of a name stands: in a list the entry of its number from 0, else the name itself.

    What is not there becomes one more, with nothing in it but the value: no bot can be made of that either.
    """
    if not isinstance(table, list):
        table.setdefault(part, {})
        return part
    if not part.isdecimal() or int(part) >= len(table):
        table.append({})
        return len(table) - 1
    return int(part)


def _copied(data: Mapping[str, Any]) -> dict[str, Any]:
    return {key: _copied_value(value) for key, value in data.items()}


def _copied_value(value: Any) -> Any:
    if isinstance(value, Mapping):
        return _copied(value)
    return [_copied_value(one) for one in value] if isinstance(value, list) else value

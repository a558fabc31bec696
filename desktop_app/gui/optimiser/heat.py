"""The scores of a search over two of its settings: the best run of each cell, whatever the other settings were."""

from collections.abc import Sequence
from dataclasses import dataclass

from desktop_app.research.space import Value


@dataclass(frozen=True, slots=True)
class Spot:
    """One run as the map needs it. `point` has the value of each varied setting, by name."""

    key: str
    point: tuple[tuple[str, Value], ...]
    score: float | None  # None: it could not be judged

    def value(self, name: str) -> Value | None:
        return next((value for known, value in self.point if known == name), None)


@dataclass(frozen=True, slots=True)
class Heat:
    """`cells[row][column]`; None where nothing has been tried yet."""

    across: tuple[Value, ...] = ()
    down: tuple[Value | None, ...] = ()
    cells: tuple[tuple[Spot | None, ...], ...] = ()

    def scores(self) -> list[float]:
        return [spot.score for row in self.cells for spot in row if spot is not None and spot.score is not None]

    def best(self) -> tuple[int, int] | None:
        """(row, column) of the highest score."""
        scored = [
            (spot.score, -row, -column)
            for row, line in enumerate(self.cells)
            for column, spot in enumerate(line)
            if spot is not None and spot.score is not None
        ]
        if not scored:
            return None
        _, row, column = max(scored)
        return -row, -column

    def place_of(self, key: str) -> tuple[int, int] | None:
        """Where a run stands in front of the others of its cell."""
        for row, line in enumerate(self.cells):
            for column, spot in enumerate(line):
                if spot is not None and spot.key == key:
                    return row, column
        return None


def make_heat(
    spots: Sequence[Spot],
    across: tuple[str, Sequence[Value]],
    down: tuple[str, Sequence[Value]] | None,
) -> Heat:
    """A map over two axes, each a setting's name and all its values; without the second there is one row."""
    columns = {value: place for place, value in enumerate(across[1])}
    rows: dict[Value | None, int] = {
        value: place for place, value in enumerate(down[1] if down is not None else [None])
    }
    cells: list[list[Spot | None]] = [[None] * len(columns) for _ in rows]
    for spot in spots:
        column = columns.get(spot.value(across[0]))  # type: ignore[arg-type]
        row = rows.get(spot.value(down[0]) if down is not None else None)
        if column is None or row is None:
            continue
        other = cells[row][column]
        if other is None or _rank(spot) > _rank(other):
            cells[row][column] = spot
    return Heat(tuple(columns), tuple(rows), tuple(tuple(line) for line in cells))


def _rank(spot: Spot) -> float:
    return float("-inf") if spot.score is None else spot.score

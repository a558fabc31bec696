"""The field of results of a search over two of its settings, for a picture of cells."""

from desktop_app.research.search import Found, HeatMap, Trial
from desktop_app.research.space import Value


def grid_of(found: Found, x: str, y: str | None = None, *, objective: int = 0) -> HeatMap:
    """The best trial for each pair of values of the settings `x` (columns) and `y` (rows; None: a single row).

    One that keeps to the limits comes before one that does not, whatever it scored.
    """
    columns, rows = _values(found, x), (_values(found, y) if y is not None else (None,))
    best: dict[tuple[Value | None, Value], Trial] = {}
    for trial in found.trials:
        values = dict(trial.point.values)
        place = (values[y] if y is not None else None, values[x])
        if place not in best or _rank(trial, objective) > _rank(best[place], objective):
            best[place] = trial
    cells = tuple(tuple(best.get((row, column)) for column in columns) for row in rows)
    return HeatMap(x, y, columns, rows, cells)


def _values(found: Found, name: str) -> tuple[Value, ...]:
    return next(one.values for one in found.search.space.dimensions if one.name == name)


def _rank(trial: Trial, objective: int) -> tuple[bool, float]:
    return not trial.broken, trial.scores[objective]

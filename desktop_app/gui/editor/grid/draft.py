"""The form of a grid bot as typed: from settings, and back to settings or remarks about its fields."""

from dataclasses import dataclass
from typing import Any

from pydantic import ValidationError

from desktop_app.core.strategies.grid_settings import GridSettings
from desktop_app.gui.editor.draft import Draft, read_texts, texts_of
from desktop_app.gui.editor.grid.catalogue import (
    BY_PATH,
    FIELDS,
    FORM_ONLY,
    INFINITE,
    INVESTMENT,
    ONLY_BETWEEN_ENDS,
    PER_LINE,
    SHAPE,
    SIZED_BY,
    STEP,
    VOLUME,
)
from desktop_app.gui.editor.grid.remarks import REASONS
from desktop_app.gui.editor.remarks import Remark, refused

_STOPS = ("stop_above", "stop_below")


@dataclass(frozen=True, slots=True)
class GridReading:
    """Settings, or what keeps the draft from being some."""

    settings: GridSettings | None
    remarks: tuple[Remark, ...] = ()


def draft_of(settings: GridSettings) -> Draft:
    """The form for these settings."""
    grid = settings.grid
    shape = INFINITE if grid.is_infinite else "range"
    sized_by = PER_LINE if grid.volume_per_line is not None else "investment"
    own = texts_of(settings, [spec for spec in FIELDS if spec.path not in FORM_ONLY])
    # A choice always says something, also one about a stop that there is not.
    chosen = ((path, text or (BY_PATH[path].default if BY_PATH[path].choices else "")) for path, text in own)
    return Draft(tuple(sorted((*chosen, (SHAPE, shape), (SIZED_BY, sized_by)))), kind="grid")


def unused(draft: Draft) -> frozenset[str]:
    """Fields that do not count in this form: they keep their texts and stay hidden."""
    paths = {INVESTMENT if draft.text(SIZED_BY) == PER_LINE else VOLUME}
    paths |= set(ONLY_BETWEEN_ENDS) if draft.text(SHAPE) == INFINITE else {STEP}
    return frozenset(paths)


def read_draft(draft: Draft) -> GridReading:
    """Settings, or a remark about every field that cannot be taken."""
    skipped = unused(draft) | set(FORM_ONLY)
    data, remarks = read_texts(draft, [spec for spec in FIELDS if spec.path not in skipped])
    if remarks:
        return GridReading(None, tuple(remarks))
    grid: dict[str, Any] = data.setdefault("grid", {})
    for name in _STOPS:
        if "price" not in grid.get(name, {}):
            grid.pop(name, None)
    if draft.text(SHAPE) == INFINITE:
        grid["spacing"] = "geometric"
    try:
        return GridReading(GridSettings.model_validate(data))
    except ValidationError as error:
        return GridReading(None, tuple(refused(dict(one), REASONS) for one in error.errors()))

"""What speaks for a run and what against it, in one word for its row and in sentences for who asks."""

from collections.abc import Mapping
from enum import StrEnum

from desktop_app.gui.i18n import tr, tr_later
from desktop_app.research.goals import deals_of, total_of
from desktop_app.research.neighbours import neighbourhood_of, neighbours_of
from desktop_app.research.robustness import FEW_DEALS
from desktop_app.research.search import Trial
from desktop_app.research.space import Point, Space

_MOST = 0.5  # of the neighbours


class Mark(StrEnum):
    """The gravest thing that there is to say; the value is the English word of the row."""

    BROKEN = tr_later("breaks a limit")
    LOSS = tr_later("loses")
    UNSEEN = tr_later("bad unseen")
    FEW = tr_later("few deals")
    PEAK = tr_later("lone peak")
    STABLE = tr_later("stable")
    NONE = ""


WHY: dict[Mark, str] = {
    Mark.BROKEN: tr_later("It breaks a limit that you set, so it stands below the others."),
    Mark.LOSS: tr_later("It lost money even on the part that it was chosen by."),
    Mark.UNSEEN: tr_later("Good on the first part, bad on the unseen part: do not trust it."),
    Mark.FEW: tr_later("Fewer than 30 deals: chance alone can make such a result."),
    Mark.PEAK: tr_later(
        "No neighbour comes within 10 % of its score: a little change, and much of the result is gone."
    ),
    Mark.STABLE: tr_later("Most neighbours score within 10 % of it: a stable area."),
    Mark.NONE: "",
}
_TINTS: dict[Mark, str] = {
    Mark.BROKEN: "error",
    Mark.LOSS: "loss",
    Mark.UNSEEN: "warning",
    Mark.FEW: "warning",
    Mark.PEAK: "warning",
    Mark.STABLE: "profit",
}
_LIMITS = {
    "max-funds": tr_later("more money in use than allowed"),
    "max-drawdown": tr_later("a deeper fall than allowed"),
    "min-deals": tr_later("fewer deals than asked for"),
}


def mark_of(trial: Trial, share: float | None) -> Mark:
    """`share` of the neighbours that come within 10 % of its score; None where that is not known."""
    if trial.broken:
        return Mark.BROKEN
    if total_of(trial.summary) <= 0:
        return Mark.LOSS
    if is_bad_on_unseen(trial):
        return Mark.UNSEEN
    if deals_of(trial.summary) < FEW_DEALS:
        return Mark.FEW
    if share is None:
        return Mark.NONE
    return Mark.STABLE if share >= _MOST else Mark.PEAK if share == 0 else Mark.NONE


def share_of_near(space: Space, trial: Trial, known: Mapping[Point, Trial]) -> float | None:
    """Of the neighbours that come within 10 % of its score; None until all of them have been tried."""
    points = [point for _, point in neighbours_of(space, trial.point)]
    if not points or any(point not in known for point in points):
        return None
    return neighbourhood_of(space, trial, known, lambda _point: None).share


def is_bad_on_unseen(trial: Trial) -> bool:
    """It earned on what it was chosen by, and not on the rest."""
    return trial.unseen is not None and total_of(trial.summary) > 0 >= total_of(trial.unseen)


def tint_of(mark: Mark) -> str | None:
    return _TINTS.get(mark)


def broken_words(trial: Trial) -> str:
    """Which limits it breaks."""
    return ", ".join(tr(_LIMITS[name]) if name in _LIMITS else name for name in trial.broken)

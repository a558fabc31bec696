"""What speaks for a run and what against it, in one word for its row and in sentences for who asks."""

from enum import StrEnum

from desktop_app.gui.i18n import tr, tr_later
from desktop_app.research.goals import deals_of, total_of
from desktop_app.research.search import Trial

FEW_DEALS = 30
STABLE_PERCENT = 10


class Mark(StrEnum):
    """The gravest thing that there is to say; the value is the English word of the row."""

    BROKEN = tr_later("breaks a limit")
    UNSEEN = tr_later("bad on the unseen")
    FEW = tr_later("few deals")
    PEAK = tr_later("lonely peak")
    STABLE = tr_later("stable area")
    NONE = ""


WHY: dict[Mark, str] = {
    Mark.BROKEN: tr_later("It breaks a limit that you set, so it stands below the others."),
    Mark.UNSEEN: tr_later("Good on the first part, bad on the unseen part: do not trust it."),
    Mark.FEW: tr_later("Fewer than 30 deals: chance alone can make such a result."),
    Mark.PEAK: tr_later("Its neighbours score far worse: a little change and the result is gone."),
    Mark.STABLE: tr_later("Its neighbours score within 10 %: a stable area."),
    Mark.NONE: "",
}
_TINTS: dict[Mark, str] = {
    Mark.BROKEN: "error",
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


def mark_of(trial: Trial, spread: float | None) -> Mark:
    """`spread`: how far the neighbours' scores lie below its own, in percent; None where that is not known."""
    if trial.broken:
        return Mark.BROKEN
    if is_bad_on_unseen(trial):
        return Mark.UNSEEN
    if deals_of(trial.summary) < FEW_DEALS:
        return Mark.FEW
    if spread is None:
        return Mark.NONE
    if spread <= STABLE_PERCENT:
        return Mark.STABLE
    return Mark.PEAK if spread >= 5 * STABLE_PERCENT else Mark.NONE


def is_bad_on_unseen(trial: Trial) -> bool:
    """It earned on what it was chosen by, and not on the rest."""
    return trial.unseen is not None and total_of(trial.summary) > 0 >= total_of(trial.unseen)


def tint_of(mark: Mark) -> str | None:
    return _TINTS.get(mark)


def broken_words(trial: Trial) -> str:
    """Which limits it breaks."""
    return ", ".join(tr(_LIMITS[name]) if name in _LIMITS else name for name in trial.broken)

import pytest

from desktop_app.gui.optimiser.verdict import WHY, Mark, broken_words, mark_of, share_of_near, tint_of
from tests.gui.optimiser.trials import SPACE, summary, trial

LOST = summary("-0.3", "14.1")


@pytest.mark.parametrize(
    ("run", "share", "mark"),
    [
        (trial("1.6", "1.3", broken=("max-funds",), unseen=LOST), 0.8, Mark.BROKEN),
        (trial("1.6", "1.3", unseen=LOST), 0.8, Mark.UNSEEN),
        (trial("1.6", "1.3", seen=summary(deals=29)), 0.8, Mark.FEW),
        (trial("1.6", "1.3"), 0.5, Mark.STABLE),
        (trial("1.6", "1.3"), 0.4, Mark.NONE),
        (trial("1.6", "1.3"), 0.0, Mark.PEAK),
        (trial("1.6", "1.3"), None, Mark.NONE),
        (trial("1.6", "1.3", seen=LOST, unseen=LOST), 1.0, Mark.LOSS),
    ],
)
def test_the_gravest_word_is_said(run: object, share: float | None, mark: Mark) -> None:
    assert mark_of(run, share) is mark  # type: ignore[arg-type]


def test_every_mark_has_a_sentence_and_a_tint() -> None:
    for mark in Mark:
        if mark is not Mark.NONE:
            assert WHY[mark].endswith(".") and tint_of(mark)


def test_broken_limits_are_named() -> None:
    assert broken_words(trial("1", "1", broken=("max-funds", "min-deals"))) == (
        "more money in use than allowed, fewer deals than asked for"
    )


def test_a_neighbourhood_counts_once_all_of_it_has_been_tried() -> None:
    middle = trial("1.6", "1.2", 1.0)
    around = [trial("0.8", "1.2", 0.95), trial("2.4", "1.2", 0.2), trial("1.6", "1.1", 0.91), trial("1.6", "1.3", 0.5)]

    assert share_of_near(SPACE, middle, {one.point: one for one in (middle, *around)}) == 0.5
    assert share_of_near(SPACE, middle, {one.point: one for one in (middle, *around[1:])}) is None

import pytest

from desktop_app.gui.optimiser.verdict import WHY, Mark, broken_words, mark_of, tint_of
from tests.gui.optimiser.trials import summary, trial

LOST = summary("-0.3", "14.1")


@pytest.mark.parametrize(
    ("run", "spread", "mark"),
    [
        (trial("1.6", "1.3", broken=("max-funds",), unseen=LOST), 2.0, Mark.BROKEN),
        (trial("1.6", "1.3", unseen=LOST), 2.0, Mark.UNSEEN),
        (trial("1.6", "1.3", seen=summary(deals=29)), 2.0, Mark.FEW),
        (trial("1.6", "1.3"), 10.0, Mark.STABLE),
        (trial("1.6", "1.3"), 10.1, Mark.NONE),
        (trial("1.6", "1.3"), 50.0, Mark.PEAK),
        (trial("1.6", "1.3"), None, Mark.NONE),
        (trial("1.6", "1.3", seen=LOST, unseen=LOST), None, Mark.NONE),
    ],
)
def test_the_gravest_word_is_said(run: object, spread: float | None, mark: Mark) -> None:
    assert mark_of(run, spread) is mark  # type: ignore[arg-type]


def test_every_mark_has_a_sentence_and_a_tint() -> None:
    for mark in Mark:
        if mark is not Mark.NONE:
            assert WHY[mark].endswith(".") and tint_of(mark)


def test_broken_limits_are_named() -> None:
    assert broken_words(trial("1", "1", broken=("max-funds", "min-deals"))) == (
        "more money in use than allowed, fewer deals than asked for"
    )

"""Why a value cannot be taken, in plain words."""

import pytest
from pydantic import BaseModel, Field, ValidationError

from desktop_app.gui import fmt
from desktop_app.gui.refusals import message_of, refused_words, unread_words


class Part(BaseModel, extra="forbid"):
    count: int = Field(ge=2, le=9)
    name: str = Field("x", min_length=1)


@pytest.mark.parametrize(
    ("values", "words"),
    [
        ({"count": 1}, "Must be at least 2."),
        ({"count": 10}, "Must be at most 9."),
        ({"count": 2.5}, "Must be a whole number."),
        ({"count": "two"}, "Must be a whole number."),
        ({"count": 3, "name": ""}, "This is needed."),
        ({"count": 3, "magic": 1}, None),
    ],
)
def test_bounds_and_types_are_said_plainly(values: dict[str, object], words: str | None) -> None:
    with pytest.raises(ValidationError) as caught:
        Part.model_validate(values)
    (error,) = caught.value.errors()
    assert refused_words(dict(error)) == words
    assert message_of(dict(error))


def test_what_is_no_number_is_said_with_what_was_typed() -> None:
    assert unread_words(fmt.Problem.EMPTY, "") == "This is needed."
    assert "1.5 or 15" in unread_words(fmt.Problem.UNCLEAR_COMMA, "1,5")
    assert '"abc" is not a number' in unread_words(fmt.Problem.NOT_A_NUMBER, "abc")

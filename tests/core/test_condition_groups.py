"""Groups of conditions as files give them."""

from typing import Any

import pytest
from pydantic import ValidationError

from desktop_app.core.condition_groups import DEEPEST, MOST_CONDITIONS, Group

RSI = {"indicator": "rsi", "timeframe": "5m", "trigger": "less_than", "value": 30}


def test_groups_nest_and_name_each_condition_once() -> None:
    group = Group.model_validate({"all": [RSI, {"any": [RSI, RSI | {"value": 20}]}], "any": [RSI | {"value": 10}]})

    assert [one.right for one in group.conditions()] == [30, 20, 10]
    assert group.depth() == 2
    assert Group.model_validate_json(group.model_dump_json()) == group
    assert Group(all=group.all, any=group.any) == group


@pytest.mark.parametrize(
    ("given", "words"),
    [
        ({}, "needs at least one condition"),
        ({"all": [RSI | {"indicator": "stars"}]}, "its indicator must be one of: rsi,"),
        ({"all": ["rsi"]}, "is not a condition"),
        ({"all": [{"none": [RSI]}]}, "Extra inputs"),
        ({"all": [RSI] * (MOST_CONDITIONS + 1)}, "at most"),
        (
            {"all": [RSI | {"value": i} for i in range(40)], "any": [RSI | {"value": i} for i in range(40, 60)]},
            "more than",
        ),
    ],
)
def test_nonsense_is_refused(given: dict[str, Any], words: str) -> None:
    with pytest.raises(ValidationError, match=words):
        Group.model_validate(given)


def test_groups_within_groups_have_an_end() -> None:
    group: dict[str, Any] = {"all": [RSI]}
    for _ in range(DEEPEST - 1):
        group = {"any": [group]}
    Group.model_validate(group)

    with pytest.raises(ValidationError, match="deep"):
        Group.model_validate({"any": [group]})

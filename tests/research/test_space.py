"""Search spaces: what they name, how many points they have, and what is refused."""

from decimal import Decimal

import pytest

from desktop_app.research.space import BadSpace, Point, read_space

D = Decimal
TEXT = """
[take_profit]
percent = { low = 0.5, high = 0.8, step = 0.1 }
[safety_orders]
max_count = { values = [1, 2, 3] }
[base_order]
type = { values = ["market", "limit"] }
"""


def test_ranges_and_lists_are_read_by_dotted_names() -> None:
    space = read_space(TEXT)
    assert [one.name for one in space.dimensions] == [
        "take_profit.percent",
        "safety_orders.max_count",
        "base_order.type",
    ]
    assert space.dimensions[0].values == (D("0.5"), D("0.6"), D("0.7"), D("0.8"))
    assert space.size == 24
    points = list(space.points())
    assert len(set(points)) == 24
    assert points[1].values[2] == ("base_order.type", "limit")


def test_a_point_changes_only_what_it_names() -> None:
    data = {"take_profit": {"percent": "2", "basis": "base"}, "name": "a"}
    point = next(read_space("[take_profit]\npercent = { values = [1] }").points())
    assert point.applied_to(data) == {"take_profit": {"percent": D(1), "basis": "base"}, "name": "a"}
    assert data["take_profit"] == {"percent": "2", "basis": "base"}


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        ("", "varies nothing"),
        ("[a]\nb = { low = 2, high = 1, step = 1 }", "above high"),
        ("[a]\nb = { low = 0, high = 1, step = 0 }", "more than 0"),
        ("[a]\nb = { low = 0, high = 1 }", "needs low, high and step"),
        ("[a]\nb = { low = 0, high = 1e9, step = 1 }", "widen the step"),
        ("[a]\nb = { values = [] }", "at least one value"),
        ("[a]\nb = { values = [1, 1] }", "twice"),
        ("[a]\nb = { values = [nan] }", "finite"),
        ("[a]\nb = 3", "must be"),
        ("[a\n", "not TOML"),
    ],
)
def test_a_space_that_cannot_be_searched_says_where_and_why(text: str, reason: str) -> None:
    with pytest.raises(BadSpace, match=reason):
        read_space(text)


def test_a_name_reaches_into_lists_by_number_and_leaves_the_bot_as_it_was() -> None:
    data = {"start": {"all": [{"indicator": "rsi", "value": 30}, {"indicator": "rsi", "value": 40}]}}
    point = Point((("start.all.1.value", Decimal(35)),))

    assert point.applied_to(data)["start"]["all"] == [
        {"indicator": "rsi", "value": 30}, {"indicator": "rsi", "value": Decimal(35)},
    ]  # fmt: skip
    assert data["start"]["all"][1]["value"] == 40
    assert Point((("start.all.5.value", Decimal(1)),)).applied_to(data)["start"]["all"][2] == {"value": Decimal(1)}


@pytest.mark.parametrize("name", ["name.x", "name.x.y", "pairs.0.x", "pairs.x", "pairs.7"])
def test_a_name_that_leads_into_a_value_makes_no_bot_and_no_error(name: str) -> None:
    data = {"name": "a", "pairs": ["BTC/USDT"]}
    changed = Point(((name, Decimal(1)),)).applied_to(data)

    assert changed != data == {"name": "a", "pairs": ["BTC/USDT"]}

"""`account limits` shows and changes what no bot may exceed, and leaves alone what is not named."""

import pytest

from tests.cli.calling import Call

NONE: dict[str, object] = {
    "max_order_value": None,
    "max_orders_a_minute": None,
    "max_open_deals": None,
    "pairs": [],
    "pause_on_foreign": True,
}


@pytest.fixture
def demo(call: Call) -> Call:
    call("account", "add", "demo", "--exchange", "sim")
    return call


def test_limits_are_set_one_by_one_and_taken_away_again(demo: Call) -> None:
    assert demo("account", "limits", "demo", "--json").document == NONE
    done = demo("account", "limits", "demo", "--open-deals", 3, "--largest-order", "200.50", "--pairs", "btc/usdt")
    assert done.status == 0
    assert done.out.splitlines() == [
        "demo:",
        "  largest order:    200.5 in the pair's quote",
        "  open deals:       3",
        "  orders a minute:  no limit",
        "  pairs:            BTC/USDT",
        "  what no bot did:  opens nothing more",
    ]
    changed = demo(
        "account", "limits", "demo", "--open-deals", "none", "--orders-a-minute", 60, "--on-foreign", "go-on", "--json"
    )
    assert changed.document == NONE | {
        "max_order_value": "200.5", "max_orders_a_minute": 60, "pairs": ["BTC/USDT"], "pause_on_foreign": False,
    }  # fmt: skip
    demo("account", "limits", "demo", "--pairs", "none")
    assert demo("account", "limits", "demo", "--json").document == changed.document | {"pairs": []}


@pytest.mark.parametrize("wrong", [("--open-deals", "0"), ("--open-deals", "x"), ("--largest-order", "-1")])
def test_what_is_no_limit_changes_nothing(demo: Call, wrong: tuple[str, str]) -> None:
    done = demo("account", "limits", "demo", *wrong)
    assert done.status == 2
    assert f"{wrong[0]} {wrong[1]} is no limit. The limits stay as they were." in done.err
    assert demo("account", "limits", "demo", "--json").document == NONE


def test_an_account_that_is_not_there_has_no_limits(demo: Call) -> None:
    assert "nobody" in demo("account", "limits", "nobody").err
    assert demo("account", "limits", "nobody", "--open-deals", 1).status == 2

"""What is wrong with an account's settings is a sentence that repeats nothing of them."""

import pytest

from desktop_app.engine.account_config import given_config, mark_of, nearest_exchange, needs_password, read_config
from desktop_app.store.rows import AccountRow

MARK = {"name": "0123456789abcdef", "tail": "…1234"}


def test_the_mark_of_a_key_is_made_and_never_given() -> None:
    with pytest.raises(ValueError, match="made, not given"):
        given_config({"key": MARK})


@pytest.mark.parametrize("config", ['{"rest_url": "https://a:CANARY@b.c"}', '{"CANARY": 1}', "CANARY", '["CANARY"]'])
def test_a_refusal_repeats_nothing(config: str) -> None:
    with pytest.raises(ValueError, match=r".") as refused:
        read_config(config)

    assert "a:CANARY" not in str(refused.value)


def test_a_mark_that_cannot_be_read_is_none() -> None:
    assert mark_of(AccountRow(1, "x", "binance", False, "nonsense")) is None
    assert mark_of(AccountRow(1, "x", "sim", False, "{}")) is None


def test_exchanges_are_known_without_their_library() -> None:
    assert nearest_exchange("kucoin") is None
    assert nearest_exchange("kucion") == "kucoin"
    assert nearest_exchange("zzzzzzzz") == ""
    assert needs_password("kucoin") and not needs_password("binance")

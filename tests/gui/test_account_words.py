from dataclasses import replace
from datetime import UTC

import pytest

from desktop_app.core.rights import Rights
from desktop_app.core.said import said
from desktop_app.gui.account_words import (
    age_text,
    binding_text,
    prices_from,
    rights_text,
    state_word,
    trading_word,
    trouble,
    watch_only,
)
from tests.gui.fake_engine import GOOD_RIGHTS, NOW, account_view, live_view

DAY = 86_400_000


def test_what_is_not_told_is_a_question_in_every_cell() -> None:
    view = live_view(rights=Rights())
    assert rights_text(view) == "read ?, spot ?, withdrawals ?"
    assert binding_text(view) == "bound ?"
    assert age_text(view, NOW) == "— / —"


def test_a_good_key_reads_as_one() -> None:
    view = live_view(rights=replace(GOOD_RIGHTS, expires_at=NOW + 5 * DAY))
    assert rights_text(view) == "read, spot, withdrawals off"
    assert binding_text(view) == "bound"
    assert age_text(view, NOW) == "143 d / 5 d left"
    assert "WITHDRAWALS ON" in rights_text(live_view(rights=replace(GOOD_RIGHTS, withdraw=True)))
    assert age_text(live_view(rights=Rights(expires_at=NOW - 1)), NOW) == "— / expired"


def test_an_account_without_a_key_has_nothing_to_say_of_one() -> None:
    view = account_view()
    assert {rights_text(view), binding_text(view), age_text(view, NOW)} == {"—"}


def test_p_04_watch_off_and_on_are_three_words() -> None:
    frozen = said("foreign_order", account="A", side="buy", amount=1, pair="X/Y")
    assert trading_word(live_view()) == "WATCH"
    assert trading_word(live_view(may_trade=True)) == "ON"
    assert trading_word(live_view(may_trade=True, frozen=frozen)) == "OFF"


@pytest.mark.parametrize(
    ("changes", "way_out", "button"),
    [
        ({"key_state": "locked"}, "unlock", "Unlock"),
        ({"key_state": "missing"}, "replace", "Replace key…"),
        ({"key_state": "replaced"}, "replace", "Replace key…"),
        ({"key_state": "refused"}, "replace", "Replace key…"),
        ({"key_state": "absent"}, "replace", "Replace key…"),
        ({"is_connected": False}, "reconnect", "Reconnect"),
        ({"frozen": said("key_can_withdraw"), "verdict": "refused"}, "replace", "Replace key…"),
        ({"frozen": said("foreign_order")}, "acknowledge", "It was me"),
    ],
)
def test_every_trouble_has_one_way_out(changes: dict[str, object], way_out: str, button: str) -> None:
    found = trouble(live_view(**changes))
    assert found is not None
    assert (found.help, found.button) == (way_out, button)
    assert found.title.startswith("Binance main")


def test_an_account_that_works_is_no_trouble() -> None:
    assert trouble(live_view()) is None
    assert trouble(account_view(is_connected=False)) is None
    assert watch_only(account_view(may_trade=False)) is None
    assert watch_only(live_view(may_trade=True)) is None
    found = watch_only(live_view())
    assert found is not None
    assert found.help == "allow"
    assert state_word(live_view(is_live_feed=False))[0] == "No prices"


def test_stale_prices_say_since_when() -> None:
    assert prices_from(live_view(), UTC, NOW) == (
        "Prices from 13:41:07. Reconnecting. Bots wait; orders on the exchange stay active."
    )
    assert prices_from(live_view(since=0), UTC, 0).startswith("No prices from Binance main yet.")

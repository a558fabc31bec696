from datetime import UTC

import pytest
from PySide6.QtWidgets import QApplication

from desktop_app.core.rights import Rights
from desktop_app.gui.connect.marks import clock_fact, facts_of, picture, seconds
from desktop_app.gui.theme import apply_theme, make_theme

NOW = 1_795_614_067_000


@pytest.mark.parametrize("name", ["read", "trade", "withdraw", "transfer", "ip_restricted", "expires_at"])
def test_p_02_no_unknown_right_is_ever_a_tick(name: str) -> None:
    rights = Rights(True, True, False, False, True, NOW, NOW + 10**11)
    known = [fact.mark for fact in facts_of(rights, NOW, UTC)]
    assert known == ["yes"] * 6
    values = {field: getattr(rights, field) for field in Rights.__dataclass_fields__}
    unknown = facts_of(Rights(**{**values, name: None}), NOW, UTC)
    assert sorted(fact.mark for fact in unknown) == ["unknown", *["yes"] * 5]


def test_what_takes_coins_away_is_a_cross() -> None:
    facts = facts_of(Rights(read=False, withdraw=True, transfer=True, expires_at=NOW), NOW, UTC)
    assert {fact.key for fact in facts if fact.mark == "no"} == {"read", "withdraw", "transfer", "expires"}


def test_clocks_apart_are_told_in_seconds() -> None:
    assert seconds(-3_249) == "3.2"
    assert seconds(49) == "0.0"
    assert clock_fact(1_000).mark == "yes"
    assert clock_fact(-1_001).mark == "warning"
    assert clock_fact(None).mark == "unknown"


def test_a_tick_is_never_red(themed: QApplication) -> None:
    apply_theme(themed, make_theme("dark", "red_green"))
    assert picture("yes") == ("check", "loss")
    apply_theme(themed, make_theme("dark"))
    assert picture("yes") == ("check", "profit")

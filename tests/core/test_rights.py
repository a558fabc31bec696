"""Which keys are taken."""

from dataclasses import replace

import pytest

from desktop_app.core.rights import Rights, Verdict, judge

NOW = 1_800_000_000_000
DAY = 86_400_000
GOOD = Rights(read=True, trade=True, withdraw=False, transfer=False, ip_restricted=True, created_at=NOW - DAY)


def codes(rights: Rights) -> tuple[str, ...]:
    return tuple(reason.code for reason in judge(rights, NOW)[1])


def test_a_key_that_can_only_read_and_trade_from_one_address_is_good() -> None:
    assert judge(GOOD, NOW) == (Verdict.OK, ())


@pytest.mark.parametrize(
    ("change", "code"),
    [
        ({"withdraw": True}, "key_can_withdraw"),
        ({"transfer": True}, "key_can_transfer"),
        ({"read": False}, "key_cannot_read"),
        ({"expires_at": NOW}, "key_expired"),
    ],
)
def test_a_key_that_can_move_coins_or_is_of_no_use_is_refused(change: dict[str, object], code: str) -> None:
    rights = replace(GOOD, **change)  # type: ignore[arg-type]

    assert judge(rights, NOW)[0] is Verdict.REFUSED
    assert codes(rights) == (code,)


@pytest.mark.parametrize(
    ("change", "code"),
    [
        ({"trade": False}, "key_cannot_trade"),
        ({"ip_restricted": False}, "key_not_bound"),
        ({"ip_restricted": None}, "key_binding_unknown"),
        ({"withdraw": None}, "key_withdraw_unknown"),
        ({"transfer": None}, "key_transfer_unknown"),
        ({"expires_at": NOW + 6 * DAY}, "key_expires_soon"),
    ],
)
def test_what_is_risky_or_unknown_is_a_warning(change: dict[str, object], code: str) -> None:
    rights = replace(GOOD, **change)  # type: ignore[arg-type]

    assert judge(rights, NOW)[0] is Verdict.WARNING
    assert codes(rights) == (code,)


def test_an_exchange_that_tells_nothing_is_never_a_pass() -> None:
    assert judge(Rights(), NOW)[0] is Verdict.WARNING
    assert codes(Rights()) == ("key_withdraw_unknown", "key_binding_unknown")


def test_only_the_refusals_are_named_of_a_refused_key() -> None:
    assert codes(replace(GOOD, withdraw=True, ip_restricted=False)) == ("key_can_withdraw",)


def test_a_far_end_is_no_warning() -> None:
    assert judge(replace(GOOD, expires_at=NOW + 8 * DAY), NOW)[0] is Verdict.OK


def test_a_date_reckoned_from_a_rule_reminds_but_never_refuses() -> None:
    passed = replace(GOOD, expires_at=NOW - DAY, is_expiry_by_rule=True)
    near = replace(GOOD, expires_at=NOW + 3 * DAY, is_expiry_by_rule=True)

    assert judge(passed, NOW) == (Verdict.OK, ())
    assert codes(near) == ("key_expires_soon",)

"""When a key ends by a rule that its exchange has published."""

import pytest

from desktop_app.core.rights import Rights
from desktop_app.exchange.venues.key_expiry import EXPIRY_RULES, with_rule

DAY = 86_400_000
NOW = 1_800_000_000_000
LOOSE = Rights(read=True, ip_restricted=False, created_at=NOW - 10 * DAY)


def test_a_key_without_addresses_ends_by_the_rule() -> None:
    assert with_rule("binance", LOOSE, NOW) == Rights(
        read=True, ip_restricted=False, created_at=NOW - 10 * DAY, expires_at=NOW + 20 * DAY, is_expiry_by_rule=True
    )
    assert with_rule("bybit", LOOSE, NOW).expires_at == NOW + 80 * DAY


@pytest.mark.parametrize(
    "rights",
    [
        Rights(ip_restricted=True, created_at=NOW),
        Rights(ip_restricted=None, created_at=NOW),
        Rights(ip_restricted=False),
        Rights(ip_restricted=False, created_at=NOW, expires_at=NOW + DAY),
        Rights(ip_restricted=False, created_at=NOW - 40 * DAY),
    ],
)
def test_the_rule_is_silent_where_it_does_not_hold_or_more_is_known(rights: Rights) -> None:
    assert with_rule("binance", rights, NOW) == rights


def test_no_rule_is_made_up() -> None:
    assert with_rule("okx", LOOSE, NOW) == LOOSE
    assert all(rule.source and rule.read_on.startswith("20") for rule in EXPIRY_RULES.values())

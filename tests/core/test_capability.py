"""What is known of an exchange."""

from desktop_app.core.capability import Capability, Level


def test_a_passphrase_is_asked_for_where_the_exchange_has_one() -> None:
    plain = ("apiKey", "secret")

    assert _with(*plain, "password").needs_password
    assert not _with(*plain).needs_password


def _with(*credentials: str) -> Capability:
    return Capability("x", "X", Level.CONNECTABLE, True, credentials, False, False, False, False, False, False, False)

"""The shape of ids at exchanges that want more of them."""

from desktop_app.exchange.venues.quirks import Level, Lookup, padded, unpadded
from desktop_app.exchange.venues.table import quirks_of

OURS = "1" + "0" * 26 + "f"


def test_a_padded_id_is_a_whole_uuid_and_becomes_ours_again() -> None:
    assert len(padded(OURS)) == 32
    assert unpadded(padded(OURS)) == OURS
    assert unpadded("somebody-else") == "somebody-else"


def test_an_exchange_that_nobody_has_looked_at_gets_the_careful_row() -> None:
    row = quirks_of("one-that-nobody-knows")
    assert row.level is Level.CONNECTABLE
    assert row.lookup is Lookup.NONE
    assert row.definitive_codes == frozenset()
    assert row.absent_after_ms >= 60_000

"""Client ids: deterministic, readable, impossible to imitate without the key."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from desktop_app.core.client_id import LENGTH, Origin, make_client_id, read_client_id
from desktop_app.core.order import Role

KEY = b"0123456789abcdef"
origins = st.builds(
    Origin,
    install=st.integers(0, 2**12 - 1),
    bot=st.integers(0, 2**16 - 1),
    deal=st.integers(0, 2**20 - 1),
    role=st.sampled_from(Role),
    index=st.integers(0, 2**12 - 1),
    serial=st.integers(0, 2**20 - 1),
)


@given(origins)
def test_an_id_tells_its_origin_and_fits_every_exchange(origin: Origin) -> None:
    made = make_client_id(origin, KEY)

    assert read_client_id(made, KEY) == origin
    assert len(made) == LENGTH == 28
    assert made == made.lower() and made.isalnum() and not made.startswith("t")


@given(origins, origins)
def test_different_orders_never_share_an_id(one: Origin, other: Origin) -> None:
    assert (make_client_id(one, KEY) == make_client_id(other, KEY)) == (one == other)


@given(origins)
def test_the_id_of_another_installation_is_not_ours(origin: Origin) -> None:
    assert read_client_id(make_client_id(origin, b"another key 1234"), KEY) is None


def test_other_texts_are_not_ours() -> None:
    for text in ("", "x-TKT5PX2F1234", "0" * 28, "G" * 28, "0" * 27, "٣" * 28):
        assert read_client_id(text, KEY) is None


def test_an_id_of_a_later_version_or_an_unknown_role_is_not_ours(monkeypatch: pytest.MonkeyPatch) -> None:
    from desktop_app.core import client_id

    made = make_client_id(Origin(1, 2, 3, Role.BASE, 4, 5), KEY)
    monkeypatch.setattr(client_id, "_VERSION", 2)
    assert read_client_id(made, KEY) is None
    monkeypatch.setattr(client_id, "_VERSION", 1)
    last = make_client_id(Origin(1, 2, 3, Role.BALANCING, 4, 5), KEY)
    monkeypatch.setattr(client_id, "_ROLES", tuple(Role)[:3])
    assert read_client_id(last, KEY) is None

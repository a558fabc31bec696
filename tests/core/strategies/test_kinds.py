"""The kinds of bots are there by name, each whole."""

import pytest

from desktop_app.core.settings import Settings
from desktop_app.core.strategies import KINDS


def test_every_kind_has_settings_of_its_own_name_a_state_and_a_maker() -> None:
    assert len(KINDS) == 5
    for name, kind in KINDS.items():
        assert name in KINDS
        assert issubclass(kind.settings, Settings)
        assert kind.settings.model_fields["kind"].default == name


def test_there_is_no_other_kind() -> None:
    assert "martingale" not in KINDS
    assert KINDS.get("martingale") is None
    with pytest.raises(KeyError):
        KINDS["martingale"]

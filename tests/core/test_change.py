"""A changed copy is what the standard library would make of it."""

import dataclasses
from decimal import Decimal

import pytest

from desktop_app.core.change import quick, replace
from desktop_app.core.deal import Deal, DealStatus, Direction
from desktop_app.core.order import Fill


@dataclasses.dataclass(frozen=True, slots=True)
class Lone:
    """One field only: read alone, it is no tuple."""

    value: tuple[int, ...]


@dataclasses.dataclass(frozen=True, slots=True)
class Checked:
    value: int

    def __post_init__(self) -> None:
        assert self.value > 0


@quick
@dataclasses.dataclass(frozen=True, slots=True)
class Quick:
    name: str
    number: int = 3


DEAL = Deal(1, "BTC/USDT", Direction.LONG, DealStatus.OPEN, 5)


def test_a_copy_has_the_changes_and_keeps_the_rest() -> None:
    changed = replace(DEAL, status=DealStatus.CLOSING, take_profits=(Decimal(1),))

    assert changed == dataclasses.replace(DEAL, status=DealStatus.CLOSING, take_profits=(Decimal(1),))
    assert (DEAL.status, DEAL.take_profits) == (DealStatus.OPEN, ())
    assert replace(DEAL) == DEAL
    assert replace(Lone((1, 2)), value=(3,)) == Lone((3,))


def test_a_copy_is_as_frozen_as_its_pattern() -> None:
    changed = replace(Fill("t", Decimal(1), Decimal(2)), at=7)

    assert hash(changed) == hash(Fill("t", Decimal(1), Decimal(2), at=7))
    with pytest.raises(dataclasses.FrozenInstanceError):
        changed.at = 8  # type: ignore[misc]


def test_what_would_be_no_copy_is_refused() -> None:
    with pytest.raises(AttributeError):
        replace(DEAL, no_such_field=1)  # type: ignore[call-arg]
    with pytest.raises(AssertionError):
        replace(Checked(1), value=2)


def test_what_is_made_quickly_is_what_it_would_be_otherwise() -> None:
    assert Quick("a") == Quick(number=3, name="a") == dataclasses.replace(Quick("b"), name="a")
    assert repr(Quick("a")) == "Quick(name='a', number=3)"
    assert replace(Quick("a"), number=4) == Quick("a", 4)
    with pytest.raises(dataclasses.FrozenInstanceError):
        Quick("a").name = "b"  # type: ignore[misc]
    with pytest.raises(TypeError, match=r"Quick\.__init__\(\) missing 1 required positional argument: 'name'"):
        Quick()  # type: ignore[call-arg]

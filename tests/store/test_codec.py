"""Deals and sentences come back from their text as they were."""

from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from desktop_app.core.deal import Deal, DealStatus, Direction, Position
from desktop_app.core.said import Said, Value
from desktop_app.store.codec import deal_from_json, deal_to_json, said_from_json, said_to_json
from tests.store.stories import fill, order

VALUES: st.SearchStrategy[Value] = st.one_of(
    st.text(), st.integers(), st.decimals(allow_nan=False, allow_infinity=False)
)


def test_a_deal_comes_back_whole() -> None:
    filled = order().with_fill(fill())
    deal = Deal(
        number=3,
        symbol="DOGE/USDT",
        direction=Direction.SHORT,
        status=DealStatus.TRAILING,
        opened_at=1,
        closed_at=2,
        position=Position().with_fill(fill(), is_entry=True),
        orders=(filled, order(2)),
        take_profits=(Decimal("1.10"), Decimal("1E-8")),
        stop_loss=Decimal("0.90"),
        safety_total=6,
        safety_filled=1,
        note="备注 ✓ \u0000",
    )
    back = deal_from_json(deal_to_json(deal))
    assert back == deal
    assert str(back.take_profits) == str(deal.take_profits)


@pytest.mark.parametrize("text", ["", "{}", "[1]", '{"number":"x"}'])
def test_a_text_that_is_no_deal_is_refused(text: str) -> None:
    with pytest.raises(ValueError, match="Deal"):
        deal_from_json(text)


@given(st.text(), st.dictionaries(st.text(), VALUES))
def test_a_sentence_comes_back_with_the_types_of_its_values(code: str, values: dict[str, Value]) -> None:
    said = Said(code, tuple(values.items()))
    back = said_from_json(said_to_json(said))
    assert back == said
    assert [(type(value), str(value)) for _, value in back.values] == [
        (type(value), str(value)) for _, value in said.values
    ]

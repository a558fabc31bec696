from decimal import Decimal

import pytest

from desktop_app.gui.chart.prices import PriceFormat, percent_text, volume_text


@pytest.mark.parametrize(
    ("tick", "price", "text"),
    [
        ("0.01", 63120.0, "63,120.00"), ("0.00000001", 0.00001234, "0.00001234"), ("0.10", 1234.56, "1,234.6"),
        ("1", 64000.0, "64,000"), ("10", 64000.0, "64,000"), ("0.01", -1.5, "\u22121.50"),
        ("0.0000000001", 1e-10, "0.0000000001"),
    ],
)  # fmt: skip
def test_c_07_prices_have_the_decimals_of_the_tick_and_are_never_scientific(tick: str, price: float, text: str) -> None:
    assert PriceFormat(Decimal(tick)).text(price) == text


@pytest.mark.parametrize(
    ("tick", "price", "snapped"),
    [
        ("0.01", 65000.004, "65000.00"), ("0.05", 1.0249, "1.00"), ("0.05", 1.0251, "1.05"), ("10", 64004.9, "64000"),
        ("0.00010", 0.00012, "0.0001"), ("0.01", -5.0, "0.01"), ("0.01", 0.0, "0.01"),
    ],
)  # fmt: skip
def test_c_05_snapping_gives_a_multiple_of_the_tick(tick: str, price: float, snapped: str) -> None:
    assert str(PriceFormat(Decimal(tick)).snapped(price)) == snapped


def test_percent_and_volume() -> None:
    assert [percent_text(x) for x in (1.5, -0.19, 0.004)] == ["+1.50 %", "\u22120.19 %", "0.00 %"]
    assert volume_text(12_346.0) == "12.35K"

"""What a deal came to is what a summary asks of it."""

from dataclasses import fields
from decimal import Decimal

from desktop_app.research.hop.log import HopDeal, Log
from desktop_app.research.report import DealLine

D = Decimal


def test_a_deal_has_the_numbers_that_a_line_of_a_report_has_too() -> None:
    assert {field.name for field in fields(DealLine)}.issuperset(HopDeal._fields)


def test_a_log_begins_empty() -> None:
    assert Log() == Log(trades=[], deals=[], most=0) and Log().deals is not Log().deals

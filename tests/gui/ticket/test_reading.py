from dataclasses import replace
from decimal import Decimal

import pytest
from pydantic import ValidationError

from desktop_app.core.strategies.dca_settings import TakeProfit, TakeProfitStep
from desktop_app.gui.ticket.draft import StopDraft, TargetDraft
from desktop_app.gui.ticket.reading import core_words, read, trade_name
from tests.gui.ticket.test_picture import BTC, LAST, SMART_REF

D = Decimal


def test_full_width_figures_and_grouped_ones_are_read() -> None:
    reading = read(replace(SMART_REF, price="６３８００", amount="0.0015"), BTC, LAST)
    assert reading.problems == {}
    assert read(replace(SMART_REF, price="63,800.00"), BTC, LAST).levels.entry == D(63800)


def test_a_short_mirrors_the_signs() -> None:
    cover = replace(SMART_REF, verb="cover", targets=(TargetDraft(percent="2", share="100"),))
    levels = read(cover, BTC, LAST).levels
    assert levels.targets == ((D("62524.00"), D(2)),)
    assert levels.stop == (D("65395.00"), D("2.5"))
    typed = replace(cover, stop=StopDraft(True, price="65438", lead="price"))
    assert read(typed, BTC, LAST).levels.stop == (D(65438), D("2.57"))


def test_a_target_of_a_short_cannot_lie_at_zero() -> None:
    cover = replace(SMART_REF, verb="cover", targets=(TargetDraft(percent="100", share="100"),))
    assert read(cover, BTC, LAST).problems["targets.0.percent"] == "Must be less than 100 %."


def test_the_same_ticket_has_the_same_name() -> None:
    assert trade_name(SMART_REF) == trade_name(replace(SMART_REF, amount="1")) == "Trade 7"


def test_the_core_objects_in_words_of_the_form() -> None:
    steps = (TakeProfitStep(percent=D(1), share=D(30)),)
    with pytest.raises(ValidationError) as refused:
        TakeProfit(steps=steps)
    assert core_words(refused.value) == "The shares must add up to 100 %."


def test_without_a_price_nothing_is_worked_out_and_nothing_breaks() -> None:
    levels = read(replace(SMART_REF, entry="market"), BTC, None).levels
    assert levels.entry is None
    assert levels.targets[0] == (None, D(2))

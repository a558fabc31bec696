from dataclasses import replace
from decimal import Decimal

from desktop_app.gui.chart.lines import LineKind
from desktop_app.gui.ticket.lines import ENTRY, LIMIT, STOP, lines_of, moved, target_key
from desktop_app.gui.ticket.picture import picture_of
from tests.gui.ticket.test_picture import AROUND, BTC, SMART_REF

D = Decimal


def test_c_01_the_reference_trade_is_four_lines_with_what_each_brings() -> None:
    lines = lines_of(picture_of(SMART_REF, AROUND), BTC)

    assert [(line.label, line.price) for line in lines] == [
        ("Buy", D(63800)), ("TP1", D(65076)), ("TP2", D(67628)), ("SL", D(62205)),
    ]  # fmt: skip
    assert [line.percent_at(line.price) for line in lines[1:]] == [2.0, 6.0, -2.5]
    assert lines[3].note == "−2.58 USDT"
    assert all(line.draggable for line in lines)


def test_a_trigger_has_a_line_of_its_own_beside_the_limit() -> None:
    draft = replace(SMART_REF, entry="conditional", price="64000", then_limit=True, limit_price="63900")
    lines = {line.key: line for line in lines_of(picture_of(draft, AROUND), BTC)}

    assert (lines[ENTRY].kind, lines[ENTRY].price) == (LineKind.TRIGGER, D(64000))
    assert (lines[LIMIT].label, lines[LIMIT].price) == ("Buy", D(63900))


def test_an_entry_at_market_and_coins_that_are_held_stay_where_they_are() -> None:
    at_market = lines_of(picture_of(replace(SMART_REF, entry="market"), AROUND), BTC)[0]
    held = lines_of(picture_of(replace(SMART_REF, verb="hold", price_paid="60000"), AROUND), BTC)[0]

    assert (at_market.price, at_market.draggable) == (D("64210.50"), False)
    assert (held.label, held.price, held.draggable) == ("Paid", D(60000), False)


def test_a_moved_line_leads() -> None:
    assert moved(SMART_REF, ENTRY, D("63000.50")).price == "63000.5"
    assert moved(SMART_REF, LIMIT, D(63000)).limit_price == "63000"
    stopped = moved(SMART_REF, STOP, D(62000)).stop
    assert (stopped.price, stopped.lead) == ("62000", "price")
    target = moved(SMART_REF, target_key(0), D(66000)).targets[0]
    assert (target.price, target.lead) == ("66000", "price")
    assert moved(SMART_REF, target_key(7), D(66000)) == SMART_REF

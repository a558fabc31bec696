from dataclasses import replace
from decimal import Decimal

import pytest
from PySide6.QtWidgets import QApplication
from pytestqt.qtbot import QtBot

from desktop_app.gui.chart.lines import STYLES, ChartLine, LineBook, LineKind, Stage, kind_name, tag_text
from desktop_app.gui.chart.prices import PriceFormat

TP = ChartLine("tp", LineKind.TAKE_PROFIT, Decimal("64807.29"), "TP", 1.5, Decimal("63849.54"), draggable=True)
AVERAGE = ChartLine("avg", LineKind.AVERAGE, Decimal("63785.69"), "Avg")
SO2 = ChartLine("so2", LineKind.SAFETY, Decimal("61960.82"), "SO2", -2.86, draggable=True)


@pytest.fixture
def book(qapp: QApplication) -> LineBook:
    found = LineBook()
    found.format = PriceFormat(Decimal("0.01"))
    found.set_lines((TP, AVERAGE, SO2))
    return found


def dragged(book: LineBook, price: str = "65000.001") -> None:
    book.grab("tp")
    book.move_to(float(price))
    book.release()


def test_c_01_every_kind_has_its_own_dashes_and_an_own_name() -> None:
    assert len({style.dashes for style in STYLES.values()}) == len(LineKind)
    assert len({kind_name(kind) for kind in LineKind}) == len(LineKind)


def test_c_01_a_tag_says_what_and_how_far() -> None:
    assert tag_text(SO2, SO2.price) == "SO2 \u22122.86 %"
    assert tag_text(AVERAGE, AVERAGE.price) == "Avg"


def test_c_05_the_percentage_stays_true_while_the_line_moves() -> None:
    assert tag_text(TP, Decimal("65000.00")) == "TP +1.80 %"
    assert tag_text(replace(TP, reference=None), Decimal("65000.00")) == "TP +1.80 %"


def test_c_05_nothing_is_asked_before_the_tick_is_pressed(book: LineBook, qtbot: QtBot) -> None:
    asked: list[tuple[str, str]] = []
    book.line_commit_requested.connect(lambda key, price: asked.append((key, price)))
    with qtbot.waitSignal(book.line_drag_moved) as moved:
        dragged(book)
    assert moved.args == ["tp", "65000.00"]
    assert asked == []
    assert book.move is not None
    assert book.move.stage is Stage.PENDING
    assert book.commit()
    assert asked == [("tp", "65000.00")]
    assert not book.commit(), "it is asked once"


def test_c_05_escape_restores(book: LineBook, qtbot: QtBot) -> None:
    dragged(book)
    with qtbot.waitSignal(book.line_drag_cancelled) as cancelled:
        assert book.cancel()
    assert cancelled.args == ["tp"]
    assert book.price_of(TP) == TP.price


def test_c_05_a_refusal_restores_and_explains(book: LineBook) -> None:
    dragged(book)
    book.commit()
    assert not book.cancel(), "too late to abort here"
    book.refuse("tp", "Price is outside the exchange's limits.")
    assert book.price_of(TP) == TP.price
    assert book.notice == ("tp", "Price is outside the exchange's limits.")


def test_c_05_a_fill_during_the_drag_expires_the_change(book: LineBook) -> None:
    dragged(book)
    book.set_lines((replace(TP, price=Decimal("64304.14")), AVERAGE))
    assert book.move is None
    assert book.notice is not None
    assert book.notice[0] == "tp"


def test_c_05_the_owner_can_expire_it_too(book: LineBook) -> None:
    book.grab("tp")
    book.move_to(65_100.0)
    book.expire("tp", "SO1 filled")
    assert (book.move, book.notice) == (None, ("tp", "SO1 filled"))
    book.expire("tp")


def test_c_05_a_line_that_vanishes_takes_its_move_along(book: LineBook) -> None:
    dragged(book)
    book.set_lines((AVERAGE,))
    assert book.move is None


def test_c_05_a_line_replaced_while_its_move_is_sent_ends_it_quietly(book: LineBook) -> None:
    dragged(book)
    book.commit()
    book.set_lines((AVERAGE,))
    assert (book.move, book.notice) == (None, None)
    book.accept("tp")
    book.refuse("tp", "too late to matter")
    assert book.notice is None


def test_c_05_the_accepted_price_stays(book: LineBook) -> None:
    dragged(book)
    book.commit()
    book.accept("tp")
    assert [str(line.price) for line in book.lines] == ["65000.00", "63785.69", "61960.82"]
    moved = book.line("tp")
    assert moved is not None
    assert moved.percent == pytest.approx(1.8018, abs=1e-3)
    assert moved.draggable


def test_new_lines_with_the_asked_price_end_the_move_quietly(book: LineBook) -> None:
    dragged(book)
    book.commit()
    book.set_lines((replace(TP, price=Decimal("65000.00")), AVERAGE, SO2))
    assert (book.move, book.notice) == (None, None)


def test_a_change_nobody_decides_on_runs_out(book: LineBook, qtbot: QtBot) -> None:
    book.pending_ms = 1
    with qtbot.waitSignal(book.line_drag_cancelled):
        dragged(book)
    assert book.notice is not None


def test_unrelated_news_leaves_the_move_alone(book: LineBook) -> None:
    dragged(book)
    book.set_lines((TP, replace(AVERAGE, price=Decimal("63700.00")), SO2))
    assert book.move is not None


def test_a_click_without_a_move_changes_nothing(book: LineBook) -> None:
    book.grab("tp")
    book.release()
    assert (book.move, book.selected) == (None, "tp")


def test_lines_that_may_not_move_cannot_be_grabbed(book: LineBook) -> None:
    assert not book.grab("avg")
    assert not book.grab("nowhere")


def test_grabbing_another_line_drops_the_first_change(book: LineBook) -> None:
    dragged(book)
    assert book.grab("so2")
    assert book.move is not None
    assert book.move.key == "so2"


def test_nothing_can_be_grabbed_while_the_exchange_is_asked(book: LineBook) -> None:
    dragged(book)
    book.commit()
    assert not book.grab("so2")


def test_c_11_nudging_goes_by_ticks_and_waits(book: LineBook) -> None:
    book.select("tp")
    assert book.nudge(1)
    assert book.nudge(-10)
    assert book.price_of(TP) == Decimal("64807.20")
    assert book.move is not None
    assert book.move.stage is Stage.PENDING
    book.nudge(9)
    assert book.move is None, "back at the old price there is nothing to decide"


def test_c_11_cycling_goes_up_and_down_in_price_and_round(book: LineBook) -> None:
    visited = []
    for direction in (1, 1, 1, 1, -1):
        book.cycle(direction)
        visited.append(book.selected)
    assert visited == ["so2", "avg", "tp", "so2", "tp"]


def test_c_11_a_line_is_described_in_words(book: LineBook) -> None:
    assert book.describe("tp") == "Take profit line, 64,807.29, plus 1.50 percent"
    book.select("tp")
    book.nudge(-1)
    assert book.describe("tp").endswith("pending, not sent")
    book.commit()
    assert book.describe("tp").endswith("being sent")
    assert book.describe("so2") == "Safety order line, 61,960.82, minus 2.86 percent"


def test_equal_lines_are_no_news(book: LineBook, qtbot: QtBot) -> None:
    with qtbot.assertNotEmitted(book.changed):
        assert not book.set_lines((TP, AVERAGE, SO2))
    assert book.set_lines((AVERAGE, TP, SO2))


def test_hovering_tells_once_and_says_when_it_ends(book: LineBook) -> None:
    heard: list[str] = []
    book.line_hovered.connect(heard.append)
    for key in ("tp", "tp", "so2", ""):
        book.hover(key)
    assert heard == ["tp", "so2", ""]


def test_a_note_belongs_to_the_price_it_was_worked_out_for(book: LineBook) -> None:
    book.grab("tp")
    book.move_to(65_000.0)
    book.note("tp", "+0.80 USDT net")
    book.note("so2", "nothing")
    assert book.move is not None
    assert book.move.note == "+0.80 USDT net"
    book.move_to(65_001.0)
    assert book.move.note == ""

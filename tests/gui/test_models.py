from collections.abc import Iterator
from dataclasses import dataclass, replace
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st
from PySide6.QtCore import QPersistentModelIndex, Qt
from PySide6.QtGui import QColor, QFont
from PySide6.QtWidgets import QApplication
from pytestqt.modeltest import ModelTester
from pytestqt.qtbot import QtBot

from desktop_app.gui import fmt
from desktop_app.gui.i18n import Language, set_language
from desktop_app.gui.models import Column, Role, RowsModel
from desktop_app.gui.theme import current_theme

ASCENDING, DESCENDING = Qt.SortOrder.AscendingOrder, Qt.SortOrder.DescendingOrder


@dataclass(frozen=True, slots=True)
class Deal:
    deal_id: str
    bot: str
    profit: Decimal | None


COLUMNS = (
    Column[Deal]("bot", "Bot", lambda d: d.bot),
    Column[Deal](
        "profit",
        "Profit",
        lambda d: fmt.signed(d.profit, "USDT"),
        sort=lambda d: d.profit,
        raw=lambda d: fmt.plain(d.profit),
        is_number=True,
        colour=lambda d: None if d.profit is None else "profit" if d.profit > 0 else "loss",
        spoken=lambda d: f"{d.profit} USDT",
        tooltip=lambda d: "after fees",
        hint="After all fees",
    ),
)


def deal(number: int, profit: str | None = None, bot: str = "bot") -> Deal:
    return Deal(f"#{number}", bot, None if profit is None else Decimal(profit))


def make() -> RowsModel[Deal]:
    return RowsModel(lambda d: d.deal_id, COLUMNS)


def ids(model: RowsModel[Deal]) -> list[str]:
    return [model.id_at(at) for at in range(model.rowCount())]


@pytest.fixture
def model(qtmodeltester: ModelTester, qapp: QApplication) -> Iterator[RowsModel[Deal]]:
    made = make()
    made.upsert([deal(1, "3", "BTC starter"), deal(2, "-1", "ETH grid"), deal(3, None, "SOL"), deal(4, "2", "BTC dip")])
    qtmodeltester.check(made)  # type: ignore[no-untyped-call]
    yield made
    qtmodeltester.check(made)  # type: ignore[no-untyped-call]


def test_a_cell_answers_every_question(model: RowsModel[Deal]) -> None:
    cell = model.index(1, 1)

    assert cell.data() == "−1.00"
    assert cell.data(Role.RAW) == "-1"
    assert cell.data(Qt.ItemDataRole.ForegroundRole) == QColor(current_theme().loss)
    assert cell.data(Qt.ItemDataRole.AccessibleTextRole) == "-1 USDT"
    assert cell.data(Qt.ItemDataRole.ToolTipRole) == "after fees"
    assert cell.data(Qt.ItemDataRole.TextAlignmentRole) & Qt.AlignmentFlag.AlignRight.value
    assert cell.data(Qt.ItemDataRole.FontRole).featureValue(QFont.Tag("tnum")) == 1
    assert model.index(0, 0).data(Qt.ItemDataRole.TextAlignmentRole) & Qt.AlignmentFlag.AlignLeft.value
    assert model.headerData(1, Qt.Orientation.Horizontal, Qt.ItemDataRole.ToolTipRole) == "After all fees"


def test_only_changed_rows_are_announced(model: RowsModel[Deal], qtbot: QtBot) -> None:
    announced: list[tuple[int, int]] = []
    model.dataChanged.connect(lambda top, bottom: announced.append((top.row(), bottom.row())))

    model.upsert(model.shown_rows())
    assert announced == []
    model.upsert([deal(1, "9"), deal(2, "-9"), deal(4, "9"), deal(3, None, "SOL")])
    assert announced == [(0, 1), (3, 3)]


def test_new_rows_keep_the_order_of_arrival_until_sorted(model: RowsModel[Deal]) -> None:
    model.upsert([deal(9, "1"), deal(5, "1")])
    assert ids(model) == ["#1", "#2", "#3", "#4", "#9", "#5"]

    model.sort(1, DESCENDING)
    assert ids(model) == ["#1", "#4", "#9", "#5", "#2", "#3"]
    model.sort(1, ASCENDING)
    assert ids(model)[-1] == "#3", "unknown goes last in both directions"
    model.sort(-1)
    assert ids(model) == ["#1", "#2", "#3", "#4", "#9", "#5"]


def test_a_sorted_table_stays_sorted_and_moves_only_when_it_must(model: RowsModel[Deal]) -> None:
    model.sort(1, DESCENDING)
    moves: list[str] = []
    model.layoutChanged.connect(lambda: moves.append("moved"))

    model.upsert([deal(1, "3.5")])
    assert moves == []
    model.upsert([deal(2, "10"), deal(6, "2.5")])
    assert ids(model) == ["#2", "#1", "#6", "#4", "#3"]
    assert moves == ["moved"]


def test_what_points_at_a_row_follows_it(model: RowsModel[Deal]) -> None:
    pointer = QPersistentModelIndex(model.index_of("#4"))
    model.sort(1, DESCENDING)
    model.upsert([deal(4, "-100"), deal(7, "1")])
    model.remove(["#1", "unknown"])

    assert model.id_at(pointer.row()) == "#4"


def test_a_filter_hides_and_shows_without_forgetting(model: RowsModel[Deal]) -> None:
    model.set_filter_text("btc  st")
    assert ids(model) == ["#1"]
    assert model.total == 4

    model.upsert([deal(8, "1", "BTC starter"), deal(1, "3", "renamed"), deal(2, "0", "btc start")])
    assert ids(model) == ["#8", "#2"]
    model.remove(["#1"])
    model.set_filter(None)
    assert sorted(ids(model)) == ["#2", "#3", "#4", "#8"]


def test_replace_keeps_those_that_stay(model: RowsModel[Deal]) -> None:
    pointer = QPersistentModelIndex(model.index_of("#4"))
    model.replace([deal(4, "1"), deal(10, "1")])

    assert ids(model) == ["#4", "#10"]
    assert pointer.row() == 0
    assert model.row_by_id("#1") is None
    assert model.row(model.index(0, 0)) == deal(4, "1")


def test_stale_numbers_are_grey_and_slanted(model: RowsModel[Deal]) -> None:
    model.set_stale(True)

    assert model.index(0, 1).data(Qt.ItemDataRole.ForegroundRole) == QColor(current_theme().stale)
    assert model.index(0, 1).data(Qt.ItemDataRole.FontRole).italic()
    model.set_stale(False)
    assert not model.index(0, 1).data(Qt.ItemDataRole.FontRole).italic()


def test_titles_follow_the_language(model: RowsModel[Deal], qtbot: QtBot) -> None:
    try:
        set_language(Language.CHINESE)
        with qtbot.waitSignal(model.headerDataChanged, timeout=0):
            model.retranslate()
    finally:
        set_language(Language.ENGLISH)


def test_scattered_rows_leave_at_once(qapp: QApplication) -> None:
    model = make()
    model.upsert(deal(n, str(n), "even" if n % 2 == 0 else "odd") for n in range(1_000))
    resets: list[str] = []
    model.modelReset.connect(lambda: resets.append("reset"))

    model.set_filter_text("even")

    assert resets == ["reset"]
    assert model.rowCount() == 500
    assert [model.index_of(row_id).row() for row_id in ids(model)] == list(range(500))


def test_fifty_thousand_rows_are_announced_once(qapp: QApplication) -> None:
    model = make()
    inserted: list[int] = []
    model.rowsInserted.connect(lambda _, first, last: inserted.append(last - first + 1))

    model.upsert(deal(n, str(n % 977)) for n in range(50_000))

    assert inserted == [50_000]


changes = st.lists(
    st.tuples(
        st.sampled_from(["upsert", "remove"]),
        st.integers(0, 12),
        st.none() | st.integers(-3, 3).map(str),
        st.sampled_from(["a", "b"]),
    ),
    max_size=30,
)


@given(changes, st.sampled_from([-1, 0, 1]), st.sampled_from([ASCENDING, DESCENDING]), st.sampled_from(["", "a"]))
def test_any_history_ends_as_if_built_at_once(
    history: list[tuple[str, int, str | None, str]], column: int, order: Qt.SortOrder, words: str
) -> None:
    model, truth = make(), {}
    model.sort(column, order)
    model.set_filter_text(words)
    for kind, number, profit, bot in history:
        row = deal(number, profit, bot)
        if kind == "upsert":
            model.upsert([row])
            truth[row.deal_id] = row
        else:
            model.remove([row.deal_id])
            truth.pop(row.deal_id, None)

    fresh = make()
    fresh.upsert(truth.values())
    fresh.set_filter_text(words)
    fresh.sort(column, order)
    assert {replace(row) for row in model.shown_rows()} == set(fresh.shown_rows())
    assert [model.index_of(row_id).row() for row_id in ids(model)] == list(range(model.rowCount()))
    if column == 1:
        assert [row.profit for row in model.shown_rows()] == [row.profit for row in fresh.shown_rows()]

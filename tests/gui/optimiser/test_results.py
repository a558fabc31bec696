from decimal import Decimal

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QApplication

from desktop_app.gui.models import RowsModel
from desktop_app.gui.optimiser.results import ResultRow, columns_of, key_of, make_row, why_words
from desktop_app.gui.optimiser.variables import variables_of
from desktop_app.research.search_run import Tried
from tests.gui.editor.fake_engine import dca_ref
from tests.gui.optimiser.trials import SCALE, SEARCH, SOME, STEP, summary, trial

D = Decimal
VARIED = [variable for variable in variables_of(dca_ref()) if variable.path in (STEP, SCALE)]


def row(number: int = 1, **more: object) -> ResultRow:
    made = trial("1.6", "1.3", 0.98, **more)  # type: ignore[arg-type]
    return make_row(number, Tried(made, D("168.99")), SEARCH.objective, 0.8)


def texts(made: ResultRow) -> dict[str, str]:
    return {column.key: column.text(made) for column in columns_of(VARIED, "USDT")}


def test_x06_a_row_has_both_parts_side_by_side(themed: QApplication) -> None:
    shown = texts(row(unseen=summary("2.1", "11")))

    assert shown == {
        "number": "1", STEP: "1.6", SCALE: "1.3", "profit": "+4.97", "drawdown": "9.10", "deals": "120",
        "score": "0.98", "unseen_profit": "+0.95", "unseen_drawdown": "11.00", "mark": "stable", "plan": "168.99",
    }  # fmt: skip


def test_x06_what_is_bad_on_the_unseen_is_said_in_words(themed: QApplication) -> None:
    made = row(unseen=summary("-0.3", "14.1"))

    assert texts(made)["mark"] == "bad unseen"
    assert "do not trust it" in why_words(made)


def test_a_broken_limit_is_named_in_the_tip() -> None:
    assert why_words(row(broken=("max-drawdown",))).endswith("(a deeper fall than allowed)")


def test_a_sign_is_spoken_as_a_word(themed: QApplication) -> None:
    model = RowsModel(lambda one: one.key, columns_of(VARIED, "USDT"))
    model.upsert([row(unseen=summary("-5", "14"))])
    at = [column.key for column in model.columns].index("unseen_profit")

    assert "loss" in str(model.index(0, at).data(Qt.ItemDataRole.AccessibleTextRole))


def test_runs_sort_by_what_they_scored_and_those_without_a_score_come_last(themed: QApplication) -> None:
    model = RowsModel(lambda one: one.key, columns_of(VARIED, "USDT"))
    model.upsert(make_row(at, Tried(one, None), SEARCH.objective, None) for at, one in enumerate(SOME, 1))
    at = [column.key for column in model.columns].index("score")
    model.sort(at, Qt.SortOrder.DescendingOrder)

    scores = [one.trial.score for one in model.shown_rows()]
    assert scores[:-1] == sorted(scores[:-1], reverse=True) and scores[-1] == float("-inf")
    assert len({key_of(one) for one in SOME}) == len(SOME)

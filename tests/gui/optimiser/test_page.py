"""The document of a search, by click."""

from dataclasses import replace

from PySide6.QtCore import Qt
from PySide6.QtTest import QTest

from desktop_app.gui.fmt import UNKNOWN
from desktop_app.gui.i18n import Language, set_language
from desktop_app.research.search_run import Batch, NotSearched, Searched, Tried
from tests.gui.optimiser.conftest import Lone, runs_of
from tests.gui.optimiser.trials import SCALE, STEP, D, found

LEFT = Qt.MouseButton.LeftButton


def test_x06_count_and_time_are_said_before_anything_starts(lone: Lone) -> None:
    page = lone.page()

    assert page.bar.cost.text() == "= 132 runs, measuring how long…"
    lone.measured(page, 170.0)
    assert page.bar.cost.text() == "= 132 runs, about 2 m 50 s"
    assert page.bar.start.isEnabled()
    lone.do(page.form.space.ticks["safety_orders.max_count"].click)
    assert page.bar.cost.text().startswith("= 924 runs, about 1")  # in proportion, until it is measured anew
    assert [job.deeds for job in lone.jobs.made] == [["start"]]


def test_x06_the_last_30_percent_are_always_kept_back(lone: Lone) -> None:
    page = lone.page()
    QTest.mouseClick(page.bar.start, LEFT)

    search = lone.jobs.search.order.search
    assert search.unseen_percent == D(30) and search.sampler == "grid"
    assert search.objectives == ("profit_over_drawdown",)
    assert [one.name for one in search.space.dimensions] == [STEP, SCALE]


def test_x06_unseen_columns_are_filled_while_runs_come_and_in_sight(lone: Lone) -> None:
    page = lone.page()
    lone.do(page.start)
    runs = runs_of(("0.8", "1", "1.2"), ("1", "1.1", "1.2", "1.3"))
    lone.do(lambda: lone.jobs.search.came.emit(Batch(tuple(Tried(one, D(150)) for one in runs[:5]))))

    table = page.results.table
    keys = [column.key for column in table.rows_model.columns]
    for key in ("unseen_profit", "unseen_drawdown"):
        at = keys.index(key)
        texts = [table.rows_model.cell(row, at).text for row in range(5)]
        assert UNKNOWN not in texts and all(texts)
        left = table.columnViewportPosition(at)
        assert left >= 0 and left + table.columnWidth(at) <= table.viewport().width()
    assert page.bar.pause.isVisible() and page.bar.stop.isVisible() and not page.bar.start.isVisible()


def test_x06_pause_and_stop_by_click(lone: Lone) -> None:
    page = lone.page()
    QTest.mouseClick(page.bar.start, LEFT)
    job = lone.jobs.search
    runs = runs_of(("0.8", "1", "1.2"), ("1", "1.1", "1.2", "1.3"))[:3]
    tried = tuple(Tried(one, D(150)) for one in runs)
    lone.do(lambda: job.came.emit(Batch(tried)))
    lone.do(lambda: job.progressed.emit(3, 132, 0))
    assert page.bar.news.text() == "3 of 132 · best so far 1.00 · about 2 m 10 s left"
    QTest.mouseClick(page.bar.pause, LEFT)
    assert page.bar.pause.text() == "Go on" and page.bar.news.text().endswith("paused")
    QTest.mouseClick(page.bar.pause, LEFT)
    QTest.mouseClick(page.bar.stop, LEFT)
    assert job.deeds == ["start", ("hold", True), ("hold", False), "cancel"]

    part = replace(found(search=job.order.search), ending="stopped", total=132)
    lone.do(lambda: job.came.emit(Searched(part, tried, 3, None)))
    lone.do(lambda: job.finished.emit(None, True))

    assert page.bar.news.text() == "Partial: 3 of 132 runs."
    assert page.results.table.rows_model.rowCount() == 3


def test_x06_good_on_the_first_part_and_bad_on_the_unseen_is_marked(lone: Lone) -> None:
    page = lone.searched()
    table = page.results.table
    at = [column.key for column in table.rows_model.columns].index("mark")

    assert table.rows_model.cell(1, at).text == "bad unseen"
    assert "do not trust it" in str(table.rows_model.index(1, at).data(Qt.ItemDataRole.ToolTipRole))


def test_a_run_on_the_front_is_said_to_be_on_it(lone: Lone) -> None:
    page = lone.searched()
    answer = page.hand.answer
    assert answer is not None
    page.hand.answer = replace(answer, found=replace(answer.found, front=1))
    lone.do(lambda: page.hand.examined.emit(None))
    assert "Front" in [line.saying.title for line in page.details.lines]
    row = page.hand.shown[1]
    lone.do(lambda: page.heat.map.run_picked.emit(row.point))

    assert "Front" not in [line.saying.title for line in page.details.lines]


def test_nothing_ticked_says_what_to_do_and_cannot_start(lone: Lone) -> None:
    page = lone.page()
    for path in (STEP, SCALE):
        lone.do(page.form.space.ticks[path].click)

    assert not page.bar.start.isEnabled()
    assert page.bar.cost.text() == "Pick one or two settings to vary."
    assert page.results._empty == "Pick one or two settings to vary."


def test_without_candles_it_says_which_are_needed(lone: Lone) -> None:
    page = lone.page()
    at = next(i for i in range(page.past.form.data.count()) if "1h" in page.past.form.data.itemText(i))
    lone.do(lambda: page.past.form.data.setCurrentIndex(at))
    lone.until(lambda: page.past.data.coverage is not None)

    assert page.bar.cost.text() == "Needs 1h candles of BTC/USDT."
    assert not page.bar.start.isEnabled() and page.past.data.get.isVisible()


def test_the_best_run_is_chosen_when_a_search_ends_and_stays_when_another_was(lone: Lone) -> None:
    page = lone.searched()

    row = page.results.chosen
    assert row is not None and row.number == 1
    assert page.heat.map.current_point() == row.trial.point
    assert next(line.saying.title for line in page.details.lines) == "Unseen data"


def test_x08_a_cell_picked_with_enter_chooses_its_row(lone: Lone) -> None:
    page = lone.searched()
    page.heat.map.setFocus()
    for key in (Qt.Key.Key_Right, Qt.Key.Key_Down, Qt.Key.Key_Return):
        QTest.keyClick(page.heat.map, key)

    row = page.results.chosen
    assert row is not None and row.trial.point == page.heat.map.current_point()
    assert [str(value) for _, value in row.trial.point.values] == ["1.0", "1.1"]


def test_other_axes_draw_another_field(lone: Lone) -> None:
    page = lone.searched()
    before = page.heat.map.cells.rowCount()
    lone.do(lambda: page.heat.across.setCurrentIndex(0))

    assert page.heat.axis_across == STEP and page.heat.axis_down == SCALE
    assert page.heat.map.cells.columnCount() == before


def test_x07_row_1_against_the_bot_stands_below(lone: Lone) -> None:
    page = lone.searched()

    text = page.details.changes_text
    assert text.startswith("Row 1 vs BTC starter:  First step 1.5 % → 0.8 %")
    assert text.endswith("Plan 215.50 → 168.99 USDT")


def test_the_form_folds_while_results_are_in_sight_and_comes_back(lone: Lone) -> None:
    page = lone.searched()
    assert not page.form.isVisible() and page.bar.change.isVisible()
    QTest.mouseClick(page.bar.change, LEFT)

    assert page.form.isVisible() and page.bar.start.isVisible()


def test_what_cannot_be_searched_is_said_with_the_reason_under_details(lone: Lone) -> None:
    page = lone.page()
    lone.do(page.start)
    lone.do(lambda: lone.jobs.search.finished.emit(NotSearched("a reason"), False))

    assert page.banner.isVisible() and "cannot be searched" in page.banner.accessibleName()
    assert page.form.isVisible()


def test_x06_a_failure_is_a_sentence_and_keeps_what_there_is(lone: Lone) -> None:
    page = lone.page()
    lone.do(page.start)
    runs = runs_of(("0.8", "1"), ("1", "1.1"))
    lone.do(lambda: lone.jobs.search.came.emit(Batch(tuple(Tried(one, None) for one in runs))))
    lone.do(lambda: lone.jobs.search.failed.emit("The memory is full."))

    assert "The memory is full." in page.banner.accessibleName()
    assert page.results.table.rows_model.rowCount() == 4
    assert page.bar.news.text() == "Partial: stopped after 4 runs."


def test_it_speaks_chinese_without_a_restart(lone: Lone) -> None:
    page = lone.searched()
    lone.do(lambda: set_language(Language.CHINESE))
    try:
        assert page.bar.change.text() == "修改搜索…"
        assert page.details.apply.text() == "应用到机器人…"
        assert "首单" not in page.details.changes_text
    finally:
        lone.do(lambda: set_language(Language.ENGLISH))


def test_closing_ends_what_it_computes(lone: Lone) -> None:
    page = lone.page()
    lone.do(page.start)
    lone.do(page.close)

    assert lone.jobs.search.deeds[-1] == "kill"

import pytest

from desktop_app.gui.panels import log as log_module
from tests.gui.shell import Shell


def test_levels_and_words_filter(shell: Shell) -> None:
    shell.arrive()
    panel = shell.window.panels.log
    shell.engine.log("error", "feed_lost", account="X", reason="no answer")
    shell.hear()

    panel.level.setCurrentIndex(2)
    assert [row.level for row in panel.model.shown_rows()] == ["error"]

    panel.level.setCurrentIndex(0)
    panel.head.filter.setText("no answer")
    assert [row.code for row in panel.model.shown_rows()] == ["feed_lost"]


def test_h_05_a_million_lines_are_bounded_and_numbers_go_on(shell: Shell, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(log_module, "MOST_LINES", 50)
    monkeypatch.setattr(log_module, "_SPARE", 10)
    panel = shell.window.panels.log
    shell.bridge.attach(shell.engine.supervisor, shell.engine.bus)

    for _ in range(20):
        for _ in range(10):
            shell.engine.log("info", "engine_bot_started", bot="BTC starter")
        shell.hear()

    assert panel.model.total <= 60
    assert panel.model.shown_rows()[-1].number == 200


def test_h_05_who_reads_further_up_is_not_moved(shell: Shell) -> None:
    shell.arrive()
    panel = shell.window.panels.log
    panel.raise_()
    for _ in range(100):
        shell.engine.log("info", "engine_bot_started", bot="BTC starter")
    shell.hear()
    bar = panel.table.verticalScrollBar()
    assert bar.value() == bar.maximum() > 0

    bar.setValue(3)
    shell.engine.log("info", "engine_bot_stopped", bot="BTC starter")
    shell.hear()
    assert bar.value() == 3


def test_an_empty_result_offers_to_show_all(shell: Shell) -> None:
    shell.arrive()
    panel = shell.window.panels.log
    panel.head.filter.setText("zzz")
    assert panel.model.shown_rows() == []

    panel.table.empty_action_requested.emit()

    assert panel.model.shown_rows()

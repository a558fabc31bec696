from decimal import Decimal

import pytest

from desktop_app.core.said import Said, said
from tests.gui.fake_engine import bot_view
from tests.gui.shell import Shell

D = Decimal


@pytest.mark.parametrize(
    ("why", "words"),
    [
        (
            said("why_price_below", price=D(63120), limit=D(64000)),
            "Price 63,120.00 is below its limit of 64,000.00.",
        ),
        (said("why_cooldown", seconds=42), "Pauses between deals: 42 s left."),
        (said("why_max_deals", deals=3), "3 deals are open, the most it may have."),
        (said("why_base_too_small", cost=D("4.8"), least=D(5)), "Its base order of 4.80 USDT is below"),
        (said("why_volume", volume=D("1200"), limit=D("5000")), "it wants at least 5,000.00 USDT."),
        (said("why_bot_paused"), "Paused: no new deals."),
        (said("why_waits_for_account", account="X", reason="no answer"), "Waits: X cannot be reached (no answer)."),
        (said("why_waits_tp", take_profit=D("64807.29")), "Waits for take profit 64,807.29."),
        (said("why_held_error", error="ValueError"), "Held: the bot met a problem of its own (ValueError)."),
    ],
)
def test_d_02_every_bot_says_why_it_does_not_trade(shell: Shell, why: Said, words: str) -> None:
    shell.arrive()

    shell.engine.bot(bot_view(why=why))
    shell.hear()

    assert words in shell.window.panels.bots.model.shown_rows()[0].why


def test_d_02_the_why_line_is_never_empty(shell: Shell) -> None:
    shell.arrive()

    assert all(row.why for row in shell.window.panels.bots.model.shown_rows())


def test_a_narrow_panel_has_the_why_line_as_second_row(shell: Shell) -> None:
    shell.arrive()
    table = shell.window.panels.bots.table

    assert table.visible_keys() == ["name", "deals", "profit"]
    assert table.rowHeight(0) > 2 * table.fontMetrics().height()
    assert sum(table.columnWidth(at) for at in range(3)) <= table.viewport().width()


def test_a_wide_panel_has_it_as_a_column(shell: Shell) -> None:
    shell.arrive()
    bots = shell.window.panels.bots
    bots.setFloating(True)
    bots.resize(900, 300)
    shell.do(lambda: None)

    assert {"why", "funds"} <= set(bots.table.visible_keys())
    assert bots.table.rowHeight(0) < 2 * bots.table.fontMetrics().height()


def test_a_bot_that_is_gone_leaves_every_panel(shell: Shell) -> None:
    from desktop_app.engine.news import BotGone

    shell.arrive()
    shell.do(lambda: shell.window.selection.pick_bot(2, "Paper wallet", "ETH/USDT"))

    shell.engine.bus.publish(BotGone(2))
    shell.hear()

    assert [row.view.bot_id for row in shell.window.panels.bots.model.shown_rows()] == [1, 3]
    assert shell.window.selection.choice.bot_id == 0
    assert not shell.window.panels.inspector.shows_bot


def test_the_profit_is_spoken_with_its_kind(shell: Shell) -> None:
    shell.arrive()
    model = shell.window.panels.bots.model
    column = next(column for column in model.columns if column.key == "profit")

    assert column.spoken is not None
    assert column.spoken(model.shown_rows()[1]) == "−3.20 USDT, loss"


def test_an_empty_list_offers_to_make_a_bot(shell: Shell) -> None:
    shell.engine.supervisor.bot_views = []
    shell.arrive()
    asked: list[str] = []
    shell.window.new_bot_requested.connect(asked.append)

    shell.do(shell.window.panels.bots.table.empty_action_requested.emit)

    assert asked == [""]

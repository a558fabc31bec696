import json
from dataclasses import replace
from decimal import Decimal

from desktop_app.core.deal import DealStatus, Position
from desktop_app.gui.panels.timeline import kind_of
from tests.gui.fake_engine import ACCOUNT, bot_view, deal_128, deal_view
from tests.gui.shell import Shell

D = Decimal


def test_d_03_what_rests_and_what_is_kept_is_right_for_128(shell: Shell) -> None:
    shell.arrive()
    page = shell.window.panels.inspector.deal

    assert page.on_exchange.text().split("\n") == [
        "SO2 · buy 0.00059 at 61,960.82",
        "SO3 · buy 0.00090 at 60,071.14",
        "TP · sell 0.00070 at 64,807.29",
    ]
    assert page.by_app.text().split("\n") == ["SO4 · buy 0.00142 at 57,425.59", "placed as others fill (2 at once)"]
    assert page.result.text() == "−0.51 USDT"
    assert page.percent.text() == "−1.14 %"


def test_d_03_the_timeline_is_newest_first_and_grows(shell: Shell) -> None:
    shell.arrive()
    lines = shell.window.panels.inspector.deal.timeline.lines
    assert lines.line(0).kind == "problem"
    assert lines.line(1).text.startswith("Safety order 1: 0.00038 at 63,310.58, fee 0.02 USDT.")
    assert lines.line(1).text.endswith("Average 64,274.71 → 63,785.69.")

    shell.engine.told(128, "deal_close_asked")
    shell.engine.told(99, "deal_close_asked")
    shell.hear()

    assert (lines.line(0).text, lines.line(0).kind) == ("You closed the deal at market.", "you")
    assert lines.rowCount() == 5


def test_a_stop_loss_that_does_not_rest_is_kept_by_the_app(shell: Shell) -> None:
    shell.arrive()

    shell.engine.deal(deal_view(deal_128(stop_loss=D("55000"))))
    shell.hear()

    assert "Stop loss · sells everything at 55,000.00" in shell.window.panels.inspector.deal.by_app.text()


def test_exits_of_a_deal_that_is_not_in_yet_are_not_said_to_be_missing(shell: Shell) -> None:
    shell.arrive()
    waiting = deal_128(status=DealStatus.OPENING, position=Position(), orders=(), take_profits=(), stop_loss=None)
    plan = {"take_profit": {"steps": [{"percent": "1", "share": "100"}]}, "stop_loss": {"price": "60000"}}

    shell.engine.deal(replace(deal_view(waiting), settings_json=json.dumps(plan)))
    shell.hear()

    shown = {name.text(): value.text() for name, value in shell.window.panels.inspector.deal._grid}
    assert shown["Take profit"] == shown["Stop loss"] == "set, once it is in the market"


def test_a_deal_that_is_over_keeps_its_result_and_loses_its_buttons(shell: Shell) -> None:
    shell.arrive()

    shell.engine.deal(deal_view(deal_128(status=DealStatus.CLOSED_BY_USER)))
    shell.hear()

    page = shell.window.panels.inspector.deal
    assert page.close_at_market.isHidden()
    assert "Closed by you" in page.subtitle.text()


def test_the_strip_speaks_its_prices(shell: Shell) -> None:
    shell.arrive()

    name = shell.window.panels.inspector.deal.strip.accessibleName()
    assert "Last price 63,120.00" in name
    assert "TP 64,807.29" in name
    assert "SO2 61,960.82" in name


def test_a_bot_shows_what_it_uses_and_earned(shell: Shell) -> None:
    shell.arrive()
    shell.do(lambda: shell.window.selection.pick_bot(2, ACCOUNT, "ETH/USDT"))
    page = shell.window.panels.inspector.bot

    assert page.title.text() == "ETH swing"
    assert page.why.text() == "Running · Pauses between deals: 42 s left."
    assert not page.start.isEnabled()
    assert page.stop.isEnabled()


def test_a_bot_that_was_just_made_shows_as_soon_as_it_is_known(shell: Shell) -> None:
    shell.arrive()
    shell.window.selection.pick_bot(77, ACCOUNT, "BTC/USDT")
    inspector = shell.window.panels.inspector
    shown_before = inspector.shows_bot

    shell.engine.bot(bot_view(bot_id=77, name="Just made"))
    shell.hear()

    assert (shown_before, inspector.shows_bot) == (False, True)
    assert inspector.bot.title.text() == "Just made"


def test_nothing_selected_says_what_to_select(shell: Shell) -> None:
    assert shell.window.panels.inspector.empty.text() == "Select a bot, a deal or an order."


def test_kinds_of_happenings() -> None:
    kinds = [kind_of(code, is_problem=False) for code in ("base_filled", "deal_close_asked", "deal_started")]

    assert kinds == ["fill", "you", "order"]
    assert kind_of("base_filled", is_problem=True) == "problem"

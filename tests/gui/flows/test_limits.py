"""Limits of an account are set by a form that says what they mean for what is open now."""

from collections.abc import Callable
from decimal import Decimal
from typing import Any

import pytest
from PySide6.QtWidgets import QApplication, QDialog, QPushButton

from desktop_app.core.risk import Limits
from desktop_app.engine.news import AccountNews
from desktop_app.gui import dialogs
from desktop_app.gui.flows.limits import LimitsForm, Standing
from tests.gui.fake_engine import LIVE, bot_view, live_view
from tests.gui.shell import Shell, button, words

D = Decimal
PAIRS = frozenset({"BTC/USDT", "ETH/USDT"})


@pytest.fixture
def form(qapp: QApplication) -> Callable[..., LimitsForm]:
    def make(limits: Limits = Limits(), *, open_deals: int = 0, pairs: frozenset[str] = PAIRS) -> LimitsForm:  # noqa: B008
        standing = Standing(pairs, (("BTC starter", ("BTC/USDT",)), ("Ethers", ("ETH/USDT",))), open_deals)
        return LimitsForm("USDT", limits, standing, is_watched=True)

    return make


def test_an_empty_form_is_no_limit_and_nothing_to_save(form: Callable[..., LimitsForm]) -> None:
    sheet = form()
    assert sheet.limits == Limits()
    assert not sheet.is_possible
    assert sheet.value.placeholderText() == "no limit"


def test_what_is_in_force_is_shown_and_what_is_typed_is_read(form: Callable[..., LimitsForm]) -> None:
    limits = Limits(max_order_value=D("250.5"), max_open_deals=3, pairs=PAIRS, pause_on_foreign=False)
    sheet = form(limits)
    assert (sheet.value.text(), sheet.deals.text(), sheet.pairs.text()) == ("250.5", "3", "BTC/USDT, ETH/USDT")
    assert sheet.limits == limits
    sheet.rate.setText("60")
    sheet.value.setText("")
    sheet.pairs.setText("btc/usdt，")
    sheet.foreign.setChecked(True)

    assert sheet.limits == Limits(max_orders_a_minute=60, max_open_deals=3, pairs=frozenset({"BTC/USDT"}))
    assert sheet.is_possible


@pytest.mark.parametrize(
    ("field", "text", "said"),
    [
        ("value", "0", "Type more than 0"),
        ("value", "-1", "Type more than 0"),
        ("value", "1,5", "comma"),
        ("rate", "6001", "from 1 to 6,000"),
        ("rate", "1.5", "whole number"),
        ("deals", "0", "from 1 to 100,000"),
        ("pairs", "BTC/USDT, DOGE/USDT", "DOGE/USDT"),
    ],
)
def test_what_is_no_limit_is_said_beside_the_field_and_cannot_be_saved(
    form: Callable[..., LimitsForm], field: str, text: str, said: str
) -> None:
    sheet = form()
    getattr(sheet, field).setText(text)

    assert sheet.limits is None
    assert not sheet.is_possible
    assert said in words(sheet)
    assert "the limits stay as they are" in sheet.words()


def test_pairs_that_are_not_known_yet_are_taken_as_typed(form: Callable[..., LimitsForm]) -> None:
    sheet = form(pairs=frozenset())
    sheet.pairs.setText("DOGE/USDT")
    assert sheet.limits == Limits(pairs=frozenset({"DOGE/USDT"}))


@pytest.mark.parametrize(("most", "said"), [("3", ""), ("2", "as many as this allows"), ("1", "fewer than 1")])
def test_it_says_what_happens_to_the_deals_that_are_open(form: Callable[..., LimitsForm], most: str, said: str) -> None:
    sheet = form(open_deals=2)
    sheet.deals.setText(most)
    assert said in sheet.words()
    assert ("Deals open now: 2" in sheet.words()) is bool(said)
    assert "no limit holds you in a deal" in sheet.words()


def test_it_names_the_bots_that_have_no_pair_left(form: Callable[..., LimitsForm]) -> None:
    sheet = form()
    sheet.pairs.setText("BTC/USDT")
    assert "No pair is left for Ethers" in sheet.words()


@pytest.fixture
def live(shell: Shell, monkeypatch: pytest.MonkeyPatch) -> Shell:
    monkeypatch.setattr(dialogs, "ARMING_MS", 0)
    shell.engine.supervisor.views.append(live_view(limits_json=Limits(max_open_deals=2).model_dump_json()))
    shell.engine.bot(bot_view(bot_id=9, name="Real", account=LIVE))
    return shell.arrive()


def called(shell: Shell) -> list[tuple[Any, ...]]:
    return [call for call in shell.calls if call[0] == "set_limits"]


def test_limits_are_saved_shown_in_the_table_and_undone_by_the_sheet(live: Shell) -> None:
    box = live.window.panels.accounts.box
    live.do(lambda: box.select(LIVE))

    def change(sheet: QDialog) -> None:
        form = sheet.findChild(LimitsForm)
        assert form is not None
        assert f"Limits that no bot on {LIVE} gets past" in words(sheet)
        assert not button(sheet, "Save limits").isEnabled()
        form.deals.setText("1")
        form.value.setText("100")
        button(sheet, "Save limits").click()

    live.answer(box.limits.click, change)
    after = Limits(max_open_deals=1, max_order_value=D(100))
    assert called(live) == [("set_limits", LIVE, after)]
    live.engine.bus.publish(AccountNews(live_view(limits_json=after.model_dump_json())))
    live.hear()
    row = box.model.row_by_id(LIVE)
    assert row is not None
    assert next(column.text(row) for column in box.model.columns if column.key == "limits") == (
        "deals ≤ 1, order ≤ 100"
    )

    def back(sheet: QDialog) -> None:
        form = sheet.findChild(LimitsForm)
        assert form is not None
        assert (form.deals.text(), form.value.text()) == ("2", "")
        button(sheet, "Save limits").click()

    live.answer(lambda: undo(live).click(), back)
    assert called(live)[-1] == ("set_limits", LIVE, Limits(max_open_deals=2))


def undo(shell: Shell) -> QPushButton:
    return next(one for one in shell.window.findChildren(QPushButton) if one.text() == "Undo…")


def test_limits_are_kept_when_the_sheet_is_left_and_on_paper_nobody_else_is_watched(live: Shell) -> None:
    def leave(sheet: QDialog) -> None:
        form = sheet.findChild(LimitsForm)
        assert form is not None
        assert form.foreign.isHidden()
        form.deals.setText("1")
        button(sheet, "Keep limits as they are").click()

    live.answer(lambda: live.window.panels.accounts.box.limits_requested.emit("Paper wallet"), leave)
    assert called(live) == []

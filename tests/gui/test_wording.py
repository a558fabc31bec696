from collections.abc import Iterator
from dataclasses import replace
from decimal import Decimal

import pytest
from PySide6.QtWidgets import QApplication

from desktop_app.core.deal import DealStatus
from desktop_app.core.market import Market
from desktop_app.core.order import OrderStatus, OrderType, Role, Side
from desktop_app.core.said import said
from desktop_app.core.words import WORDS as CORE_WORDS
from desktop_app.engine.problem import problem
from desktop_app.engine.words_engine import WORDS as ENGINE_WORDS
from desktop_app.gui import wording
from desktop_app.gui.i18n import Language, load_texts, set_language
from tests.gui.fake_engine import MARKETS, WHY, order

D = Decimal
BTC = MARKETS["BTC/USDT"]


@pytest.fixture
def chinese(qapp: QApplication) -> Iterator[None]:
    set_language(Language.CHINESE)
    yield
    set_language(Language.ENGLISH)


def test_d_02_a_why_line_has_the_prices_of_its_pair() -> None:
    assert wording.sentence(WHY, BTC) == "Waits for take profit 64,807.29 or safety order 2 at 61,960.82."


def test_what_an_indicator_reads_has_no_currency_and_a_grid_has_prices() -> None:
    waits = said("why_crosses_below", indicator="RSI 14", timeframe="15m", value=D("45.48"), limit=D(30))
    assert wording.sentence(waits, BTC) == "RSI 14 on 15m is 45.48, waits to cross below 30."
    grid = said("why_grid_waits", buy=D(36492), sell=D("37460.5"))
    assert wording.sentence(grid, BTC) == "Waits to buy at 36,492.00 or sell at 37,460.50."


def test_a_deals_result_has_its_sign_and_currency() -> None:
    over = said("deal_closed", status="completed", profit=D("0.6712"))

    assert wording.sentence(over, BTC) == "Deal over (Take profit reached): +0.67 USDT."


def test_amounts_have_the_lots_decimals_and_fees_the_quotes() -> None:
    filled = said("base_filled", amount=D("0.0003"), price=D("64210.5"), fee=D("0.0205"))

    assert wording.sentence(filled, BTC) == "Base order: 0.00030 at 64,210.50, fee 0.02 USDT."


def test_roles_are_named() -> None:
    refused = said("order_refused", role="safety", index=4, reason="too small")

    assert wording.sentence(refused).startswith("The order was refused (Safety order 4): too small.")


def test_a_code_without_words_is_shown_and_a_missing_value_is_a_dash() -> None:
    assert wording.sentence(said("brand_new", amount=D("1.50"))) == "brand_new amount=1.5"
    assert wording.sentence(said("why_waits_tp")) == "Waits for take profit —."


def test_the_same_sentence_in_chinese(chinese: None) -> None:
    assert wording.sentence(WHY, BTC) == "等待止盈 64,807.29 或第 2 个补仓单 61,960.82。"
    assert wording.sentence(said("order_not_sent_limits", reason="never arrived")) == "未发送：从未到达交易所"


def test_every_word_of_core_and_engine_has_a_chinese_one() -> None:
    known = load_texts(Language.CHINESE)

    assert [text for text in (*CORE_WORDS.values(), *ENGINE_WORDS.values()) if text not in known] == []


def test_no_number_is_ever_scientific() -> None:
    shib = Market("SHIB/USDT", "SHIB", "USDT", D("1e-12"), D(1))

    for value in (D("1e-12"), D("1E+7"), D("-3e-9"), D(0)):
        for market in (None, shib):
            text = wording.sentence(said("why_trailing", level=value), market)
            assert "e" not in text.removeprefix("Follows the price; closes at").casefold(), text


def test_a_problem_is_worded_and_anything_else_named() -> None:
    assert wording.problem_text(problem("no_speed", account="X")).startswith("X runs at the speed of its exchange.")
    assert wording.problem_text(ZeroDivisionError()) == (
        "Something unexpected happened (ZeroDivisionError). Look at the log."
    )


def test_d_07_every_state_of_an_order_has_its_own_words() -> None:
    made = order("s2", Role.SAFETY, 2, Side.BUY, "0.00059", "61960.82")
    states = [wording.order_status(made.becomes(status)) for status in (OrderStatus.OPEN, OrderStatus.CANCELING)]
    states += [wording.order_status(order("x", Role.BASE, 0, Side.BUY, "1", "1", status)) for status in OrderStatus]

    assert "Not confirmed" in states
    assert len(set(states)) == len(OrderStatus)


def test_every_status_and_role_has_a_name() -> None:
    assert all(wording.deal_status(status) for status in DealStatus)
    assert all(wording.role_name(role) for role in Role)


def test_c_01_the_timeline_calls_a_line_of_a_grid_as_the_orders_do() -> None:
    buy = order("g7", Role.GRID, 16, Side.BUY, "0.001", "36600")
    bought = said("grid_bought", index=16, amount=D("0.001"), price=D(36600), fee=D("0.0366"))
    assert wording.sentence(bought, BTC).startswith(f"{wording.purpose(buy)} bought")
    gone = said("order_canceled_outside", role="grid", index=16, side="buy")
    assert f"({wording.purpose(buy)})" in wording.sentence(gone, BTC)


def test_g_03_every_price_of_a_grids_start_has_the_ticks_decimals() -> None:
    started = said("grid_started", pair="BTC/USDT", lines=20, price=D("36512.4"), waiting=D(36600))
    assert wording.sentence(started, BTC).endswith("at a price of 36,512.40, line 36,600.00 waits.")


def test_an_order_of_a_grid_is_called_as_its_line_on_the_chart_is() -> None:
    buy = order("g7", Role.GRID, 7, Side.BUY, "0.001", "63500")
    assert wording.purpose(buy) == "Grid B08"
    assert wording.purpose(replace(buy, side=Side.SELL, index=20)) == "Grid S20"
    assert wording.purpose(replace(buy, index=-3)) == "Grid B−2"
    assert wording.purpose(replace(buy, type=OrderType.MARKET)) == "Grid", "the coins bought at the start"

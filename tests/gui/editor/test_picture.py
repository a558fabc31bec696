"""What the editor works out equals what the bot does, and says what is wrong with it, in both languages."""

from collections.abc import Iterator
from dataclasses import replace
from decimal import Decimal
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from desktop_app.core.events import PriceTick
from desktop_app.core.order import Role
from desktop_app.core.preview import make_preview
from desktop_app.core.strategies.dca_settings import DcaSettings
from desktop_app.engine.views import FundsBar
from desktop_app.gui import fmt
from desktop_app.gui.editor.draft import draft_of, read_draft
from desktop_app.gui.editor.ladder_table import COLUMNS, rows_of
from desktop_app.gui.editor.lines import lines_of
from desktop_app.gui.editor.picture import Picture, cover_words, make_picture
from desktop_app.gui.editor.remarks import Remark
from desktop_app.gui.editor.situation import Situation
from desktop_app.gui.i18n import Language, set_language
from tests.core.dialogue import Dialogue
from tests.gui.editor.fake_engine import LAST, MARKET, NOW, PAIR, account, bot_view, dca_ref

D = Decimal


def around(free: str = "10000", mode: str = "paper", **more: Any) -> Situation:
    given: dict[str, Any] = {
        "account": account(mode),
        "market": MARKET,
        "tick": PriceTick(PAIR, LAST, NOW),
        "free_quote": D(free),
        "funds": FundsBar(D(free), (), D(free), "USDT"),
    }
    return Situation(**(given | more))


def picture(chosen: DcaSettings | None = None, situation: Situation | None = None) -> Picture:
    return make_picture(draft_of(chosen or dca_ref()), situation or around())


def said(made: Picture, path: str, level: str = "") -> list[str]:
    return [remark.text for remark in made.remarks if remark.path == path and level in ("", remark.level)]


@pytest.fixture(params=[Language.ENGLISH, Language.CHINESE])
def language(request: pytest.FixtureRequest) -> Iterator[Language]:
    set_language(request.param)
    yield request.param
    set_language(Language.ENGLISH)


# --- B-01


def test_B_01_the_reference_bot_shows_the_digits_of_its_specification() -> None:
    shown = [[column.text(row) for column in COLUMNS] for row in rows_of(picture())]
    assert shown == [
        ["Base", "—", "64,210.50", "20.55", "20.57", "64,274.71", "65,304.14", "+1.70 %", "+0.31"],
        ["SO1", "−1.50 %", "63,310.58", "24.06", "44.65", "63,785.69", "64,807.29", "+2.36 %", "+0.67"],
        ["SO2", "−3.60 %", "61,960.82", "36.56", "81.24", "62,979.40", "63,988.08", "+3.27 %", "+1.22"],
        ["SO3", "−6.54 %", "60,071.14", "54.06", "135.36", "61,808.91", "62,798.85", "+4.54 %", "+2.03"],
        ["SO4", "−10.66 %", "57,425.59", "81.54", "216.99", "60,107.31", "61,070.00", "+6.35 %", "+3.25"],
    ]
    assert fmt.money(picture().orders_in_all, "USDT") == "216.77 USDT"


def test_B_01_table_and_lines_are_the_core_preview() -> None:
    made = picture()
    preview = make_preview(dca_ref(), MARKET, LAST)
    assert made.preview == preview
    assert [row.row for row in rows_of(made)] == [preview.base, *preview.rungs]
    prices = {line.key: line.price for line in lines_of(made)}
    assert prices == {"base": LAST, "tp1": preview.base.take_profit} | {f"so{r.index}": r.price for r in preview.rungs}


PERCENTS = st.decimals("0.3", "6", places=2)
SCALES = st.decimals("0.5", "2", places=2)


@settings(max_examples=40, deadline=None)
@given(
    direction=st.sampled_from(["long", "short"]),
    price=st.decimals("2", "90000", places=2),
    base=st.decimals("20", "400", places=2),
    size=st.decimals("20", "400", places=2),
    step=PERCENTS,
    scales=st.tuples(SCALES, SCALES),
    count=st.integers(1, 8),
    profit=st.decimals("0.4", "9", places=2),
)
def test_B_01_the_bot_places_exactly_the_orders_that_the_editor_shows(
    direction: str, price: Decimal, base: Decimal, size: Decimal, step: Decimal, scales: tuple[Decimal, Decimal],
    count: int, profit: Decimal,
) -> None:  # fmt: skip
    chosen = dca_ref(
        direction=direction,
        base_order={"volume": base, "type": "limit"},
        safety_orders={
            "volume": size, "price_deviation": step, "step_scale": scales[0], "volume_scale": scales[1],
            "max_count": count,
        },
        take_profit={"percent": profit},
    )  # fmt: skip
    made = picture(chosen, around("1000000", tick=PriceTick(PAIR, price, NOW), free_base=D(1_000_000)))
    assert made.preview is not None
    talk = Dialogue(chosen, MARKET)
    talk.tick(str(price))
    order = talk.order(Role.BASE)
    assert (order.price, order.amount) == (made.preview.base.price, made.preview.base.amount)
    talk.fill(order)
    talk.accept()
    placed = {order.index: (order.price, order.amount) for order in talk.live if order.role is Role.SAFETY}
    assert placed == {row.index: (row.price, row.amount) for row in made.preview.rungs}
    assert talk.order(Role.TAKE_PROFIT).price == made.preview.base.take_profit


# --- B-02


def test_B_02_with_120_left_two_of_four_safety_orders_are_covered() -> None:
    made = picture(situation=around("120"))
    assert made.cover is not None
    assert cover_words(made.cover) == "covers 2 of 4 safety orders"
    assert said(made, "funds") == ["Needs 216.99 USDT; 120.00 is uncommitted. The bot would stop after safety order 2."]
    assert made.blocks == ()


def test_B_02_enough_is_said_to_be_covered() -> None:
    made = picture()
    assert made.cover is not None
    assert cover_words(made.cover) == "covered"
    assert said(made, "funds") == []


def test_B_02_a_base_order_that_cannot_be_paid_blocks() -> None:
    made = picture(situation=around("12"))
    assert made.cover is not None
    assert cover_words(made.cover) == "not enough for the base order"
    assert [remark.path for remark in made.blocks] == ["funds"]


def test_B_02_several_deals_at_once_need_several_times_as_much() -> None:
    chosen = dca_ref(pairs=[PAIR, "ETH/USDT"], limits={"max_active_deals": 2})
    made = picture(chosen)
    assert made.deals == 2
    assert made.cover is not None
    assert made.preview is not None
    assert made.cover.needed == made.preview.total * 2
    assert made.orders_in_all == made.preview.orders * 2


def test_B_02_a_short_needs_coins() -> None:
    made = picture(dca_ref(direction="short"), around(funds=FundsBar(D("0.001"), (), D("0.001"), "BTC")))
    assert made.cover is not None
    assert (made.cover.currency, made.cover.covered) == ("BTC", 1)


# --- B-06


@pytest.mark.parametrize(
    ("percent", "words"),
    [
        ("0.15", "Profit 0.15 % is less than the two fees (0.20 %). Every deal would lose money."),
        ("0.2", "Profit 0.20 % is only as much as the two fees (0.20 %). No deal would earn anything."),
    ],
)
def test_B_06_a_profit_below_two_fees_is_blocked(percent: str, words: str) -> None:
    made = picture(dca_ref(take_profit={"percent": percent}))
    assert said(made, "take_profit.percent", "block") == [words]


def test_B_06_a_profit_above_two_fees_passes() -> None:
    assert picture(dca_ref(take_profit={"percent": "0.21"})).blocks == ()


# --- B-08

SAFETY = {"volume": "24.00", "max_count": 4, "price_deviation": "1.5", "step_scale": "1.4", "volume_scale": "1.5"}
CASES: list[tuple[str, dict[str, Any], dict[str, Any], str, str, str, str]] = [
    (
        "minimum", {"safety_orders": SAFETY | {"volume": "4.80"}}, {"market": replace(MARKET, amount_step=D("1e-7"))},
        "safety_orders.volume", "block",
        "Safety order 1 is 4.81 USDT. Binance needs at least 5.00 for BTC/USDT.",
        "第 1 个补仓单为 4.81 USDT。Binance 的 BTC/USDT 至少需要 5.00。",
    ),
    (
        "rounding", {}, {}, "base_order.volume", "info",
        "20.50 USDT becomes 0.00032 BTC (20.55 USDT): the exchange only accepts steps of 0.00001 BTC.",
        "20.50 USDT 变为 0.00032 BTC（20.55 USDT）：交易所只接受 0.00001 BTC 的步长。",
    ),
    (
        "much rounding", {}, {"market": replace(MARKET, amount_step=D("0.001"))}, "base_order.volume", "warning",
        "20.50 USDT becomes 0.001 BTC (64.21 USDT): the exchange only accepts steps of 0.001 BTC.",
        "20.50 USDT 变为 0.001 BTC（64.21 USDT）：交易所只接受 0.001 BTC 的步长。",
    ),
    (
        "below zero", {"safety_orders": SAFETY | {"price_deviation": "30"}}, {},
        "safety_orders.price_deviation", "block",
        "The last safety order would be below zero. Lower the step, the scale or the count.",
        "最后一个补仓单的价格会低于零。请减小跌幅、倍数或次数。",
    ),
    (
        "fees", {"take_profit": {"percent": "0.15"}}, {}, "take_profit.percent", "block",
        "Profit 0.15 % is less than the two fees (0.20 %). Every deal would lose money.",
        "止盈 0.15 % 低于两次手续费（0.20 %），每轮都会亏损。",
    ),
    (
        "stop loss", {"stop_loss": {"percent": "8"}}, {}, "stop_loss.percent", "warning",
        "Stop loss at −8.00 % triggers before safety order 4 (−10.66 %) can be used.",
        "止损 −8.00 % 会在第 4 个补仓单（−10.66 %）之前触发。",
    ),
    (
        "not enough", {}, {"funds": FundsBar(D(120), (), D(120), "USDT")}, "funds", "warning",
        "Needs 216.99 USDT; 120.00 is uncommitted. The bot would stop after safety order 2.",
        "需要 216.99 USDT，未占用 120.00，机器人会在第 2 个补仓单后停下。",
    ),
    (
        "rival", {}, {"bots": (bot_view(dca_ref()),)}, "pairs", "warning",
        "BTC starter already trades BTC/USDT long on this account. Both will use the same coins.",
        "BTC starter 已在此账户做多 BTC/USDT，两者会使用同一批币。",
    ),
    (
        "no stop loss", {}, {}, "stop_loss.percent", "warning",
        "Without a stop loss this bot holds its coins if price falls below SO4.",
        "未设止损：若价格跌破补仓4，机器人会一直持币。",
    ),
]  # fmt: skip


@pytest.mark.parametrize("case", CASES, ids=[case[0] for case in CASES])
def test_B_08_every_case_has_its_words(language: Language, case: tuple[Any, ...]) -> None:
    _, changes, surroundings, path, level, english, chinese = case
    made = picture(dca_ref(**changes), around(**surroundings))
    words = chinese if language is Language.CHINESE else english
    assert words in said(made, path, level)


def test_B_08_an_unclear_number_is_explained(language: Language) -> None:
    draft = draft_of(dca_ref()).with_text("base_order.volume", "1,5")
    made = make_picture(draft, around())
    words = {
        Language.ENGLISH: '"1,5" could mean 1.5 or 15. Use a point for decimals.',
        Language.CHINESE: "“1,5”可能是 1.5 或 15。小数请用点。",
    }
    assert said(made, "base_order.volume", "block") == [words[language]]


def test_B_08_a_value_that_would_do_is_offered() -> None:
    made = picture(dca_ref(base_order={"volume": "4", "type": "limit"}), around(market=replace(MARKET, min_cost=D(6))))
    remark = made.blocks[0]
    assert (remark.path, remark.label) == ("base_order.volume", f"Use {remark.use}")
    fixed = draft_of(dca_ref()).with_text("base_order.volume", remark.use)
    assert not said(make_picture(fixed, around(market=replace(MARKET, min_cost=D(6)))), "base_order.volume", "block")


@pytest.mark.parametrize(
    ("path", "text"),
    [
        ("name", ""),
        ("pairs", "BTC"),
        ("pairs", "BTC/USDT, ETH/BTC"),
        ("safety_orders.max_count", "2.5"),
        ("safety_orders.max_active", "9"),
        ("safety_orders.step_scale", "11"),
        ("take_profit.percent", "-1"),
        ("stop_loss.percent", "100"),
        ("profit_currency", "base"),
        ("reinvest_percent", "101"),
        ("limits.close_after_seconds", "5"),
        ("base_order.volume", "nonsense"),
    ],
)
def test_B_08_what_no_bot_can_run_with_is_said_at_its_field(language: Language, path: str, text: str) -> None:
    made = make_picture(draft_of(dca_ref()).with_text(path, text), around())
    remarks: list[Remark] = [remark for remark in made.blocks if remark.path == path]
    assert remarks
    assert made.settings is None
    assert not remarks[0].text.isascii() or language is Language.ENGLISH


def test_a_bot_that_is_stopped_or_trades_the_other_side_is_no_rival() -> None:
    stopped, short = bot_view(dca_ref(), status="stopped"), bot_view(dca_ref(direction="short"))
    assert said(picture(situation=around(bots=(stopped, short))), "pairs") == []


# --- drafts


@pytest.mark.parametrize(
    "changes",
    [
        {},
        {"direction": "short", "profit_currency": "base"},
        {"safety_orders": {"custom": [{"deviation": "-1.5", "volume": "20"}, {"deviation": "2", "volume": "30"}]}},
        {"take_profit": {"steps": [{"percent": "1", "share": "40"}, {"percent": "2", "share": "60"}]}},
        {
            "stop_loss": {
                "percent": "8",
                "basis": "average",
                "trailing": True,
                "timeout_seconds": 60,
                "then": "stop_bot",
            },
            "limits": {"max_active_deals": 3, "cooldown_seconds": 60, "min_price": "1", "close_after_seconds": 3600},
            "reinvest_percent": "50",
            "reinvest_mode": "equal",
            "risk_reduction_percent": "10",
            "start": {"mode": "manual"},
        },
    ],
)
def test_settings_come_back_from_their_draft_unchanged(changes: dict[str, Any]) -> None:
    chosen = dca_ref(**changes)
    assert read_draft(draft_of(chosen)).settings == chosen


def test_every_setting_can_be_reached_on_the_form() -> None:
    from desktop_app.gui.editor.catalogue import BY_PATH

    tables = {"safety_orders.custom", "take_profit.steps"}
    names = _leaves(dca_ref().model_dump())
    assert (names - {"kind", "start.all", "start.any"} - tables) | {"start.conditions"} == set(BY_PATH)


def _leaves(data: dict[str, Any], before: str = "") -> set[str]:
    found: set[str] = set()
    for name, value in data.items():
        found |= _leaves(value, f"{before}{name}.") if isinstance(value, dict) else {before + name}
    return found

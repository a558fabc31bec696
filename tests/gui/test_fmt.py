import ast
import re
from datetime import UTC, timedelta, timezone
from decimal import Decimal
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from desktop_app.gui import fmt
from desktop_app.gui.fmt import Problem

D = Decimal
GUI = Path(fmt.__file__).parent


@pytest.mark.parametrize(
    ("value", "tick", "shown"),
    [
        ("63120", "1", "63,120"),
        ("63120", "0.5", "63,120.0"),
        ("63120.5", "0.5", "63,120.5"),
        ("63120", "0.01", "63,120.00"),
        ("1234567.891", "0.01", "1,234,567.89"),
        ("0.5", "1e-5", "0.50000"),
        ("0.00001234", "1e-8", "0.00001234"),
        ("0.00000001", "1E-8", "0.00000001"),
        ("0.000000000009", "1e-12", "0.000000000009"),
        ("1e-9", "1e-8", "< 0.00000001"),
        ("-1e-9", "1e-8", "> −0.00000001"),
        ("1e20", "1e-12", "100,000,000,000,000,000,000.000000000000"),
        ("-63120.005", "0.01", "−63,120.00"),
        ("63120.015", "0.01", "63,120.02"),
        ("0", "0.01", "0.00"),
        ("-0", "0.01", "0.00"),
        ("5E+3", "10", "5,000"),
        ("nan", "0.01", "—"),
        ("inf", "0.01", "—"),
        ("1e400", "0.01", "—"),
        (None, "0.01", "—"),
    ],
)
def test_g_03_a_price_has_exactly_the_decimals_of_its_tick(value: str | None, tick: str, shown: str) -> None:
    assert fmt.price(None if value is None else D(value), D(tick)) == shown


@given(
    value=st.decimals(min_value=-(10**15), max_value=10**15, allow_nan=False),
    tick=st.sampled_from(["1", "0.5", "0.01", "1e-5", "1e-8", "1e-12"]),
)
def test_g_03_no_price_is_ever_scientific(value: Decimal, tick: str) -> None:
    text = fmt.price(value, D(tick))

    assert re.fullmatch(r"([<>] )?−?\d{1,3}(,\d{3})*(\.\d+)?", text)
    assert len(text.partition(".")[2]) == fmt.decimals_of(D(tick))


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        (fmt.narrow_price(D("0.000001234"), D("1e-9")), "0.0₅1234"),
        (fmt.narrow_price(D("0.0012"), D("1e-4")), "0.0012"),
        (fmt.narrow_price(None, D("1e-4")), "—"),
        (fmt.amount(D("0.0007"), D("0.00001")), "0.00070"),
        (fmt.amount(D("12"), D("1")), "12"),
        (fmt.quote(D("44.651"), "USDT"), "44.65"),
        (fmt.money(D("10005.79"), "USDT"), "10,005.79 USDT"),
        (fmt.money(D("0.5"), "BTC"), "0.50000000 BTC"),
        (fmt.money(None, "BTC"), "—"),
        (fmt.pnl(D("-0.51"), "USDT"), "−0.51 USDT"),
        (fmt.pnl(D("0.67"), "USDT"), "+0.67 USDT"),
        (fmt.pnl(D("0"), "USDT"), "0.00 USDT"),
        (fmt.pnl(D("0.004"), "USDT"), "< +0.01 USDT"),
        (fmt.pnl(D("-0.004"), "USDT"), "> −0.01 USDT"),
        (fmt.signed(D("4.12"), "USDT"), "+4.12"),
        (fmt.percent(D("1.5")), "+1.50 %"),
        (fmt.percent(D("-1.14")), "−1.14 %"),
        (fmt.percent(D("0.004")), "0.00 %"),
        (fmt.percent(D("-0.0049")), "0.00 %"),
        (fmt.percent(D("2"), sign=False), "2.00 %"),
        (fmt.percent(None), "—"),
        (fmt.multiplier(D("1.5")), "1.50 ×"),
        (fmt.multiplier(None), "—"),
        (fmt.whole(48201), "48,201"),
        (fmt.whole(None), "—"),
        (fmt.plain(D("1E+3")), "1000"),
        (fmt.plain(D("-0.00000001")), "-0.00000001"),
        (fmt.plain(D("63120.00")), "63120"),
        (fmt.plain(None), ""),
    ],
)
def test_every_kind_of_number_has_one_way_to_be_written(text: str, shown: str) -> None:
    assert text == shown


@pytest.mark.parametrize(
    ("value", "english", "chinese"),
    [
        ("0", "0.00", "0.00"),
        ("999", "999.00", "999.00"),
        ("999.999", "1.00K", "1,000.00"),
        ("1234", "1.23K", "1,234.00"),
        ("999999", "1.00M", "100.00万"),
        ("3210000", "3.21M", "321.00万"),
        ("99999999", "100.00M", "1.00亿"),
        ("321000000", "321.00M", "3.21亿"),
        ("-1234567890", "−1.23B", "−12.35亿"),
        ("1234000000000", "1,234.00B", "12,340.00亿"),
    ],
)
def test_volumes_are_compact_in_both_languages(value: str, english: str, chinese: str) -> None:
    assert fmt.compact(D(value)) == english
    assert fmt.compact(D(value), chinese=True) == chinese
    assert fmt.compact(None) == "—"


@pytest.mark.parametrize(
    ("ms", "english", "chinese"),
    [
        (0, "0 s", "0 秒"),
        (42_900, "42 s", "42 秒"),
        (61_000, "1 m 1 s", "1 分 1 秒"),
        (8_040_000, "2 h 14 m", "2 时 14 分"),
        (7_200_000, "2 h", "2 时"),
        (90_061_000, "1 d 1 h", "1 天 1 时"),
        (-5, "0 s", "0 秒"),
    ],
)
def test_spans_show_their_two_largest_units(ms: int, english: str, chinese: str) -> None:
    assert fmt.duration(ms) == english
    assert fmt.duration(ms, fmt.CHINESE) == chinese


def test_moments_are_written_in_the_zone_of_the_user() -> None:
    at, east = 1_795_325_467_123, timezone(timedelta(hours=8))

    assert fmt.moment(at, UTC) == "2026-11-22 05:31:07"
    assert fmt.moment(at, east) == "2026-11-22 13:31:07"
    assert fmt.clock(at, east) == "13:31:07"
    assert [fmt.moment(None, UTC), fmt.clock(None, UTC), fmt.age(None, at), fmt.duration(None)] == ["—"] * 4
    assert fmt.age(at - 9_000, at) == "9 s"
    assert [fmt.zone_name(at, z) for z in (UTC, east, timezone(timedelta(hours=-3, minutes=-30)))] == [
        "UTC",
        "UTC+8",
        "UTC−3:30",
    ]


@pytest.mark.parametrize(
    ("typed", "read"),
    [
        ("1234.5", "1234.5"),
        ("1,234.5", "1234.5"),
        ("1,234", "1234"),
        ("12,345,678", "12345678"),
        ("１２３４．５", "1234.5"),
        ("１，２３４。５", "1234.5"),
        (" 1 234.5 ", "1234.5"),
        ("1\u202f234.5", "1234.5"),
        ("−3", "-3"),
        ("+.5", "0.5"),
        ("7.", "7"),
        ("0.00000001", "1e-8"),
    ],
)
def test_typed_numbers_are_read_as_people_mean_them(typed: str, read: str) -> None:
    assert fmt.parse_number(typed) == D(read)


@pytest.mark.parametrize(
    ("typed", "problem"),
    [
        ("", Problem.EMPTY),
        ("   ", Problem.EMPTY),
        ("1,5", Problem.UNCLEAR_COMMA),
        ("1.234,5", Problem.UNCLEAR_COMMA),
        ("1,23,456", Problem.UNCLEAR_COMMA),
        ("1234,567", Problem.UNCLEAR_COMMA),
        ("１，５", Problem.UNCLEAR_COMMA),
        ("1e5", Problem.NOT_A_NUMBER),
        ("nan", Problem.NOT_A_NUMBER),
        ("Infinity", Problem.NOT_A_NUMBER),
        ("1_000", Problem.NOT_A_NUMBER),
        ("--1", Problem.NOT_A_NUMBER),
        (".", Problem.NOT_A_NUMBER),
        ("一", Problem.NOT_A_NUMBER),
        ("٣", Problem.NOT_A_NUMBER),
        ("9" * 400, Problem.NOT_A_NUMBER),
    ],
)
def test_unclear_numbers_are_refused(typed: str, problem: Problem) -> None:
    assert fmt.parse_number(typed) is problem


@given(st.decimals(min_value=-(10**12), max_value=10**12, allow_nan=False, places=8))
def test_what_a_field_writes_it_reads_back(value: Decimal) -> None:
    assert fmt.parse_number(fmt.plain(value)) == value
    assert fmt.parse_number(fmt.price(value, D("1e-8"))) == value


def test_g_03_no_view_formats_a_number_on_its_own() -> None:
    """A float turned into text by hand is how 6.31e+04 reaches a screen."""
    found = []
    for path in sorted(GUI.rglob("*.py")):
        tree = ast.parse(path.read_text(encoding="utf-8"))
        calls = [node for node in ast.walk(tree) if isinstance(node, ast.Call)]
        exact = {arg for call in calls if ast.unparse(call.func) == "Decimal" for arg in call.args}
        for node in ast.walk(tree):
            if node in exact:
                continue  # a chart's float on its way to the formatter
            if isinstance(node, ast.Constant) and isinstance(node.value, str):
                bad = re.search(r"%\.?\d*g", node.value)
            elif isinstance(node, ast.FormattedValue) and node.format_spec is not None:
                bad = re.search(r"\d*[geGE]$", ast.unparse(node.format_spec).strip("f'\""))
            elif isinstance(node, ast.Call) and ast.unparse(node.func) in ("str", "repr") and node.args:
                bad = re.match(r"float\(", ast.unparse(node.args[0]))
            else:
                continue
            if bad:
                found.append(f"{path.name}:{node.lineno} {ast.unparse(node)}")
    assert not found


def test_an_age_told_in_minutes_is_never_nothing() -> None:
    assert [fmt.minutes(ms) for ms in (0, 59_999, 60_000, 3_900_000, None)] == ["< 1 m", "< 1 m", "1 m", "1 h 5 m", "—"]

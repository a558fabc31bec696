"""Results as files for others: their numbers are the document's, and they say what was assumed."""

import csv
import json
import re
import xml.etree.ElementTree as ET
from dataclasses import replace
from decimal import Decimal
from html.parser import HTMLParser

import pytest

from desktop_app.core.market import FeeCurrency
from desktop_app.research.assumptions import Detail
from desktop_app.research.document import exact_text, to_json
from desktop_app.research.drawing import curves_svg, sheet_svg, ticks
from desktop_app.research.export import to_csv, to_document, to_html
from desktop_app.research.sheet import assumptions_of, english, figure, lasting, percent, rows_of
from desktop_app.research.trial_run import Outcome
from tests.research.small import small_outcome

D = Decimal


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory) -> Outcome:
    return small_outcome(tmp_path_factory.mktemp("candles"))


class Page(HTMLParser):
    """The tags and the words of a page."""

    def __init__(self, text: str) -> None:
        super().__init__()
        self.tags: list[tuple[str, dict[str, str | None]]] = []
        self.words: list[str] = []
        self.feed(text)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append((tag, dict(attrs)))

    def handle_data(self, data: str) -> None:
        self.words.append(data)


def test_x_09_every_export_says_what_was_assumed(made: Outcome) -> None:
    page, table, picture = " ".join(Page(to_html(made)).words), to_csv(made), sheet_svg(made)
    short_hash = made.assumptions.data_hash[:16]

    for text in (page, table, picture):
        assert short_hash in text
        assert "limit orders when the price is 1 tick past them" in text
        assert "maker 0.1 %" in text
        assert f"Strongroom {made.assumptions.version}" in text
    assert json.loads(to_document(made))["assumptions"]["data_hash"] == made.assumptions.data_hash


def test_a_page_reaches_for_nothing_outside_itself(made: Outcome) -> None:
    text = to_html(replace(made, settings=made.settings.model_copy(update={"name": "<script>alert(1)</script>&co"})))
    page = Page(text)

    assert not {tag for tag, _ in page.tags}.intersection(("script", "link", "img", "iframe", "object", "embed"))
    named = {name for _, attributes in page.tags for name in attributes}
    assert not named.intersection(("src", "href", "xlink:href", "onload", "onclick", "action"))
    assert not re.search(r"url\(|@import", text)
    assert "Backtest of <script>alert(1)</script>&co on BTC/USDT" in page.words
    assert "default-src 'none'" in text


def test_a_page_has_every_deal_its_excursions_and_the_months(made: Outcome) -> None:
    page = Page(to_html(made))
    rows = [tag for tag, _ in page.tags].count("tr")
    tables = 4

    insight = made.insight
    wanted = len(made.report.deals) + len(insight.months) + len(insight.endings) + len(insight.ladder) + tables
    assert rows == wanted
    assert percent(insight.excursions[0].worst_percent) in page.words


def test_deals_for_a_spreadsheet_are_exact(made: Outcome) -> None:
    lines = to_csv(made).splitlines()
    rows = list(csv.DictReader(line for line in lines if not line.startswith("#")))

    assert [D(row["profit_quote"]) for row in rows] == [deal.profit_quote for deal in made.report.deals]
    assert [D(row["mae_percent"]) for row in rows] == [seen.worst_percent for seen in made.insight.excursions]
    assert [row["closed_at"] for row in rows] == [str(deal.closed_at or "") for deal in made.report.deals]


def test_the_document_is_that_of_the_command_and_more(made: Outcome) -> None:
    document = json.loads(to_document(made))
    command = json.loads(to_json(made.report, made.assumptions))

    assert {name: document[name] for name in command} == command
    assert document["partial"] is False
    assert len(document["excursions"]) == len(document["deals"])
    assert sum(one["deals"] for one in document["endings"]) == len(document["deals"])
    assert sum(one["deals"] for one in document["safety_orders_used"]) == len(document["deals"])
    assert document["months"][0]["profit_quote"] == exact_text(made.insight.months[0].profit_quote)


def test_x_03_profit_stands_beside_holding_drawdown_funds_open_deals_and_fees(made: Outcome) -> None:
    names = [row.name for row in rows_of(made, english)]

    assert names[:6] == ["Profit", "Just holding", "Max drawdown", "Max funds used", "Open at end", "Fees"]
    text = (to_html(made) + sheet_svg(made) + to_csv(made)).lower()
    assert "expected" not in text


def test_a_grid_has_its_round_trips_and_a_partial_result_says_so(made: Outcome) -> None:
    summary = replace(made.report.summary, grid_profit_quote=D("3.5"), round_trips=7)
    grid = replace(made, report=replace(made.report, summary=summary), is_partial=True)

    assert ("Grid profit (round trips)", "+3.50 USDT (7)") in [(row.name, row.value) for row in rows_of(grid, english)]
    assert "partial result: the period asked for goes on to" in sheet_svg(grid)


def test_drawings_are_drawings_in_any_language(made: Outcome) -> None:
    for text in (curves_svg(made), sheet_svg(made, lambda text: f"回测 <{text}>", font='Noto "Sans"')):
        root = ET.fromstring(text)
        assert root.tag.endswith("svg")
        assert len(list(root.iter("{http://www.w3.org/2000/svg}polyline"))) == 5
        assert not re.search(r"[ ,\"]nan", text)


def test_a_result_that_did_nothing_can_be_drawn(made: Outcome) -> None:
    course = made.insight.course
    flat = replace(
        course, at=course.at[:1], equity=(1000.0,), booked=(1000.0,), holding=(1000.0,), drawdown=(0.0,), in_use=(0.0,)
    )
    still = replace(made, insight=replace(made.insight, course=flat, months=made.insight.months[:1], fall=None))

    ET.fromstring(sheet_svg(still))
    assert to_html(still)


@pytest.mark.parametrize(
    ("low", "high", "found"),
    [(0.0, 100.0, [0.0, 20.0, 40.0, 60.0, 80.0, 100.0]), (-3.4, 0.2, [-3.0, -2.0, -1.0, 0.0]), (5.0, 5.0, [5.0])],
)
def test_ticks_are_round(low: float, high: float, found: list[float]) -> None:
    assert ticks(low, high)[: len(found)] == found


@pytest.mark.parametrize(
    ("value", "text"),
    [(None, "—"), (D(0), "0.00"), (D("-1234.567"), "−1,234.57"), (D("0.000123"), "0.00012"), (D("0.5"), "0.50")],
)
def test_figures_are_written_for_people(value: Decimal | None, text: str) -> None:
    assert figure(value) == text


def test_other_assumptions_are_told_in_other_words(made: Outcome) -> None:
    detail = Detail("d" * 64, "x", "1s", 100, 3)
    taken = replace(
        made.assumptions, fill_through=0, volume_share_percent=D(10), balance=None, detail=detail,
        fee_currency=FeeCurrency.RECEIVED,
    )  # fmt: skip
    text = "\n".join(assumptions_of(replace(made, assumptions=taken), english))

    assert "limit orders when touched; at most 10 % of a candle's volume; market orders 0 % worse" in text
    assert "the 1s candles of x inside" in text
    assert "Balance: without end" in text
    assert "in the coin received" in text


def test_assumptions_have_their_names_before_them(made: Outcome) -> None:
    assert [line.split(":")[0] for line in assumptions_of(made, english)][:4] == ["Data", "Path", "Fills", "Fees"]
    assert percent(D("-0.001")) == "0.00 %"


def test_a_time_is_said_in_the_readers_words() -> None:
    assert [lasting(seconds, english) for seconds in (None, 12_000, 90_000 * 2)] == ["—", "3 h 20 min", "2 d 2 h"]
    assert lasting(86_400, lambda _: "{days} 天 {hours} 小时") == "1 天 0 小时"

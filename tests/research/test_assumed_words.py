from dataclasses import replace
from decimal import Decimal

from desktop_app.core.market import FeeCurrency
from desktop_app.research.assumed_words import lines_of, terms_of
from desktop_app.research.assumptions import PATH, Assumptions, Detail

D = Decimal
TAKEN = Assumptions(
    data_hash="ab" * 32, source="btc.csv", pair="BTC/USDT", timeframe="1m", start=0, end=60_000, candles=525_600,
    gaps=3, warm_up_candles=200, path=PATH, fill_through=1, maker_fee=D("0.001"), taker_fee=D("0.002"),
    fee_currency=FeeCurrency.QUOTE, slippage_percent=D("0.05"), volume_share_percent=D(10), balance=D(900),
    detail=Detail("cd" * 32, "fine.csv", "1s", 60, 2), price_tick=D("0.01"), amount_step=D("0.001"), min_amount=D(0),
    min_cost=D(5), version="1.2.3", settings_hash="ef" * 32,
)  # fmt: skip


def test_people_read_what_was_taken_for_granted() -> None:
    text = "\n".join(lines_of(TAKEN))

    for said in (
        "525,600 candles of btc.csv; gaps: 3; before them for indicators: 200; sha256 abababababababab",
        "limit orders when the price is 1 tick past them; at most 10 % of a candle's volume; market orders 0.05 %",
        "maker 0.1 %, taker 0.2 %, in quote",
        "Balance   900",
        "the 1s candles of fine.csv inside, sha256 cdcdcdcdcdcdcdcd; candles without them, as usual: 2",
        "Strongroom 1.2.3, settings efefefefefefefef",
    ):
        assert said in text


def test_what_was_not_asked_for_is_said_too() -> None:
    plain = replace(
        TAKEN, detail=None, volume_share_percent=None, balance=None, fill_through=2, source="",
        fee_currency=FeeCurrency.RECEIVED,
    )  # fmt: skip
    said = dict(terms_of(plain, str))

    assert said["Path"] == "open, nearer extreme, farther extreme, close of each candle"
    assert said["Balance"] == "without end" and said["Data"].startswith("525,600 candles of —;")
    assert dict(terms_of(replace(TAKEN, bots=3), str))["Balance"] == "900, shared by 3 bots"
    assert "2 ticks past them; volume not looked at" in said["Fills"]
    assert "in the coin received" in said["Fees"]
    assert "limit orders when touched" in dict(terms_of(replace(plain, fill_through=0), str))["Fills"]


def test_every_word_is_said_in_the_readers_language() -> None:
    asked: list[str] = []

    def say(text: str) -> str:
        asked.append(text)
        return f"<{text}>"

    said = terms_of(TAKEN, say)
    assert [name for name, _ in said] == [f"<{name}>" for name, _ in terms_of(TAKEN, str)]
    assert {"quote", "maker {maker} %, taker {taker} %, in {currency}"} <= set(asked)

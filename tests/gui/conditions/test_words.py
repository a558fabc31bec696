"""Conditions read as sentences, in both languages."""

from desktop_app.core.indicator_catalogue import condition
from desktop_app.gui.conditions.clauses import Block, clause_of
from desktop_app.gui.conditions.reading import indicators, read_block
from desktop_app.gui.conditions.words import condition_words, group_words
from desktop_app.gui.i18n import Language, set_language

RSI = clause_of(condition("rsi", timeframe="5m", trigger="crosses_below", value=30))
MACD = clause_of(condition("macd", timeframe="1h", trigger="crosses_above"))


def test_a_condition_reads_as_a_sentence() -> None:
    group = read_block(
        Block("all", (RSI, Block("any", (MACD, RSI.with_text("value", "-0.5").with_text("value", "20")))))
    ).group
    assert group is not None
    assert group_words(group) == (
        "RSI(14) on 5m falls below 30 and "
        "(MACD(12, 26, 9) on 1h: MACD rises above signal or RSI(14) on 5m falls below 20)"
    )


def test_numbers_in_a_sentence_have_their_unit_and_a_real_minus() -> None:
    found = condition("price_change", timeframe="15m", trigger="less_than", value="-2.5", length=3)
    assert condition_words(found) == "Price change(3) on 15m is below −2.5 %"


def test_a_condition_reads_as_a_sentence_in_chinese() -> None:
    set_language(Language.CHINESE)
    try:
        group = read_block(Block("any", (RSI, MACD))).group
        assert group is not None
        assert group_words(group) == "5m RSI(14) 下穿 30 或 1h MACD(12, 26, 9) MACD 上穿 信号线"
    finally:
        set_language(Language.ENGLISH)


def test_everything_in_the_catalogue_has_chinese_words() -> None:
    from desktop_app.gui.i18n import load_texts

    texts = load_texts(Language.CHINESE)
    for one in indicators().values():
        said = [one.title, one.summary, *(line.title for line in one.lines), *(p.title for p in one.parameters)]
        assert [text for text in said if text not in texts] == [], one.name

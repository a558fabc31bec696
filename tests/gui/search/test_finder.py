from desktop_app.gui.search.finder import MOST_OF_A_KIND, Entry, Finder, Kind


def nothing() -> None:
    pass


def entry(kind: Kind, title: str, detail: str = "") -> Entry:
    return Entry(kind, title, detail, nothing)


def pair(symbol: str, detail: str = "") -> Entry:
    return entry(Kind.PAIR, symbol, detail)


def found(words: str, *entries: Entry) -> list[str]:
    return [one.title for one in Finder(entries).find(words)]


def test_the_name_itself_comes_first_then_beginnings_then_words_then_what_is_inside() -> None:
    inside, word, beginning, whole, itself = (
        entry(Kind.COMMAND, title) for title in ("Footage", "Big tag", "Tagging", "Tag bots", "Tag")
    )
    detail = entry(Kind.COMMAND, "Other", "tags")

    assert found("tag", detail, inside, word, beginning, whole, itself) == [
        "Tag", "Tag bots", "Tagging", "Big tag", "Footage", "Other",
    ]  # fmt: skip


def test_a_coin_comes_before_longer_coins_and_pairs_are_found_without_their_stroke() -> None:
    pairs = [pair("BTCDOM/USDT"), pair("ETH/BTC"), pair("WBTC/USDT"), pair("BTC/USDT")]

    assert found("btc", *pairs) == ["BTC/USDT", "BTCDOM/USDT", "ETH/BTC", "WBTC/USDT"]
    assert found("btcusdt", *pairs) == ["BTC/USDT", "WBTC/USDT"]
    assert found(" Btc / usdt ", *pairs)[0] == "BTC/USDT"


def test_all_words_are_wanted_and_may_stand_in_name_and_detail() -> None:
    pairs = [pair("BTC/USDT", "Paper wallet · Paper"), pair("BTC/USDC", "Kraken · LIVE"), pair("ETH/EUR", "Kraken")]

    assert found("kraken btc", *pairs) == ["BTC/USDC"]
    assert found("kraken doge", *pairs) == []


def test_a_deal_is_found_by_its_number_with_and_without_its_sign() -> None:
    deals = [entry(Kind.DEAL, f"#{number} BTC/USDT") for number in (1128, 1280, 128)]

    for words in ("#128", "128"):
        assert found(words, *deals) == ["#128 BTC/USDT", "#1280 BTC/USDT", "#1128 BTC/USDT"]
    assert found("#128 eth", *deals) == []


def test_kinds_stand_together_the_one_with_the_likeliest_first() -> None:
    entries = [
        pair("ETH/BTC"), entry(Kind.BOT, "My btc bot"), pair("BTC/USDT"), entry(Kind.DEAL, "#3 BTC/USDT"),
        entry(Kind.COMMAND, "Backtest"),
    ]  # fmt: skip

    assert found("btc", *entries) == ["BTC/USDT", "ETH/BTC", "#3 BTC/USDT", "My btc bot"]


def test_equals_keep_their_order() -> None:
    assert found("sol", pair("SOL/USDT"), pair("SOL/BTC"), pair("SOL/EUR")) == ["SOL/USDT", "SOL/BTC", "SOL/EUR"]


def test_nothing_is_found_for_nothing() -> None:
    assert found("", pair("BTC/USDT")) == found(" / ", pair("BTC/USDT")) == []


def test_chinese_is_found_within() -> None:
    assert found("机器", entry(Kind.COMMAND, "新建机器人…")) == ["新建机器人…"]


def test_of_ten_thousand_pairs_the_one_meant_is_first_and_none_drowns_the_rest() -> None:
    finder = Finder([*(pair(f"C{at}/USDT") for at in range(10_000)), entry(Kind.BOT, "Bot on USDT")])

    assert finder.find("c77")[0].title == "C77/USDT"
    by_quote = finder.find("usdt")
    assert len(by_quote) == MOST_OF_A_KIND + 1
    assert "Bot on USDT" in [one.title for one in by_quote]

"""`bot`: added stopped, wanted when started, refused where it could not run."""

from tests.cli.calling import Call, WriteBot


def test_a_bot_is_added_started_stopped_edited_and_removed(demo: Call, bot_file: WriteBot) -> None:
    assert demo("bot", "add", bot_file(), "--json").document == {"id": 1}
    (listed,) = demo("bot", "list", "--json").document
    assert listed == {
        "id": 1,
        "name": "BTC starter",
        "kind": "dca",
        "account": "demo",
        "pairs": ["BTC/USDT"],
        "status": "stopped",
        "why": "Stopped. Start it when it should trade.",
    }

    started = demo("bot", "start", "BTC starter")
    assert started.status == 0 and "will place up to" in started.out and "(simulated)" in started.out
    assert demo("bot", "list", "--json").document[0]["status"] == "running"
    assert "Strongroom runs" in demo("bot", "list").out
    assert demo("deal", "list", "--all", "--json").document == [], "starting alone opens nothing"

    edited = demo("bot", "edit", 1, bot_file(('percent = "2.0"', 'percent = "3.0"')))
    assert edited.status == 0
    shown = demo("bot", "show", 1, "--json").document
    assert shown["settings"]["take_profit"]["percent"] == "3.0"
    assert (shown["deals_open"], shown["deals_closed"], shown["profit_quote"]) == (0, 0, "0")
    assert 'take_profit = { percent = "3.0" }' in demo("bot", "show", 1).out

    assert demo("bot", "remove", 1).status != 0, "a wanted bot stays"
    assert demo("bot", "stop", 1, "--json").document["status"] == "stopped"
    assert demo("bot", "remove", 1).status == 0
    assert demo("bot", "list", "--json").document == []


def test_a_bad_file_adds_nothing(demo: Call, bot_file: WriteBot) -> None:
    done = demo("bot", "add", bot_file(('"100"', '"nan"'), ("max_count", "maximum")))

    assert done.status == 2 and "base_order.volume" in done.err and "safety_orders.maximum" in done.err
    assert demo("bot", "list", "--json").document == []


def test_a_bot_needs_its_account_and_pair(demo: Call, bot_file: WriteBot) -> None:
    no_account = demo("bot", "add", bot_file(('"demo"', '"other"')))
    no_pair = demo("bot", "add", bot_file(("BTC/USDT", "NOPE/USDT")))

    assert no_account.status == 2 and "no account other" in no_account.err
    assert no_pair.status == 2 and "NOPE/USDT" in no_pair.err


def test_a_rung_below_the_minimum_is_not_added(demo: Call, bot_file: WriteBot) -> None:
    done = demo("bot", "add", bot_file(('volume = "15"', 'volume = "1"')))

    assert done.status == 2 and "needs at least" in done.err
    assert demo("bot", "list", "--json").document == []


def test_an_unaffordable_ladder_is_not_started(demo: Call, bot_file: WriteBot) -> None:
    demo("bot", "add", bot_file(('volume = "15"', 'volume = "9000"')))

    done = demo("bot", "start", 1)

    assert done.status == 1 and "It was not started." in done.err
    assert demo("bot", "list", "--json").document[0]["status"] == "stopped"
    assert demo("bot", "start", 1, "--even-if-short").status == 0


def test_a_name_is_given_once(demo: Call, bot_file: WriteBot) -> None:
    demo("bot", "add", bot_file())

    done = demo("bot", "add", bot_file())

    assert done.status == 2 and "already taken" in done.err


def test_an_unknown_bot_is_named(demo: Call, bot_file: WriteBot) -> None:
    for words in (("show", 7), ("start", "x"), ("stop", 7), ("remove", 7), ("edit", 7, bot_file())):
        done = demo("bot", *words)

        assert done.status == 2 and "There is no bot" in done.err


def test_every_bot_is_listed_for_people(demo: Call, bot_file: WriteBot) -> None:
    assert "No bots yet." in demo("bot", "list").out
    demo("bot", "add", bot_file(('["BTC/USDT"]', '["BTC/USDT", "ETH/USDT", "SOL/USDT", "XRP/USDT", "LTC/USDT"]')))

    assert "BTC/USDT, ETH/USDT, SOL/USDT and 2 more" in demo("bot", "list").out

"""`account exchanges`: the table of exchanges."""

from tests.cli.calling import Call


def test_the_best_known_exchanges_come_first(call: Call) -> None:
    done = call("account", "exchanges")

    lines = done.out.splitlines()
    assert done.status == 0
    assert [line.split()[0] for line in lines[1:9]] == [
        "binance", "kucoin", "okx", "bybit", "kraken", "coinbase", "gate", "bitget",
    ]  # fmt: skip
    assert len([line for line in lines if " connectable " in line]) > 70


def test_programs_get_every_answer_as_a_fact(call: Call) -> None:
    rows = {row["id"]: row for row in call("account", "exchanges", "--json").document}

    assert rows["kucoin"] | {"note": ""} == {
        "id": "kucoin", "name": "KuCoin", "level": "full", "can_trade": True,
        "credentials": ["apiKey", "secret", "password"], "key_check": True, "websockets": True, "private_stream": True,
        "candles": True, "stop_orders": False, "cancel_all": True, "sandbox": False, "note": "",
    }  # fmt: skip
    assert not {"wazirx", "coindcx", "bityard"} & set(rows)


def test_one_exchange_is_told_about_in_words(call: Call) -> None:
    said = call("account", "exchanges", "bitbns").out

    assert "Bitbns (bitbns)" in said
    assert "Prices and paper trading only" in said
    assert "does not tell what a key may do" in said
    assert call("account", "exchanges", "okx", "--json").document["level"] == "checked"


def test_a_name_that_is_nearly_right_is_answered_by_the_right_one(call: Call) -> None:
    done = call("account", "exchanges", "krakn")

    assert done.status == 2 and "Did you mean kraken?" in done.err
    assert "lists them all" in call("account", "exchanges", "zzzzzz").err

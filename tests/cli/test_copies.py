"""Bot files out of the program and back in, and bots made from bots."""

from pathlib import Path

from desktop_app.engine.documents import read_document
from tests.cli.calling import BOT, Call, WriteBot


def test_B_15_an_exported_bot_reads_back_as_the_same_bot(demo: Call, bot_file: WriteBot, tmp_path: Path) -> None:
    demo("bot", "add", bot_file())
    out = tmp_path / "out.toml"

    assert demo("bot", "export", "BTC starter", out).status == 0
    before = demo("bot", "show", 1, "--json").document["settings"]
    assert demo("bot", "remove", 1).status == 0
    assert demo("bot", "add", out, "--json").document == {"id": 2}

    assert demo("bot", "show", 2, "--json").document["settings"] == before
    assert demo("bot", "export", 2).out == out.read_text(encoding="utf-8")
    assert demo("bot", "export", 2, "--json").document["toml"] == out.read_text(encoding="utf-8")


def test_B_15_an_unknown_field_is_reported_and_nothing_is_imported(demo: Call, bot_file: WriteBot) -> None:
    done = demo("bot", "add", bot_file(text=BOT + 'magic = "yes"\nsecret = "canary"\n'))

    assert done.status == 2 and "magic is not a known name" in done.err and "secret is not a known name" in done.err
    assert demo("bot", "list", "--json").document == []


def test_an_export_never_writes_over_a_file(demo: Call, bot_file: WriteBot, tmp_path: Path) -> None:
    demo("bot", "add", bot_file())
    there = tmp_path / "there.toml"
    there.write_text("mine", encoding="utf-8")

    done = demo("bot", "export", 1, there)

    assert done.status == 2 and "already there" in done.err and there.read_text(encoding="utf-8") == "mine"
    assert demo("bot", "export", 1, tmp_path / "no" / "folder.toml").status == 1


def test_a_bot_is_duplicated_under_another_name_and_onto_another_account(demo: Call, bot_file: WriteBot) -> None:
    demo("account", "add", "other", "--exchange", "sim")
    demo("bot", "add", bot_file())

    assert demo("bot", "duplicate", 1, "--name", "Second", "--account", "other", "--json").document == {"id": 2}
    assert demo("bot", "duplicate", "BTC starter", "--json").document == {"id": 3}

    first, second, third = (demo("bot", "show", bot, "--json").document for bot in (1, 2, 3))
    assert (second["name"], second["account"], second["status"]) == ("Second", "other", "stopped")
    assert (third["name"], third["account"]) == ("BTC starter 2", "demo")
    same = first["settings"] | {"name": "Second", "account": "other"}
    assert second["settings"] == same


def test_a_copy_that_cannot_be_is_refused_in_a_sentence(demo: Call, bot_file: WriteBot) -> None:
    demo("bot", "add", bot_file())

    taken = demo("bot", "duplicate", 1, "--name", "BTC starter")
    nowhere = demo("bot", "duplicate", 1, "--name", "B", "--account", "nowhere")
    nameless = demo("bot", "duplicate", 1, "--name", " ")

    assert taken.status == 2 and "already taken" in taken.err
    assert nowhere.status == 2 and "nowhere" in nowhere.err
    assert nameless.status == 2 and "visible characters" in nameless.err
    assert len(demo("bot", "list", "--json").document) == 1


def test_a_bot_as_a_link_carries_the_same_bot(demo: Call, bot_file: WriteBot, tmp_path: Path) -> None:
    demo("bot", "add", bot_file())
    link = demo("bot", "export", 1, "--link").out.strip()

    carried = read_document(link)
    assert carried is not None and carried.text.rstrip() == demo("bot", "export", 1).out.rstrip()
    assert demo("bot", "export", 1, "--link", "--json").document == {"id": 1, "link": link}
    done = demo("bot", "export", 1, tmp_path / "x.toml", "--link")
    assert done.status == 2 and "Choose one." in done.err and not (tmp_path / "x.toml").exists()

"""What the system hands over may have been written by anybody: it is read as a bot file, or refused in words."""

import os
import sys
from pathlib import Path
from urllib.parse import quote

import pytest

from desktop_app.engine.documents import BotText, absolute, link_of, read_document
from desktop_app.engine.problem import BAD_INPUT, Problem

BOT = 'kind = "dca"\nname = "Dips & more + 100 %"\n'


def refused(document: str) -> str:
    with pytest.raises(Problem) as caught:
        read_document(document)
    assert caught.value.exit_status == BAD_INPUT
    return caught.value.said.code


def test_a_bot_file_is_read_whatever_its_name_looks_like(tmp_path: Path) -> None:
    for name in ("dip.strongroom", "Dip.TOML", "逢跌 100 %.strongroom"):
        path = tmp_path / name
        path.write_text(BOT, encoding="utf-8-sig")
        assert read_document(str(path)) == BotText(name, BOT)
        assert read_document(path.as_uri()) == BotText(name, BOT)
        assert read_document(path.as_uri().replace("file://", "file://localhost")) == BotText(name, BOT)


def test_a_path_is_made_whole_for_another_process_and_a_link_left_alone(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    assert absolute("x.toml") == str(tmp_path / "x.toml")
    assert absolute("strongroom:bot?toml=x") == "strongroom:bot?toml=x"


def test_a_link_carries_its_bot_itself() -> None:
    link = link_of(BOT)
    assert link is not None and link.isascii() and " " not in link
    assert read_document(link) == BotText("", BOT)
    assert read_document(link.replace("strongroom:bot", "STRONGROOM://bot/")) == BotText("", BOT)
    assert link_of(BOT * 1_000) is None


def test_a_link_that_only_wants_the_window_opens_nothing() -> None:
    assert read_document("strongroom:") is None and read_document("strongroom://") is None


@pytest.mark.parametrize(
    "link",
    [
        "strongroom:bot",
        "strongroom:bot?toml=",
        "strongroom:bot?file=/etc/passwd",
        "strongroom:bot?toml=a&toml=b",
        "strongroom:bot?toml=a&start=yes",
        "strongroom:bot?toml=a#start",
        "strongroom:start?toml=a",
        "strongroom:/etc/passwd",
        "strongroom:///etc/passwd",
        "strongroom://host/share/x.strongroom",
        "strongroom:bot/../../x?toml=a",
        "strongroom:?toml=a",
        "strongroom:bot?toml=%ff%fe",
        "strongroom:bot?toml=a\nb",
        "strongroom:bot?toml=ä",
        "strongroom://[",
    ],
)
def test_any_other_link_is_refused(link: str) -> None:
    assert refused(link) == "link_unknown"


def test_a_link_without_end_is_refused() -> None:
    assert refused("strongroom:bot?toml=" + "a" * 20_000) == "link_too_long"


@pytest.mark.parametrize("address", ["file://host/x.toml", "file:////host/x.toml"])
def test_a_file_of_another_computer_is_refused(address: str) -> None:
    assert refused(address) == "document_elsewhere"


def test_what_is_no_bot_file_is_refused(tmp_path: Path) -> None:
    (tmp_path / "keys.txt").write_text("x")
    (tmp_path / "folder.toml").mkdir()
    (tmp_path / "picture.toml").write_bytes(b"\xff\xd8\xff\xe0")
    with (tmp_path / "huge.toml").open("wb") as file:
        file.truncate(50_000_000_000 if sys.platform == "linux" else 5_000_000)  # a hole: it takes no room
    assert refused(str(tmp_path / "keys.txt")) == "document_no_bot_file"
    assert refused("/dev/zero") == "document_no_bot_file"
    assert refused(str(tmp_path / "folder.toml")) == "document_no_file"
    assert refused(str(tmp_path / "picture.toml")) == "document_no_text"
    assert refused(str(tmp_path / "huge.toml")) == "document_too_long"
    assert refused(str(tmp_path / "gone.toml")) == "document_unreadable"
    assert refused("a\0b.toml") == "document_unreadable"
    assert refused("file://" + quote(str(tmp_path / "gone.toml"))) == "document_unreadable"


@pytest.mark.skipif(not hasattr(os, "mkfifo"), reason="no pipes with names here")
def test_a_pipe_and_a_device_behind_a_good_name_are_not_waited_for(tmp_path: Path) -> None:
    os.mkfifo(tmp_path / "pipe.toml")
    (tmp_path / "zero.toml").symlink_to("/dev/zero")
    assert refused(str(tmp_path / "pipe.toml")) == "document_no_file"
    assert refused(str(tmp_path / "zero.toml")) == "document_no_file"


def test_what_is_shown_of_it_is_short_and_printable() -> None:
    with pytest.raises(Problem) as caught:
        read_document("strongroom:\x1b[31m" + "a" * 500)
    shown = str(caught.value)
    assert "\x1b" not in shown and len(shown) < 300

import pytest

from desktop_app.core.documents import is_document, scheme_of


@pytest.mark.parametrize(
    "word",
    ["dip.strongroom", "DIP.TOML", "./x", "a/b", "C:\\bots\\x", "strongroom:bot?toml=", "STRONGROOM:", "file:///x"],
)
def test_what_is_meant_to_be_opened_is_told_from_a_command(word: str) -> None:
    assert is_document(word)


@pytest.mark.parametrize("word", ["bot", "backtest", "", "strongroom", "http:x", "doctor"])
def test_a_command_is_no_document(word: str) -> None:
    assert not is_document(word)


def test_the_letter_of_a_drive_is_no_scheme() -> None:
    assert scheme_of("C:\\bots\\x.toml") == ""
    assert scheme_of("file:///x") == "file"
    assert scheme_of("x" * 30 + ":") == "" and scheme_of("a/b:c") == ""

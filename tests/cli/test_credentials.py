"""Keys on stdin: what is no key is refused in a sentence that never repeats it, and nothing is kept."""

import io
import json

import pytest

from desktop_app.cli.credentials import take_credentials
from desktop_app.cli.output import CallProblem

KEY, SECRET = "CANARYkey0123456789", "CANARYsecret0123456789"


def _give(monkeypatch: pytest.MonkeyPatch, given: bytes) -> None:
    monkeypatch.setattr("sys.stdin", io.TextIOWrapper(io.BytesIO(given)))


def _json(**parts: object) -> bytes:
    return json.dumps({"apiKey": KEY, "secret": SECRET} | parts).encode()


def test_a_key_is_taken_without_the_blanks_around_it(monkeypatch: pytest.MonkeyPatch) -> None:
    _give(monkeypatch, b"\xef\xbb\xbf" + _json(apiKey=f" {KEY}\r\n", password=" word with blanks "))
    taken = take_credentials(from_stdin=True, needs_password=True)

    assert (taken.api_key.reveal(), taken.secret.reveal()) == (KEY, SECRET)
    assert taken.password.reveal() == "word with blanks"


def test_a_private_key_in_several_lines_is_one(monkeypatch: pytest.MonkeyPatch) -> None:
    pem = "-----BEGIN PRIVATE KEY-----\nMC4CAQAw\nBQYDK2Vw\n-----END PRIVATE KEY-----\n"
    _give(monkeypatch, _json(secret=pem))

    assert take_credentials(from_stdin=True, needs_password=False).secret.reveal() == pem.strip()


@pytest.mark.parametrize(
    "given",
    [
        b"",
        b"CANARYkey CANARYsecret",
        b"\xff\xfe\x00",
        b"[1]",
        b"null",
        b'"CANARY"',
        b"[" * 50_000,
        b" " * 70_000,
        _json(more="CANARY"),
        json.dumps({"apiKey": KEY}).encode(),
        json.dumps({"key": KEY, "secret": SECRET}).encode(),
        _json(secret=7),
        _json(secret=None),
        _json(secret=""),
        _json(apiKey="   "),
        _json(apiKey="CANARY key"),
        _json(secret="CANARY\nsecret"),
        _json(secret="CANARY\x00secret"),
        _json(secret="CANARY\u202esecret"),
        _json(secret="C" * 20_000),
    ],
)
def test_what_is_no_key_is_refused_and_never_repeated(monkeypatch: pytest.MonkeyPatch, given: bytes) -> None:
    _give(monkeypatch, given)
    with pytest.raises(CallProblem) as refused:
        take_credentials(from_stdin=True, needs_password=False)

    assert refused.value.exit_status == 2
    assert "Nothing was kept." in str(refused.value)
    assert "CANARY" not in str(refused.value)
    assert len(str(refused.value)) < 300


def test_a_passphrase_is_asked_for_where_the_exchange_has_one(monkeypatch: pytest.MonkeyPatch) -> None:
    _give(monkeypatch, _json())
    with pytest.raises(CallProblem, match="passphrase is empty"):
        take_credentials(from_stdin=True, needs_password=True)


def test_without_a_terminal_nobody_is_asked(monkeypatch: pytest.MonkeyPatch) -> None:
    _give(monkeypatch, _json())
    with pytest.raises(CallProblem, match="--credentials-stdin"):
        take_credentials(from_stdin=False, needs_password=False)


def test_the_terminal_is_asked_for_each_part_in_turn(monkeypatch: pytest.MonkeyPatch) -> None:
    asked: list[str] = []

    class Terminal(io.StringIO):
        def isatty(self) -> bool:
            return True

    def answer(prompt: str) -> str:
        asked.append(prompt)
        return f"{SECRET}{len(asked)}"

    monkeypatch.setattr("sys.stdin", Terminal())
    monkeypatch.setattr("getpass.getpass", answer)
    taken = take_credentials(from_stdin=False, needs_password=True)

    assert [prompt.partition(" (")[0] for prompt in asked] == ["API key", "API secret", "Passphrase"]
    assert taken.password.reveal() == f"{SECRET}3"

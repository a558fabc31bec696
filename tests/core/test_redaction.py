"""What a log may not show, it does not show: in no spelling, in no company, and not in pieces."""

import base64
import json
from collections.abc import Callable
from urllib.parse import quote, quote_plus

import pytest
from hypothesis import given
from hypothesis import strategies as st

from desktop_app.core.credentials import Secret
from desktop_app.core.redaction import Scrubber

KEY = "vmPUZE6mv9SD5VNHk4HlWFsOr6aKE2zvsw0MuIgwCIPy6utIco14y7Ju91duEh8A"
SECRET = "NhqPtmdSJYdKjVHjA7PZj4Mge3R5YNiP1e3UZjInClVN65XAbvqqM6A7H5fATj0j"
PASSPHRASE = "döner & co/5"
PEM = "-----BEGIN PRIVATE KEY-----\n" + "\n".join(
    [f"MIIEvQ{n}BADANBgkqhkiG9w0BAQEFAASC{'xYz+/8'[n % 3 :]}AgEAAoIB" for n in range(6)]
)
PEM += "\n-----END PRIVATE KEY-----\n"


@pytest.fixture
def scrubber() -> Scrubber:
    scrubber = Scrubber()
    scrubber.add("binance", [Secret(KEY), Secret(SECRET), Secret("")])
    scrubber.add("kucoin", [Secret("k-1"), Secret(PEM), Secret(PASSPHRASE)])
    return scrubber


SPELLINGS: dict[str, Callable[[str], str]] = {
    "plain": lambda text: text,
    "hex": lambda text: text.encode().hex(),
    "HEX": lambda text: text.encode().hex().upper(),
    "base64": lambda text: base64.b64encode(text.encode()).decode(),
    "base64 in company": lambda text: base64.b64encode(b"user:" + text.encode() + b":more").decode(),
    "base64 in other company": lambda text: base64.b64encode(b"an" + text.encode() + b"..").decode(),
    "base64 for URLs": lambda text: base64.urlsafe_b64encode(b"a" + text.encode()).decode(),
    "URL": lambda text: quote(text, safe=""),
    "path": quote,
    "form": quote_plus,
    "JSON": json.dumps,
    "repr": repr,
    "bytes": lambda text: repr(text.encode()),
    "backwards": lambda text: text[::-1],
}


@pytest.mark.parametrize("spelling", SPELLINGS)
@pytest.mark.parametrize("secret", [KEY, SECRET, PASSPHRASE, PEM], ids=["key", "secret", "passphrase", "PEM"])
def test_a_known_secret_is_hidden_however_it_is_spelled(scrubber: Scrubber, secret: str, spelling: str) -> None:
    spelled = SPELLINGS[spelling](secret)

    shown = scrubber.scrub(f"before {spelled} after")

    assert shown.startswith("before ") and shown.endswith(" after")
    assert "•••" in shown
    for start in range(0, len(spelled) - 11, 4):
        assert spelled[start : start + 11] not in shown


@given(before=st.text(max_size=40), after=st.text(max_size=40), cut=st.integers(0, len(SECRET) - 11))
def test_even_a_piece_of_a_secret_is_hidden_whatever_stands_around_it(before: str, after: str, cut: int) -> None:
    scrubber = Scrubber()
    scrubber.add("binance", [Secret(SECRET)])
    piece = SECRET[cut : cut + 11]

    assert piece not in scrubber.scrub(before + piece + after)


@given(secret=st.text(st.characters(codec="utf-8"), min_size=4, max_size=80), around=st.text(max_size=20))
def test_any_secret_is_hidden(secret: str, around: str) -> None:
    scrubber = Scrubber()
    scrubber.add("any", [Secret(secret)])

    shown = scrubber.scrub(around + secret + around)

    assert secret not in shown or secret in "•••" or secret in around * 2


def test_each_line_of_a_key_file_is_a_secret(scrubber: Scrubber) -> None:
    for line in PEM.splitlines()[1:-1]:
        assert scrubber.scrub(f"> {line}<") == "> •••<"


def test_what_is_no_secret_stays_as_it_is(scrubber: Scrubber) -> None:
    line = "2026-11-25 10:00:00 INFO engine: BTC/USDT bought 0.0012 at 60000.12 (order 1a2b3c4d5e6f), …h8A, k-1, 100 %"

    assert scrubber.scrub(line) == line
    assert Scrubber().scrub(line) == line


def test_forgotten_secrets_are_not_looked_for_any_more(scrubber: Scrubber) -> None:
    scrubber.forget("binance")
    scrubber.forget("nobody")

    assert scrubber.scrub(SECRET) == SECRET
    assert scrubber.scrub(PASSPHRASE) == "•••"


def test_an_owner_has_the_secrets_he_was_last_known_with(scrubber: Scrubber) -> None:
    for _ in range(2):
        scrubber.add("binance", [Secret("the other key 123")])

    assert scrubber.scrub("the other key 123, " + KEY) == "•••, " + KEY


@pytest.mark.parametrize(
    ("line", "shown"),
    [
        ("GET /api/v3/order?t=1&signature=c8db56825ae71d6d&x=1", "GET /api/v3/order?t=1&signature=•••&x=1"),
        ("{'X-MBX-APIKEY': 'abc', 'Accept': '*/*'}", "{'X-MBX-APIKEY': '•••', 'Accept': '*/*'}"),
        ('{"OK-ACCESS-SIGN":"a b=","OK-ACCESS-KEY":"p q"}', '{"OK-ACCESS-SIGN":"•••","OK-ACCESS-KEY":"•••"}'),
        ("KC-API-KEY: 6412\r\nKC-API-PASSPHRASE: hm=", "KC-API-KEY: •••\r\nKC-API-PASSPHRASE: •••"),
        ("API-Key=q/r+s, API-Sign=tt", "API-Key=•••, API-Sign=•••"),
        ("AccessKeyId=e2xxxxxx-99xxxxxx&SignatureMethod=HmacSHA256", "AccessKeyId=•••&SignatureMethod=HmacSHA256"),
        ("headers [('KEY', 'abc'), ('SIGN', 'def')]", "headers [('KEY', '•••'), ('SIGN', '•••')]"),
        ("Authorization: Bearer abc.def", "Authorization: Bearer •••"),
        (r"body {\"apiKey\":\"abc\",\"secret\":\"def\"}", r"body {\"apiKey\":\"•••\",\"secret\":\"•••\"}"),
        ("b'apiKey': b'abc'", "b'apiKey': b'•••'"),
        ("via http://user:pass@127.0.0.1:8080/x", "via http://•••@127.0.0.1:8080/x"),
        ("wss://ws.example/?token=2neAiuYvAU61ZD&connectId=1", "wss://ws.example/?token=•••&connectId=1"),
        ("jwt eyJhbGciOiJFUzI1NiJ9.eyJzdWIiOiJvcmdhbml6In0.c2lnbmF0dXJl end", "jwt ••• end"),
        ("-----BEGIN EC PRIVATE KEY-----\nMHcC\n-----END EC PRIVATE KEY-----.", "•••."),
        ("cut off: -----BEGIN RSA PRIVATE KEY-----\\nMIIE", "cut off: •••"),
        ("İstanbul İİ: API-KEY: abc", "İstanbul İİ: API-KEY: •••"),
    ],
)  # fmt: skip
def test_what_has_the_shape_of_a_secret_is_hidden_though_nobody_knows_it(line: str, shown: str) -> None:
    assert Scrubber().scrub(line) == shown


@pytest.mark.parametrize(
    "hostile",
    [
        "key",
        "key ",
        "key:",
        'key"',
        "://",
        "eyJ",
        "eyJaaaaaaaa.",
        "-----BEGIN KEY-----",
        "-----BEGIN ",
        "sign=",
        "A" * 64,
        KEY,
    ],
)
def test_no_text_keeps_it_busy_for_minutes(scrubber: Scrubber, hostile: str) -> None:
    """Where the time grows with the square of the length, this one does not end before the suite's own limit."""
    assert KEY not in scrubber.scrub(hostile * (400_000 // len(hostile)))

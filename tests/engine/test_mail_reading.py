"""Whose a mail is, what the server says about that, and the message in it."""

from email.message import EmailMessage

import pytest

from desktop_app.engine.mail_reading import MailUnreadable, read_mail

ALERT = '{"action": "buy"}'
PASSED = (
    "mx.example.net; dkim=pass (2048-bit key) header.d=tradingview.com header.s=x; "
    "spf=pass smtp.mailfrom=bounce@mail.tradingview.com; dmarc=pass header.from=tradingview.com"
)


def mail(text: str = ALERT, *, sender: str = "TradingView <NoReply@tradingview.com>", results: str = PASSED) -> bytes:
    made = EmailMessage()
    if results:
        made["Authentication-Results"] = results
    made["From"] = sender
    made["Subject"] = "Alert"
    made.set_content(text)
    return made.as_bytes()


def test_a_plain_mail_is_read() -> None:
    read = read_mail(mail(f"Your alert:\n{ALERT}\n-- \nTradingView"), "mx.example.net")
    assert (read.sender, read.text) == ("noreply@tradingview.com", ALERT.encode())
    assert read.vouched == {"dkim", "dmarc"}, "the SPF domain is another one than the sender's"


def test_lists_and_html_are_read() -> None:
    assert read_mail(mail(f"[{ALERT}, {ALERT}]"), "").text == f"[{ALERT}, {ALERT}]".encode()
    made = EmailMessage()
    made["From"] = "a@example.net"
    made.set_content("<p>Alert: <b>{&quot;action&quot;: &quot;buy&quot;}</b></p>", subtype="html")
    assert read_mail(made.as_bytes(), "").text == ALERT.encode()
    both = EmailMessage()
    both["From"] = "a@example.net"
    both.set_content(ALERT)
    both.add_alternative("<p>no</p>", subtype="html")
    both.add_attachment(b"{}", maintype="text", subtype="plain", filename="x.txt")
    assert read_mail(both.as_bytes(), "").text == ALERT.encode()


@pytest.mark.parametrize(
    "results",
    [
        "",
        "mx.evil.example; dkim=pass header.d=tradingview.com",
        "mx.example.net; dkim=fail header.d=tradingview.com",
        "mx.example.net; dkim=pass header.d=evil.example",
        "mx.example.net; dkim=pass header.d=com",
        "mx.example.net; dkim=pass header.d=view.com",
        "mx.example.net; dkim=pass (header.d=tradingview.com)",
        "mx.example.net; none",
        'mx.example.net; spf=pass smtp.mailfrom="x; dkim=pass header.d=tradingview.com z"@evil.example',
        'mx.example.net; dkim=fail reason="; dkim=pass header.d=tradingview.com "',
        'mx.example.net; spf=pass (of "a\\); dkim=pass header.d=tradingview.com (" is fine) smtp.mailfrom=evil.example',
        "mx.example.net; spf=none (a (b); dkim=pass header.d=tradingview.com (c) d)",
        "mx.example.net; spf=pass smtp.mailfrom=evil.example",
        ";",
    ],
)
def test_only_the_own_servers_word_about_the_senders_own_domain_counts(results: str) -> None:
    assert read_mail(mail(results=results), "mx.example.net").vouched == frozenset()


def test_quotes_that_hold_a_name_or_what_nobody_needs_are_no_obstacle() -> None:
    results = 'mx.example.net; dkim=pass header.i="@tradingview.com" header.b="a/+=="; spf=pass smtp.mailfrom="a=b@c.d"'
    assert read_mail(mail(results=results), "mx.example.net").vouched == {"dkim"}


def test_only_the_topmost_word_of_the_own_server_counts() -> None:
    for server in (b"mx.example.net", b"MX.Example.net"):
        forged = b"Authentication-Results: %s; dkim=fail header.d=tradingview.com\r\n" % server + mail()
        assert read_mail(forged, "mx.example.net").vouched == frozenset()
    assert read_mail(mail(), "").vouched == frozenset()
    other = b"Authentication-Results: other; spf=fail\r\n" + mail()
    assert "dkim" in read_mail(other, "mx.example.net").vouched


DEEP = b"From: a@b.c\r\n" + b"".join(
    b'Content-Type: multipart/mixed; boundary="%d"\r\n\r\n--%d\r\n' % (n, n) for n in range(2_000)
)


@pytest.mark.parametrize(
    "raw",
    [
        b"",
        b"\x00" * 5_000,
        b"From: a@b.c\r\n\r\nno braces",
        b"From: a@b.c\r\n\r\n} {",
        b"From: a@b.c, d@e.f\r\n\r\n{}",
        b"From: a@b.c\r\nFrom: d@e.f\r\n\r\n{}",
        b"From: nobody\r\n\r\n{}",
        b"\r\n{}",
        b'From: a@b.c\r\nContent-Type: text/plain; charset="nonsense"\r\n\r\n{}',
        b"From: a@b.c\r\nContent-Type: image/png\r\n\r\n{}",
        b"From: =?utf-8?b?////?= <a@b@c>\r\n\r\n{}",
        b"From: a@b.c\r\nContent-Type: text/html\r\n\r\n<![foo[ {}",
        b"From: a@b.c" + b"," * 100_000 + b"\r\n\r\n{}",
        b"From: a@b.c\r\nContent-Type: text/plain" + b';a="' * 50_000 + b"\r\n\r\n{}",
        b"From: a@b.c\r\nContent-Type: text/plain; charset=punycode\r\n\r\n{}" + b"a" * 90_000 + b"-" + b"b" * 90_000,
        DEEP,
    ],
)
def test_malformed_mails_are_contained(raw: bytes) -> None:
    with pytest.raises(MailUnreadable):
        read_mail(raw, "mx.example.net")

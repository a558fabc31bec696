"""Takes a signal out of a mail: from whom, whether the server vouches for that, and the message in its text."""

import re
from dataclasses import dataclass
from email import message_from_bytes
from email.message import Message
from email.utils import getaddresses
from html.parser import HTMLParser

_LONGEST_HEADER = 20_000
_DEEPEST = 10


@dataclass(frozen=True, slots=True)
class ReadMail:
    """`sender` is the one address that it says it is from; `vouched` the ways in which the server confirms it."""

    sender: str
    vouched: frozenset[str]
    text: bytes


class MailUnreadable(ValueError):
    """Nothing in it can be acted on."""


def read_mail(raw: bytes, checker: str) -> ReadMail:
    """Raises MailUnreadable, whatever is in it. `checker`: the server whose word about the sender counts."""
    try:
        mail = message_from_bytes(raw)
        sender = _sender(mail)
        return ReadMail(sender, _vouched(mail, sender, checker), _json_in(_text(mail)))
    except MailUnreadable:
        raise
    except (ValueError, TypeError, LookupError, AttributeError, RecursionError) as error:
        raise MailUnreadable(type(error).__name__) from None


def _sender(mail: "Message[str, str]") -> str:
    """One From with one address: with two, each reader could take another one."""
    headers = mail.get_all("From") or []
    addresses = getaddresses([str(header) for header in headers])
    if len(headers) != 1 or len(addresses) != 1 or addresses[0][1].count("@") != 1:
        raise MailUnreadable("it is not from exactly one address")
    return addresses[0][1].lower()


def _vouched(mail: "Message[str, str]", sender: str, checker: str) -> frozenset[str]:
    """What the topmost Authentication-Results of our own server says; any other could be the sender's own."""
    domain = sender.rpartition("@")[2]
    for header in mail.get_all("Authentication-Results") or []:
        text = re.sub(r"\([^()]*\)", " ", str(header)[:_LONGEST_HEADER])
        server, _, results = text.partition(";")
        if not checker or server.split()[:1] != [checker]:
            continue
        return frozenset(name for part in results.split(";") if (name := _passed(part, domain)))
    return frozenset()


def _passed(result: str, domain: str) -> str:
    """dkim or spf, where it passed for the sender's own domain."""
    words = result.lower().split()
    if not words:
        return ""
    method, _, outcome = words[0].partition("=")
    facts = dict(word.split("=", 1) for word in words[1:] if "=" in word)
    names = {"dkim": ("header.d", "header.i"), "spf": ("smtp.mailfrom",), "dmarc": ("header.from",)}.get(method, ())
    if outcome != "pass" or not names:
        return ""
    signed = next((facts[name].strip('"').rpartition("@")[2] for name in names if name in facts), "")
    return method if signed and (domain == signed or domain.endswith(f".{signed}")) and "." in signed else ""


def _text(mail: "Message[str, str]") -> str:
    html = ""
    for part in _parts(mail, 0):
        kind = part.get_content_type()
        if kind not in ("text/plain", "text/html") or part.get_filename():
            continue
        content = part.get_payload(decode=True)
        if not isinstance(content, bytes):
            continue
        text = content.decode(part.get_content_charset() or "utf-8", "replace")
        if kind == "text/plain" and "{" in text:
            return text
        html = html or (_plain(text) if kind == "text/html" else "")
    if not html:
        raise MailUnreadable("it has no text")
    return html


def _parts(mail: "Message[str, str]", depth: int) -> "list[Message[str, str]]":
    if depth > _DEEPEST:
        raise MailUnreadable("it nests too deeply")
    if not mail.is_multipart():
        return [mail]
    found: list[Message[str, str]] = []
    for part in mail.get_payload():
        if isinstance(part, Message):
            found += _parts(part, depth + 1)
    return found


def _json_in(text: str) -> bytes:
    """From the first bracket to the last: alerts have words before and after."""
    begin, end = text.find("{"), text.rfind("}")
    if begin < 0 or end < begin:
        raise MailUnreadable("it has no message in braces")
    before, after = text[:begin].rstrip(), text[end + 1 :].lstrip()
    message = text[begin : end + 1]
    return (f"[{message}]" if before.endswith("[") and after.startswith("]") else message).encode()


class _Words(HTMLParser):
    def __init__(self) -> None:
        super().__init__()
        self.words: list[str] = []

    def handle_data(self, data: str) -> None:
        self.words.append(data)


def _plain(html: str) -> str:
    reader = _Words()
    reader.feed(html)
    return "".join(reader.words)

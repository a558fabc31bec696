"""Takes a signal out of a mail: from whom, whether the server vouches for that, and the message in its text."""

import codecs
import re
from dataclasses import dataclass
from email import message_from_bytes
from email.message import Message
from email.utils import getaddresses
from html.parser import HTMLParser

_LONGEST_HEADER = 20_000
_DEEPEST = 10
_COMMENT = re.compile(r"\([^()]*\)")
_PLAIN_QUOTES = re.compile(r'"([\w.@+-]*)"', re.ASCII)
_QUOTES = re.compile(r'"[^"]*"')
# For some others (punycode) a reader needs seconds, and no alert comes in them.
_CHARSETS = re.compile(
    r"ascii|utf-?(?:8|16|32)(?:-[lb]e)?|iso8859-\d+|cp\d+|koi8-[rtu]|gb\d+|hz|big5|euc.*|shift_?jis.*"
)


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
    except Exception as error:  # noqa: BLE001 - the library asserts things about mails that anybody may write otherwise
        raise MailUnreadable(type(error).__name__) from None


def _sender(mail: "Message[str, str]") -> str:
    """One From with one address: with two, each reader could take another one."""
    headers = mail.get_all("From") or []
    if len(headers) != 1 or len(str(headers[0])) > _LONGEST_HEADER:
        raise MailUnreadable("it is not from exactly one address")
    addresses = getaddresses([str(headers[0])])
    if len(addresses) != 1 or addresses[0][1].count("@") != 1:
        raise MailUnreadable("it is not from exactly one address")
    return addresses[0][1].lower()


def _vouched(mail: "Message[str, str]", sender: str, checker: str) -> frozenset[str]:
    """What the topmost Authentication-Results of our own server says; any other could be the sender's own."""
    domain = sender.rpartition("@")[2]
    for header in mail.get_all("Authentication-Results") or []:
        server, _, results = _unquoted(str(header)[:_LONGEST_HEADER]).partition(";")
        if not checker or server.lower().split()[:1] != [checker]:
            continue
        return frozenset(name for part in results.split(";") if (name := _passed(part, domain)))
    return frozenset()


def _unquoted(text: str) -> str:
    """Without what senders can write anything into: comments, and quotes that hold more than a name.

    Where it is not plain what those end with, nothing of the results is left.
    """
    server, semicolon, results = text.partition(";")
    while (fewer := _COMMENT.sub(" ", results)) != results:
        results = fewer
    results = _QUOTES.sub(" ", _PLAIN_QUOTES.sub(r"\1", results))
    is_plain = "\\" not in text and not set(results) & set('"()')
    return f"{_COMMENT.sub(' ', server)}{semicolon}{results if is_plain else ''}"


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
        text = content.decode(_charset(part), "replace")
        if kind == "text/plain" and "{" in text:
            return text
        html = html or (_plain(text) if kind == "text/html" else "")
    if not html:
        raise MailUnreadable("it has no text")
    return html


def _charset(part: "Message[str, str]") -> str:
    name = codecs.lookup(part.get_content_charset() or "utf-8").name
    if not _CHARSETS.fullmatch(name):
        raise MailUnreadable("its encoding is none that alerts come in")
    return name


def _parts(mail: "Message[str, str]", depth: int) -> "list[Message[str, str]]":
    if depth > _DEEPEST:
        raise MailUnreadable("it nests too deeply")
    if any(len(str(value)) > _LONGEST_HEADER for value in mail.values()):
        raise MailUnreadable("it has a header of absurd length")
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

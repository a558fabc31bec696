"""Alerts from a mailbox: connected over TLS, only read, only from whom it was allowed."""

import asyncio
import json
import ssl
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import pytest

from desktop_app.core.credentials import Credentials, Secret
from desktop_app.engine import mail as mail_module
from desktop_app.engine.signal_ways import MailWay, SignalWays
from desktop_app.engine.views import SignalView
from tests.engine.signal_lab import SignalLab, made
from tests.engine.test_mail_reading import PASSED, mail
from tests.loopback.imap import PASSWORD, USER, ToyMailServer, make_certificate

SENDER = "noreply@tradingview.com"


class Post:
    """A lab with a mailbox beside it."""

    def __init__(self, lab: SignalLab, server: ToyMailServer) -> None:
        self.lab = lab
        self.server = server

    async def switch_on(self, **changes: Any) -> None:
        given = {
            "is_on": True,
            "host": "localhost",
            "port": self.server.port,
            "user": USER,
            "senders": [SENDER],
            "checked_by": "mx.example.net",
        }
        ways = SignalWays(mail=MailWay.model_validate(given | changes))
        await self.lab.running.supervisor.set_signal_ways(ways)

    async def password(self, text: str = PASSWORD) -> None:
        await self.lab.running.supervisor.set_mail_password(Credentials(Secret(text), Secret("")))

    async def state(self, wanted: str, *, step: float = 0) -> str:
        """The reason that goes with this state, once it is reached; `step`: seconds that pass between two looks."""
        for _ in range(2_000):
            view = await self.lab.running.supervisor.signals_state()
            if view.mail_state == wanted:
                return view.mail_problem.code if view.mail_problem is not None else ""
            await self.lab.clock.advance(step)
            await asyncio.sleep(0.002)
        raise AssertionError(f"the mailbox is not {wanted}")

    async def came(self, count: int = 1) -> list[SignalView]:
        for _ in range(2_000):
            rows = await self.lab.running.supervisor.signals()
            if len([row for row in rows if row.way]) >= count:
                return list(rows)
            await asyncio.sleep(0.002)
        raise AssertionError("nothing came")

    def alert(self, action: str = "buy", **more: Any) -> str:
        self.lab.made += 1
        uuid = json.loads(next(iter(self.lab.messages.values())))["bot_uuid"]
        given = {"secret": self.lab.secret, "bot_uuid": uuid, "timestamp": self.lab.stamp(-self.lab.made)}
        return json.dumps(given | {"action": action} | more)


@pytest.fixture
async def post(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> AsyncIterator[Post]:
    certificate = make_certificate(tmp_path)
    monkeypatch.setattr(
        mail_module.MailReader.__init__, "__defaults__", (lambda: ssl.create_default_context(cafile=str(certificate)),)
    )
    server = ToyMailServer(certificate)
    await server.open()
    lab = await made(tmp_path / "data")
    yield Post(lab, server)
    await lab.stop()
    await server.close()


async def test_an_alert_comes_by_mail_at_once_and_the_mailbox_stays_as_it_is(post: Post) -> None:
    post.server.deliver(mail(post.alert("sell")))
    await post.password()
    await post.switch_on()
    assert await post.state("listening") == ""
    post.server.deliver(mail(post.alert()))
    (row,) = await post.came()
    assert (row.status, row.way, row.sender) == (200, "mail", SENDER), "what was there before is no signal"
    assert post.lab.secret not in row.body
    verbs = {command.removeprefix("UID ").partition(" ")[0] for command in post.server.asked}
    assert verbs - {"DONE"} == {"LOGIN", "CAPABILITY", "EXAMINE", "SEARCH", "IDLE", "FETCH"}
    assert not any("BODY[" in command for command in post.server.asked), "only peeked at"


async def test_mails_of_others_and_unproven_ones_are_refused_and_listed(post: Post) -> None:
    await post.password()
    await post.switch_on()
    await post.state("listening")
    for raw in (
        mail(post.alert(), sender="mallory@evil.example"),
        mail(post.alert(), results=PASSED.replace("tradingview.com", "evil.example")),
        mail(post.alert(secret="wrong")),
        b"\x00\xff" * 100,
        b"From: noreply@tradingview.com\r\n\r\n" + b"x" * 300_000,
    ):
        post.server.deliver(raw)
    codes = {row.verdict.code for row in await post.came(5)}
    assert codes == {
        "mail_other_sender",
        "mail_not_genuine",
        "signal_wrong_secret",
        "mail_unreadable",
        "mail_too_large",
    }
    assert await post.lab.deals() == []


async def test_the_check_can_be_switched_off_and_a_server_without_idle_is_asked(post: Post) -> None:
    post.server.can_idle = False
    await post.password()
    await post.switch_on(needs_check=False, checked_by="")
    assert await post.state("listening") == "mail_no_idle"
    post.server.deliver(mail(post.alert(), results=""))
    for _ in range(40):
        await post.lab.clock.advance(30)
        await asyncio.sleep(0.005)
        if await post.lab.running.supervisor.signals():
            break
    (row,) = await post.came()
    assert row.status == 200


async def test_what_came_while_nobody_listened_is_read_and_told_late(post: Post) -> None:
    await post.password()
    await post.switch_on()
    await post.state("listening")
    await post.lab.stop()
    late = post.alert()
    post.server.deliver(mail(late))
    post.lab.clock.at += 400_000
    await post.lab.start()
    await post.lab.running.supervisor.signal_address(1)
    await post.state("listening")
    (row,) = await post.came()
    assert row.verdict.code == "signal_late"


async def test_a_wrong_password_a_foreign_certificate_and_silence_are_told(post: Post, tmp_path: Path) -> None:
    await post.switch_on()
    assert await post.state("problem") == "mail_no_password"
    await post.password("wrong")
    assert await post.state("problem") == "mail_refused"
    assert post.server.asked.count("LOGIN") == 1, "a wrong password is not tried again and again"
    await post.password()
    await post.state("listening")
    other = ToyMailServer(make_certificate(tmp_path / "data", "other.example"))
    await other.open()
    await post.switch_on(port=other.port)
    assert await post.state("problem") == "mail_unreachable"
    assert other.asked == [], "nothing is said to a server that cannot prove who it is"
    await other.close()
    await post.switch_on(port=other.port)
    assert await post.state("problem") == "mail_unreachable"


@pytest.mark.parametrize(
    "twist",
    [
        lambda verb, answer: b"* OK " + b"x" * 40_000 + b"\r\n" if verb == "SEARCH" else answer,
        lambda verb, answer: b"* x\r\n" * 3_000 if verb == "SEARCH" else answer,
        lambda verb, answer: b"* 1 FETCH (BODY[] {999999999}\r\n" if verb == "FETCH" else answer,
        lambda verb, answer: b"* OK no numbers\r\n" + answer[answer.rindex(b"S") :] if verb == "EXAMINE" else answer,
        lambda verb, answer: b"" if verb == "EXAMINE" else answer,
    ],
)
async def test_a_server_that_misbehaves_is_left(post: Post, twist: Any) -> None:
    await post.password()
    post.server.twist = twist
    post.server.deliver(mail(post.alert()))
    if twist("EXAMINE", b"S1 OK") == b"":
        post.server.greeting = b"* BYE\r\n"
    await post.switch_on()
    if twist("FETCH", b"") != b"":
        await post.state("listening")
        post.server.deliver(mail(post.alert()))
    assert await post.state("problem") == "mail_unreachable"


async def test_a_connection_that_ends_is_made_again(post: Post) -> None:
    await post.password()
    await post.switch_on()
    await post.state("listening")
    post.server.hang_up()
    await post.state("problem")
    await post.state("listening", step=1)
    post.server.deliver(mail(post.alert()))
    (row,) = await post.came()
    assert row.status == 200
    await post.lab.running.supervisor.forget_keys()
    assert not any(PASSWORD in text for text in post.lab.keyring.entries.values())


async def test_a_server_that_repeats_the_password_is_not_quoted(post: Post) -> None:
    post.server.twist = lambda verb, answer: (
        b"S1 NO cannot: " + PASSWORD.encode() + b"\r\n" if verb == "LOGIN" else answer
    )
    await post.password()
    await post.switch_on()
    await post.state("problem")
    problem = (await post.lab.running.supervisor.signals_state()).mail_problem
    assert problem is not None and problem.code == "mail_refused" and PASSWORD not in str(problem)
    assert dict(problem.values)["reason"] == "it refuses the login"


async def test_a_mail_that_comes_in_while_another_one_is_read_is_not_left_lying(post: Post) -> None:
    second = [post.alert("sell")]

    def meanwhile(verb: str, answer: bytes) -> bytes:
        if verb != "FETCH" or not second:
            return answer
        post.server.mails.append((post.server.next_uid, mail(second.pop())))
        return b"* 2 EXISTS\r\n" + answer

    post.server.twist = meanwhile
    await post.password()
    await post.switch_on()
    await post.state("listening")
    post.server.deliver(mail(post.alert("sell")))
    assert len(await post.came(2)) == 2


async def test_more_mails_than_are_read_in_a_row_are_all_read(post: Post) -> None:
    await post.password()
    await post.switch_on()
    await post.state("listening")
    for _ in range(54):
        post.server.mails.append((post.server.next_uid, mail(sender="a@b.c")))
    post.server.deliver(mail(sender="a@b.c"))
    read: list[str] = []
    for _ in range(2_000):
        if len(read := [asked for asked in post.server.asked if "BODY" in asked]) == 55:
            break
        await asyncio.sleep(0.002)
    assert len(read) == 55

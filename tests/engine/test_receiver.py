"""What comes in through the receiver, and all that does not."""

import asyncio
import hmac
import json
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import pytest

from desktop_app.core.deal import DealStatus
from desktop_app.engine.news import SignalNews
from desktop_app.engine.signal_ways import SignalWays
from tests.engine.signal_lab import BOT, SignalLab, made


@pytest.fixture
async def lab(tmp_path: Path) -> AsyncIterator[SignalLab]:
    lab = await made(tmp_path)
    yield lab
    await lab.stop()


async def test_B_12_a_signal_is_journaled_answered_and_acted_on(lab: SignalLab) -> None:
    assert await lab.post(lab.alert()) == (200, {"status": 200, "reason": "Taken."})
    assert await lab.running.store.signals() != []
    await lab.price("50000")
    await lab.filled()
    assert await lab.statuses() == [DealStatus.OPEN]
    status, _ = await lab.post(lab.alert("sell"))
    assert status == 200
    await lab.filled()
    assert await lab.statuses() == [DealStatus.CLOSED_BY_USER]
    rows = await lab.running.supervisor.signals("TV")
    assert [(row.status, row.way, row.sender) for row in rows] == [(200, "hook", "127.0.0.1")] * 2
    assert lab.secret not in rows[0].body
    assert '"action": "sell"' in rows[0].body
    assert sum(isinstance(news, SignalNews) for news in lab.news) == 2
    await lab.check_books()


async def test_B_13_late_repeated_and_oversize_signals_are_refused_and_listed(lab: SignalLab) -> None:
    body = lab.alert()
    assert (await lab.post(body))[0] == 200
    assert (await lab.post(body))[0] == 409
    assert (await lab.post(lab.alert(ago_ms=301_000)))[0] == 410
    assert (await lab.post(lab.alert(ago_ms=-60_000)))[0] == 400
    assert (await lab.post(b" " * 65_536 + lab.alert()))[0] == 413
    verdicts = [(row.status, row.verdict.code) for row in await lab.running.supervisor.signals()]
    assert sorted(verdicts) == sorted(
        [
            (200, "signal_taken"),
            (409, "signal_repeated"),
            (410, "signal_late"),
            (400, "signal_from_the_future"),
            (413, "signal_too_large"),
        ]
    )


async def test_a_repeated_signal_stays_known_over_a_restart(lab: SignalLab) -> None:
    body = lab.alert()
    assert (await lab.post(body))[0] == 200
    await lab.stop()
    await lab.start()
    lab.use(await lab.running.supervisor.signal_address(1))
    assert (await lab.post(body))[0] == 409
    assert (await lab.post(lab.alert("sell")))[0] == 200


async def test_B_11_a_new_secret_ends_the_old_one_at_once(lab: SignalLab) -> None:
    old = lab.alert()
    lab.use(await lab.running.supervisor.rotate_signal_secret(1))
    status, document = await lab.post(old)
    assert (status, document["status"]) == (401, 401)
    assert (await lab.post(lab.alert()))[0] == 200


async def test_strangers_learn_nothing(lab: SignalLab) -> None:
    wrong = json.dumps(json.loads(lab.alert()) | {"secret": "x" * 43}).encode()
    answers = [
        await lab.post(wrong),
        await lab.post(lab.alert(), path="hook/00000000-0000-4000-8000-000000000000"),
        await lab.post(lab.alert(), path="hook/1"),
        await lab.post(lab.alert(), path=""),
        await lab.post(lab.alert(), path="../../etc/passwd"),
        await lab.post(lab.alert(secret="")),
        await lab.post(lab.alert(bot_uuid="2")),
    ]
    assert {(status, document["reason"]) for status, document in answers} == {
        (401, "Refused: the address or the secret is wrong.")
    }
    assert await lab.deals() == []


async def test_browsers_and_foreign_hosts_are_refused_unread(lab: SignalLab) -> None:
    assert (await lab.post(lab.alert(), Origin="https://evil.example"))[0] == 403
    assert (await lab.post(lab.alert(), Origin="null"))[0] == 403
    assert (await lab.post(lab.alert(), Sec_Fetch_Site="cross-site"))[0] == 403
    assert (await lab.post(lab.alert(), Host="evil.example"))[0] == 421
    assert (await lab.post(lab.alert(), Host=f"evil.example:{lab.port}"))[0] == 421
    assert (await lab.post(lab.alert(), Content_Type="application/x-www-form-urlencoded"))[0] == 415
    assert (await lab.post(lab.alert(), Content_Encoding="gzip"))[0] == 415
    assert (await lab.raw(b"GET / HTTP/1.1\r\nHost: 127.0.0.1:%d\r\n\r\n" % lab.port))[0] == 405
    assert (await lab.raw(b"OPTIONS / HTTP/1.1\r\nHost: 127.0.0.1:%d\r\n\r\n" % lab.port))[0] == 405
    assert (await lab.post(lab.alert(), Host=f"localhost:{lab.port}"))[0] == 200


async def test_a_tunnels_host_is_known_once_it_was_named(lab: SignalLab) -> None:
    ways = SignalWays(hook_is_on=True, port=0, public_url="https://alerts.example.net/")
    await lab.running.supervisor.set_signal_ways(ways)
    address = await lab.running.supervisor.signal_address(1)
    lab.use(address)
    assert address.public_url == f"https://alerts.example.net/{lab.path}"
    assert (await lab.post(lab.alert(), Host="alerts.example.net"))[0] == 200


async def test_what_is_no_http_or_never_ends_is_cut_off(lab: SignalLab) -> None:
    assert (await lab.raw(b"\x16\x03\x01\x02\x00"))[0] in (0, 400)
    assert (await lab.raw(b"POST / HTTP/1.1\r\n" + b"X: y\r\n" * 10))[0] in (0, 400)
    head = f"POST /{lab.path} HTTP/1.1\r\nHost: 127.0.0.1:{lab.port}\r\n"
    assert (await lab.raw(f"{head}Content-Length: 100000000\r\n\r\n".encode() + b"x" * 100_000))[0] in (0, 413)
    slow = await lab.raw(f"{head}Content-Length: 500\r\n\r\n{{".encode())
    assert slow[0] in (0, 408)
    chunks = b"".join(b"4000\r\n" + b" " * 0x4000 + b"\r\n" for _ in range(8))
    assert (await lab.raw(f"{head}Transfer-Encoding: chunked\r\n\r\n".encode() + chunks))[0] in (0, 413)


async def test_a_caller_may_take_a_moment_to_begin(lab: SignalLab) -> None:
    """As one behind a tunnel does, whose words come after the connection."""
    reader, writer = await asyncio.open_connection("127.0.0.1", lab.port)
    await asyncio.sleep(0.4)
    body = lab.alert()
    head = f"POST /{lab.path} HTTP/1.1\r\nHost: 127.0.0.1:{lab.port}\r\nContent-Length: {len(body)}\r\n\r\n"
    writer.write(head.encode())
    await asyncio.sleep(0.2)
    writer.write(body)
    assert (await reader.read()).startswith(b"HTTP/1.1 200")
    writer.close()


async def test_plain_text_and_lists_are_understood(lab: SignalLab) -> None:
    assert (await lab.post(lab.alert(), Content_Type="text/plain; charset=utf-8"))[0] == 200
    await lab.price("50000")
    await lab.filled()
    two = b"[" + lab.alert("sell") + b"," + lab.alert("sell") + b"]"
    document: Any = (await lab.post(two))[1]
    assert [one["status"] for one in document] == [200, 409]


async def test_a_sender_that_can_sign_needs_no_secret_in_the_body(lab: SignalLab) -> None:
    body = lab.alert(secret="")
    stamp = lab.stamp()
    proof = hmac.digest(lab.secret.encode(), stamp.encode() + b"." + body, "sha256").hex()
    assert (await lab.post(body, X_Signature=f"sha256={proof}", X_Timestamp="other"))[0] == 401
    head = f"POST /{lab.path} HTTP/1.1\r\nHost: 127.0.0.1:{lab.port}\r\nContent-Length: {len(body)}\r\n".encode()
    assert (await lab.raw(head + b"X-Signature: \xff\r\nX-Timestamp: \xff\r\n\r\n" + body))[0] == 401, "no text at all"
    assert (await lab.post(body, X_Signature=f"sha256={proof}", X_Timestamp=stamp))[0] == 200
    assert (await lab.post(lab.alert(secret=""), X_Signal_Secret=lab.secret))[0] == 200


async def test_more_than_the_bot_takes_in_a_minute_is_refused(lab: SignalLab) -> None:
    answers = [(await lab.post(lab.alert("disable")))[0] for _ in range(12)]
    assert answers == [200] * 10 + [429] * 2


async def test_reasons_of_the_bot_come_with_their_status(lab: SignalLab) -> None:
    assert (await lab.post(lab.alert("sell")))[0] == 409
    assert (await lab.post(lab.alert("enter_long")))[0] == 409
    assert (await lab.post(lab.alert(tv_instrument="ETHUSDT")))[0] == 422
    assert (await lab.post(lab.alert("fly")))[0] == 422
    assert (await lab.post(b"{"))[0] == 400
    await lab.running.supervisor.stop_bot(1)
    await lab.settle()
    status, document = await lab.post(lab.alert())
    assert status == 503
    assert "not" in document["reason"]


async def test_a_signal_may_stop_and_start_its_bot(lab: SignalLab) -> None:
    assert (await lab.post(lab.alert("stop_bot")))[0] == 200
    assert (await lab.running.supervisor.bot(1)).status == "stopped"
    body = lab.alert("start_bot")
    assert (await lab.post(body))[0] == 200
    assert (await lab.running.supervisor.bot(1)).status == "running"
    assert (await lab.post(body))[0] == 409
    assert (await lab.post(lab.alert("disable")))[0] == 200
    assert (await lab.running.supervisor.bot(1)).status == "paused"


async def test_no_signal_undoes_a_panic(lab: SignalLab) -> None:
    await lab.running.supervisor.stop_bot(1)
    lab.desk.halt.bots.add(1)
    assert (await lab.post(lab.alert("start_bot")))[0] == 409
    assert (await lab.running.supervisor.bot(1)).status == "stopped"
    await lab.running.supervisor.start_bot(1)
    assert (await lab.post(lab.alert()))[0] == 200


async def test_B_12_a_test_signal_tells_what_would_happen_and_does_nothing(lab: SignalLab) -> None:
    (answer,) = await lab.running.supervisor.send_signal(1, '{"action": "buy"}', is_test=True)
    assert (answer.status, answer.verdict.code, answer.verdict["side"]) == (200, "signal_would_trade", "buy")
    (answer,) = await lab.running.supervisor.send_signal(1, '{"action": "sell"}', is_test=True)
    assert answer.verdict.code == "signal_other_direction"
    (answer,) = await lab.running.supervisor.send_signal(1, '{"action": "stop_bot"}', is_test=True)
    assert answer.verdict.code == "signal_would_switch"
    (answer,) = await lab.running.supervisor.send_signal(1, '{"action": "close_all"}', is_test=True)
    assert answer.verdict.code == "signal_without_deal"
    await lab.price("50000")
    await lab.filled()
    assert await lab.deals() == []
    (answer,) = await lab.running.supervisor.send_signal(1, '{"action": "buy"}')
    assert (answer.status, answer.verdict.code) == (200, "signal_taken")
    (answer,) = await lab.running.supervisor.send_signal(1, "{")
    assert answer.status == 400


async def test_B_12_a_taken_port_is_told_and_stops_nothing_else(lab: SignalLab, tmp_path: Path) -> None:
    other = SignalLab(tmp_path / "other")
    await other.start()
    await other.add(BOT)
    state = await other.running.supervisor.set_signal_ways(SignalWays(hook_is_on=True, port=lab.port))
    assert (state.hook_state, state.hook_problem and state.hook_problem.code) == ("port_in_use", "hook_port_in_use")
    state = await other.running.supervisor.set_signal_ways(SignalWays())
    assert state.hook_state == "off"
    await other.stop()


async def test_nothing_listens_before_somebody_says_so(tmp_path: Path) -> None:
    lab = SignalLab(tmp_path)
    await lab.start()
    assert (await lab.running.supervisor.signals_state()).hook_state == "off"
    await lab.stop()


async def test_a_removed_bot_leaves_no_secret_behind(lab: SignalLab) -> None:
    assert any(lab.secret in text for text in lab.keyring.entries.values())
    await lab.running.supervisor.stop_bot(1)
    await lab.running.supervisor.remove_bot(1)
    assert not any(lab.secret in text for text in lab.keyring.entries.values())


async def test_forgetting_all_keys_closes_the_way_in(lab: SignalLab) -> None:
    await lab.running.supervisor.forget_keys()
    assert (await lab.post(lab.alert()))[0] == 401


async def test_no_secret_is_in_any_file(lab: SignalLab, tmp_path: Path) -> None:
    wrong = "wr0ng-" + "k" * 40
    await lab.post(lab.alert())
    await lab.post(lab.alert(note={"deep": lab.secret}, action=lab.secret))
    await lab.post(lab.alert()[:-1])
    await lab.post(b'{"secret": "' + lab.secret.encode() + b'"')
    await lab.post(lab.secret.encode() + b" is the secret")
    await lab.post(lab.alert(secret=wrong))
    await lab.post(lab.alert(), path=f"hook/{lab.secret}")
    await lab.post(lab.alert(), X_Signal_Secret=lab.secret)
    await lab.running.supervisor.send_signal(1, lab.alert().decode())
    assert len(await lab.running.supervisor.signals()) == 9
    await lab.running.store.backup(tmp_path / "copy.sqlite3")
    secret = lab.secret.encode()
    await lab.stop()
    for path in tmp_path.rglob("*"):
        if path.is_file():
            content = path.read_bytes()
            assert secret not in content, path
            assert secret[8:20] not in content, path
            assert wrong.encode() not in content, path

"""Wishes as JSON: keys reach the running application whole, and no answer and no log ever repeats them."""

import json
import logging

import pytest

from desktop_app.core.credentials import Credentials, Secret
from desktop_app.core.risk import Limits
from desktop_app.core.said import said
from desktop_app.engine.calls import Remote, answer
from desktop_app.engine.problem import Problem
from desktop_app.engine.views import AccountCheck, AccountView
from desktop_app.store.codec import said_to_json
from tests.engine.lab import Lab

KEY = Credentials(Secret("CANARYkey0123456789"), Secret("CANARYsecret0123456789"), Secret("CANARYword"))


class _Door:
    """Hands requests over in this process, and keeps what went through."""

    def __init__(self, lab: Lab) -> None:
        self.lab = lab
        self.answers: list[bytes] = []

    async def call(self, name: str, /, **arguments: object) -> object:
        """What the other process would get; raises Problem."""
        sent: list[bytes] = []

        def keep(request: bytes) -> bytes:
            sent.append(request)
            return json.dumps({"problem": {"said": said_to_json(said("x")), "exit_status": 1}}).encode()

        with pytest.raises(Problem):
            Remote(keep).call(name, **arguments)
        self.answers.append(await answer(self.lab.running.supervisor, sent[0]))
        return Remote(lambda _: self.answers[-1]).call(name, **arguments)


async def test_a_key_goes_through_the_door_and_comes_back_in_nothing(
    lab: Lab, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.DEBUG)
    door = _Door(lab)
    check = await door.call("check_key", exchange="keyed", config=None, credentials=KEY)
    view = await door.call("add_account", name="demo", exchange="keyed", credentials=KEY)
    with pytest.raises(Problem):
        await door.call("add_account", name="demo", exchange="keyed", credentials=KEY)
    again = await door.call("check_account", name="demo")

    assert isinstance(check, AccountCheck) and check == again
    assert isinstance(view, AccountView) and (view.key_state, view.rights.uid) == ("ok", "u1")
    assert lab.keyring.entries
    assert "CANARY" not in caplog.text
    assert not any(b"CANARY" in reply for reply in door.answers)


async def test_limits_go_through_the_door(lab: Lab) -> None:
    await lab.add()
    await _Door(lab).call("set_limits", name="demo", limits=Limits(max_open_deals=3))

    assert lab.desk.limits.max_open_deals == 3


@pytest.mark.parametrize(
    "credentials",
    ["CANARY", ["CANARY"], {"api_key": 1, "secret": "CANARY"}, {"api_key": "CANARY", "secret": {"x": "CANARY"}}, 7],
)
async def test_a_key_in_another_shape_is_refused_without_a_word_of_it(
    lab: Lab, credentials: object, caplog: pytest.LogCaptureFixture
) -> None:
    request = {"call": "check_key", "args": {"exchange": "keyed", "config": None, "credentials": credentials}}
    reply = await answer(lab.running.supervisor, json.dumps(request).encode())

    assert b"bad_call" in reply
    assert b"CANARY" not in reply
    assert "CANARY" not in caplog.text


@pytest.mark.parametrize(
    "request_", [b"", b"[]", b"{}", b'{"call": "__init__"}', b'{"call": "accounts", "args": 7}', b"\xff"]
)
async def test_what_is_no_call_is_refused(lab: Lab, request_: bytes) -> None:
    assert b"problem" in await answer(lab.running.supervisor, request_)

"""The supervisor's methods as JSON calls, by the types that they declare."""

import inspect
import json
import logging
from collections.abc import Callable
from functools import cache
from typing import Any, get_type_hints

from pydantic import TypeAdapter, ValidationError

from desktop_app.core.columns import Candles
from desktop_app.core.credentials import Credentials, Secret
from desktop_app.core.events import Ask
from desktop_app.core.risk import Limits
from desktop_app.engine.problem import FAILED, Problem, of_store, problem, unforeseen
from desktop_app.engine.signal_ways import SignalWays
from desktop_app.engine.supervisor import Supervisor
from desktop_app.store.codec import said_from_json, said_to_json
from desktop_app.store.errors import StoreError

_log = logging.getLogger(__name__)
CALLS = {
    name: name for name, method in vars(Supervisor).items() if inspect.iscoroutinefunction(method) and name[0] != "_"
}
_ASKS: dict[str, type] = {kind.__name__: kind for kind in Ask.__args__}
_COLUMNS = ("at", "open", "high", "low", "close", "volume")


@cache
def _signature(name: str) -> tuple[dict[str, Any], Any]:
    """The types of the arguments and of the result."""
    hints = get_type_hints(getattr(Supervisor, name))
    result = hints.pop("return", type(None))
    return hints, result


@cache
def _adapter(name: str, argument: str) -> TypeAdapter[Any]:
    hints, result = _signature(name)
    return TypeAdapter(hints[argument] if argument else result)


async def answer(supervisor: Supervisor, request: bytes) -> bytes:
    """`{"call", "args"}` → `{"ok": …}` or `{"problem": {"said", "exit_status"}}`; never raises.

    What was asked for is never logged: a key may be in it.
    """
    try:
        call, arguments = _read(request)
        result = await getattr(supervisor, call)(**arguments)
        return json.dumps({"ok": _dump(call, result)}).encode()
    except Problem as error:
        return _told(error)
    except StoreError as error:
        return _told(of_store(error))
    except Exception as error:  # noqa: BLE001 - the caller must get an answer, and the log the rest
        _log.exception("a call failed")
        return _told(problem("unexpected", FAILED, error=unforeseen(error)))


class Remote:
    """Looks like the supervisor, and asks the one of the running application: `Remote(send).call(name, …)`."""

    def __init__(self, send: Callable[[bytes], bytes]) -> None:
        self._send = send

    def call(self, name: str, /, **arguments: Any) -> Any:
        """The result in its own type. Raises Problem."""
        dumped = {key: _dump_argument(name, key, value) for key, value in arguments.items()}
        reply = json.loads(self._send(json.dumps({"call": name, "args": dumped}).encode()))
        if "problem" in reply:
            raise Problem(said_from_json(reply["problem"]["said"]), reply["problem"]["exit_status"])
        return _load(name, reply["ok"])


def _read(request: bytes) -> tuple[str, dict[str, Any]]:
    try:
        fields = json.loads(request)
        call, raw = fields["call"], fields.get("args", {})
        arguments = {name: _load_argument(CALLS[call], name, value) for name, value in raw.items()}
        return CALLS[call], arguments
    except ValidationError as error:
        reasons = "; ".join(one["msg"] for one in error.errors(include_input=False, include_url=False))
        raise problem("bad_call", reason=reasons[:300]) from None
    except (ValueError, KeyError, TypeError, AttributeError) as error:
        raise problem("bad_call", reason=f"{type(error).__name__}: {error}"[:300]) from None


def _told(error: Problem) -> bytes:
    return json.dumps({"problem": {"said": said_to_json(error.said), "exit_status": error.exit_status}}).encode()


def _dump_argument(call: str, name: str, value: Any) -> Any:
    if name == "credentials":
        return {part: secret.reveal() for part, secret in value.parts()} if value is not None else None
    if name == "ask":
        return {"ask": type(value).__name__, **TypeAdapter(type(value)).dump_python(value, mode="json")}
    if hasattr(value, "model_dump_json"):
        return value.model_dump_json()  # settings go as their JSON, which is read like a bot file
    return _adapter(call, name).dump_python(value, mode="json")


def _load_argument(call: str, name: str, value: Any) -> Any:
    if name == "credentials":
        return _load_credentials(value)
    if name == "ask":
        kind = _ASKS[value["ask"]]
        return TypeAdapter(kind).validate_python({key: part for key, part in value.items() if key != "ask"})
    if name == "source":
        return str(value)
    if name == "limits":
        return Limits.model_validate_json(value)
    if name == "ways":
        return SignalWays.model_validate_json(value)
    return _adapter(call, name).validate_python(value)


def _load_credentials(value: Any) -> Credentials | None:
    """Raises ValueError, without a word of what was given."""
    if value is None:
        return None
    parts = [value.get(name, "") for name in ("api_key", "secret", "password")] if isinstance(value, dict) else []
    if len(parts) != 3 or not all(isinstance(part, str) for part in parts):
        raise ValueError("credentials are three texts")
    return Credentials(*(Secret(part) for part in parts))


def _dump(call: str, result: Any) -> Any:
    if isinstance(result, Candles):
        return {name: getattr(result, name).tolist() for name in _COLUMNS}
    return _adapter(call, "").dump_python(result, mode="json")


def _load(call: str, result: Any) -> Any:
    if _signature(call)[1] is Candles:
        import numpy as np

        arrays = {name: np.array(result[name], "int64" if name == "at" else "float64") for name in _COLUMNS}
        return Candles(**arrays)
    return _adapter(call, "").validate_python(result)

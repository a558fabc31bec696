"""How events, commands and states are written into the journal."""

from collections.abc import Iterable
from functools import cache
from typing import Any

from pydantic import TypeAdapter

from desktop_app.core.commands import CancelOrder, Command, OpenTrade, PlaceOrder
from desktop_app.core.events import Event
from desktop_app.store.codec import compact


@cache
def adapter(kind: Any) -> TypeAdapter[Any]:
    """The reader and writer of a frozen type; built once, for that is slow."""
    return TypeAdapter(kind)


def event_to_json(event: Event) -> str:
    """The event under its name."""
    kind: Any = type(event)
    return f'{{"{kind.__name__}":{adapter(kind).dump_json(event).decode()}}}'


def commands_to_json(commands: Iterable[Command], refused: Iterable[str] = ()) -> str:
    """What was decided, by client id; the orders themselves stand beside it."""
    named: list[dict[str, str | int]] = []
    for command in commands:
        if isinstance(command, PlaceOrder):
            named.append({"place": command.order.client_id, "deal": command.deal})
        elif isinstance(command, CancelOrder):
            named.append({"cancel": command.client_id, "deal": command.deal})
        elif isinstance(command, OpenTrade):
            named.append({"open_trade": command.settings, "deal": command.deal})
    named.extend({"refused": client_id} for client_id in refused)
    return compact(named) if named else "[]"

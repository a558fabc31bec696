"""`account exchanges`: what works on which exchange, as it is and not as one would like it to be."""

from argparse import Namespace
from dataclasses import asdict

from desktop_app.cli.output import BAD_INPUT, DONE, CallProblem, Json, show, show_document, show_table, visible
from desktop_app.core.capability import Capability, Level
from desktop_app.engine.account_config import exchange_list, nearest_exchange

_HEAD = ("id", "name", "tried", "orders", "key check", "streams", "own stream", "candles", "stops", "cancel all")
_LEVELS = {
    Level.FULL: "Everything about it was tried against a stand-in built from its documents.",
    Level.CHECKED: "Its orders and refusals were tried against made-up answers in its form, never at the exchange.",
    Level.CONNECTABLE: "Nothing of its own was tried: what Strongroom does not understand there counts as unknown.",
}


def act(call: Namespace) -> int:
    known = exchange_list()
    if call.id is not None:
        return _show_one(_of(call.id, known), is_json=call.json)
    if call.json:
        show_document([_document(one) for one in known])
        return DONE
    show_table(_HEAD, [_row(one) for one in known])
    show("")
    show("tried: full = everything, against a stand-in built from its documents; checked = orders and refusals,")
    show(
        "against made-up answers in its form; connectable = nothing. orders: whether bots trade there with real money."
    )
    show("`strongroom account exchanges ID` says more of one. Every one has paper accounts at its real prices.")
    return DONE


def _of(exchange_id: str, known: tuple[Capability, ...]) -> Capability:
    found = next((one for one in known if one.id == exchange_id), None)
    if found is None:
        meant = nearest_exchange(exchange_id)
        hint = f" Did you mean {meant}?" if meant else " `strongroom account exchanges` lists them all."
        raise CallProblem(f"There is no exchange {visible(exchange_id)[:40]}.{hint}", BAD_INPUT)
    return found


def _row(one: Capability) -> tuple[str, ...]:
    has = (
        one.can_trade,
        one.key_check,
        one.websockets,
        one.private_stream,
        one.candles,
        one.stop_orders,
        one.cancel_all,
    )
    return (one.id, one.name, one.level.value, *("yes" if each else "no" for each in has))


def _show_one(one: Capability, *, is_json: bool) -> int:
    if is_json:
        show_document(_document(one))
        return DONE
    show(f"{one.name} ({one.id})")
    show(_LEVELS[one.level])
    if one.note:
        show(one.note)
    if not one.key_check:
        show("It does not tell what a key may do: look on its website that withdrawals are off.")
    for name, value in zip(_HEAD[3:], _row(one)[3:], strict=True):
        show(f"  {name + ':':12} {value}")
    show(f"  {'testnet:':12} {'yes' if one.sandbox else 'no'}")
    return DONE


def _document(one: Capability) -> Json:
    document: Json = asdict(one) | {"level": one.level.value}
    return document

"""`account limits`: what no bot may exceed on an account, shown and changed one by one."""

from argparse import Namespace
from typing import TYPE_CHECKING, Any

from desktop_app.cli.output import BAD_INPUT, DONE, CallProblem, exact, number, show, show_document, visible
from desktop_app.cli.session import House, asking, reading

if TYPE_CHECKING:
    from desktop_app.core.risk import Limits
    from desktop_app.engine.views import AccountView

_NONE = "none"
_OPTIONS = {
    "max_order_value": "largest_order",
    "max_open_deals": "open_deals",
    "max_orders_a_minute": "orders_a_minute",
    "pairs": "pairs",
}


def act(call: Namespace, house: House) -> int:
    given = {field: value for field, name in _OPTIONS.items() if (value := getattr(call, name)) is not None}
    if call.on_foreign is not None:
        given["pause_on_foreign"] = call.on_foreign == "pause"
    if not given:
        with reading(house) as session:
            return _show(call, _limits_of(session.call("accounts"), call.name))
    with asking(house) as session:
        limits = _changed(_limits_of(session.call("accounts"), call.name), given)
        session.call("set_limits", name=call.name, limits=limits)
    return _show(call, limits)


def _limits_of(views: "tuple[AccountView, ...]", name: str) -> "Limits":
    from desktop_app.core.risk import Limits
    from desktop_app.engine.problem import problem

    for view in views:
        if view.name == name:
            return Limits.model_validate_json(view.limits_json)
    raise problem("no_such_account", account=name[:80])


def _changed(limits: "Limits", given: dict[str, Any]) -> "Limits":
    from pydantic import ValidationError

    read = {field: _read(value) for field, value in given.items()}
    try:
        return type(limits).model_validate({**limits.model_dump(), **read})
    except ValidationError as error:
        field = str(error.errors()[0]["loc"][0])
        option = f"--{_OPTIONS[field].replace('_', '-')}"
        raise CallProblem(
            f"{option} {visible(str(given[field]))[:40]} is no limit. The limits stay as they were. "
            f"Give a number above 0, or {_NONE}.",
            BAD_INPUT,
        ) from None


def _read(value: Any) -> Any:
    if isinstance(value, list):
        return [] if value == [_NONE] else [pair.upper() for pair in value]
    return None if value == _NONE else value


def _show(call: Namespace, limits: "Limits") -> int:
    if call.json:
        value = limits.max_order_value
        document = limits.model_dump() | {"max_order_value": None if value is None else exact(value)}
        show_document(document | {"pairs": sorted(limits.pairs)})
        return DONE
    value = limits.max_order_value
    show(f"{visible(call.name)}:")
    for label, text in (
        ("largest order", "" if value is None else f"{number(value)} in the pair's quote"),
        ("open deals", str(limits.max_open_deals or "")),
        ("orders a minute", str(limits.max_orders_a_minute or "")),
        ("pairs", ", ".join(sorted(limits.pairs))),
        ("what no bot did", "opens nothing more" if limits.pause_on_foreign else "goes on"),
    ):
        show(f"  {label + ':':18}{text or 'no limit'}")
    return DONE

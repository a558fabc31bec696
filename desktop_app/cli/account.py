"""`account`: where bots trade. This version knows the embedded exchange."""

from argparse import Namespace
from typing import TYPE_CHECKING, Any

from desktop_app.cli.output import (
    BAD_INPUT,
    DONE,
    UNKNOWN,
    CallProblem,
    Json,
    exact,
    number,
    show,
    show_document,
    show_table,
    visible,
)
from desktop_app.cli.session import House, changing, reading

if TYPE_CHECKING:
    from desktop_app.engine.views import AccountView

_EMBEDDED = "sim"
_MODES = {"sim": "simulated", "paper": "paper", "live": "real money"}
_OPTIONS = ("seed", "speed", "symbol", "balance", "fee_percent", "fee_currency", "slippage_percent", "fill_through")
_REPLAY_ONLY = ("fee_percent", "fee_currency", "slippage_percent", "fill_through")


def act(call: Namespace, house: House) -> int:
    match call.verb:
        case "add":
            return _add(call, house)
        case "list":
            return _list(call, house)
        case _:
            return _remove(call, house)


def _add(call: Namespace, house: House) -> int:
    config = _config(call)
    with changing(house) as session:
        view: AccountView = session.call("add_account", name=call.name, exchange=_EMBEDDED, config=config)
    if call.json:
        show_document({"id": view.account_id, "name": view.name, "exchange": view.exchange, "mode": view.mode})
        return DONE
    what = "replayed candles" if "replay" in config else "simulated prices"
    holds = ", ".join(word.replace("=", " ") for word in _turned(config.get("balance", ["USDT=10000"])))
    show(
        f"Added {visible(view.name)}: an account on the embedded exchange with {what}, holding {holds}. No real money."
    )
    return DONE


def _turned(balance: list[str]) -> list[str]:
    """`USDT=10000` reads better with the amount first."""
    return ["=".join(reversed(word.split("=", 1))) for word in balance]


def _config(call: Namespace) -> dict[str, Any]:
    """The settings of a simulated account, as its exchange reads and checks them."""
    if call.exchange != _EMBEDDED:
        raise CallProblem(
            f"This version connects only the embedded exchange `sim`, not {visible(call.exchange)[:40]}. No account "
            "was added. Use `--exchange sim`, which trades pretend money; real exchanges come with a later version."
        )
    if call.rest_url or call.ws_url or call.credentials_stdin:
        raise CallProblem("`sim` has no address and no keys. No account was added. Leave these options out.")
    config = {name: value for name in _OPTIONS if (value := getattr(call, name)) is not None}
    if call.seed is not None:
        config["seed"] = _whole(call.seed)
    if call.replay is not None:
        config["replay"] = str(call.replay.expanduser().absolute())
        if call.symbol is None:
            raise CallProblem("A replay needs the pair of its candles. No account was added. Add --symbol BTC/USDT.")
    elif extra := [name for name in (*_REPLAY_ONLY, "symbol") if name in config]:
        option = f"--{extra[0].replace('_', '-')}"
        raise CallProblem(f"{option} is for a replay. No account was added. Add --replay FILE, or leave it out.")
    return config


def _whole(text: str) -> int:
    if not text.isascii() or not text.isdigit() or len(text) > 19:
        raise CallProblem(f"--seed {visible(text)[:40]} is no whole number from 0. No account was added.", BAD_INPUT)
    return int(text)


def _list(call: Namespace, house: House) -> int:
    with reading(house) as session:
        views: tuple[AccountView, ...] = session.call("accounts")
    if call.json:
        show_document([_document(view) for view in views])
    elif not views:
        show("No accounts yet. `strongroom account add demo --exchange sim` adds one with pretend money.")
    else:
        rows = [
            (view.name, view.exchange, _MODES[view.mode], _speed(view), "yes" if view.may_trade else "no")
            for view in views
        ]
        show_table(("name", "exchange", "money", "speed", "may trade"), rows)
    return DONE


def _document(view: "AccountView") -> Json:
    return {
        "id": view.account_id,
        "name": view.name,
        "exchange": view.exchange,
        "mode": view.mode,
        "may_trade": view.may_trade,
        "speed": exact(view.speed) if view.speed.is_finite() else "max",
    }


def _speed(view: "AccountView") -> str:
    if not view.is_simulated:
        return UNKNOWN
    return f"{number(view.speed)}×" if view.speed.is_finite() else "max"


def _remove(call: Namespace, house: House) -> int:
    with changing(house) as session:
        session.call("remove_account", name=call.name)
    if call.json:
        show_document({"removed": call.name})
    else:
        show(f"Removed {visible(call.name)}. Its deals stay in the journal.")
    return DONE

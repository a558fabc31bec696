"""`account`: where bots trade: the embedded exchange, paper on real prices, and real accounts with their keys."""

from argparse import Namespace
from typing import TYPE_CHECKING, Any

from desktop_app.cli.output import (
    BAD_INPUT,
    DONE,
    FAILED,
    REFUSED_FOR_SAFETY,
    UNKNOWN,
    CallProblem,
    Json,
    exact,
    moment,
    number,
    show,
    show_document,
    show_table,
    visible,
    wording,
)
from desktop_app.cli.session import House, asking, changing, reading, running

if TYPE_CHECKING:
    from desktop_app.core.credentials import Credentials
    from desktop_app.core.rights import Rights
    from desktop_app.engine.views import AccountCheck, AccountView

_EMBEDDED = "sim"
_MODES = {"sim": "simulated", "paper": "paper", "live": "real money"}
_OPTIONS = ("seed", "speed", "symbol", "balance", "fee_percent", "fee_currency", "slippage_percent", "fill_through")
_REPLAY_ONLY = ("fee_percent", "fee_currency", "slippage_percent", "fill_through")
_PAPER_ONLY = ("balance", "fee_percent", "slippage_percent", "fill_through")
_SIM_ONLY = ("seed", "speed", "replay", "symbol", "fee_currency")
_RIGHTS = {"read": "read", "trade": "spot trading", "withdraw": "withdrawals", "transfer": "transfers"}


def act(call: Namespace, house: House) -> int:
    act_on = {
        "add": _add,
        "list": _list,
        "check": _check,
        "allow-trading": _allow_trading,
        "limits": _limits,
        "replace-key": _replace_key,
        "remove": _remove,
        "exchanges": _exchanges,
    }
    return act_on[call.verb](call, house)


def _exchanges(call: Namespace, _house: House) -> int:
    from desktop_app.cli import exchanges

    return exchanges.act(call)


def _limits(call: Namespace, house: House) -> int:
    from desktop_app.cli import limits

    return limits.act(call, house)


# --- adding


def _add(call: Namespace, house: House) -> int:
    return _add_embedded(call, house) if call.exchange == _EMBEDDED else _add_real(call, house)


def _add_embedded(call: Namespace, house: House) -> int:
    config = _embedded_config(call)
    with changing(house) as session:
        view: AccountView = session.call("add_account", name=call.name, exchange=_EMBEDDED, config=config)
    if call.json:
        show_document(_added(view))
        return DONE
    what = "replayed candles" if "replay" in config else "simulated prices"
    holds = ", ".join(word.replace("=", " ") for word in _turned(config.get("balance", ["USDT=10000"])))
    show(
        f"Added {visible(view.name)}: an account on the embedded exchange with {what}, holding {holds}. No real money."
    )
    return DONE


def _add_real(call: Namespace, house: House) -> int:
    config = _real_config(call)
    _must_exist(call.exchange)
    if call.session_only:
        _must_run(house)
    credentials = None if call.paper else _credentials(call, call.exchange, house)
    with asking(house) as session:
        view: AccountView = session.call(
            "add_account",
            name=call.name,
            exchange=call.exchange,
            is_paper=call.paper,
            config=config,
            credentials=credentials,
            session_only=call.session_only,
        )
    if call.json:
        show_document(_added(view) | _key_of(view))
        return DONE
    name, where = visible(view.name), visible(view.exchange)
    if call.paper:
        show(f"Added {name}: pretend money at the real prices of {where}. No key, no real money.")
        return DONE
    show(f"Added {name} on {where}, key {view.key_tail}. It only watches: real orders come after")
    show(f"  strongroom account allow-trading {name} --yes")
    for reason in view.reasons:
        show(f"! {wording(reason)}")
    return DONE


def _turned(balance: list[str]) -> list[str]:
    """`USDT=10000` reads better with the amount first."""
    return ["=".join(reversed(word.split("=", 1))) for word in balance]


def _embedded_config(call: Namespace) -> dict[str, Any]:
    """The settings of a simulated account, as its exchange reads and checks them."""
    if call.rest_url or call.ws_url or call.credentials_stdin or call.session_only or call.paper:
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


def _real_config(call: Namespace) -> dict[str, Any]:
    wrong = [name for name in _SIM_ONLY if getattr(call, name) is not None]
    if wrong:
        option = f"--{wrong[0].replace('_', '-')}"
        raise CallProblem(f"{option} is for the embedded exchange `sim`. No account was added. Leave it out.")
    config = {name: value for name in _PAPER_ONLY if (value := getattr(call, name)) is not None}
    if config and not call.paper:
        option = f"--{next(iter(config)).replace('_', '-')}"
        raise CallProblem(f"{option} is for pretend money. No account was added. Add --paper, or leave it out.")
    if call.paper and (call.credentials_stdin or call.session_only):
        option = "--credentials-stdin" if call.credentials_stdin else "--session-only"
        raise CallProblem(f"A paper account has no key. No account was added. Leave {option} out.")
    for name in ("rest_url", "ws_url"):
        if getattr(call, name):
            config[name] = getattr(call, name)
    return config


def _must_exist(exchange: str) -> None:
    """Before anybody types a key for it."""
    from desktop_app.engine.account_config import nearest_exchange

    nearest = nearest_exchange(exchange)
    if nearest is None:
        return
    meant = f" Did you mean {nearest}?" if nearest else ""
    raise CallProblem(
        f"There is no exchange {visible(exchange)[:40]}. No account was added.{meant} "
        "`strongroom account exchanges` lists them all."
    )


def _must_run(house: House) -> None:
    """A key for a session needs one that goes on after this command: that of the window, or of `run`."""
    client = running(house.paths)
    if client is None:
        raise CallProblem(
            "No application runs on this data folder, so a key for its session would be gone with this command. "
            "Nothing was kept. Start the window or `strongroom run` first, or leave --session-only out."
        )
    with client:
        pass  # it answers


def _credentials(call: Namespace, exchange: str, house: House) -> "Credentials":
    from desktop_app.cli.credentials import take_credentials
    from desktop_app.engine.account_config import needs_password

    credentials = take_credentials(from_stdin=call.credentials_stdin, needs_password=needs_password(exchange))
    house.scrubber.add("typed", (secret for _, secret in credentials.parts()))
    return credentials


def _whole(text: str) -> int:
    if not text.isascii() or not text.isdigit() or len(text) > 19:
        raise CallProblem(f"--seed {visible(text)[:40]} is no whole number from 0. No account was added.", BAD_INPUT)
    return int(text)


# --- keys and rights


def _check(call: Namespace, house: House) -> int:
    with asking(house) as session:
        check: AccountCheck = session.call("check_account", name=call.name)
    if call.json:
        show_document(_check_document(check))
    else:
        _show_check(call.name, check)
    return _status_of(check)


def _status_of(check: "AccountCheck") -> int:
    if check.verdict == "refused":
        return REFUSED_FOR_SAFETY
    return DONE if check.reachable else FAILED


def _show_check(name: str, check: "AccountCheck") -> None:
    key = f", key {check.tail}" if check.tail else ""
    show(f"{visible(name)} on {visible(check.exchange)}{key}: {check.verdict}")
    if check.reachable:
        for field, label in _RIGHTS.items():
            show(f"  {label + ':':14} {_answer(getattr(check.rights, field))}")
        show(f"  {'bound to IP:':14} {_answer(check.rights.ip_restricted)}")
        show(f"  {'created:':14} {moment(check.rights.created_at or 0)}")
        show(f"  {'expires:':14} {moment(check.rights.expires_at or 0)}")
        offset = UNKNOWN if check.clock_offset_ms is None else f"{check.clock_offset_ms} ms"
        show(f"  {'clock:':14} {offset}")
    for reason in check.reasons:
        show(f"! {visible(wording(reason))}")


def _answer(right: bool | None) -> str:
    return {True: "yes", False: "no", None: "the exchange does not tell"}[right]


def _check_document(check: "AccountCheck") -> dict[str, Json]:
    return {
        "exchange": check.exchange,
        "reachable": check.reachable,
        "clock_offset_ms": check.clock_offset_ms,
        "permissions": _permissions(check.rights),
        "verdict": check.verdict,
        "reasons": [wording(reason) for reason in check.reasons],
    }


def _permissions(rights: "Rights") -> dict[str, Json]:
    names = ("read", "trade", "withdraw", "transfer", "ip_restricted", "expires_at", "created_at")
    return {name: getattr(rights, name) for name in names}


def _allow_trading(call: Namespace, house: House) -> int:
    if not call.yes:
        raise CallProblem(
            f"Bots on {visible(call.name)} could then place real orders with real money. Nothing was changed. "
            "Add --yes if that is what you want."
        )
    with asking(house) as session:
        session.call("allow_trading", name=call.name)
        views: tuple[AccountView, ...] = session.call("accounts")
    view = next(view for view in views if view.name == call.name)
    if call.json:
        show_document(_document(view))
    else:
        show(f"Bots on {visible(view.name)} may place orders now ({_MODES[view.mode]}).")
    return DONE


def _replace_key(call: Namespace, house: House) -> int:
    if call.session_only:
        _must_run(house)
    with asking(house) as session:
        views: tuple[AccountView, ...] = session.call("accounts")
        exchange = next((view.exchange for view in views if view.name == call.name), "")
        credentials = _credentials(call, exchange, house)
        check: AccountCheck = session.call(
            "replace_key", name=call.name, credentials=credentials, session_only=call.session_only
        )
    if call.json:
        show_document(_check_document(check))
    else:
        show(f"{visible(call.name)} has a new key, {check.tail}. Delete the old one at the exchange.")
        for reason in check.reasons:
            show(f"! {wording(reason)}")
    return DONE


# --- looking


def _list(call: Namespace, house: House) -> int:
    with reading(house) as session:
        views: tuple[AccountView, ...] = session.call("accounts")
    if call.json:
        show_document([_document(view) for view in views])
    elif not views:
        show("No accounts yet. `strongroom account add demo --exchange sim` adds one with pretend money.")
    else:
        rows = [
            (
                view.name,
                view.exchange,
                _MODES[view.mode],
                _speed(view),
                "yes" if view.may_trade else "no",
                " ".join(filter(None, (view.key_state, view.key_tail))),
            )
            for view in views
        ]
        show_table(("name", "exchange", "money", "speed", "may trade", "key"), rows)
        for view in views:
            for told in filter(None, (view.frozen, view.key_remedy)):
                show(f"! {visible(view.name)}: {visible(wording(told))}")
    return DONE


def _added(view: "AccountView") -> dict[str, Json]:
    return {"id": view.account_id, "name": view.name, "exchange": view.exchange, "mode": view.mode}


def _key_of(view: "AccountView") -> dict[str, Json]:
    return {
        "key": view.key_state,
        "key_tail": view.key_tail or None,
        "verdict": view.verdict or None,
        "reasons": [wording(reason) for reason in view.reasons],
    }


def _document(view: "AccountView") -> dict[str, Json]:
    frozen = wording(view.frozen) if view.frozen is not None else None
    return {
        **_added(view),
        "may_trade": view.may_trade,
        "speed": exact(view.speed) if view.speed.is_finite() else "max",
        **_key_of(view),
        "frozen": frozen,
    }


def _speed(view: "AccountView") -> str:
    if view.exchange != _EMBEDDED:
        return UNKNOWN
    return f"{number(view.speed)}×" if view.speed.is_finite() else "max"


def _remove(call: Namespace, house: House) -> int:
    with asking(house) as session:
        views: tuple[AccountView, ...] = session.call("accounts")
        session.call("remove_account", name=call.name)
    had_key = any(view.name == call.name and view.key_state != "none" for view in views)
    if call.json:
        show_document({"removed": call.name})
        return DONE
    show(f"Removed {visible(call.name)}. Its deals stay in the journal.")
    if had_key:
        show("Its key is gone from this computer. Delete it at the exchange, too.")
    return DONE

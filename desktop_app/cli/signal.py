"""`signal`: sending one, seeing what came, and the ways by which alerts reach this computer."""

import json
import sys
from argparse import Namespace
from typing import TYPE_CHECKING

from desktop_app.cli.output import (
    BAD_INPUT,
    DONE,
    FAILED,
    CallProblem,
    Json,
    complain,
    moment,
    show,
    show_document,
    show_table,
    visible,
    wording,
)
from desktop_app.cli.reading import read_count, read_positive
from desktop_app.cli.session import House, Session, changing, reading

if TYPE_CHECKING:
    from desktop_app.core.credentials import Secret
    from desktop_app.engine.signal_ways import SignalWays
    from desktop_app.engine.views import BotView, DealView, SignalAddress, SignalAnswer, SignalsView, SignalView

_LOOKS, _LOOK_SECONDS = 200, 0.05
_STATES = {
    "off": "off",
    "listening": "listening",
    "connecting": "connecting",
    "port_in_use": "port in use",
    "blocked": "blocked",
    "problem": "problem",
}


def act(call: Namespace, house: House) -> int:
    act_on = {
        "send": _send,
        "list": _list,
        "address": _address,
        "rotate": _rotate,
        "listen": _listen,
        "mail": _mail,
    }
    return act_on[call.verb](call, house)


# --- sending


def _send(call: Namespace, house: House) -> int:
    message = _message(call)
    with changing(house) as session:
        view: BotView = session.call("bot", bot=call.bot)
        answers: tuple[SignalAnswer, ...] = session.call(
            "send_signal", bot=view.bot_id, text=message, is_test=call.test
        )
        if all(answer.status == 200 for answer in answers) and not call.test and not session.is_remote:
            _let_it_happen(session, view.bot_id)
    if call.json:
        show_document([{"status": answer.status, "reason": wording(answer.verdict)} for answer in answers])
    for answer in answers:
        if answer.status != 200:
            complain(f"{visible(view.name)} did not take the signal ({answer.status}). {wording(answer.verdict)}")
        elif not call.json:
            show(f"{visible(view.name)}: {wording(answer.verdict)}")
    return DONE if all(answer.status == 200 for answer in answers) else FAILED


def _message(call: Namespace) -> str:
    """The JSON that a webhook would bring."""
    if call.message is not None:
        if call.message != "-":
            raise CallProblem("--message takes - and reads the message from stdin. Nothing was sent.", BAD_INPUT)
        stream = getattr(sys.stdin, "buffer", None)
        given: bytes = stream.read(70_000) if stream is not None else b""
        return given.decode("utf-8", "replace")
    if call.action is None:
        raise CallProblem("Say which action, such as enter_long, or give --message -. Nothing was sent.", BAD_INPUT)
    message: dict[str, Json] = {"action": call.action}
    if call.pair is not None:
        message["tv_instrument"] = call.pair
    if call.volume is not None:
        volume = f"{read_positive(call.volume, '--volume'):f}"
        if call.action.startswith("add_funds"):
            message["volume"] = volume
        else:
            message["order"] = {"amount": volume, "currency_type": _UNITS[call.unit]}
    info = {
        "market_position": call.position,
        "market_position_size": call.size,
        "prev_market_position": call.before,
        "prev_market_position_size": call.size_before,
    }
    if call.position is not None:
        message["strategy_info"] = {name: value for name, value in info.items() if value is not None}
    return json.dumps(message)


_UNITS = {"quote": "quote", "base": "base", "percent": "margin_percent", "position": "position_percent"}


def _let_it_happen(session: Session, bot_id: int) -> None:
    """Without an application nobody else sees it through: wait until no deal is on its way in or out."""
    for _ in range(_LOOKS):
        session.pause(_LOOK_SECONDS)
        deals: tuple[DealView, ...] = session.call("deals", bot=bot_id)
        if all(view.deal.status.value not in ("opening", "closing") for view in deals):
            return


# --- looking


def _list(call: Namespace, house: House) -> int:
    limit = read_count(call.limit, "--limit")
    with reading(house) as session:
        views: tuple[SignalView, ...] = session.call("signals", bot=call.bot, limit=limit)
        names = {view.bot_id: view.name for view in session.call("bots")}
    if call.json:
        show_document([_document(view) for view in views])
    elif not views:
        show("No signals yet. `strongroom signal address BOT` says where they come in.")
    else:
        head = ("at", "bot", "way", "from", "status", "what became of it")
        show_table(head, [_line(view, names) for view in views], numbers=(4,))
    return DONE


def _line(view: "SignalView", names: dict[int, str]) -> tuple[str, ...]:
    bot = names.get(view.bot_id, "—")
    return (moment(view.at), bot, view.way, view.sender or "—", str(view.status), wording(view.verdict))


def _document(view: "SignalView") -> dict[str, Json]:
    return {
        "at": view.at,
        "bot": view.bot_id,
        "way": view.way,
        "from": view.sender,
        "status": view.status,
        "reason": wording(view.verdict),
        "code": view.verdict.code,
        "body": view.body,
    }


# --- one bot's address


def _address(call: Namespace, house: House) -> int:
    with reading(house) as session:
        address: SignalAddress = session.call("signal_address", bot=call.bot)
        state: SignalsView = session.call("signals_state")
    _show_address(call, address, state)
    return DONE


def _rotate(call: Namespace, house: House) -> int:
    with reading(house) as session:
        if call.session and not session.is_remote:
            raise CallProblem(
                "A secret for this session would be gone with this command. Nothing was changed. "
                "Start Strongroom first.",
                BAD_INPUT,
            )
        address: SignalAddress = session.call("rotate_signal_secret", bot=call.bot, session_only=call.session)
        state: SignalsView = session.call("signals_state")
    if not call.json:
        show("The bot has a new secret; messages with the old one are refused from now on.")
    _show_address(call, address, state)
    return DONE


def _show_address(call: Namespace, address: "SignalAddress", state: "SignalsView") -> None:
    if call.json:
        document: dict[str, Json] = {
            "bot": address.bot_id,
            "uuid": address.uuid,
            "url": address.url,
            "public_url": address.public_url,
            "state": state.hook_state,
            "messages": {name: json.loads(text) for name, text in address.messages},
        }
        show_document(document)
        return
    if address.public_url:
        show(f"Address for alerts:      {visible(address.public_url)}")
    show(f"On this computer:        {address.url}")
    show("The messages hold the bot's secret. It can do nothing but what a signal can; show it to nobody all the same.")
    for name, text in address.messages:
        show("")
        show(f"Message for {name}:")
        show(text)
    if not address.public_url:
        show("")
        show(
            "TradingView cannot reach this address by itself. Let a tunnel of your own end here "
            "(`strongroom signal listen --public-url https://…`), or let alerts come by mail "
            "(`strongroom signal mail`)."
        )


# --- ways


def _listen(call: Namespace, house: House) -> int:
    with reading(house) as session:
        ways: SignalWays = session.call("signal_ways")
        changes: dict[str, object] = {}
        if call.switch is not None:
            changes["hook_is_on"] = call.switch == "on"
        if call.port is not None:
            changes["port"] = read_count(call.port, "--port")
        if call.public_url is not None:
            changes["public_url"] = call.public_url
        state = _changed(session, ways, changes)
        is_remote = session.is_remote
    return _show_state(call, state, _ways_after(ways, changes), is_remote=is_remote)


def _mail(call: Namespace, house: House) -> int:
    """Password first: a mailbox that is switched on without one would only complain."""
    with reading(house) as session:
        ways: SignalWays = session.call("signal_ways")
        given = {
            "is_on": None if call.switch is None else call.switch == "on",
            "host": call.host,
            "port": read_count(call.port, "--port") if call.port is not None else None,
            "user": call.user,
            "folder": call.folder,
            "senders": call.senders,
            "checked_by": call.checked_by,
            "needs_check": False if call.no_check else True if call.checked_by else None,
        }
        mail = ways.mail.model_dump() | {name: value for name, value in given.items() if value is not None}
        if call.password or call.password_stdin:
            from desktop_app.core.credentials import Credentials, Secret

            password = _password(from_stdin=call.password_stdin)
            session.call("set_mail_password", credentials=Credentials(password, Secret("")))
        changes: dict[str, object] = {"mail": mail} if mail != ways.mail.model_dump() else {}
        state = _changed(session, ways, changes)
        is_remote = session.is_remote
    return _show_state(call, state, _ways_after(ways, changes), is_remote=is_remote)


def _changed(session: Session, ways: "SignalWays", changes: dict[str, object]) -> "SignalsView":
    state: SignalsView = (
        session.call("set_signal_ways", ways=_ways_after(ways, changes)) if changes else session.call("signals_state")
    )
    for _ in range(_LOOKS):
        if not changes or state.mail_state != "connecting":
            break
        session.pause(_LOOK_SECONDS)
        state = session.call("signals_state")
    return state


def _ways_after(ways: "SignalWays", changes: dict[str, object]) -> "SignalWays":
    """Raises CallProblem."""
    from pydantic import ValidationError

    try:
        return type(ways).model_validate(ways.model_dump() | changes)
    except ValidationError as error:
        reasons = (
            f"{'.'.join(map(str, one['loc']))} {one['msg'].removeprefix('Value error, ')}".strip()
            for one in error.errors()
        )
        raise CallProblem(f"This cannot be: {'; '.join(reasons)}. Nothing was changed.", BAD_INPUT) from None


def _password(*, from_stdin: bool) -> "Secret":
    """Never from arguments, the environment or a file. Raises CallProblem."""
    from desktop_app.core.credentials import Secret

    if from_stdin:
        text = sys.stdin.readline().rstrip("\r\n") if sys.stdin is not None else ""
    else:
        if sys.stdin is None or not sys.stdin.isatty():
            raise CallProblem(
                "There is no terminal to ask for the password on. Nothing was kept. Use --password-stdin.", BAD_INPUT
            )
        from getpass import getpass

        text = getpass("Password of the mailbox (not shown): ")
    if not text or len(text) > 500:
        raise CallProblem("The password is empty or too long. Nothing was kept.", BAD_INPUT)
    return Secret(text)


def _show_state(call: Namespace, state: "SignalsView", ways: "SignalWays", *, is_remote: bool) -> int:
    if call.json:
        show_document(
            {
                "hook": {"on": ways.hook_is_on, "state": state.hook_state, "port": state.port},
                "public_url": state.public_url,
                "mail": {"on": ways.mail.is_on, "state": state.mail_state, "host": ways.mail.host},
                "last_at": state.last_at,
            }
        )
        return DONE
    where = f"127.0.0.1:{state.port}" + (f", outside {visible(state.public_url)}" if state.public_url else "")
    hook = _STATES[state.hook_state] if is_remote or not ways.hook_is_on else "on when Strongroom runs"
    mail = _STATES[state.mail_state] if is_remote or not ways.mail.is_on else "on when Strongroom runs"
    show(f"Receiver: {hook} ({where}).")
    show(
        f"Mailbox:  {mail}" + (f" ({visible(ways.mail.user)} at {visible(ways.mail.host)})." if ways.mail.host else ".")
    )
    for problem in (state.hook_problem, state.mail_problem):
        if problem is not None:
            show(wording(problem))
    return DONE

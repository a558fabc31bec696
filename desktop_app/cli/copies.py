"""`bot export`, `duplicate` and `mirror`: settings as a file, once more, and on a further account in step."""

from argparse import Namespace
from pathlib import Path
from typing import TYPE_CHECKING

from desktop_app.cli.output import DONE, FAILED, CallProblem, show, show_document, visible
from desktop_app.cli.session import House, changing, reading

if TYPE_CHECKING:
    from desktop_app.core.settings import Settings
    from desktop_app.engine.views import BotView


def export(call: Namespace, house: House) -> int:
    """The bot file goes to stdout, or into a file that is not there yet."""
    from desktop_app.core.bot_file import write_bot_file

    with reading(house) as session:
        view: BotView = session.call("bot", bot=call.bot)
    text = write_bot_file(_settings_of(view))
    if call.link:
        return _show_link(call, view, text)
    if call.file is not None:
        _write_new(call.file, text)
    if call.json:
        show_document({"id": view.bot_id, "file": str(call.file) if call.file is not None else None, "toml": text})
    elif call.file is None:
        show(text.rstrip())
    else:
        show(f"Wrote {visible(view.name)} to {call.file}. It holds settings only: no key, no secret, no deal.")
    return DONE


def _show_link(call: Namespace, view: "BotView", text: str) -> int:
    from desktop_app.engine.documents import link_of

    if call.file is not None:
        raise CallProblem("--link and a FILE are two ways of handing a bot on. Nothing was written. Choose one.")
    link = link_of(text)
    if link is None:
        raise CallProblem(f"{visible(view.name)} is too long for a link. Nothing was written. Export it as a file.")
    if call.json:
        show_document({"id": view.bot_id, "link": link})
    else:
        show(link)
    return DONE


def duplicate(call: Namespace, house: House) -> int:
    """The copy is added stopped, with the same settings, under a name that no bot has."""
    from desktop_app.core.bot_file import write_bot_file
    from desktop_app.core.naming import free_name

    with changing(house) as session:
        view: BotView = session.call("bot", bot=call.bot)
        taken = {one.name for one in session.call("bots")}
        name = call.name if call.name is not None else free_name(view.name, taken)
        changes = {"name": name, "account": call.account if call.account is not None else view.account}
        settings = changed(_settings_of(view), changes)
        bot_id = session.call("add_bot", source=write_bot_file(settings))
    if call.json:
        show_document({"id": bot_id})
    else:
        show(
            f"Added {visible(settings.name)} as bot {bot_id} on {visible(settings.account)}, stopped. "
            f"`strongroom bot start {bot_id}` starts it."
        )
    return DONE


def mirror(call: Namespace, house: House) -> int:
    """The mirror is added stopped; from its source's next start on it starts, stops and changes with that."""
    from desktop_app.cli.reading import read_positive
    from desktop_app.core.naming import free_name

    percent = read_positive(call.percent, "--percent") if call.percent is not None else None
    with changing(house) as session:
        view: BotView = session.call("bot", bot=call.bot)
        taken = {one.name for one in session.call("bots")}
        name = call.name if call.name is not None else free_name(view.name, taken)
        bot_id = session.call("mirror_bot", bot=view.bot_id, account=call.account, name=name, percent=percent)
    if call.json:
        show_document({"id": bot_id})
    else:
        size = f"{call.percent} % of its sizes" if percent is not None else "sizes as the balances are to each other"
        show(
            f"Added {visible(name)} as bot {bot_id} on {visible(call.account)}, stopped: it mirrors "
            f"{visible(view.name)} with {size}. It starts, stops and changes with that one; its deals end by its own "
            "orders."
        )
    return DONE


def changed(settings: "Settings", changes: dict[str, str]) -> "Settings":
    """The settings with other words in them, checked as a file is. Raises CallProblem."""
    from desktop_app.core.bot_file import read_settings

    found = read_settings(settings.kind, settings.model_dump(mode="json") | changes)
    if found.settings is None:
        reasons = "; ".join(f"{one.place} {one.reason}" for one in found.problems)
        raise CallProblem(f"The bot was not copied: {reasons}. Nothing was added. Choose another name.")
    return found.settings


def _settings_of(view: "BotView") -> "Settings":
    from desktop_app.core.strategies import KINDS

    return KINDS[view.kind].settings.model_validate_json(view.settings_json)


def _write_new(path: Path, text: str) -> None:
    try:
        with path.open("x", encoding="utf-8", newline="\n") as file:
            file.write(text)
    except FileExistsError:
        raise CallProblem(f"{path} is already there. Nothing was written. Choose another name or remove it.") from None
    except (OSError, ValueError) as error:
        reason = getattr(error, "strerror", None) or str(error)
        raise CallProblem(f"{path} cannot be written ({reason}). Choose another folder.", FAILED) from None

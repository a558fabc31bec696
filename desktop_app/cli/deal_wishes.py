"""`deal force-start`, `deal edit` and `deal convert`: what a running deal can be asked beside its end."""

from argparse import Namespace
from typing import TYPE_CHECKING

from desktop_app.cli.output import BAD_INPUT, DONE, CallProblem, show, show_document
from desktop_app.cli.reading import read_bot, read_deal_id
from desktop_app.cli.session import House, changing

if TYPE_CHECKING:
    from desktop_app.core.events import Ask


def force_start(call: Namespace, house: House) -> int:
    from desktop_app.core.events import ForceStart

    bot, number = read_deal_id(call.deal)
    return _ask(call, house, bot, ForceStart(number), "does not wait for its price any longer: ordered at market")


def edit(call: Namespace, house: House) -> int:
    from desktop_app.core.events import EditDeal

    bot, number = read_deal_id(call.deal)
    settings = read_bot(call.file).model_dump_json()
    return _ask(call, house, bot, EditDeal(number, settings), "goes on under the settings of the file")


def convert(call: Namespace, house: House) -> int:
    """The trade's amount and the price paid are those of the deal, whatever its file says."""
    from desktop_app.core.events import ConvertDeal

    bot, number = read_deal_id(call.deal)
    settings = read_bot(call.file)
    if settings.kind != "smart_trade":
        raise CallProblem(
            f"{call.file.name} is a {settings.kind} bot and no smart trade. Nothing was changed. "
            "Give the file of a smart trade.",
            BAD_INPUT,
        )
    done = "becomes a smart trade: its orders are cancelled, then the trade takes over what it holds"
    return _ask(call, house, bot, ConvertDeal(number, settings.model_dump_json()), done)


def _ask(call: Namespace, house: House, bot: int, ask: "Ask", done: str) -> int:
    with changing(house) as session:
        session.call("ask", bot=bot, ask=ask)
    if call.json:
        show_document({"id": call.deal, "asked": call.verb})
    else:
        show(f"Deal {call.deal} {done}.")
    return DONE

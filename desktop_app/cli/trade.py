"""`trade`: smart trades are placed and looked at; `deal` does the rest with them."""

from argparse import Namespace
from typing import TYPE_CHECKING

from desktop_app.cli.output import (
    BAD_INPUT,
    DONE,
    CallProblem,
    Json,
    exact,
    number,
    show,
    show_document,
    show_table,
    visible,
    wording,
)
from desktop_app.cli.reading import read_bot, read_text_file
from desktop_app.cli.session import House, changing, reading

if TYPE_CHECKING:
    from desktop_app.core.strategies.smart_settings import SmartTradeSettings
    from desktop_app.engine.views import BotView, DealView

_KIND = "smart_trade"
_MODES = {"sim": "simulated", "paper": "paper", "live": "real money"}
_MOST_DEALS = 10_000


def act(call: Namespace, house: House) -> int:
    return _add(call, house) if call.verb == "add" else _list(call, house)


def _add(call: Namespace, house: House) -> int:
    settings = read_bot(call.file)
    if settings.kind != _KIND:
        raise CallProblem(
            f"{call.file.name} is a {settings.kind} bot and no smart trade. Nothing was added. "
            "`strongroom bot add` adds bots.",
            BAD_INPUT,
        )
    with changing(house) as session:
        source = read_text_file(call.file, "bot file")
        bot_id = session.call("add_trade", source=source, even_if_short=call.even_if_short)
        view: BotView = session.call("bot", bot=bot_id)
        is_remote = session.is_remote
    if call.json:
        show_document({"id": bot_id})
        return DONE
    when = "It is running." if is_remote else "`strongroom run` or the window runs it."
    show(f"Placed {visible(view.name)} on {visible(view.account)} ({_MODES[view.mode]}) as bot {bot_id}. {when}")
    return DONE


def _list(call: Namespace, house: House) -> int:
    from desktop_app.core.strategies.smart_settings import SmartTradeSettings

    with reading(house) as session:
        views: list[BotView] = [view for view in session.call("bots") if view.kind == _KIND]
        deals: tuple[DealView, ...] = session.call("deals", include_closed=True, limit=_MOST_DEALS)
    by_bot = {deal.bot_id: deal for deal in reversed(deals)}
    shown = [
        (view, SmartTradeSettings.model_validate_json(view.settings_json), by_bot.get(view.bot_id))
        for view in views
        if call.all or not _is_over(by_bot.get(view.bot_id))
    ]
    if call.json:
        show_document([_document(*one) for one in shown])
    elif not shown:
        show("No smart trades. `strongroom trade add FILE.toml` places one, `--all` also shows those that are over.")
    else:
        heads = ("id", "name", "account", "pair", "kind", "amount", "deal", "status", "why")
        show_table(heads, [_line(*one) for one in shown], numbers=(0, 5))
    return DONE


def _is_over(deal: "DealView | None") -> bool:
    return deal is not None and deal.deal.status.is_over


def _line(view: "BotView", settings: "SmartTradeSettings", deal: "DealView | None") -> tuple[str, ...]:
    return (
        str(view.bot_id),
        view.name,
        view.account,
        settings.pair,
        settings.trade,
        f"{number(settings.amount)} {settings.unit}",
        deal.deal_id if deal is not None else "",
        deal.deal.status.value if deal is not None else view.status,
        wording(view.why),
    )


def _document(view: "BotView", settings: "SmartTradeSettings", deal: "DealView | None") -> dict[str, Json]:
    return {
        "id": view.bot_id,
        "name": view.name,
        "account": view.account,
        "pair": settings.pair,
        "trade": settings.trade,
        "amount": exact(settings.amount),
        "unit": settings.unit,
        "status": view.status,
        "why": wording(view.why),
        "deal": deal.deal_id if deal is not None else None,
        "deal_status": deal.deal.status.value if deal is not None else None,
        "profit_quote": exact(deal.deal.profit) if deal is not None else None,
    }

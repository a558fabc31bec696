"""`bot`: adding, starting, stopping and looking at bots."""

import json
from argparse import Namespace
from typing import TYPE_CHECKING

from desktop_app.cli import copies
from desktop_app.cli.output import (
    BAD_INPUT,
    DONE,
    CallProblem,
    Json,
    count,
    exact,
    number,
    show,
    show_document,
    show_table,
    signed,
    visible,
    wording,
)
from desktop_app.cli.reading import read_bot, read_text_file
from desktop_app.cli.session import House, Session, changing, reading
from desktop_app.core.pair_list import example_pair, list_of

if TYPE_CHECKING:
    from desktop_app.core.settings import Settings
    from desktop_app.engine.views import BotView, DealView

_MODES = {"sim": "simulated", "paper": "paper", "live": "real money"}
_MOST_DEALS = 10_000


def act(call: Namespace, house: House) -> int:
    act_on = {
        "add": _add,
        "list": _list,
        "show": _show,
        "start": _start,
        "stop": _stop,
        "edit": _edit,
        "remove": _remove,
        "export": copies.export,
        "duplicate": copies.duplicate,
        "mirror": copies.mirror,
    }
    return act_on[call.verb](call, house)


def _add(call: Namespace, house: House) -> int:
    settings = read_bot(call.file)
    with changing(house) as session:
        _refuse_small_orders(session, settings, "added")
        bot_id = session.call("add_bot", source=read_text_file(call.file, "bot file"))
    if call.json:
        show_document({"id": bot_id})
    else:
        show(f"Added {visible(settings.name)} as bot {bot_id}, stopped. `strongroom bot start {bot_id}` starts it.")
    return DONE


def _start(call: Namespace, house: House) -> int:
    with changing(house) as session:
        view: BotView = session.call("bot", bot=call.bot)
        _refuse_small_orders(session, _settings_of(view), "started")
        session.call("start_bot", bot=view.bot_id, even_if_short=call.even_if_short)
        view = session.call("bot", bot=view.bot_id)
        is_remote = session.is_remote
    if call.json:
        show_document(_document(view) | {"funds": exact(view.funds_max)})
        return DONE
    quote = example_pair(_settings_of(view)).partition("/")[2]
    money = f"up to {number(round(view.funds_max, 8))} {quote} in orders on {view.account} ({_MODES[view.mode]})"
    when = "It is running." if is_remote else "`strongroom run` or the window runs it."
    show(f"{visible(view.name)} is wanted: it will place {visible(money)}. {when}")
    return DONE


def _stop(call: Namespace, house: House) -> int:
    with changing(house) as session:
        view: BotView = session.call("bot", bot=call.bot)
        session.call("stop_bot", bot=view.bot_id, then=call.then)
        left = _settled_deals(session, view.bot_id) if call.then != "leave" else view.deals_open
        view = session.call("bot", bot=view.bot_id)
    if call.json:
        show_document(_document(view) | {"deals_open": left})
        return DONE
    open_deals = {
        "leave": f"{count(left, 'open deal')} run on until they close.",
        "close": f"{count(left, 'deal')} still being closed at market.",
        "cancel": f"{count(left, 'deal')} still being cancelled. The coins stay in the account.",
    }
    show(f"{visible(view.name)} opens no new deals. {open_deals[call.then] if left else 'It has no open deal.'}")
    return DONE


def _settled_deals(session: Session, bot_id: int) -> int:
    """Wait for deals that are on their way out; how many are not out yet."""
    deals: tuple[DealView, ...] = ()
    for _ in range(200):
        deals = session.call("deals", bot=bot_id)
        if not deals:
            break
        session.pause(0.05)
    return len(deals)


def _edit(call: Namespace, house: House) -> int:
    settings = read_bot(call.file)
    with changing(house) as session:
        view: BotView = session.call("bot", bot=call.bot)
        _refuse_small_orders(session, settings, "changed")
        source = read_text_file(call.file, "bot file")
        session.call("edit_bot", bot=view.bot_id, source=source, apply_to_open=call.running_deals_too)
        view = session.call("bot", bot=view.bot_id)
    if call.json:
        show_document(_document(view))
    else:
        which = "new and running deals" if call.running_deals_too else "new deals; running ones keep their settings"
        show(f"Changed {visible(view.name)}: for {which}.")
    return DONE


def _remove(call: Namespace, house: House) -> int:
    with changing(house) as session:
        view: BotView = session.call("bot", bot=call.bot)
        session.call("remove_bot", bot=view.bot_id)
    if call.json:
        show_document({"removed": view.bot_id})
    else:
        show(f"Removed {visible(view.name)}. Its deals stay in the journal.")
    return DONE


# --- looking


def _list(call: Namespace, house: House) -> int:
    with reading(house) as session:
        views: tuple[BotView, ...] = session.call("bots")
    if call.json:
        show_document([_document(view) for view in views])
    elif not views:
        show("No bots yet. `strongroom bot add FILE.toml` adds one.")
    else:
        rows = [(str(v.bot_id), v.name, v.kind, v.account, _pairs(v), v.status, wording(v.why)) for v in views]
        show_table(("id", "name", "kind", "account", "pairs", "status", "why"), rows, numbers=(0,))
    return DONE


def _show(call: Namespace, house: House) -> int:
    with reading(house) as session:
        view: BotView = session.call("bot", bot=call.bot)
        deals: tuple[DealView, ...] = session.call("deals", bot=view.bot_id, include_closed=True, limit=_MOST_DEALS)
    is_over = [deal.deal for deal in deals if deal.deal.status.is_over]
    profit = sum((deal.profit for deal in is_over), start=view.profit * 0)
    if call.json:
        document = _document(view) | {
            "mode": view.mode,
            "version": view.version,
            "deals_open": len(deals) - len(is_over),
            "deals_closed": len(is_over),
            "profit_quote": exact(profit),
            "settings": json.loads(view.settings_json),
        }
        show_document(document)
        return DONE
    quote = view.pairs[0].partition("/")[2] if view.pairs else ""
    show(f"{visible(view.name)} (bot {view.bot_id}) on {visible(view.account)} ({_MODES[view.mode]}): {view.status}")
    show(wording(view.why))
    show(f"{count(len(is_over), 'deal')} closed with {signed(profit)} {quote}, {len(deals) - len(is_over)} open.")
    show("")
    show(_toml(view))
    return DONE


def _toml(view: "BotView") -> str:
    from desktop_app.core.bot_file import write_bot_file

    return write_bot_file(_settings_of(view)).rstrip()


def _pairs(view: "BotView") -> str:
    """The pairs; of a bot that is not at work and has a list, the list."""
    pairs = view.pairs
    wanted = list_of(_settings_of(view)) if not pairs else None
    if wanted is not None:
        return f"top {wanted.top} of {wanted.quote}" if wanted.top is not None else f"all of {wanted.quote}"
    return ", ".join(pairs[:3]) + (f" and {len(pairs) - 3} more" if len(pairs) > 3 else "")


def _document(view: "BotView") -> dict[str, Json]:
    return {
        "id": view.bot_id,
        "name": view.name,
        "kind": view.kind,
        "account": view.account,
        "pairs": list(view.pairs),
        "status": view.status,
        "why": wording(view.why),
    }


# --- before money is planned with


def _settings_of(view: "BotView") -> "Settings":
    from desktop_app.core.strategies import KINDS

    return KINDS[view.kind].settings.model_validate_json(view.settings_json)


def _refuse_small_orders(session: Session, settings: "Settings", what: str) -> None:
    """Orders that the exchange would refuse at today's prices. Raises CallProblem with the numbers that would do."""
    from desktop_app.core.grid_preview import make_grid_preview
    from desktop_app.core.ladder import Sizing
    from desktop_app.core.market import ZERO
    from desktop_app.core.preview import make_preview
    from desktop_app.core.strategies.dca_settings import DcaSettings
    from desktop_app.core.strategies.grid_settings import GridSettings
    from desktop_app.core.strategies.signal_settings import SignalSettings

    if isinstance(settings, SignalSettings):
        settings = settings.first_deal()
    if not isinstance(settings, DcaSettings | GridSettings):
        return
    if settings.account not in {account.name for account in session.call("accounts")}:
        return  # the engine says so
    markets, prices = (
        session.call("markets", account=settings.account),
        session.call("prices", account=settings.account),
    )
    balances = session.call("balances", account=settings.account)
    for pair in settings.pairs:
        market, tick = markets.get(pair), prices.get(pair)
        if market is None or tick is None:
            continue
        balance = balances.get(market.quote)
        sizing = Sizing(free=balance.free if balance is not None else ZERO)
        if isinstance(settings, GridSettings):
            problems = make_grid_preview(settings.grid, market, settings.grid.start_price or tick.price).problems
        else:
            problems = make_preview(settings, market, tick.price, sizing).problems
        reasons = [f"{one.place}: {wording(one.reason)}" for one in problems if one.is_block]
        if reasons:
            raise CallProblem(
                f"{visible(settings.name)} was not {what}. {' '.join(reasons)} Nothing was ordered. "
                f"{'Change the grid' if isinstance(settings, GridSettings) else 'Choose larger sizes'}.",
                BAD_INPUT,
            )

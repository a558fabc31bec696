"""`bot check`: every order that a bot file would place, before it exists."""

from argparse import Namespace
from decimal import Decimal

from desktop_app.cli.grid_check import check_grid
from desktop_app.cli.output import (
    BAD_INPUT,
    DONE,
    Json,
    complain,
    exact,
    fixed,
    number,
    show,
    show_document,
    show_table,
    wording,
)
from desktop_app.cli.reading import BotFileProblem, read_bot, read_decimal, read_market_of, read_positive
from desktop_app.cli.trade_check import check_trade
from desktop_app.core import ladder
from desktop_app.core.condition_words import phrase
from desktop_app.core.deal import Position
from desktop_app.core.ladder import Sizing
from desktop_app.core.market import HUNDRED, ZERO, Market
from desktop_app.core.pair_list import example_pair
from desktop_app.core.preview import Preview, PreviewRow, after_entry, make_preview
from desktop_app.core.strategies.dca_settings import DcaSettings
from desktop_app.core.strategies.grid_settings import GridSettings
from desktop_app.core.strategies.python_settings import PythonSettings
from desktop_app.core.strategies.signal_settings import SignalSettings
from desktop_app.core.strategies.smart_settings import SmartTradeSettings

CENT, FINE = Decimal("0.01"), Decimal("1e-8")
_DOLLARS = ("USD", "EUR", "DAI")

_NOTHING: dict[str, Json] = {"funds": None, "base": None, "rungs": [], "left_out": []}


def check(call: Namespace) -> int:
    try:
        settings = read_bot(call.file)
    except BotFileProblem as bad:
        if call.json:
            problems: Json = [{"place": place, "reason": reason} for place, reason in bad.problems]
            show_document({"ok": False, "problems": problems, **_NOTHING})
        complain(str(bad))
        return BAD_INPUT
    if isinstance(settings, GridSettings):
        return check_grid(call, settings)
    if isinstance(settings, SmartTradeSettings):
        return check_trade(call, settings)
    if isinstance(settings, SignalSettings):
        settings = settings.first_deal()
    if isinstance(settings, PythonSettings):
        return _check_own(call, settings)
    assert isinstance(settings, DcaSettings), f"no preview for {settings.kind} bots"
    market = read_market_of(call.market, example_pair(settings))
    price = read_positive(call.price, "--price") if call.price is not None else None
    balance = read_positive(call.balance, "--balance") if call.balance is not None else None
    is_percent = "percent" in _units(settings)
    if price is None or (is_percent and balance is None):
        return _check_without_prices(call, settings)
    preview = make_preview(settings, market, price, _sizing(call, settings, market, price, balance or ZERO))
    return _show_preview(call, settings, market, preview)


def _check_own(call: Namespace, settings: PythonSettings) -> int:
    """Of a strategy of one's own only the frame is known; its own settings are checked when it starts."""
    if call.json:
        show_document({"ok": True, "problems": [], **_NOTHING, "funds": exact(settings.max_funds)})
        return DONE
    quote = settings.pairs[0].partition("/")[2]
    show(
        f"{settings.name}: the file is good. {settings.file} decides every {settings.timeframe} and spends at most "
        f"{number(settings.max_funds)} {quote} on a pair. Its own settings are checked by the strategy at the start."
    )
    return DONE


def _units(settings: DcaSettings) -> tuple[str, ...]:
    safety = settings.safety_orders
    return settings.base_order.volume_unit, safety.volume_unit if safety.count else "quote"


def _sizing(call: Namespace, settings: DcaSettings, market: Market, price: Decimal, balance: Decimal) -> Sizing:
    profit = read_decimal(call.closed_profit, "--closed-profit") if call.closed_profit is not None else ZERO
    return ladder.closed_profit_sizing(
        profit,
        settings.reinvest_percent,
        settings.risk_reduction_percent,
        settings.reinvest_mode,
        settings.base_order,
        settings.safety_orders,
        price,
        settings.direction,
        market,
        balance,
    )


# --- without a price only the shape of the ladder is known


def _check_without_prices(call: Namespace, settings: DcaSettings) -> int:
    rungs = ladder.planned(settings.safety_orders, settings.direction)
    left_out = [k for k, deviation, _ in rungs if deviation <= -HUNDRED]
    kept = [rung for rung in rungs if rung[0] not in left_out]
    is_quote = set(_units(settings)) == {"quote"}
    funds = settings.base_order.volume + sum((volume for _, _, volume in kept), ZERO) if is_quote else None
    if call.json:
        unknown: dict[str, Json] = dict.fromkeys(
            ("price", "amount", "average", "take_profit", "required_change_percent")
        )
        show_document(
            {
                "ok": True,
                "problems": [],
                "hints": [],
                "funds": exact(funds) if funds is not None else None,
                "base": None,
                "rungs": [
                    {
                        "index": k,
                        "deviation_percent": _deviation(settings, deviation),
                        "volume": exact(volume),
                        **unknown,
                    }
                    for k, deviation, volume in kept
                ],
                "left_out": list(left_out),
            }
        )
        return DONE
    show(f"{settings.name}: the file is good.")
    if funds is not None:
        show(f"Funds needed for a deal: {number(funds)} {example_pair(settings).partition('/')[2]}.")
    wants = "--balance and --price" if "percent" in _units(settings) else "--price"
    show_table(("#", "deviation %", f"volume ({_units(settings)[1]})"), _shape(kept), numbers=(0, 1, 2))
    _show_conditions(settings)
    show(f"Add {wants} to see prices and amounts.")
    return DONE


def _shape(rungs: list[tuple[int, Decimal, Decimal]]) -> list[tuple[str, str, str]]:
    return [(str(k), number(deviation), number(volume)) for k, deviation, volume in rungs]


# --- with a price everything is


def _show_preview(call: Namespace, settings: DcaSettings, market: Market, preview: Preview) -> int:
    blocks = [problem for problem in preview.problems if problem.is_block]
    hints = [problem for problem in preview.problems if not problem.is_block]
    if call.json:
        show_document(
            {
                "ok": not blocks,
                "problems": [{"place": one.place, "reason": wording(one.reason)} for one in blocks],
                "hints": [{"place": one.place, "reason": wording(one.reason)} for one in hints],
                "funds": exact(preview.funds),
                "orders_quote": exact(preview.orders),
                "base": _row(settings, preview.base) | {"p0": exact(preview.base.average)},
                "rungs": [_row(settings, row) for row in preview.rungs],
                "left_out": list(preview.left_out),
                "take_profits": _targets(settings, market, preview.base),
                "stop_loss_price": exact(preview.stop_loss) if preview.stop_loss is not None else None,
            }
        )
    else:
        _show_rows(settings, market, preview)
        for hint in hints:
            show(f"Note: {wording(hint.reason)}")
    if blocks:
        reasons = " ".join(f"{one.place}: {wording(one.reason)}" for one in blocks)
        complain(
            f"{call.file.name} could not run like this. {reasons} Nothing was added or ordered. Choose other sizes."
        )
        return BAD_INPUT
    return DONE


def _row(settings: DcaSettings, row: PreviewRow) -> dict[str, Json]:
    return {
        "index": row.index,
        "deviation_percent": _deviation(settings, row.deviation),
        "price": exact(row.price),
        "amount": exact(row.amount),
        "volume": exact(row.volume),
        "average": exact(row.average),
        "take_profit": exact(row.take_profit) if row.take_profit is not None else None,
        "required_change_percent": exact(row.required_percent) if row.required_percent is not None else None,
        "is_trigger": row.is_trigger,
    }


def _deviation(settings: DcaSettings, signed: Decimal) -> str:
    """Of a plain ladder the distance; a ladder of own steps names the side by the sign, as its file does."""
    return exact(signed if settings.safety_orders.custom else abs(signed))


def _targets(settings: DcaSettings, market: Market, base: PreviewRow) -> list[Json]:
    """The take-profit orders that would rest once the base order has filled, and before any safety order has."""
    take_profit, direction = settings.take_profit, settings.direction
    if not take_profit.targets or take_profit.trailing_deviation is not None:
        return []
    rate = market.maker_fee if settings.base_order.type == "limit" else market.taker_fee
    position = after_entry(Position(), base.price, base.amount, rate, market, direction)
    p0 = position.average(direction)
    steps = [
        (
            index,
            step,
            ladder.take_profit_price(
                position, p0, base.amount, step.percent, take_profit, direction, market, market.maker_fee
            ),
        )
        for index, step in enumerate(take_profit.targets, 1)
    ]
    return [
        {"index": target.index, "price": exact(target.price), "amount": exact(target.amount)}
        for target in ladder.share_out(position.held(direction), steps, market)
    ]


def _show_rows(settings: DcaSettings, market: Market, preview: Preview) -> None:
    cent = CENT if any(name in market.quote for name in _DOLLARS) else FINE
    show(
        f"{settings.name} on {market.symbol}: will place up to {fixed(preview.orders, cent)} {market.quote} in orders "
        f"for a deal, {fixed(preview.total, cent)} {market.quote} with fees."
    )
    rows = [
        (
            "base" if row.index == 0 else str(row.index),
            fixed(row.deviation, CENT),
            fixed(row.price, market.price_tick),
            fixed(row.amount, market.amount_step),
            fixed(row.volume, cent),
            fixed(row.average, market.price_tick),
            fixed(row.take_profit, market.price_tick),
            fixed(row.required_percent, CENT),
        )
        for row in (preview.base, *preview.rungs)
    ]
    head = ("#", "deviation %", "price", "amount", "volume", "average", "take profit", "needs %")
    show_table(head, rows, numbers=tuple(range(1, 8)))
    if preview.stop_loss is not None:
        show(f"Stop loss at {fixed(preview.stop_loss, market.price_tick)}.")
    _show_conditions(settings)


def _show_conditions(settings: DcaSettings) -> None:
    start, filters = settings.start.conditions, settings.limits.on_conditions
    averaging, closing = settings.safety_orders.on_conditions, settings.take_profit.on_conditions
    if start is not None:
        show(f"Starts a deal when {phrase(start)}.")
    if filters is not None:
        show(f"Starts deals only while {phrase(filters)}.")
    if averaging is not None:
        show(f"Buys the safety orders that are reached when {phrase(averaging)}.")
    if closing is not None:
        show(f"Closes from a profit of {number(settings.take_profit.min_profit)} % when {phrase(closing)}.")

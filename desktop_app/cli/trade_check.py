"""`bot check` of a smart trade: its orders, what it can lose and what it can win, before it exists."""

from argparse import Namespace
from decimal import Decimal
from typing import TYPE_CHECKING

from desktop_app.cli.output import BAD_INPUT, DONE, Json, exact, fixed, number, show, show_document, show_table, signed
from desktop_app.cli.reading import read_market_of, read_positive
from desktop_app.core.ladder import Sizing
from desktop_app.core.market import ZERO, Market
from desktop_app.core.preview import least_volume
from desktop_app.core.risk_reward import Exit, RiskReward, weigh

if TYPE_CHECKING:
    from desktop_app.core.strategies.smart_settings import SmartTradeSettings

_CENT = Decimal("0.01")


def check_trade(call: Namespace, settings: "SmartTradeSettings") -> int:
    market = read_market_of(call.market, settings.pair)
    price = read_positive(call.price, "--price") if call.price is not None else settings.known_entry
    price = price if price is not None else settings.entry.price
    balance = read_positive(call.balance, "--balance") if call.balance is not None else None
    if price is None or (settings.unit == "percent" and balance is None):
        return _without_price(call, settings)
    shown = weigh(settings, market, price, Sizing(free=balance or ZERO))
    problems = _problems(settings, market, shown, price)
    if call.json:
        show_document({"ok": not problems, "problems": problems, **_document(shown)})
    else:
        _tell(settings, market, shown)
        for problem in problems:
            show(f"{problem['place']}: {problem['reason']}")
    return BAD_INPUT if problems else DONE


def _problems(
    settings: "SmartTradeSettings", market: Market, shown: RiskReward, price: Decimal
) -> "list[dict[str, Json]]":
    worth = price if settings.takes_over else shown.entry
    if not market.is_too_small(shown.amount, worth):
        return []
    least = number(least_volume(market, worth))
    reason = f"is {number(shown.amount * worth)} {market.quote}. {market.symbol} needs at least {least}."
    return [{"place": "amount", "reason": reason}]


def _document(shown: RiskReward) -> dict[str, Json]:
    return {
        "funds": exact(shown.cost),
        "entry_price": exact(shown.entry),
        "amount": exact(shown.amount),
        "targets": [_exit(target) for target in shown.targets],
        "stop": _exit(shown.stop) if shown.stop is not None else None,
        "risk_quote": _known(shown.risk),
        "reward_quote": _known(shown.reward),
        "risk_reward": _known(shown.ratio),
    }


def _exit(way: Exit) -> dict[str, Json]:
    return {
        "index": way.index,
        "price": exact(way.price),
        "amount": exact(way.amount),
        "percent": exact(way.percent),
        "money_quote": exact(way.money),
    }


def _known(value: Decimal | None) -> str | None:
    return exact(value) if value is not None else None


def _tell(settings: "SmartTradeSettings", market: Market, shown: RiskReward) -> None:
    coins = f"{fixed(shown.amount, market.amount_step)} {market.base}"
    money = f"{fixed(shown.cost, _CENT)} {market.quote}"
    show(f"{settings.name}: {settings.trade} {coins} at {fixed(shown.entry, market.price_tick)} = {money}")
    ways = [(f"target {target.index}", target) for target in shown.targets]
    ways += [("stop loss", shown.stop)] if shown.stop is not None else []
    if ways:
        rows = [
            (
                name,
                fixed(way.price, market.price_tick),
                signed(round(way.percent, 2)),
                fixed(way.amount, market.amount_step),
                signed(round(way.money, 2)),
            )
            for name, way in ways
        ]
        show_table(("exit", "price", "%", "amount", market.quote), rows, numbers=(1, 2, 3, 4))
    risk = fixed(shown.risk, _CENT) if shown.risk is not None else "no stop loss"
    reward = fixed(shown.reward, _CENT) if shown.reward is not None else "no target"
    ratio = f", 1 : {fixed(shown.ratio, _CENT)}" if shown.ratio is not None else ""
    show(f"Risk {risk}, reward {reward}{ratio}, after fees.")


def _without_price(call: Namespace, settings: "SmartTradeSettings") -> int:
    wants = "--balance and --price" if settings.unit == "percent" else "--price"
    if call.json:
        names = ("funds", "entry_price", "amount", "stop", "risk_quote", "reward_quote", "risk_reward")
        show_document({"ok": True, "problems": [], **dict.fromkeys(names), "targets": []})
    else:
        show(f"{settings.name}: the file is good. Give {wants} to see its orders and what they can lose and win.")
    return DONE

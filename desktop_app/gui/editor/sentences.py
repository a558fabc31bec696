"""What a bot will do, in the sentences that people read before any money moves."""

from decimal import ROUND_FLOOR, Decimal

from desktop_app.core.deal import Direction, Position
from desktop_app.core.market import ZERO
from desktop_app.core.settings import Settings
from desktop_app.core.strategies.dca_settings import DcaSettings, TakeProfitStep
from desktop_app.gui import fmt
from desktop_app.gui.conditions.words import group_words
from desktop_app.gui.editor.pair_choice import canonical, choice_of, choice_words
from desktop_app.gui.editor.picture import Picture, needed_of
from desktop_app.gui.editor.situation import Situation, exchange_name
from desktop_app.gui.i18n import is_chinese, tr

_FURTHER = Decimal("0.9")  # how much deeper than the last order a loss is imagined


def money_sentence(picture: Picture) -> str:
    """The sentence under the form: what is bought, how often more, and when it is sold."""
    settings, market, preview = picture.settings, picture.market, picture.preview
    if settings is None:
        return tr("Some fields need your attention before this can be worked out.")
    if market is None or preview is None:
        return tr("Waits for the first price of {pair}.").format(
            pair=settings.pairs[0] if settings.pairs else fmt.UNKNOWN
        )
    is_long = settings.direction is Direction.LONG
    first = _entry(picture).format(cost=fmt.money(preview.base.volume, market.quote), coin=_coin(picture))
    parts = [first]
    deepest = picture.deepest
    if deepest is not None:
        words = (
            tr("then up to {count} more times as price falls {distance}")
            if is_long
            else tr("then up to {count} more times as price rises {distance}")
        )
        count = sum(not row.is_trigger for row in preview.rungs)
        parts.append(words.format(count=count, distance=fmt.percent(abs(deepest.deviation), sign=False)))
    comma, semicolon, stop = ("，", "；", "。") if is_chinese() else (", ", "; ", ".")
    many = many_words(picture)
    return f"{comma.join(parts)}{semicolon}{_exit(picture)}{semicolon + many if many else ''}{stop}"


def many_words(picture: Picture) -> str:
    """`up to 3 deals at once on 10 most traded USDT pairs, 650.97 USDT in all`; empty for one deal on one pair."""
    settings, market, preview = picture.settings, picture.market, picture.preview
    assert settings is not None and market is not None and preview is not None
    pairs = pairs_words(settings)
    if picture.deals == 1 and not pairs:
        return ""
    total = fmt.money(needed_of(preview) * picture.deals, market.quote)
    if picture.deals == 1:
        return tr("one deal at a time on {pairs}").format(pairs=pairs)
    words = tr("up to {deals} deals at once on {pairs}, {total} in all")
    return words.format(deals=picture.deals, pairs=pairs or settings.pairs[0], total=total)


def pairs_words(settings: DcaSettings) -> str:
    """Which pairs, where it is not one: `3 pairs`, `10 most traded USDT pairs`."""
    if settings.pair_list is not None:
        return choice_words(choice_of((), canonical(settings.pair_list)))
    return tr("{count} pairs").format(count=len(settings.pairs)) if len(settings.pairs) > 1 else ""


def _coin(picture: Picture) -> str:
    """One coin has its name; of a list nobody knows yet which it will be."""
    settings, market = picture.settings, picture.market
    assert settings is not None and market is not None
    return tr("a coin") if pairs_words(settings) else market.base


def _entry(picture: Picture) -> str:
    settings = picture.settings
    assert settings is not None
    is_long = settings.direction is Direction.LONG
    match settings.start.mode:
        case "asap":
            return tr("Buys {cost} of {coin} now") if is_long else tr("Sells {cost} of {coin} now")
        case "conditions":
            return _on_conditions(picture)
        case "signal":
            return tr("Buys {cost} of {coin} on a signal") if is_long else tr("Sells {cost} of {coin} on a signal")
        case _:
            if is_long:
                return tr("Buys {cost} of {coin} when you start a deal")
            return tr("Sells {cost} of {coin} when you start a deal")


def _on_conditions(picture: Picture) -> str:
    settings = picture.settings
    assert settings is not None and settings.start.conditions is not None
    words = (
        tr("Buys {cost} of {coin} when {conditions}")
        if settings.direction is Direction.LONG
        else tr("Sells {cost} of {coin} when {conditions}")
    )
    return words.replace("{conditions}", group_words(settings.start.conditions))


def _exit(picture: Picture) -> str:
    settings = picture.settings
    assert settings is not None
    is_long = settings.direction is Direction.LONG
    targets, trailing = settings.take_profit.targets, settings.take_profit.trailing_deviation
    if not targets:
        return tr("has no take profit")
    first = _target_words(targets[0], picture)
    if len(targets) > 1:
        words = (
            tr("sells in {count} parts at {first} to {last} after fees")
            if is_long
            else tr("buys back in {count} parts at {first} to {last} after fees")
        )
        return words.format(count=len(targets), first=first, last=_target_words(targets[-1], picture))
    if trailing is not None:
        words = (
            tr("from {first} follows the price and sells all {back} below the best")
            if is_long
            else tr("from {first} follows the price and buys all back {back} above the best")
        )
        return words.format(first=first, back=fmt.percent(trailing, sign=False))
    words = tr("sells all at {first} after fees") if is_long else tr("buys all back at {first} after fees")
    return words.format(first=first)


def start_title(settings: Settings | None, *, is_live: bool) -> str:
    words = tr('Start "{bot}" with real money?') if is_live else tr('Start "{bot}"?')
    return words.format(bot=settings.name if settings is not None else "")


def start_lines(picture: Picture, around: Situation) -> tuple[str, ...]:
    """The lines of the start confirmation; the money sentence is the first."""
    settings, market, preview = picture.settings, picture.market, picture.preview
    assert settings is not None and market is not None and preview is not None
    lines = [order_sentence(fmt.money(picture.orders_in_all, market.quote), around)]
    if around.is_live and picture.cover is not None and picture.cover.currency == market.quote:
        lines.append(free_sentence(picture.cover.needed, market.quote, around))
    lines.append(_first_line(picture) if settings.start.mode == "asap" else _waiting_line(picture))
    deepest = picture.deepest
    if deepest is not None:
        words = (
            tr("Then up to {count} safety orders down to {price} ({distance}).")
            if settings.direction is Direction.LONG
            else tr("Then up to {count} safety orders up to {price} ({distance}).")
        )
        count = sum(not row.is_trigger for row in preview.rungs)
        price = fmt.price(deepest.price, market.price_tick)
        lines.append(words.format(count=count, price=price, distance=fmt.percent(deepest.deviation)))
    lines.append(_exit_line(picture))
    many = many_words(picture)
    if many:
        lines.append(f"{many[0].upper()}{many[1:]}{'。' if is_chinese() else '.'}")
    if around.is_live and has_no_stop(picture):
        lines.append(no_stop_line(picture))
    lines.append(tr("The bot works only while this app is running."))
    return tuple(lines)


def free_sentence(needed: Decimal, quote: str, around: Situation) -> str:
    words = tr("Free now {free} → {left} left if all orders fill.")
    free = around.free_quote
    return words.format(free=fmt.quote(free, quote), left=fmt.quote(free - needed, quote))


def order_sentence(total: str, around: Situation) -> str:
    """`Will place up to 216.77 USDT in orders on Binance (paper).`"""
    account = around.account
    if account is not None and account.mode == "sim":
        sentence = tr("Will place up to {total} in orders on the built-in simulated exchange (paper).")
        return sentence.format(total=total)
    if around.is_live:
        words = tr("Will place up to {total} in orders on {exchange}.")
    else:
        words = tr("Will place up to {total} in orders on {exchange} (paper).")
    return words.format(total=total, exchange=exchange_name(account))


def _first_line(picture: Picture) -> str:
    settings, market, preview = picture.settings, picture.market, picture.preview
    assert settings is not None and market is not None and preview is not None
    is_long, is_limit = settings.direction is Direction.LONG, settings.base_order.type == "limit"
    if is_limit:
        words = (
            tr("First: buy about {cost} of {coin} at {price} (limit).")
            if is_long
            else tr("First: sell about {cost} of {coin} at {price} (limit).")
        )
    else:
        words = (
            tr("First: buy about {cost} of {coin} at about {price} (market).")
            if is_long
            else tr("First: sell about {cost} of {coin} at about {price} (market).")
        )
    cost, price = fmt.money(preview.base.volume, market.quote), fmt.price(preview.base.price, market.price_tick)
    return words.format(cost=cost, coin=market.base, price=price)


def _waiting_line(picture: Picture) -> str:
    """Nothing is bought at the start: `Buys 20.73 USDT of BTC when RSI(14) on 15m falls below 30.`"""
    market, preview = picture.market, picture.preview
    assert market is not None and preview is not None
    entry = _entry(picture).format(cost=fmt.money(preview.base.volume, market.quote), coin=_coin(picture))
    return tr("{entry}. Until then it places nothing.").format(entry=entry)


def _exit_line(picture: Picture) -> str:
    settings = picture.settings
    assert settings is not None
    targets = settings.take_profit.targets
    is_long = settings.direction is Direction.LONG
    stop = settings.stop_loss.percent
    if not targets:
        profit = tr("Has no take profit.")
    elif len(targets) > 1 or settings.take_profit.trailing_deviation is not None:
        words = tr("Sells from {first} after fees.") if is_long else tr("Buys back from {first} after fees.")
        profit = words.format(first=_target_words(targets[0], picture))
    else:
        words = (
            tr("Sells everything at {first} after fees.")
            if is_long
            else tr("Buys everything back at {first} after fees.")
        )
        profit = words.format(first=_target_words(targets[0], picture))
    if has_no_stop(picture):
        return tr("{profit} No stop loss.").format(profit=profit)
    price, sign = settings.stop_loss.price, -1 if is_long else 1
    assert picture.market is not None
    at = fmt.percent(sign * stop) if stop is not None else fmt.price(price, picture.market.price_tick)
    return tr("{profit} Stop loss at {stop}.").format(profit=profit, stop=at)


def _target_words(step: TakeProfitStep, picture: Picture) -> str:
    """`+1.50 %`, or the price where the target is one."""
    if step.price is None or picture.market is None:
        return fmt.percent(step.percent)
    return fmt.price(step.price, picture.market.price_tick)


def has_no_stop(picture: Picture) -> bool:
    stop = picture.settings.stop_loss if picture.settings is not None else None
    return stop is not None and stop.percent is None and stop.price is None


def no_stop_line(picture: Picture) -> str:
    """What a fall beyond the last order would mean; worked out, not invented."""
    settings, market, preview = picture.settings, picture.market, picture.preview
    assert settings is not None and market is not None and preview is not None
    if settings.direction is Direction.SHORT:
        words = tr("No stop loss: if {coin} keeps rising, the deal stays open and the loss keeps growing.")
        return words.format(coin=market.base)
    level = imagined_price(picture)
    loss = -loss_at(picture, level)
    if loss <= 0:
        words = tr("No stop loss: if {coin} keeps falling, the deal stays open and the loss keeps growing.")
        return words.format(coin=market.base)
    words = tr("No stop loss. If {coin} falls to {price} this deal would be down about {loss} and still open.")
    shown = f"{fmt.whole(int(loss.to_integral_value()))} {market.quote}" if loss >= 1 else fmt.money(loss, market.quote)
    return words.format(coin=market.base, price=fmt.price(level, market.price_tick), loss=shown)


def imagined_price(picture: Picture) -> Decimal:
    """A round price clearly below the last order."""
    assert picture.preview is not None
    row = picture.deepest or picture.preview.base
    deep = row.price * _FURTHER
    return deep.quantize(Decimal(1).scaleb(deep.adjusted()), ROUND_FLOOR) if deep > 0 else ZERO


def loss_at(picture: Picture, price: Decimal) -> Decimal:
    """The deal's result if everything had filled and were sold at this price."""
    settings, market, preview = picture.settings, picture.market, picture.preview
    assert settings is not None and market is not None and preview is not None
    rows = [preview.base, *(row for row in preview.rungs if not row.is_trigger)]
    amount = sum((row.amount for row in rows), ZERO)
    fee = rows[-1].total - preview.orders
    position = Position(entry_amount=amount, entry_quote=preview.orders, entry_fee=fee)
    return position.worth(settings.direction, price, market.taker_fee)

"""What a signal bot will do, in the sentences that people read before any money moves."""

from desktop_app.gui import fmt
from desktop_app.gui.editor.signal.picture import SignalPicture
from desktop_app.gui.editor.situation import Situation
from desktop_app.gui.i18n import is_chinese, tr


def money_sentence(picture: SignalPicture) -> str:
    """The sentence under the form: what an alert buys, how often, and when it is sold."""
    settings, market = picture.settings, picture.market
    if settings is None:
        return tr("Some fields need your attention before this can be worked out.")
    if market is None or picture.price is None:
        return tr("Waits for the first price of {pair}.").format(pair=settings.pairs[0])
    words = tr("Each entry sells about {cost} of {coin}") if settings.direction == "short" else tr(
        "Each entry buys about {cost} of {coin}"
    )  # fmt: skip
    parts = [words.format(cost=fmt.money(picture.cost, market.quote), coin=market.base)]
    if settings.entry.max_entries > 1:
        parts.append(tr("up to {count} times in a position").format(count=settings.entry.max_entries))
    semicolon, stop = ("；", "。") if is_chinese() else ("; ", ".")
    return f"{semicolon.join((*parts, _exit(picture)))}{stop}"


def _exit(picture: SignalPicture) -> str:
    settings = picture.settings
    assert settings is not None
    profit, loss = settings.take_profit.percent, settings.stop_loss.percent
    shown = [fmt.percent(value, sign=False) if value is not None else "" for value in (profit, loss)]
    if profit is not None and loss is not None:
        return tr("ends by signal, at {profit} profit or at {loss} loss").format(profit=shown[0], loss=shown[1])
    if profit is not None:
        return tr("ends by signal or at {profit} profit; there is no stop loss").format(profit=shown[0])
    if loss is not None:
        return tr("ends by signal or at {loss} loss").format(loss=shown[1])
    return tr("ends by signal only: if no exit arrives, nothing sells")


def start_lines(picture: SignalPicture, around: Situation) -> tuple[str, ...]:
    """What the last question says."""
    lines = [money_sentence(picture)]
    settings = picture.settings
    if settings is not None:
        words = tr("Alerts older than {seconds} s are refused, and more than {count} a minute.")
        lines.append(words.format(seconds=settings.max_lag_seconds, count=settings.signals_a_minute))
    lines.append(tr("It hears alerts only while this app runs and this computer is awake."))
    if around.is_live:
        lines.append(tr("Whoever has the bot's secret can make it trade within these limits, and nothing else."))
    return tuple(lines)

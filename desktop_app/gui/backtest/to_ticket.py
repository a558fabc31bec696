"""A tested smart trade goes on in the ticket: it has no form of its own, and a trade is placed from there only."""

from desktop_app.core.strategies.smart_settings import SmartTradeSettings
from desktop_app.gui.backtest.applying import field_changes
from desktop_app.gui.bridge import Bridge
from desktop_app.gui.i18n import tr
from desktop_app.gui.main_window import MainWindow

_MOST_NAMED = 4


def open_in_ticket(window: MainWindow, bridge: Bridge, settings: SmartTradeSettings, account: str) -> None:
    """Fill the ticket on the trade's pair. Nothing is placed; Undo brings back what was typed there."""
    from desktop_app.gui.ticket.draft import next_number
    from desktop_app.gui.ticket.taking import draft_of

    if not bridge.is_attached:
        return
    if account not in bridge.known.accounts:
        account = window.account
    panel = window.panels.ticket
    before = panel.desk.draft
    window.open_ticket(account, settings.pair)
    panel.take(draft_of(settings, next_number(bridge.known.bots.values()), account))
    words = tr("The ticket has these settings. Nothing is placed before you press its button.")
    read = panel.desk.picture.settings
    lost = field_changes(settings, read) if read is not None else ()
    if lost:
        named = ", ".join(change.title for change in lost[:_MOST_NAMED])
        words = tr("The ticket has no field for: {fields}. The rest is in it; nothing is placed.").format(fields=named)
    toast = window.toasts.show("warning" if lost else "good", words, action=tr("Undo"))
    toast.action_requested.connect(lambda: panel.take(before))

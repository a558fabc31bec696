"""The further things that can be done with one deal, as a menu; what cannot be done now says why."""

from collections.abc import Callable

from PySide6.QtGui import QAction
from PySide6.QtWidgets import QMenu

from desktop_app.core.deal import DealStatus
from desktop_app.gui import outlook
from desktop_app.gui.bridge import Bridge
from desktop_app.gui.i18n import tr

REDUCE, TRAIL, EDIT, NOTE, CONVERT, FORCE = "reduce", "trail", "edit", "note", "convert", "force"
Changed = Callable[[str, str], object]  # verb, deal id


def fill_deal_menu(menu: QMenu, bridge: Bridge, deal_id: str, wish: Changed) -> None:
    """Actions for the changes of a deal; `wish` is told which was picked."""
    from desktop_app.gui.deal_moves import why_no_trailing  # the first paint does without the core's events

    known = bridge.known
    view = known.deals.get(deal_id)
    market = known.market(view.account, view.deal.symbol) if view is not None else None
    if view is None or market is None or view.deal.status.is_over:
        return
    is_fresh = known.is_fresh(view.account)
    stale = "" if is_fresh else tr("Prices are old. This needs a fresh one.")
    empty = "" if view.deal.held else tr("The deal holds nothing yet.")
    closing = tr("The deal is already being closed.") if view.deal.status is DealStatus.CLOSING else ""

    def add(verb: str, text: str, reason: str = "") -> QAction:
        action = menu.addAction(text)
        action.setEnabled(not reason)
        action.setToolTip(reason)
        action.triggered.connect(lambda _=False: wish(verb, deal_id))
        return action

    menu.setToolTipsVisible(True)
    settings = outlook.read_settings(known.settings_of(view))
    other = "" if settings is not None else tr("This kind of deal is changed in its bot.")
    if view.deal.status is DealStatus.OPENING and outlook.is_smart(known.settings_of(view)):
        add(FORCE, tr("Get in at market now…"), stale)
    add(EDIT, tr("Edit deal…"), closing or other)
    add(REDUCE, tr("Take a part out…"), closing or stale or empty)
    add(TRAIL, tr("Start trailing now…"), closing or stale or other or why_no_trailing(view, market))
    if not outlook.is_smart(known.settings_of(view)):
        add(CONVERT, tr("Make it a smart trade…"), closing or stale or other or empty)
    add(NOTE, tr("Note…"))

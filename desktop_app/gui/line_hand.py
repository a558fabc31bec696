"""Lines of running deals in the hand: says what a dragged one would bring, and asks the engine once that is agreed."""

from __future__ import annotations

from collections.abc import Callable
from decimal import Decimal
from typing import TYPE_CHECKING

from PySide6.QtCore import QObject

from desktop_app.gui import wording
from desktop_app.gui.bridge import Bridge
from desktop_app.gui.i18n import tr

if TYPE_CHECKING:
    from collections.abc import Sequence

    from desktop_app.engine.news import FillNews
    from desktop_app.engine.views import DealView
    from desktop_app.gui.chart.widget import ChartWidget
    from desktop_app.gui.deal_moves import Grip, Proposal

TICKET = "ticket."  # begins the keys of lines that are no deal's yet


class LineHand(QObject):
    """Nothing is sent before the tick (or Enter); Escape, a fill, a refusal and a minute of silence bring it back."""

    def __init__(self, chart: ChartWidget, bridge: Bridge, deals: Callable[[], list[DealView]]) -> None:
        super().__init__(chart)
        self._chart, self._bridge, self._deals = chart, bridge, deals
        chart.line_drag_moved.connect(self._moved)
        chart.line_commit_requested.connect(self._agreed)
        bridge.fills_added.connect(self._filled)

    def _moved(self, key: str, price: str) -> None:
        found = self._proposal(key, Decimal(price))
        if found is not None:
            self._chart.set_line_note(key, found[1].words)

    def _agreed(self, key: str, price: str) -> None:
        if key.startswith(TICKET):
            return
        found = self._proposal(key, Decimal(price))
        if found is None:
            self._chart.refuse_pending(key, tr("Dropped: the order changed meanwhile"))
            return
        view, proposal = found
        if proposal.wish is None:
            self._chart.refuse_pending(key, proposal.words)
            return
        self._bridge.spawn(self._send(key, view, proposal), tr("moving a line"))

    async def _send(self, key: str, view: DealView, proposal: Proposal) -> None:
        from desktop_app.engine.problem import Problem

        assert proposal.wish is not None
        try:
            await self._bridge.ask(self._bridge.wishes.ask(view.bot_id, proposal.wish))
        except Problem as problem:
            self._chart.refuse_pending(key, wording.problem_text(problem))
            raise
        except BaseException:
            self._chart.refuse_pending(key, tr("It was not moved."))
            raise
        self._chart.accept_pending(key)

    def _filled(self, news: Sequence[FillNews]) -> None:
        """What the money was worked out from has changed; what is on its way is answered by the engine."""
        move = self._chart.canvas.book.move
        if move is None or move.stage == "sending":
            return
        traded = {f"{fill.bot_id}-{fill.deal}" for fill in news}
        if any(view.deal_id in traded and move.key in self._grips(view) for view in self._deals()):
            self._chart.expire_pending(move.key, tr("Dropped: an order of this deal has filled"))

    def _proposal(self, key: str, price: Decimal) -> tuple[DealView, Proposal] | None:
        from desktop_app.gui.deal_moves import proposal

        for view in self._deals():
            grip = self._grips(view).get(key)
            market = self._bridge.known.market(view.account, view.deal.symbol)
            if grip is not None and market is not None:
                return view, proposal(view, self._bridge.known.settings_of(view), market, grip, price)
        return None

    def _grips(self, view: DealView) -> dict[str, Grip]:
        from desktop_app.gui.deal_moves import grips
        from desktop_app.gui.outlook import read_settings

        return grips(view, read_settings(self._bridge.known.settings_of(view)))

"""What a smart trade remembers: its one deal, in the terms of the machinery that runs it."""

from dataclasses import dataclass

from desktop_app.core.strategies.dca_state import DcaDeal, DcaState
from desktop_app.core.strategies.smart_settings import SmartTradeSettings


@dataclass(frozen=True, slots=True)
class SmartState:
    """`settings` are those that the deal runs on since somebody changed it."""

    trade: DcaState
    settings: SmartTradeSettings | None = None

    @property
    def deal(self) -> DcaDeal | None:
        return self.trade.deals[0] if self.trade.deals else None

    @property
    def has_begun(self) -> bool:
        return self.trade.next_number > 1

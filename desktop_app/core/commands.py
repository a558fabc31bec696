"""Everything that a bot can want done."""

from dataclasses import dataclass

from desktop_app.core.change import quick
from desktop_app.core.order import Order
from desktop_app.core.said import Said


@quick
@dataclass(frozen=True, slots=True)
class PlaceOrder:
    order: Order
    deal: int


@quick
@dataclass(frozen=True, slots=True)
class CancelOrder:
    client_id: str
    symbol: str
    deal: int


@quick
@dataclass(frozen=True, slots=True)
class Tell:
    """A line for the deal's timeline and the log; `is_problem` ones also reach the user at once."""

    said: Said
    deal: int = 0
    is_problem: bool = False


@dataclass(frozen=True, slots=True)
class OpenTrade:
    """A smart trade that takes over the coins of a deal, written down together with the deal's end.

    `settings` is the JSON of its settings; its name is made different where another bot has it.
    """

    settings: str
    deal: int


Command = PlaceOrder | CancelOrder | OpenTrade | Tell

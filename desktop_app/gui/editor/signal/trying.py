"""Signals that are sent from here to see what a bot would do: the words of an alert, without its secret."""

import json
from typing import Literal

from desktop_app.core.strategies.signal_settings import SignalSettings

Move = Literal["enter", "exit"]


def message_for(settings: SignalSettings, move: Move) -> str:
    """The message that an alert of this bot's kind would bring; of several pairs the first is meant."""
    side = "short" if settings.direction == "short" else "long"
    symbol = settings.pairs[0].replace("/", "")
    if settings.mode == "custom":
        return json.dumps({"action": f"{move}_{side}", "tv_instrument": symbol})
    buys = (move == "enter") == (side == "long")
    now, before = (side, "flat") if move == "enter" else ("flat", side)
    position = {
        "market_position": now,
        "market_position_size": "1" if move == "enter" else "0",
        "prev_market_position": before,
        "prev_market_position_size": "0" if move == "enter" else "1",
    }
    action = "buy" if buys else "sell"
    return json.dumps({"action": action, "tv_instrument": symbol, "strategy_info": position})

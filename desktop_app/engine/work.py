"""How much of its work an engine does: all of it in an application, less where one command only asks or changes."""

from enum import Enum


class Work(Enum):
    READ = "read"  # no exchange is connected, nothing moves
    ASK = "ask"  # exchanges can be asked, none is connected, nothing moves
    HANDLE = "handle"  # exchanges are connected, orders and fills are followed; no price reaches a bot
    TRADE = "trade"

"""What the tests of the command share: a call, what came of it, and a bot file."""

import json
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

BOT = """\
kind = "dca"
name = "BTC starter"
account = "demo"
pairs = ["BTC/USDT"]
base_order = { volume = "100" }
safety_orders = { volume = "15", price_deviation = "1.0", step_scale = "2.0", volume_scale = "1.5", max_count = 3 }
take_profit = { percent = "2.0" }
stop_loss = { percent = "30" }
"""


@dataclass(frozen=True, slots=True)
class Done:
    status: int
    out: str
    err: str

    @property
    def document(self) -> Any:
        assert self.out.count("\n") == 1, "one document and nothing else"
        return json.loads(self.out)


Call = Callable[..., Done]
WriteBot = Callable[..., Path]

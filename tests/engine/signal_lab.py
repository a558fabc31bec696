"""An engine with a signal bot and an open receiver on a fake exchange, and the plainest HTTP client there is."""

import asyncio
import json
from collections.abc import Mapping
from contextlib import suppress
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from desktop_app.core.strategies import KINDS, Kind
from desktop_app.engine.signal_ways import SignalWays
from desktop_app.engine.views import SignalAddress
from tests.engine.lab import Lab
from tests.fakes import breathe

BOT = """
kind = "signal"
name = "TV"
account = "demo"
pairs = ["BTC/USDT"]
entry = { volume = "500", max_entries = 3 }
direction = "long"
"""


@dataclass
class SignalLab(Lab):
    """`secret` and `path` are those of bot 1 once it was asked for its address."""

    kinds: Mapping[str, Kind] = field(default_factory=lambda: KINDS)
    secret: str = ""
    path: str = ""
    port: int = 0
    made: int = 0
    messages: dict[str, str] = field(default_factory=dict)

    async def ready(self, text: str = BOT) -> "SignalLab":
        """Started, with a running bot, an open receiver and the bot's address known."""
        await self.start()
        await self.add(text)
        state = await self.running.supervisor.set_signal_ways(SignalWays(hook_is_on=True, port=0))
        assert state.hook_state == "listening"
        self.use(await self.running.supervisor.signal_address(1))
        await self.price("50000")
        return self

    def use(self, address: SignalAddress) -> None:
        self.messages = dict(address.messages)
        self.secret = json.loads(address.messages[0][1])["secret"]
        self.path = address.url.partition("127.0.0.1")[2].partition("/")[2]
        self.port = int(address.url.split(":")[2].partition("/")[0])

    def stamp(self, ago_ms: int = 0) -> str:
        moment = datetime.fromtimestamp((self.clock.at - ago_ms) / 1000, UTC)
        return moment.isoformat(timespec="milliseconds").replace("+00:00", "Z")

    def alert(self, action: str = "buy", ago_ms: int = 0, **more: Any) -> bytes:
        """A fresh message; two of them differ by a millisecond."""
        self.made += 1
        given: dict[str, Any] = {
            "secret": self.secret,
            "timestamp": self.stamp(ago_ms - self.made),
            "tv_instrument": "BTCUSDT",
            "action": action,
        }
        return json.dumps(given | more).encode()

    async def post(self, body: bytes, path: str | None = None, **headers: str) -> tuple[int, dict[str, Any]]:
        """(status, document) of one request as an alert sends it."""
        head = {"Host": f"127.0.0.1:{self.port}", "Content-Type": "application/json", "Connection": "close"}
        head |= {name.replace("_", "-"): value for name, value in headers.items()}
        lines = [f"POST /{self.path if path is None else path} HTTP/1.1", f"Content-Length: {len(body)}"]
        lines += [f"{name}: {value}" for name, value in head.items()]
        return await self.raw("\r\n".join(lines).encode() + b"\r\n\r\n" + body)

    async def raw(self, data: bytes) -> tuple[int, dict[str, Any]]:
        """(0, {}) when the connection was cut without an answer."""
        reader, writer = await asyncio.open_connection("127.0.0.1", self.port)
        with suppress(OSError):
            writer.write(data)
            await writer.drain()
        answer = b""
        with suppress(OSError):
            answer = await asyncio.wait_for(reader.read(), 20)
        writer.close()
        if not answer:
            return 0, {}
        head, _, text = answer.partition(b"\r\n\r\n")
        return int(head.split()[1]), json.loads(text)

    async def filled(self) -> None:
        await self.settle()
        await breathe(20)
        await self.settle()


async def made(folder: Path, text: str = BOT) -> SignalLab:
    return await SignalLab(folder).ready(text)

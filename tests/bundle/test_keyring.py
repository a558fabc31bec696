"""Keys in a real keyring, kept by the built application, and nowhere else."""

import asyncio
import hashlib
import json
import sys
from collections.abc import AsyncIterator
from dataclasses import dataclass, field
from pathlib import Path

import pytest

from tests.bundle.conftest import Program
from tests.canary import Hunt, a_canary
from tests.loopback import binance
from tests.secret_service import SecretService, secret_service, skip_without_secret_service

pytestmark = pytest.mark.skipif(sys.platform != "linux", reason="needs a keyring that a test may fill")

BOT = """\
kind = "dca"
name = "BTC live"
account = "main"
pairs = ["BTC/USDT"]
base_order = { volume = "100", type = "market" }
safety_orders = { volume = "50", price_deviation = "1.0", max_count = 2 }
take_profit = { percent = "1.0" }
"""


@dataclass
class House:
    """The application with a keyring, at an exchange that knows the canary."""

    program: Program
    keyring: SecretService
    stand: binance.BinanceStand
    keys: dict[str, str]
    said: list[tuple[str, bytes]] = field(default_factory=list)

    @property
    def text(self) -> str:
        return json.dumps(self.keys)

    async def call(self, *words: object, text: str = "", status: int = 0) -> str:
        """In a thread, for the exchange answers from this one; looked at while it runs."""
        return await asyncio.to_thread(self._call, words, text, status)

    def _call(self, words: tuple[object, ...], text: str, status: int) -> str:
        process = self.program.start(*words)
        try:
            for name in ("environ", "cmdline", "comm", "status"):
                path = Path(f"/proc/{process.pid}/{name}")
                try:
                    self.said.append((str(path), path.read_bytes()))
                except PermissionError:
                    continue  # a process that nobody may look into tells nobody
            out, err = process.communicate(text, timeout=120)
        finally:
            process.kill()
        self.said += [("stdout", out.encode()), ("stderr", err.encode())]
        assert process.returncode == status, f"{words}: {process.returncode} {out} {err}"
        return out


@pytest.fixture
async def house(program: Program) -> AsyncIterator[House]:
    skip_without_secret_service()
    floor = binance.a_floor()
    keys = {"apiKey": a_canary(64), "secret": a_canary(64)}
    floor.open_account(keys["apiKey"], keys["secret"], "", USDT="10000", BTC="0")
    async with binance.BinanceStand(floor, beat=0.2) as stand:
        with secret_service() as keyring:
            program.environment |= keyring.changes
            yield House(program, keyring, stand, keys)


def prints(folder: Path) -> dict[str, str]:
    return {
        str(path.relative_to(folder)): hashlib.sha256(path.read_bytes()).hexdigest()
        for path in folder.rglob("*")
        if path.is_file() and not path.is_symlink()
    }


async def test_a_key_is_kept_read_again_traded_with_and_found_nowhere_else(house: House) -> None:
    before = prints(house.program.home)
    urls = ("--rest-url", house.stand.rest_url, "--ws-url", house.stand.ws_url)
    add = ("account", "add", "main", "--exchange", "binance", *urls, "--credentials-stdin")
    bot = house.program.folder / "bot.toml"
    bot.write_text(BOT, encoding="utf-8")

    await house.call(*add, text=house.text)
    house.keyring.stop_keyring()  # as if the computer had been started anew
    house.keyring.start_keyring()
    await house.call("account", "check", "main")
    doctor = await house.call("doctor")
    await house.call("account", "allow-trading", "main", "--yes")
    await house.call("bot", "add", bot)
    await house.call("bot", "start", "BTC live")
    await house.call("run", "--for", "12", "--events", house.program.folder / "events.jsonl")
    await house.call("audit", "export")

    account = house.stand.floor.accounts[house.keys["apiKey"]]
    assert house.stand.floor.books(account).orders, "no order came"
    assert "SecretService" in doctor or "Secret Service" in doctor, doctor
    kept = house.keyring.entries()
    assert any(house.keys["secret"] in text for text in kept.values()), "it is where it belongs"
    hunt = Hunt(*house.keys.values())
    for where, data in house.said:
        hunt.look(where, data)
    assert hunt.look_into(house.program.folder) > 3
    assert hunt.look_into(house.keyring.folder / "home") > 0
    assert hunt.found == []
    assert prints(house.program.home) == before, "it writes into the place where it is installed"


async def test_a_key_goes_with_its_account(house: House) -> None:
    urls = ("--rest-url", house.stand.rest_url, "--ws-url", house.stand.ws_url)
    await house.call("account", "add", "main", "--exchange", "binance", *urls, "--credentials-stdin", text=house.text)
    await house.call("account", "remove", "main")
    assert house.keyring.entries() == {}


async def test_a_locked_keyring_is_told_and_nothing_is_kept(house: House) -> None:
    house.keyring.lock()
    urls = ("--rest-url", house.stand.rest_url, "--ws-url", house.stand.ws_url)
    add = ("account", "add", "main", "--exchange", "binance", *urls, "--credentials-stdin")
    await house.call(*add, text=house.text, status=3)

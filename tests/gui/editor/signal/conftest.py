from collections.abc import Callable, Iterator
from typing import Any

import pytest
from PySide6.QtWidgets import QApplication
from shiboken6 import delete

from desktop_app.core.said import said
from desktop_app.core.strategies.signal_settings import SignalSettings
from desktop_app.engine.problem import REFUSED_FOR_SAFETY, Problem
from desktop_app.engine.signal_messages import messages_of
from desktop_app.engine.signal_ways import SignalWays
from desktop_app.engine.views import SignalAddress, SignalAnswer, SignalsView, SignalView
from desktop_app.gui.editor.signal.draft import draft_of
from desktop_app.gui.editor.signal.editor import SignalEditor
from tests.gui.editor.fake_engine import NOW, FakeEngine, bot_view

OpenSignal = Callable[..., SignalEditor]


def signal_ref(**changes: Any) -> SignalSettings:
    data: dict[str, Any] = {
        "name": "BTC alerts",
        "account": "Paper wallet",
        "pairs": ["BTC/USDT"],
        "mode": "custom",
        "entry": {"volume": "50"},
        "stop_loss": {"percent": "5"},
    }
    return SignalSettings.model_validate(data | changes)


class SignalEngine(FakeEngine):
    """The supervisor as far as editors of signal bots ask it."""

    def __init__(self) -> None:
        super().__init__()
        self.settings = signal_ref()
        self.secret = "wh_first"
        self.has_keyring = True
        self.ways = SignalWays(hook_is_on=True)
        self.state = SignalsView("listening", 8787, "off", last_at=NOW)
        self.log: list[SignalView] = []
        self.tried: list[tuple[str, bool]] = []
        self.add_bot_view(bot_view(self.settings, 7, "running"))

    async def signals_state(self) -> SignalsView:
        return self.state

    async def signal_ways(self) -> SignalWays:
        return self.ways

    async def set_signal_ways(self, ways: SignalWays) -> SignalsView:
        self.ways = ways
        return self.state

    async def signal_address(self, bot: int) -> SignalAddress:
        if not self.has_keyring:
            raise Problem(said("vault_absent"), REFUSED_FOR_SAFETY)
        uuid = f"uuid-{bot}"
        messages = messages_of(uuid, self.secret, self.settings)
        return SignalAddress(bot, uuid, f"http://127.0.0.1:8787/hook/{uuid}", self.ways.public_url, messages)

    async def rotate_signal_secret(self, bot: int, session_only: bool = False) -> SignalAddress:
        self.has_keyring = self.has_keyring or session_only
        self.secret = "wh_second"
        return await self.signal_address(bot)

    async def signals(self, bot: int | None = None, limit: int = 50, before: int | None = None) -> list[SignalView]:
        return self.log[:limit]

    async def send_signal(self, bot: int, text: str, is_test: bool = False) -> tuple[SignalAnswer, ...]:
        self.tried.append((text, is_test))
        return (SignalAnswer(200, said("signal_test_ok"), 3),)


@pytest.fixture
def signal_engine() -> SignalEngine:
    return SignalEngine()


@pytest.fixture
def open_signal(dressed: QApplication, signal_engine: SignalEngine) -> Iterator[OpenSignal]:
    made: list[SignalEditor] = []

    def opened(settings: SignalSettings | None = None, **more: Any) -> SignalEditor:
        editor = SignalEditor(signal_engine.link(), draft_of(settings or signal_ref()), **more)
        made.append(editor)
        editor.resize(1000, 760)
        editor.show()
        QApplication.processEvents()
        return editor

    yield opened
    for editor in made:
        delete(editor)

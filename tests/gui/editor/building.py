"""A hand for the condition builders and the pairs of the editor, and settings to try them on."""

from decimal import Decimal
from typing import Any

from PySide6.QtWidgets import QApplication, QMenu
from pytestqt.qtbot import QtBot

from desktop_app.core.events import PriceTick
from desktop_app.core.market import Market
from desktop_app.core.strategies.dca_settings import DcaSettings
from desktop_app.gui.conditions.builder import ConditionBuilder
from desktop_app.gui.editor.dca_editor import DcaEditor
from desktop_app.gui.editor.rows import QuietCombo
from tests.gui.editor.fake_engine import NOW, FakeEngine, dca_ref

D = Decimal
START, SELL, SAFETY = "start.conditions", "take_profit.on_conditions", "safety_orders.on_conditions"
RSI: dict[str, Any] = {"indicator": "rsi", "timeframe": "15m", "trigger": "crosses_below", "value": 30}
MACD: dict[str, Any] = {"indicator": "macd", "timeframe": "1h", "trigger": "crosses_above"}
ON_RSI = {"mode": "conditions", "all": [RSI]}


def builder(editor: DcaEditor, path: str = START) -> ConditionBuilder:
    found = editor.form.rows[path].field
    assert isinstance(found, ConditionBuilder)
    return found


def pick(editor: DcaEditor, path: str, key: str) -> None:
    """Click + Condition and an entry of its menu."""
    builder(editor, path).add_button.click()
    menu = QApplication.activePopupWidget()
    assert isinstance(menu, QMenu)
    next(action for action in menu.actions() if action.data() == key).trigger()
    menu.close()


def choose(editor: DcaEditor, path: str, key: str) -> None:
    combo = editor.form.rows[path].field
    assert isinstance(combo, QuietCombo)
    combo.setCurrentIndex(combo.findData(key))


def try_out(qtbot: QtBot, editor: DcaEditor, path: str = START) -> None:
    editor.trials.begin()
    qtbot.waitUntil(lambda: bool(builder(editor, path).verdict))


def many(engine: FakeEngine, count: int = 12) -> FakeEngine:
    """More pairs, the later ones traded less."""
    markets = dict(engine.known.markets[engine.view.name])
    for number in range(count):
        coin = f"C{number:02d}"
        markets[f"{coin}/USDT"] = Market(f"{coin}/USDT", coin, "USDT")
    engine.known.markets[engine.view.name] = markets
    for number, (symbol, _) in enumerate(markets.items()):
        price = D("64210.50") if symbol == "BTC/USDT" else D(100)
        volume = D(9_000_000 - number * 100_000)
        engine.known.prices[engine.view.name, symbol] = PriceTick(symbol, price, NOW, quote_volume_24h=volume)
    return engine


def conditional() -> DcaSettings:
    return dca_ref(
        start={"mode": "conditions", "all": [RSI], "any": [MACD, RSI | {"value": 25}]},
        take_profit={"percent": "1.5", "on_conditions": {"any": [RSI | {"trigger": "crosses_above", "value": 70}]},
                     "min_profit": "0.5", "min_profit_basis": "base"},
        limits={"on_conditions": {"all": [MACD]}, "max_active_deals": 3, "max_funds": "1000"},
    )  # fmt: skip

"""The preview's candles go on while it is open, prices and volume alike."""

from decimal import Decimal

from desktop_app.core.market import Candle
from desktop_app.engine.news import CandleNews
from desktop_app.gui.editor.dca_editor import DcaEditor
from tests.gui.editor.fake_engine import PAIR

D = Decimal


def test_candles_that_come_after_opening_have_volume(editor: DcaEditor) -> None:
    before = editor.chart.chart.canvas.view.series.last
    assert before is not None
    at = before.at + 900_000
    for minute, volume in ((at, "4"), (at + 60_000, "1.5"), (at + 60_000, "2.5")):
        candle = Candle(minute, D(100), D(101), D(99), D(100), D(volume))
        editor.candles_changed([CandleNews("Paper wallet", PAIR, candle, is_closed=False)])
        editor.candles_changed([CandleNews("Other", PAIR, candle, is_closed=False)])
        editor.candles_changed([CandleNews("Paper wallet", "ETH/USDT", candle, is_closed=False)])
    last = editor.chart.chart.canvas.view.series.last
    assert last is not None
    assert (last.at, last.volume) == (at, 6.5)

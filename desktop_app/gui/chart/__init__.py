"""The candle chart and what is drawn on it."""

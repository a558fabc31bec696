"""Prices and candles of exchanges that exist: streams as hints, questions as the truth."""

"""Backtests and optimisation, which share only the core with real trading."""

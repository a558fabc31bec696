"""Backtests in the window: what is asked for, how it runs, what came of it, and what can be done with that."""

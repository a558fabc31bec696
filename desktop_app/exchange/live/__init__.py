"""Accounts that a key opens: orders, fills and their fate."""

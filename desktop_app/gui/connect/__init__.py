"""Connecting an exchange: choose it, hand over a key, see what the key may do, decide."""

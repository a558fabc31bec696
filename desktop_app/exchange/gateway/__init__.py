"""The only way to ccxt and out to an exchange."""

"""The embedded exchange and the replay of candles: accounts on this machine alone."""

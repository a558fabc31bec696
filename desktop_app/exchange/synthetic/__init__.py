"""A market that never was: prices, candles and books made from a seed."""

"""A sweep where nothing is compiled: plain DCA bots and grids, hopping from one touched candle to the next."""

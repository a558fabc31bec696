"""A sweep where nothing is compiled: the plain DCA bot, hopping from one touched candle to the next."""

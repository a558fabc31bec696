"""The one home of what must survive a restart: database, journal, candles."""

"""The pure heart: what to trade, decided without clock, network, disk or screen."""

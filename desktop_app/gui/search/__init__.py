"""Search everything: pairs, bots, deals, commands and settings by what they are called."""

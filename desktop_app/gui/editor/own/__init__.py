"""Strategies of one's own in the window: the files, the consent to run them, and the form of a bot that asks one."""

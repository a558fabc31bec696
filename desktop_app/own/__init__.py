"""Strategies of one's own: their files, the consent to run them, and the process in which each of them runs."""

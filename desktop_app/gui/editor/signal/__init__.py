"""The editor of signal bots."""

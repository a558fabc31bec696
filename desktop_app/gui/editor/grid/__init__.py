"""The editor of grid bots."""

"""The window in which better settings are searched for."""

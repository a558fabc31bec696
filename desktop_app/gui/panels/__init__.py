"""The panels of the main window: each shows and asks, none decides."""

"""What the window asks of the operating system: a place at login, a night without sleep, a corner in the tray."""

"""The command line face of the application."""

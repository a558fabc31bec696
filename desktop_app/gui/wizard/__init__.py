"""The first run of the application, before anything else is loaded."""

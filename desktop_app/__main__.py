"""The entry point of `strongroom` and of `python -m desktop_app`."""

import sys


def main() -> int:
    """Hand over to the command line, imported late so that starting stays cheap."""
    from desktop_app.cli.main import main as run

    return run()


if __name__ == "__main__":
    sys.exit(main())

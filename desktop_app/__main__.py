"""The entry point of `strongroom` and of `python -m desktop_app`."""

import sys


def main() -> int:
    """Hand over to the composition root, imported late so that importing this costs nothing."""
    from desktop_app.app import main as run

    return run()


if __name__ == "__main__":
    sys.exit(main())

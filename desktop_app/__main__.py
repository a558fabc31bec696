"""The entry point of `strongroom` and of `python -m desktop_app`."""

import os
import sys


def main() -> int:
    """Hand over to the composition root, imported late so that importing this costs nothing."""
    if sys.platform != "win32":
        os.umask(0o077)  # balances and orders are nobody else's business on a shared computer
    from desktop_app.app import main as run

    return run()


if __name__ == "__main__":
    sys.exit(main())

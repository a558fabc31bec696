"""What the bundle starts: the same entry point as the command, and nothing else."""

import sys

from desktop_app.__main__ import main

if __name__ == "__main__":
    sys.exit(main())

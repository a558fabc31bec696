"""Where the process begins, it shuts its memory to others."""

import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parent.parent
_PROBE = """
import ctypes, resource, sys
from desktop_app import __main__
import desktop_app.app
desktop_app.app.main = lambda: print(ctypes.CDLL(None).prctl(3, 0, 0, 0, 0), resource.getrlimit(resource.RLIMIT_CORE))
__main__.main()
"""


@pytest.mark.skipif(sys.platform != "linux", reason="asks the kernel of Linux")
def test_no_core_is_dumped_and_nobody_else_reads_our_memory() -> None:
    done = subprocess.run([sys.executable, "-c", _PROBE], cwd=ROOT, capture_output=True, text=True, check=True)

    assert done.stdout == "0 (0, 0)\n"

"""The entry point of `strongroom` and of `python -m desktop_app`."""

import gc
import os
import sys
from contextlib import suppress

_PR_SET_DUMPABLE = 4
_PT_DENY_ATTACH = 31
_WER_NO_HEAP = 1


def main() -> int:
    """Hand over to the composition root, imported late so that importing this costs nothing."""
    if getattr(sys, "frozen", False):  # an installed application is also the interpreter of its worker processes
        from multiprocessing import freeze_support

        freeze_support()
    if sys.argv[1:2] == ["--strategy"]:  # how an installed application starts the process of a strategy
        from desktop_app.own.child import main as answer

        return answer()
    # What lies about in the environment gets no hand in our settings, and looking for it takes time at every start.
    os.environ["PYDANTIC_DISABLE_PLUGINS"] = "__all__"
    # Threads for matrices that nobody multiplies here: starting them is a fifth of what importing numpy takes.
    os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")
    gc.set_threshold(10_000)  # what modules make stays: looking for garbage among it is a tenth of a command's start
    keep_memory_private()
    if sys.platform != "win32":
        os.umask(0o077)  # balances and orders are nobody else's business on a shared computer
    from desktop_app.app import main as run

    return run()


def keep_memory_private() -> None:
    """API keys must be in memory to be of use: let no core dump and no other process of this user have a look.

    As far as a system lets us: whoever may become this user's administrator can still read everything.
    """
    import ctypes

    if sys.platform == "win32":
        with suppress(OSError, AttributeError):
            ctypes.windll.kernel32.WerSetFlags(_WER_NO_HEAP)
    else:
        import resource

        with suppress(OSError, ValueError):
            resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    with suppress(OSError, AttributeError):
        if sys.platform == "darwin":
            ctypes.CDLL(None).ptrace(_PT_DENY_ATTACH, 0, 0, 0)
        elif sys.platform == "linux":
            # Also gives everything of ours under /proc to root: no debugger, no reader of our environment.
            ctypes.CDLL(None).prctl(_PR_SET_DUMPABLE, 0, 0, 0, 0)


if __name__ == "__main__":
    sys.exit(main())

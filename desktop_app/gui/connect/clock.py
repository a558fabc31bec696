"""The computer's own clock, for what is counted from now and for nothing else."""

import time


def now_ms() -> int:
    return time.time_ns() // 1_000_000

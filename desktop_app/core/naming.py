"""Names that no bot has yet: a copy, a preset or a file brings one that may be taken."""

from collections.abc import Collection

_LONGEST = 80


def free_name(name: str, taken: Collection[str]) -> str:
    """The name, with a number if another bot has it; never longer than a name may be."""
    numbered = (f"{name[: _LONGEST - 6].rstrip()} {number}" for number in range(2, len(taken) + 3))
    return next(candidate for candidate in (name, *numbered) if candidate not in taken)

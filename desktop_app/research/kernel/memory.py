"""All arrays of a run in one block of memory, used again by the next: compiled code takes one address, not eighteen."""

from collections.abc import Callable, Mapping
from typing import Any, Generic, TypeVar, cast

import numpy as np

from desktop_app.research.kernel.jit import HAS_COMPILER

R = TypeVar("R")
_MOST_IDLE = 8

Shapes = Mapping[str, tuple[type, tuple[int, ...]]]


class Block(Generic[R]):
    """One run's memory, all zero: `run` shows its arrays, `handle` is what kernel functions take."""

    def __init__(self, layout: "np.dtype[Any]", make: Callable[..., R]) -> None:
        memory = np.zeros(1, dtype=layout)
        self.run = make(**{name: memory[name][0] for name in layout.names or ()})
        self.handle: R = cast("R", cast("Any", memory[0])) if HAS_COMPILER else self.run


class Memory(Generic[R]):
    """Blocks of one kind. `cleared`: what a run reads before it writes it."""

    def __init__(self, shapes: Shapes, make: Callable[..., R], cleared: tuple[str, ...]) -> None:
        self._layout = np.dtype([(name, kind, shape) for name, (kind, shape) in shapes.items()], align=True)
        self._make = make
        self._cleared = cleared
        self._idle: list[Block[R]] = []  # fresh memory costs more than the run that fills it

    def take(self) -> Block[R]:
        """Memory for a run, all zero but for what another one wrote and this one will write."""
        try:
            block = self._idle.pop()
        except IndexError:
            return Block(self._layout, self._make)
        for name in self._cleared:
            getattr(block.run, name)[:] = 0
        return block

    def give_back(self, block: Block[R]) -> None:
        """Nobody may look at the run any more."""
        if len(self._idle) < _MOST_IDLE:
            self._idle.append(block)

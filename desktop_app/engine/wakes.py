"""When which bot wants to be woken, on the clock of its exchange."""

import heapq


class Wakes:
    """One moment per bot; the earliest is at hand."""

    def __init__(self) -> None:
        self._wanted: dict[int, int] = {}
        self._heap: list[tuple[int, int]] = []  # may hold what is no longer wanted; that is skipped when met

    def set(self, bot_id: int, at: int | None) -> bool:
        """Note when the bot wants to be woken; whether this is the new earliest moment."""
        if self._wanted.get(bot_id) == at:
            return False
        if at is None:
            self._wanted.pop(bot_id, None)
            return False
        self._wanted[bot_id] = at
        heapq.heappush(self._heap, (at, bot_id))
        return self._heap[0] == (at, bot_id)

    def next(self) -> int | None:
        while self._heap:
            at, bot_id = self._heap[0]
            if self._wanted.get(bot_id) == at:
                return at
            heapq.heappop(self._heap)
        return None

    def take_due(self, now: int) -> list[int]:
        """The bots whose moment has come, each once; a bot says anew when it wants to be woken next."""
        due: list[int] = []
        while (at := self.next()) is not None and at <= now:
            _, bot_id = heapq.heappop(self._heap)
            del self._wanted[bot_id]
            due.append(bot_id)
        return due

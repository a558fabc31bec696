"""Of many prices, those that somebody waits for: the rest may be told as one, these never."""

from decimal import Decimal

from desktop_app.core.strategy import Watch


class PriceSieve:
    """Remembers for one pair what was told, so that a price beyond a level is told once and not at every tick."""

    def __init__(self) -> None:
        self._below: tuple[Decimal, Decimal] | None = None  # (the level that was reached, the lowest price told since)
        self._above: tuple[Decimal, Decimal] | None = None
        self._opened: int | None = None
        self._price: Decimal | None = None

    def must_tell(self, price: Decimal, at: int, watch: Watch) -> bool:
        """Whether this price must be told; if so, it counts as told."""
        is_due = watch.follows and price != self._price
        self._price = price
        # Beyond the nearest level may lie another bot's: each new extreme is told, so that none is skipped.
        if watch.below is None or price > watch.below:
            self._below = None
        elif self._below is None or self._below[0] != watch.below or price < self._below[1]:
            self._below = (watch.below, price)
            is_due = True
        if watch.above is None or price < watch.above:
            self._above = None
        elif self._above is None or self._above[0] != watch.above or price > self._above[1]:
            self._above = (watch.above, price)
            is_due = True
        if not watch.wants_open:
            self._opened = None
        elif at >= watch.opens_after and self._opened != watch.opens_after:
            self._opened = watch.opens_after
            is_due = True
        return is_due

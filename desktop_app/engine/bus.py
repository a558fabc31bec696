"""The one way that news leave the engine: to every listener, at once, and never back."""

import logging
from collections.abc import Callable

from desktop_app.engine.news import News

Listener = Callable[[News], None]
_log = logging.getLogger(__name__)


class Bus:
    """Hands news to its listeners on the engine's loop. A display must never stop a bot: who fails is isolated."""

    def __init__(self) -> None:
        self._listeners: tuple[Listener, ...] = ()

    @property
    def has_listeners(self) -> bool:
        return bool(self._listeners)

    def subscribe(self, listener: Listener) -> Callable[[], None]:
        """Hear everything from now on, until the returned call."""
        self._listeners = (*self._listeners, listener)

        def unsubscribe() -> None:
            self._listeners = tuple(other for other in self._listeners if other is not listener)

        return unsubscribe

    def publish(self, news: News) -> None:
        for listener in self._listeners:
            try:
                listener(news)
            except Exception:  # noqa: BLE001 - whatever a display does wrong stays its own problem
                _log.exception("a listener failed on %s", type(news).__name__)

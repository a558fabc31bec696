"""News reach every listener, and no listener reaches the engine."""

import logging

import pytest

from desktop_app.engine.bus import Bus
from desktop_app.engine.news import BotGone, News


def test_a_failing_listener_is_logged_and_keeps_nobody_from_hearing(caplog: pytest.LogCaptureFixture) -> None:
    bus = Bus()
    heard: list[News] = []

    def fail(news: News) -> None:
        raise ValueError("a display broke")

    bus.subscribe(fail)
    bus.subscribe(heard.append)
    with caplog.at_level(logging.ERROR):
        bus.publish(BotGone(1))

    assert heard == [BotGone(1)]
    assert "a listener failed" in caplog.text


def test_a_listener_hears_nothing_after_it_left() -> None:
    bus = Bus()
    heard: list[News] = []
    leave = bus.subscribe(heard.append)
    leave()
    bus.publish(BotGone(1))

    assert heard == []
    assert not bus.has_listeners

"""How far work is, on a terminal only."""

import io

import pytest

from desktop_app.cli.progress_line import ProgressLine, is_watched


class Terminal(io.StringIO):
    def isatty(self) -> bool:
        return True


def test_one_line_grows_until_all_is_done(monkeypatch: pytest.MonkeyPatch) -> None:
    terminal = Terminal()
    monkeypatch.setattr("sys.stderr", terminal)
    tell = ProgressLine("candles")

    assert tell(0, 2000) and tell(1000, 2000) and tell(1000, 2000) and tell(2000, 2000)
    assert terminal.getvalue() == "\r0 of 2,000 candles\r1,000 of 2,000 candles\r2,000 of 2,000 candles\n"


@pytest.mark.parametrize("stream", [None, io.StringIO()])
def test_where_nobody_watches_nothing_is_told(monkeypatch: pytest.MonkeyPatch, stream: io.StringIO | None) -> None:
    monkeypatch.setattr("sys.stderr", stream)

    assert not is_watched() and ProgressLine("runs")(1, 2)
    assert stream is None or not stream.getvalue()


def test_whoever_was_stopped_does_not_go_on() -> None:
    assert not ProgressLine("runs", lambda: True)(1, 2)

"""Events know readings without what works them out."""

import subprocess
import sys

from desktop_app.core.reading import Outcome, Reading


def test_a_reading_begins_without_values() -> None:
    reading = Reading("rsi 5m", Outcome.NOT_READY)
    assert (reading.value, reading.against, reading.candles) == (None, None, 0)
    assert Outcome.NOT_READY < Outcome.NO < Outcome.YES


def test_events_load_neither_pydantic_nor_numpy() -> None:
    script = "import sys; import desktop_app.core.events; print(sorted({'pydantic', 'numpy'} & set(sys.modules)))"
    done = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "[]"

"""The engine's test bench."""

from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from tests.engine.lab import Lab


@pytest.fixture
async def lab(tmp_path: Path) -> AsyncIterator[Lab]:
    lab = Lab(tmp_path)
    await lab.start()
    yield lab
    await lab.stop()

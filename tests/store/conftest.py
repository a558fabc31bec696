"""The store that most tests begin with."""

from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from desktop_app.store.db import Store
from tests.store.stories import clock, with_bot


@pytest.fixture
async def store(tmp_path: Path) -> AsyncIterator[Store]:
    opened = await with_bot(await Store.open(tmp_path, clock=clock))
    yield opened
    await opened.close()

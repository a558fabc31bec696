"""What is read from the file are the very candles, and in one memory."""

from pathlib import Path

import numpy as np
import pytest

from desktop_app.research.shared import share
from tests.research.searches import candles


def test_shared_candles_are_the_same_ones(tmp_path: Path) -> None:
    mine, theirs = candles(), share(candles(), tmp_path).candles
    for name in ("at", "open", "high", "low", "close", "volume"):
        assert np.array_equal(getattr(mine, name), getattr(theirs, name))
        assert getattr(mine, name).dtype == getattr(theirs, name).dtype
    assert not theirs.open.flags.owndata and not theirs.open.flags.writeable


def test_a_folder_that_takes_no_file_is_told(tmp_path: Path) -> None:
    with pytest.raises(OSError, match="nowhere"):
        share(candles(), tmp_path / "nowhere")

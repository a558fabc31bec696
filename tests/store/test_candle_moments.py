"""Times read many at once are the ones that Python reads one by one."""

import io
import random
from datetime import UTC, datetime

import pytest

from desktop_app.store import candle_text
from desktop_app.store.candle_digits import Numbers, read_digits
from desktop_app.store.candle_rules import CandleProblem
from desktop_app.store.candle_text import read_text

ENDINGS = ["", "Z", "+00:00", ".000", ".000Z", ".000000+00:00"]
ODD = [
    "2020-02-30", "2021-02-29", "2020-00-10", "2020-13-10", "2020-04-31", "2020-01-00", "1999-01-01", "2100-01-01",
    "2020/01/01", "2020-1-001", "٢020-01-01",
]  # fmt: skip
ODD_CLOCKS = ["24:00:00", "12:60:00", "12:00:60", "12:00", "12-00-00", "1a:00:00", "12:00:00.5", "12:00:00+01:00"]


def read(lines: list[str]) -> Numbers | None:
    return read_digits("".join(f"{line},1\n" for line in lines).encode(), 2, [0, 1], is_iso=True)


@pytest.mark.parametrize("ending", ENDINGS)
@pytest.mark.parametrize("between", ["T", " "])
def test_every_time_is_the_one_that_python_reads(ending: str, between: str) -> None:
    rng = random.Random(ending)
    moments = [datetime.fromtimestamp(rng.randrange(0, 4_102_444_800), UTC) for _ in range(300)]
    numbers = read([moment.strftime(f"%Y-%m-%d{between}%H:%M:%S") + ending for moment in moments])
    assert numbers is not None
    assert numbers.whole.tolist() == [round(moment.timestamp() * 1000) for moment in moments]


@pytest.mark.parametrize("odd", [f"{day}T12:00:00Z" for day in ODD] + [f"2020-05-05T{clock}Z" for clock in ODD_CLOCKS])
def test_what_is_no_such_time_is_left_to_the_slow_reader_which_says_so(odd: str) -> None:
    lines = [f"2020-05-05T12:0{n}:00Z,1,1,1,1,1" for n in range(4)]
    lines[2] = f"{odd},1,1,1,1,1"
    header = "timestamp,open,high,low,close,volume"
    for text in ("\n".join([header, *lines]), "\n".join([header, *lines[2:]])):
        assert outcome(text) == slow_outcome(text)
    assert read([line.partition(",")[0] for line in lines]) is None or odd[:4] in ("1999", "2100")


def test_another_way_of_writing_times_in_between_is_left_to_the_slow_reader() -> None:
    assert read(["2020-05-05T12:00:00Z", "2020-05-05 12:01:00Z"]) is None
    assert read(["2020-05-05T12:00:00.000", "2020-05-05T12:01:00.500"]) is None
    assert read(["2020-05-05", "2020-05-06"]) is None
    assert read(["2020-05-05T12:00:00+02:00", "2020-05-05T12:01:00+02:00"]) is None


def outcome(text: str) -> object:
    try:
        candles = read_text(io.BytesIO(text.encode()))
    except CandleProblem as problem:
        return problem.row, problem.reason
    return candles.at.tolist()


def slow_outcome(text: str) -> object:
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(candle_text._Table, "_add_digits", lambda *_: False)
        patch.setattr(candle_text._Table, "_add_fast", lambda *_: False)
        return outcome(text)

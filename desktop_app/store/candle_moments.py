"""Times out of many lines at once, where each is written as 2020-09-13T12:26:40 in UTC with the same zone behind it."""

from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from numpy.typing import NDArray

    Words = NDArray[np.uint64]
    Places = NDArray[np.int64]

_LENGTH = 19  # of 2020-09-13T12:26:40
_ENDINGS = ("", "Z", "+00:00", ".000", ".000Z", ".000+00:00", ".000000", ".000000+00:00")
_ZEROS = np.uint64(0x3030303030303030)
_ABOVE_NINE, _SIGNS = np.uint64(0x7676767676767676), np.uint64(0x8080808080808080)
# The days from 1970 at which months begin, past the last year that candles may have.
_MONTHS = np.arange("1970-01", "2101-01", dtype="datetime64[M]").astype("datetime64[D]").astype(np.int64)


def read_times(words: "Words", starts: "Places", ends: "Places", text: bytes) -> "NDArray[np.int64] | None":
    """ms UTC; None where one is written otherwise than the first, or is none. `words`: at n are the eight bytes that
    end eight before the text's byte n."""
    first = text[int(starts[0]) : int(ends[0])].decode("ascii", "replace")
    ending = first[_LENGTH:]
    if len(first) < _LENGTH or ending not in _ENDINGS or not (ends - starts == len(first)).all():
        return None
    letters = np.frombuffer(text, np.uint8)
    for n, letter in enumerate(ending.encode(), _LENGTH):
        if not (letters[starts + n] == letter).all():
            return None
    date = _digits(words[starts + 16], "0000-00-")
    day = _digits(words[starts + 24], f"00{first[10]}00:00") if first[10] in " T" else None
    clock = _digits(words[starts + 27], "00:00:00")
    if date is None or day is None or clock is None:
        return None
    month = _two(date, 5)
    months = (_two(date, 0) * 100 + _two(date, 2) - 1970) * 12 + month - 1
    if not ((month >= 1) & (month <= 12) & (months >= 0) & (months + 1 < len(_MONTHS))).all():
        return None
    days = _MONTHS[months] + _two(day, 0) - 1
    hour, minute, second = _two(clock, 0), _two(clock, 3), _two(clock, 6)
    is_right = (days >= _MONTHS[months]) & (days < _MONTHS[months + 1]) & (hour < 24) & (minute < 60) & (second < 60)
    if not is_right.all():
        return None
    at: NDArray[np.int64] = (((days * 24 + hour) * 60 + minute) * 60 + second) * 1000
    return at


def _digits(word: "Words", shape: str) -> "Words | None":
    """The words without what ASCII adds to digits; None where one has no digit for each 0 of the shape, or anything
    else where the shape has a sign."""
    signs = int.from_bytes(bytes(0 if letter == "0" else 255 for letter in shape), "little")
    expected = int.from_bytes(shape.encode(), "little")
    if ((word ^ np.uint64(expected)) & np.uint64(signs)).any():
        return None
    word = (word ^ _ZEROS) & np.uint64(~signs & (1 << 64) - 1)
    return None if (((word + _ABOVE_NINE) | word) & _SIGNS).any() else word


def _two(digits: "Words", place: int) -> "Places":
    """The number of two digits that begins at this byte."""
    tens, ones = digits >> np.uint64(8 * place), digits >> np.uint64(8 * place + 8)
    return ((tens & np.uint64(15)) * np.uint64(10) + (ones & np.uint64(15))).astype(np.int64)

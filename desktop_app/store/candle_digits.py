"""Numbers out of many lines at once, eight digits at a time: each the very one that float() makes of its text."""

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from desktop_app.store.candle_moments import read_times

if TYPE_CHECKING:
    from numpy.typing import NDArray

    Words = NDArray[np.uint64]
    Places = NDArray[np.int64]

LONGEST_CELL = 131_072  # bytes: what the reader of lines takes

_COMMA, _DOT, _LINE, _RETURN, _ZERO, _NINE = b",.\n\r09"
_WORD = 8  # bytes that are read at once
_AHEAD = bytes(2 * _WORD)  # so that a word may begin before the text
_DIGITS = 2 * _WORD  # of a number at most, on either side of its dot
_EXACT = 1 << 53  # whole numbers up to here are floats, and so are powers of ten up to the 22nd:
_TENS = 10 ** np.arange(_DIGITS + 1, dtype=np.uint64)
_FLOAT_TENS = _TENS.astype(np.float64)  # dividing one by the other rounds once, as reading the text does

_SHIFT, _BYTE, _TWO_BYTES, _HALF = (np.uint64(count) for count in (3, 8, 16, 32))
_ZEROS = np.uint64(0x3030303030303030)
_ABOVE_NINE, _SIGNS = np.uint64(0x7676767676767676), np.uint64(0x8080808080808080)
_TEN, _HUNDRED_MILLION = np.uint64(10), np.uint64(100_000_000)
_PAIRS, _EVEN, _ODD = np.uint64(0x000000FF000000FF), np.uint64(0x000F424000000064), np.uint64(0x0000271000000001)
# By how many letters the dot and what follows it are: the bytes of a word behind the dot, and those in front of it.
_BACK = np.array([(1 << 64) - (1 << 8 * min(9 - n, 8) if n else 1) for n in range(_WORD + 1)], np.uint64)
_FRONT = np.array([(1 << 8 * (8 - n)) - 1 if n else 0 for n in range(_WORD + 1)], np.uint64)


@dataclass(frozen=True, slots=True)
class Numbers:
    """The wanted columns of some lines: the first is whole numbers, the others are any."""

    whole: "NDArray[np.int64]"
    others: "list[NDArray[np.float64]]"


def read_digits(text: bytes, width: int, places: list[int], *, is_iso: bool = False) -> Numbers | None:
    """The columns at `places` of whole lines of `width` cells, each line with its end.

    `is_iso`: the first of them are times such as 2020-09-13 12:26:40+00:00, which become ms UTC.

    None where anything in a wanted column is more than digits with one dot, or longer than what is surely exact, or
    where a line is not simply cells between commas: that is for a reader that takes its time.
    """
    cells = _cells(text, width)
    if cells is None:
        return None
    whole = cells.times(places[0], text) if is_iso else cells.whole(places[0])
    if whole is None:
        return None
    columns = [column for place in places[1:] if (column := cells.column(place)) is not None]
    return Numbers(whole, [column.floats() for column in columns]) if len(columns) + 1 == len(places) else None


@dataclass(frozen=True, slots=True)
class _Column:
    """All digits of each cell as one number; `behind`: how many of them follow its dot, None where there is none."""

    digits: "Words"
    behind: "Places | None"

    def floats(self) -> "NDArray[np.float64]":
        exact = self.digits.astype(np.float64)
        if self.behind is not None:
            exact /= _FLOAT_TENS[self.behind]
        return exact


@dataclass(frozen=True, slots=True)
class _Marks:
    """By column: where each cell ends, how many dots it has (one number if all have as many), where the last one is."""

    ends: "list[Places]"
    counts: "list[Places]"
    dots: "list[Places]"


@dataclass(frozen=True, slots=True)
class _Cells:
    """The cells of some lines, and where these begin."""

    words: "Words"  # at n: the eight bytes that end eight before the text's byte n
    is_clean: bool  # the text has nothing but digits, dots, commas and line ends
    lines: "Places"
    marks: _Marks

    def starts(self, place: int) -> "Places":
        return self.marks.ends[place - 1] + 1 if place else self.lines

    def times(self, place: int, text: bytes) -> "NDArray[np.int64] | None":
        return read_times(self.words, self.starts(place), self.marks.ends[place], text)

    def whole(self, place: int) -> "NDArray[np.int64] | None":
        column = self.column(place)
        return column.digits.view(np.int64) if column is not None and column.behind is None else None

    def column(self, place: int) -> _Column | None:
        ends, counts = self.marks.ends[place].copy(), self.marks.counts[place]
        length = ends - self.starts(place)
        most = int(counts.max())
        if most > 1:
            return None
        if not most:
            return _exact(self._read(ends, length), length, None)
        behind = ends - (self.marks.dots[place] + 1)
        if not counts.all():
            behind *= counts
        length -= counts
        longest = int(length.max())
        if longest > _DIGITS:
            return None
        after = behind + counts
        if longest < _WORD:
            digits = self._number(self._without_dot(ends, after), length)
        else:
            head, tail = self._read(ends - after, length - behind), self._read(ends, behind)
            digits = None if head is None or tail is None else head * _TENS[behind] + tail
        return _exact(digits, length, behind)

    def _read(self, ends: "Places", length: "Places") -> "Words | None":
        """So many digits before each of these places as a number; None where some are none, or too many."""
        longest = int(length.max())
        if longest > _DIGITS:
            return None
        low = self._number(self._before(ends), length)
        if longest <= _WORD or low is None:
            return low
        high = self._number(self._before(ends - _WORD), length - _WORD)
        return None if high is None else high * _HUNDRED_MILLION + low

    def _before(self, ends: "Places") -> "Words":
        """The eight digits that end at each of these places."""
        digits = self.words[ends + _WORD]
        digits ^= _ZEROS
        return digits

    def _without_dot(self, ends: "Places", after: "Places") -> "Words":
        """The eight letters that end at each of these places, as if the dot in front of the last few were not there."""
        letters = self._before(ends)
        digits = letters & _FRONT[after]
        digits <<= _BYTE
        letters &= _BACK[after]
        digits |= letters
        return digits

    def _number(self, digits: "Words", length: "Places") -> "Words | None":
        """The last `length` of eight digits as a number, put together pair by pair."""
        spare = (_WORD - np.minimum(np.maximum(length, 0), _WORD)).astype(np.uint64) << _SHIFT
        digits >>= spare
        digits <<= spare  # by 64 leaves nothing
        if not self.is_clean and (((digits + _ABOVE_NINE) | digits) & _SIGNS).any():
            return None
        digits = digits * _TEN + (digits >> _BYTE)
        return ((digits & _PAIRS) * _EVEN + ((digits >> _TWO_BYTES) & _PAIRS) * _ODD) >> _HALF


def _exact(digits: "Words | None", length: "Places", behind: "Places | None") -> _Column | None:
    if digits is None or int(length.min()) < 1 or int(digits.max()) > _EXACT:
        return None
    return _Column(digits, behind)


def _cells(text: bytes, width: int) -> _Cells | None:
    """None where a line has fewer cells or more, or ends otherwise than most lines do."""
    letters = np.frombuffer(text, np.uint8)
    places = np.flatnonzero(letters < _ZERO)
    kinds = letters[places]
    is_known = (kinds == _COMMA) | (kinds == _LINE) | (kinds == _DOT)
    is_plain = bool(is_known.all())
    is_clean = is_plain and int(letters.max()) <= _NINE
    if not is_clean and (not text.isascii() or b'"' in text):
        return None
    returns = 0
    if not is_plain:
        returns = int(np.count_nonzero(kinds == _RETURN))
        places, kinds = places[is_known], kinds[is_known]
    marks = _same_marks(places, kinds, width) or _any_marks(places, kinds, width)
    if marks is None:
        return None
    last = marks.ends[-1]
    lines = np.concatenate(([0], last[:-1] + 1))
    if int((last - lines).max()) > LONGEST_CELL:
        return None
    if returns:
        is_return = letters[last - 1] == _RETURN
        if returns != np.count_nonzero(is_return):
            return None
        last -= is_return
    words: Words = np.ndarray((len(text) + _WORD + 1,), "<u8", _AHEAD + text, strides=(1,))
    return _Cells(words, is_clean, lines, marks)


def _same_marks(places: "Places", kinds: "NDArray[np.uint8]", width: int) -> _Marks | None:
    """Where every line has the marks of the first; None where one has others."""
    count = int((kinds == _LINE).argmax()) + 1
    first = kinds[:count]
    which = np.flatnonzero(first != _DOT)
    if len(which) != width or len(kinds) % count or not (kinds.reshape(-1, count) == first).all():
        return None
    table = places.reshape(-1, count)
    counts = np.diff(which, prepend=-1) - 1
    return _Marks(
        [table[:, n] for n in which], [counts[n : n + 1] for n in range(width)], [table[:, n - 1] for n in which]
    )


def _any_marks(places: "Places", kinds: "NDArray[np.uint8]", width: int) -> _Marks | None:
    """Where lines may have more dots than others; None where one has not its commas."""
    which = np.flatnonzero(kinds != _DOT)
    if not len(which) or len(which) % width:
        return None
    kinds = kinds[which].reshape(-1, width)
    if not ((kinds[:, -1] == _LINE).all() and (kinds[:, :-1] == _COMMA).all()):
        return None
    tables = (places[which], np.diff(which, prepend=-1) - 1, places[which - 1])
    return _Marks(*([*table.reshape(-1, width).T] for table in tables))

"""A tick visits every bot that it concerns, whatever levels come and go."""

from decimal import Decimal

from hypothesis import given
from hypothesis import strategies as st

from desktop_app.core.events import PriceTick
from desktop_app.core.strategy import Watch
from desktop_app.engine.gates import Gate, is_reached

LEVELS = st.none() | st.integers(1, 30).map(Decimal)
WATCHES = st.builds(
    Watch,
    below=LEVELS,
    above=LEVELS,
    follows=st.booleans(),
    wants_open=st.booleans(),
    opens_after=st.integers(0, 5),
)
TICKS = st.builds(
    PriceTick,
    symbol=st.just("BTC/USDT"),
    price=st.integers(1, 30).map(Decimal),
    at=st.integers(0, 8),
    opens=st.booleans(),
)
MOVES = st.lists(st.tuples(st.integers(1, 5), st.none() | WATCHES) | TICKS, max_size=60)


@given(MOVES)
def test_a_gate_visits_exactly_the_bots_whose_watch_is_reached(moves: list[object]) -> None:
    gate = Gate()
    watches: dict[int, Watch] = {}
    for move in moves:
        if isinstance(move, PriceTick):
            assert list(gate.visits(move)) == sorted(bot for bot, watch in watches.items() if is_reached(watch, move))
            continue
        assert isinstance(move, tuple)
        bot, watch = move
        if watch is None:
            gate.remove(bot)
            watches.pop(bot, None)
        else:
            gate.update(bot, watch)
            watches[bot] = watch
        _check_nearest(gate, watches)


def _check_nearest(gate: Gate, watches: dict[int, Watch]) -> None:
    nearest = gate.nearest()
    assert nearest.below == max((w.below for w in watches.values() if w.below is not None), default=None)
    assert nearest.above == min((w.above for w in watches.values() if w.above is not None), default=None)
    assert nearest.follows == any(w.follows for w in watches.values())
    assert nearest.wants_open == any(w.wants_open for w in watches.values())

"""When a signal is too old, and which signals are the same one."""

from dataclasses import replace
from decimal import Decimal

import pytest

from desktop_app.core.signals import Action, Signal, SignalRefused, Size, Standing, check_age, signal_key

D = Decimal
SIGNAL = Signal(Action.BUY, 1_000_000, "BTCUSDT", D("50000"), Standing("long", D(1), "flat", D(0)), Size(D(1), "base"))


@pytest.mark.parametrize(("now", "code"), [(1_300_001, "signal_late"), (969_999, "signal_from_the_future")])
def test_signals_of_other_times_are_refused(now: int, code: str) -> None:
    with pytest.raises(SignalRefused) as refused:
        check_age(SIGNAL, now, 300)
    assert refused.value.said.code == code


def test_a_signal_may_shorten_its_time_and_never_lengthen_it() -> None:
    check_age(SIGNAL, 1_300_000, 300)
    check_age(SIGNAL, 970_000, 300)
    with pytest.raises(SignalRefused):
        check_age(replace(SIGNAL, max_lag_seconds=60), 1_060_001, 300)
    with pytest.raises(SignalRefused):
        check_age(replace(SIGNAL, max_lag_seconds=9_999), 1_300_001, 300)


def test_the_key_is_the_same_for_the_same_signal_only() -> None:
    same = replace(SIGNAL, price=D("50000.0"), max_lag_seconds=10, instrument="btcusdt")
    others = [
        replace(SIGNAL, made_at=1_000_001),
        replace(SIGNAL, action=Action.SELL),
        replace(SIGNAL, price=None),
        replace(SIGNAL, standing=None),
        replace(SIGNAL, size=None),
        replace(SIGNAL, id="2"),
        replace(SIGNAL, take_profit=((D(1), D(100)),)),
        replace(SIGNAL, stop_loss=D(1)),
    ]
    keys = {signal_key(1, signal) for signal in (SIGNAL, same, *others)}
    assert signal_key(1, SIGNAL) == signal_key(1, same)
    assert len(keys) == 1 + len(others)
    assert signal_key(2, SIGNAL) not in keys

"""Settings in another size: what is scaled, what stays, and what the source alone decides."""

from decimal import Decimal
from typing import Any

import pytest

from desktop_app.core.bot_file import read_settings
from desktop_app.core.client_id import BotIdentity
from desktop_app.core.mirror import factor_of, is_other, mirrored
from desktop_app.core.settings import Mirror, Settings
from desktop_app.core.strategies.dca import DcaBot
from tests.core.dialogue import MARKET

D = Decimal
MIRROR = Mirror(of="Source")
RSI = {"indicator": "rsi", "timeframe": "1h", "trigger": "less_than", "value": 30}
LINES: dict[str, Any] = {"lower": "1", "upper": "2", "lines": 5}
COMMON: dict[str, Any] = {"name": "Source", "account": "a", "pairs": ["BTC/USDT"]}


def _settings(kind: str, **parts: Any) -> Settings:
    found = read_settings(kind, {"kind": kind} | COMMON | parts)
    assert found.settings is not None, found.problems
    return found.settings


def _dca(**parts: Any) -> Settings:
    given: dict[str, Any] = {"base_order": {"volume": "100"}, "take_profit": {"percent": "1"}}
    return _settings("dca", **(given | parts))


def test_sizes_scale_and_the_rest_stays() -> None:
    source = _dca(
        safety_orders={"volume": "30", "price_deviation": "1", "max_count": 2, "volume_scale": "1.5"},
        limits={"cooldown_seconds": 60, "min_price": "5", "stop_after_deals": 3, "close_after_seconds": 600},
        start={
            "mode": "conditions",
            "all": [{"indicator": "rsi", "timeframe": "1h", "trigger": "less_than", "value": 30}],
        },
    )

    mirror: Any = mirrored(source, MIRROR, "Mirror", "b", D("0.5"))

    assert (mirror.name, mirror.account, mirror.mirror) == ("Mirror", "b", MIRROR)
    assert (mirror.base_order.volume, mirror.safety_orders.volume) == (50, 15)
    assert mirror.safety_orders.volume_scale == D("1.5") and mirror.take_profit.percent == 1
    assert mirror.start.mode == "signal" and not mirror.start.all
    limits = mirror.limits
    assert (limits.cooldown_seconds, limits.min_price, limits.stop_after_deals) == (0, None, None)
    assert limits.close_after_seconds == 600, "how a deal ends is the mirror's own"


def test_percent_of_a_balance_scales_by_itself() -> None:
    source = _dca(base_order={"volume": "10", "volume_unit": "percent"}, safety_orders={"custom": [
        {"deviation": "-1", "volume": "5"}], "volume_unit": "percent"})  # fmt: skip
    mirror: Any = mirrored(source, MIRROR, "Mirror", "b", D("0.5"))
    assert mirror.base_order.volume == 10 and mirror.safety_orders.custom[0].volume == 5


@pytest.mark.parametrize(
    ("kind", "parts", "read", "size"),
    [
        ("grid", {"grid": LINES | {"investment": "100"}}, "grid.investment", "25"),
        (
            "grid",
            {"grid": LINES | {"volume_per_line": "8"}},
            "grid.volume_per_line",
            "2",
        ),
        ("python", {"file": "a.py", "max_funds": "200"}, "max_funds", "50"),
        ("python", {"file": "a.py", "max_funds": "200"}, "scale_percent", "25"),
    ],
)
def test_other_kinds_scale_where_their_money_is(kind: str, parts: dict[str, Any], read: str, size: str) -> None:
    mirror: Any = mirrored(_settings(kind, **parts), MIRROR, "Mirror", "b", D("0.25"))
    for name in read.split("."):
        mirror = getattr(mirror, name)
    assert mirror == D(size)


def test_only_a_noticeable_change_makes_another_mirror() -> None:
    source = _dca(safety_orders={"custom": [{"deviation": "-1", "volume": "50"}]})
    at_half = mirrored(source, MIRROR, "Mirror", "b", D("0.5"))
    assert not is_other(at_half, mirrored(source, MIRROR, "Mirror", "b", D("0.502")))
    assert is_other(at_half, mirrored(source, MIRROR, "Mirror", "b", D("0.6")))
    tighter = source.model_copy(update={"stop_loss": _dca(stop_loss={"percent": "3"}).stop_loss})  # type: ignore[attr-defined]
    assert is_other(at_half, mirrored(tighter, MIRROR, "Mirror", "b", D("0.5")))
    longer = _dca(safety_orders={"custom": [{"deviation": "-1", "volume": "50"}, {"deviation": "-2", "volume": "50"}]})
    assert is_other(at_half, mirrored(longer, MIRROR, "Mirror", "b", D("0.5")))


def test_a_mirror_says_whom_it_waits_for() -> None:
    mirror = mirrored(_dca(), MIRROR, "Mirror", "b", D(1))
    bot = DcaBot(BotIdentity(1), mirror, {"BTC/USDT": MARKET})  # type: ignore[arg-type]
    why = bot.why(bot.first_state(0), "BTC/USDT", 0, D(100))
    assert (why.code, why["bot"]) == ("why_mirrors", "Source")


def test_the_factor_is_a_percentage_or_the_balances() -> None:
    assert factor_of(Mirror(of="x", percent=D(30)), D(0), D(0)) == D("0.3")
    assert factor_of(MIRROR, D(50), D(200)) == D("0.25")
    assert factor_of(MIRROR, D(0), D(200)) is factor_of(MIRROR, D(5), D(0)) is None

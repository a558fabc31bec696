"""A bot that mirrors another on a further account: the same settings in another size, begun when the other begins."""

from decimal import Decimal
from typing import Any

from desktop_app.core.bot_file import read_settings
from desktop_app.core.market import HUNDRED, ZERO
from desktop_app.core.settings import Mirror, Settings

MIRRORED = ("dca", "grid", "python")  # the kinds that can be mirrored
_SMALLEST = Decimal("0.0001")
_PLACES = Decimal("1e-8")
_NOTICEABLE = Decimal("0.01")  # a change of the balances by less leaves the sizes as they are


def mirrored(source: Settings, mirror: Mirror, name: str, account: str, factor: Decimal) -> Settings:
    """The source's settings with every size times `factor`. A DCA bot's deals wait for those of the source; a grid or a
    strategy of one's own runs by itself on the same settings. Sizes in percent of the balance stay as they are.
    """
    assert source.kind in MIRRORED, source.kind
    data = source.model_dump(mode="json")
    data |= {"name": name, "account": account, "mirror": mirror.model_dump(mode="json")}
    for part, size in _places(data):
        _scale(part, size, max(factor, _SMALLEST))
    if source.kind == "dca":
        _without_own_start(data)
    found = read_settings(source.kind, data)
    assert found.settings is not None, found.problems
    return found.settings


def factor_of(mirror: Mirror, own: Decimal, sources: Decimal) -> Decimal | None:
    """How large the mirror's sizes are beside the source's; None where a balance that it hangs on is not there."""
    if mirror.percent is not None:
        return mirror.percent / HUNDRED
    return own / sources if own > ZERO and sources > ZERO else None


def is_other(before: Settings, after: Settings) -> bool:
    """Whether a mirror has to be changed: more than its sizes differ, or those by more than one percent."""
    old, new = _sizes(before), _sizes(after)
    if len(old) != len(new) or any(abs(b - a) > a * _NOTICEABLE for a, b in zip(old, new, strict=True)):
        return True
    return _unsized(before) != _unsized(after)


def _without_own_start(data: dict[str, Any]) -> None:
    """When to begin, and how often, is the source's decision."""
    data["start"] = {"mode": "signal"}
    limits = data["limits"]
    for name in ("min_price", "max_price", "min_quote_volume_24h", "stop_after_deals", "on_conditions"):
        limits[name] = None
    limits["cooldown_seconds"] = limits["start_delay_seconds"] = 0


def _scale(data: dict[str, Any], name: str, factor: Decimal) -> None:
    if data[name] is not None:
        data[name] = f"{max((Decimal(data[name]) * factor).quantize(_PLACES), _PLACES).normalize():f}"


def _sizes(settings: Settings) -> list[Decimal]:
    data = settings.model_dump(mode="json")
    sizes = [part[name] for part, name in _places(data)]
    return [Decimal(size) for size in sizes if size is not None]


def _unsized(settings: Settings) -> dict[str, Any]:
    data = settings.model_dump(mode="json")
    for part, name in _places(data):
        part[name] = None
    return data


def _places(data: dict[str, Any]) -> list[tuple[dict[str, Any], str]]:
    """Where the sizes stand that a mirror scales."""
    match data["kind"]:
        case "dca":
            base, safety = data["base_order"], data["safety_orders"]
            places = [(base, "volume")] if base["volume_unit"] != "percent" else []
            if safety["volume_unit"] != "percent":
                places += [(part, "volume") for part in (safety, *safety["custom"])]
            return places
        case "grid":
            return [(data["grid"], "volume_per_line"), (data["grid"], "investment")]
        case _:
            return [(data, "max_funds"), (data, "scale_percent")]

"""Which conditions a bot has, and for what."""

from desktop_app.core.condition_groups import Group
from desktop_app.core.strategies.dca_settings import DcaSettings


def groups_of(settings: DcaSettings) -> dict[str, Group | None]:
    """The conditions by the setting that has them; those that start a deal are the fields of `start` itself."""
    return {
        "start.conditions": settings.start.conditions,
        "safety_orders.on_conditions": settings.safety_orders.on_conditions,
        "take_profit.on_conditions": settings.take_profit.on_conditions,
        "limits.on_conditions": settings.limits.on_conditions,
    }

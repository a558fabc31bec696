"""How buttons that move money say whose money it is."""

from desktop_app.gui.i18n import tr
from desktop_app.gui.notices import BadgeKind


def badge_of(mode: str) -> BadgeKind:
    """A simulated market is paper money too."""
    return "live" if mode == "live" else "paper"


def with_mode(text: str, badge: BadgeKind) -> str:
    """A button that moves money says whose."""
    pattern = tr("{action} with real money") if badge == "live" else tr("{action} (paper)")
    return pattern.format(action=text)

"""Every colour of the window: two themes times three palettes, and the one place that applies them."""

from dataclasses import asdict, dataclass
from string import Template
from typing import Literal

from PySide6.QtGui import QColor, QPalette
from PySide6.QtWidgets import QApplication, QStyleFactory

from desktop_app.gui.fonts import ui_font
from desktop_app.gui.resources import resource_path

Name = Literal["dark", "light"]
Colours = Literal["green_red", "red_green", "blue_orange"]

NAMES: tuple[Name, ...] = ("dark", "light")
PALETTES: tuple[Colours, ...] = ("green_red", "red_green", "blue_orange")


@dataclass(frozen=True, slots=True)
class Theme:
    """Hex colours by meaning. Text reads at 4.5:1 or better on its surfaces, lines at 3:1 or better."""

    name: Name
    palette: Colours
    background: str  # charts, tables, fields
    surface: str  # window, docks, toolbars
    raised: str  # buttons, menus, tooltips, cards
    hover: str
    border: str  # quiet separators
    edge: str  # outlines of fields and buttons
    grid: str
    text: str
    muted: str
    faint: str  # disabled and placeholder text
    accent: str  # links, active tab; readable as text
    primary_bg: str
    primary_fg: str
    up: str  # candles
    down: str
    profit: str  # text
    loss: str
    line_average: str
    line_take_profit: str
    line_safety: str
    line_stop: str
    line_base: str
    line_break_even: str
    warning: str
    error: str
    paper_bg: str
    paper_fg: str
    live_bg: str
    live_fg: str
    sample_bg: str
    sample_fg: str
    panic_bg: str
    panic_fg: str
    focus: str
    selection: str
    stale: str  # values that are no longer fresh

    @property
    def is_dark(self) -> bool:
        """Tell whether light text stands on a dark ground."""
        return self.name == "dark"


@dataclass(frozen=True, slots=True)
class _Pair:
    """One direction's candle colour and its text colour."""

    candle: str
    text: str


# Candles keep the colours a TradingView hand knows where they reach 3:1; text is tuned apart to reach 4.5:1.
_GREEN = {"dark": _Pair("#26A69A", "#26A69A"), "light": _Pair("#089981", "#08724B")}
_RED = {"dark": _Pair("#EF5350", "#F3696E"), "light": _Pair("#F23645", "#C22339")}
_BLUE = {"dark": _Pair("#4C9BE8", "#4C9BE8"), "light": _Pair("#0B66C3", "#0B66C3")}
_ORANGE = {"dark": _Pair("#F0883E", "#F0883E"), "light": _Pair("#B54708", "#AD4407")}
_DIRECTIONS = {"green_red": (_GREEN, _RED), "red_green": (_RED, _GREEN), "blue_orange": (_BLUE, _ORANGE)}

_BADGES = {
    "paper_bg": "#042F2E",
    "paper_fg": "#2DD4BF",
    "live_bg": "#1A1200",
    "live_fg": "#F7A600",
    "sample_bg": "#251B45",
    "sample_fg": "#C4B5FD",
    "panic_bg": "#B42318",
    "panic_fg": "#FFFFFF",
    "primary_fg": "#FFFFFF",
}

_TOKENS = {
    "dark": {
        "background": "#131722",
        "surface": "#181D29",
        "raised": "#202634",
        "hover": "#2A3142",
        "border": "#2A3040",
        "edge": "#3A4256",
        "grid": "#1E2431",
        "text": "#D9DCE3",
        "muted": "#9AA3B5",
        "faint": "#7D879B",
        "accent": "#5B9CF6",
        "primary_bg": "#2962FF",
        "line_average": "#E3E6ED",
        "line_safety": "#A78BFA",
        "line_base": "#4DD0E1",
        "line_break_even": "#9AA3B5",
        "warning": "#FFB74D",
        "error": "#F77C80",
        "focus": "#5B9CF6",
        "selection": "#1C2B4F",
        "stale": "#8B93A7",
    },
    "light": {
        "background": "#FFFFFF",
        "surface": "#F7F8FA",
        "raised": "#F0F2F6",
        "hover": "#E4E8EF",
        "border": "#DFE3EA",
        "edge": "#BCC3D0",
        "grid": "#EDF0F4",
        "text": "#1B2130",
        "muted": "#5A6376",
        "faint": "#788196",
        "accent": "#1D5BE0",
        "primary_bg": "#1D5BE0",
        "line_average": "#1B2130",
        "line_safety": "#6D3FD1",
        "line_base": "#0E7490",
        "line_break_even": "#667085",
        "warning": "#8A5A00",
        "error": "#B42318",
        "focus": "#1D5BE0",
        "selection": "#DFEAFE",
        "stale": "#667085",
    },
}


def make_theme(name: Name, palette: Colours = "green_red") -> Theme:
    """Build a theme; swapping directions swaps candles, profit and loss text and the lines that mean them."""
    rising, falling = (direction[name] for direction in _DIRECTIONS[palette])
    return Theme(
        name=name,
        palette=palette,
        up=rising.candle,
        down=falling.candle,
        profit=rising.text,
        loss=falling.text,
        line_take_profit=rising.text,
        line_stop=falling.text,
        **_BADGES,
        **_TOKENS[name],
    )


_applied: list[Theme] = [make_theme("dark")]


def current_theme() -> Theme:
    """Return the theme applied last; widgets that paint themselves read it when told of a palette change."""
    return _applied[0]


def apply_theme(app: QApplication, theme: Theme, zoom: int = 100) -> None:
    """Dress the application: Fusion, a full palette, a small style sheet, the text size in percent."""
    _applied[0] = theme
    if app.style().objectName() != "fusion":
        app.setStyle(QStyleFactory.create("Fusion"))
    app.setFont(ui_font(zoom))
    app.setPalette(make_palette(theme))
    app.setStyleSheet(style_sheet(theme))


def style_sheet(theme: Theme) -> str:
    """Fill the theme's colours and drawings into the style sheet."""
    template = Template(resource_path("themes/strongroom.qss").read_text(encoding="utf-8"))
    drawings = resource_path(f"themes/{theme.name}").as_posix()
    return template.substitute(asdict(theme), drawings=drawings)


def make_palette(theme: Theme) -> QPalette:
    """Set every colour role, so that no system setting shines through."""
    palette = QPalette()
    for role, colour in _roles(theme).items():
        palette.setColor(role, QColor(colour))
    disabled = QPalette.ColorGroup.Disabled
    for role in _TEXT_ROLES:
        palette.setColor(disabled, role, QColor(theme.faint))
    palette.setColor(disabled, QPalette.ColorRole.Base, QColor(theme.surface))
    palette.setColor(disabled, QPalette.ColorRole.Highlight, QColor(theme.hover))
    palette.setColor(disabled, QPalette.ColorRole.HighlightedText, QColor(theme.faint))
    return palette


_TEXT_ROLES = (
    QPalette.ColorRole.WindowText,
    QPalette.ColorRole.Text,
    QPalette.ColorRole.ButtonText,
    QPalette.ColorRole.PlaceholderText,
    QPalette.ColorRole.BrightText,
    QPalette.ColorRole.Link,
)


def _roles(theme: Theme) -> dict[QPalette.ColorRole, str]:
    role = QPalette.ColorRole
    return {
        role.Window: theme.surface,
        role.WindowText: theme.text,
        role.Base: theme.background,
        role.AlternateBase: theme.surface,
        role.ToolTipBase: theme.raised,
        role.ToolTipText: theme.text,
        role.PlaceholderText: theme.faint,
        role.Text: theme.text,
        role.Button: theme.raised,
        role.ButtonText: theme.text,
        role.BrightText: theme.error,
        role.Light: theme.hover,
        role.Midlight: theme.hover,
        role.Mid: theme.border,
        role.Dark: theme.edge,
        role.Shadow: theme.background if theme.is_dark else theme.edge,
        role.Highlight: theme.selection,
        role.HighlightedText: theme.text,
        role.Link: theme.accent,
        role.LinkVisited: theme.accent,
        role.Accent: theme.accent,
    }

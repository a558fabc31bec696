"""The kinds of bots that can be made and changed here: what each is for, and its editor."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import UTC, tzinfo
from typing import TYPE_CHECKING, Any

from desktop_app.core.settings import Settings
from desktop_app.engine.views import BotView
from desktop_app.gui.editor.beginnings import Beginning
from desktop_app.gui.editor.draft import Draft
from desktop_app.gui.editor.link import EngineLink
from desktop_app.gui.i18n import tr_later
from desktop_app.gui.theme import current_theme

if TYPE_CHECKING:
    from desktop_app.gui.bridge import Bridge
    from desktop_app.gui.editor.bot_editor import BotEditor


@dataclass(frozen=True, slots=True)
class EditorKind:
    """`title` and `words` are English; what is behind the functions is imported when first needed.

    `editor` takes (link, draft, bot=, is_unsaved=, theme=, zone=); `draft` makes a form of settings. `beginnings` are
    the cards that the gallery offers.
    """

    kind: str
    title: str
    words: str
    editor: Callable[[], Callable[..., "BotEditor"]]
    draft: Callable[[], Callable[[Any], Draft]]
    beginnings: Callable[[], Sequence[Beginning]]


def _dca_editor() -> Callable[..., "BotEditor"]:
    from desktop_app.gui.editor.dca_editor import DcaEditor

    return DcaEditor


def _dca_draft() -> Callable[[Any], Draft]:
    from desktop_app.gui.editor.draft import draft_of

    return draft_of


def _dca_beginnings() -> Sequence[Beginning]:
    from desktop_app.gui.editor.presets import BEGINNINGS

    return BEGINNINGS


def _grid_editor() -> Callable[..., "BotEditor"]:
    from desktop_app.gui.editor.grid.editor import GridEditor

    return GridEditor


def _grid_draft() -> Callable[[Any], Draft]:
    from desktop_app.gui.editor.grid.draft import draft_of

    return draft_of


def _grid_beginnings() -> Sequence[Beginning]:
    from desktop_app.gui.editor.grid.beginnings import BEGINNINGS

    return BEGINNINGS


def _signal_editor() -> Callable[..., "BotEditor"]:
    from desktop_app.gui.editor.signal.editor import SignalEditor

    return SignalEditor


def _signal_draft() -> Callable[[Any], Draft]:
    from desktop_app.gui.editor.signal.draft import draft_of

    return draft_of


def _signal_beginnings() -> Sequence[Beginning]:
    from desktop_app.gui.editor.signal.beginnings import BEGINNINGS

    return BEGINNINGS


# A further kind of bot is one more entry: nothing else in the window asks what a bot is.
EDITORS: dict[str, EditorKind] = {
    entry.kind: entry
    for entry in (
        EditorKind(
            "dca", tr_later("DCA bot"), tr_later("Buys more as the price falls and sells everything on the bounce."),
            _dca_editor, _dca_draft, _dca_beginnings,
        ),
        EditorKind(
            "grid", tr_later("Grid bot"), tr_later("Works a range: buys at each line down, sells one line higher."),
            _grid_editor, _grid_draft, _grid_beginnings,
        ),
        EditorKind(
            "signal", tr_later("Signal bot"), tr_later("Trades when alerts arrive: TradingView, mailbox, command."),
            _signal_editor, _signal_draft, _signal_beginnings,
        ),
    )
}  # fmt: skip


def make_editor(
    link: EngineLink,
    draft: Draft,
    *,
    bot: BotView | None = None,
    is_unsaved: bool = False,
    zone: tzinfo = UTC,
    bridge: "Bridge | None" = None,
) -> "BotEditor | None":
    """An editor that keeps up with the window's news; None for a kind that has none."""
    entry = EDITORS.get(draft.kind)
    if entry is None:
        return None
    editor = entry.editor()(link, draft, bot=bot, is_unsaved=is_unsaved, theme=current_theme(), zone=zone)
    if bridge is not None:
        editor.follow(bridge)
    return editor


def draft_from(settings: Settings) -> Draft | None:
    """The form for settings of any kind; None for a kind that has none."""
    entry = EDITORS.get(settings.kind)
    return entry.draft()(settings) if entry is not None else None

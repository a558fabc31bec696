"""Opens the editor of a bot that the engine has."""

from datetime import UTC, tzinfo
from typing import TYPE_CHECKING

from desktop_app.core.strategies.dca_settings import DcaSettings
from desktop_app.gui.editor.dca_editor import DcaEditor
from desktop_app.gui.editor.draft import draft_of
from desktop_app.gui.editor.link import EngineLink
from desktop_app.gui.theme import current_theme

if TYPE_CHECKING:
    from desktop_app.gui.bridge import Bridge


async def edit_bot(link: EngineLink, bot_id: int, *, zone: tzinfo = UTC, bridge: "Bridge | None" = None) -> DcaEditor:
    """An editor of a bot that is in the engine. Raises Problem."""
    view = await link.ask(link.wishes.bot(bot_id))
    settings = DcaSettings.model_validate_json(view.settings_json)
    editor = DcaEditor(link, draft_of(settings), bot=view, theme=current_theme(), zone=zone)
    if bridge is not None:
        editor.follow(bridge)
    return editor

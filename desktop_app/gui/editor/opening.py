"""Opens the editor of a bot that the engine has."""

import json
from datetime import UTC, tzinfo
from typing import TYPE_CHECKING, Any

from desktop_app.core.bot_file import read_settings
from desktop_app.core.strategies import KINDS
from desktop_app.engine.views import BotView
from desktop_app.gui.editor.kinds import draft_from, make_editor
from desktop_app.gui.editor.link import EngineLink

if TYPE_CHECKING:
    from desktop_app.gui.bridge import Bridge
    from desktop_app.gui.editor.bot_editor import BotEditor


async def edit_bot(
    link: EngineLink, bot_id: int, *, zone: tzinfo = UTC, bridge: "Bridge | None" = None
) -> "BotEditor | None":
    """An editor of a bot that is in the engine; None if its kind has none here. Raises Problem."""
    view = await link.ask(link.wishes.bot(bot_id))
    settings = settings_of(view)
    draft = draft_from(settings) if settings is not None else None
    return make_editor(link, draft, bot=view, zone=zone, bridge=bridge) if draft is not None else None


def settings_of(view: BotView) -> Any:
    """The bot's settings as its kind reads them; None for a kind that this version does not know."""
    if view.kind not in KINDS:
        return None
    return read_settings(view.kind, json.loads(view.settings_json)).settings

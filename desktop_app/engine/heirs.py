"""Smart trades that a deal makes when it hands over what it holds, as rows of bots."""

from collections.abc import Iterable
from dataclasses import replace

from desktop_app.core.commands import Command, OpenTrade
from desktop_app.core.strategies.smart_settings import SmartTradeSettings
from desktop_app.store.rows import BotRow


def made_by(commands: Iterable[Command], account_id: int) -> tuple[BotRow, ...]:
    """The rows of the smart trades that a decision opens; they are wanted, so a restart begins them, too."""
    rows: list[BotRow] = []
    for command in commands:
        if isinstance(command, OpenTrade):
            settings = SmartTradeSettings.model_validate_json(command.settings)
            row = BotRow(0, settings.name, settings.kind, account_id, command.settings)
            rows.append(replace(row, is_wanted=True, status="running"))
    return tuple(rows)

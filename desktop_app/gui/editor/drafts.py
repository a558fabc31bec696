"""Unsaved forms on disk, so that a crash costs nobody what was typed."""

import json
import logging
from dataclasses import dataclass
from pathlib import Path

from PySide6.QtCore import QObject, QTimer

from desktop_app.config import write_atomically
from desktop_app.gui.editor.bot_editor import BotEditor
from desktop_app.gui.editor.draft import Draft, draft_from_json

_log = logging.getLogger(__name__)
_EVERY_MS = 1_000
_MOST_KEPT = 50
_MOST_CHARACTERS = 1_000_000


@dataclass(frozen=True, slots=True)
class KeptDraft:
    """A form that was not saved when the application ended; `bot_id` 0 is a new bot."""

    key: str
    bot_id: int
    draft: Draft


class DraftBox:
    """A folder with one small file for each editor that has something unsaved in it."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder

    def keep(self, key: str, bot_id: int, draft: Draft) -> None:
        """Raises OSError."""
        content = json.dumps({"bot_id": bot_id, "draft": draft.to_json()}).encode()
        write_atomically(self._folder / f"{key}.json", content)

    def drop(self, key: str) -> None:
        (self._folder / f"{key}.json").unlink(missing_ok=True)

    def kept(self) -> tuple[KeptDraft, ...]:
        """What is there, oldest first; a file that cannot be read is left out."""
        found: list[KeptDraft] = []
        for path in sorted(self._folder.glob("*.json"))[:_MOST_KEPT]:
            try:
                data = json.loads(path.read_text(encoding="utf-8")[:_MOST_CHARACTERS])
                found.append(KeptDraft(path.stem, int(data["bot_id"]), draft_from_json(str(data["draft"]))))
            except (OSError, ValueError, KeyError, TypeError) as error:
                _log.warning("The draft %s cannot be read: %s", path.name, error)
        return tuple(found)


class DraftKeeper(QObject):
    """Writes an editor's draft a second after it changed; gone once it is saved or thrown away."""

    def __init__(self, editor: BotEditor, box: DraftBox, key: str) -> None:
        super().__init__(editor)
        self._editor, self._box, self._key = editor, box, key
        self._timer = QTimer(self, singleShot=True, interval=_EVERY_MS)
        self._timer.timeout.connect(self.write)
        editor.draft_changed.connect(lambda _text: None if self._timer.isActive() else self._timer.start())
        editor.dirty_changed.connect(lambda is_dirty: None if is_dirty else self.forget())

    def write(self) -> None:
        """Write now, if there is something unsaved."""
        if not self._editor.is_dirty:
            return
        try:
            self._box.keep(self._key, self._editor.bot_id, self._editor.draft)
        except OSError as error:
            _log.warning("The draft was not kept: %s", error)

    def forget(self) -> None:
        """There is nothing left to lose."""
        self._timer.stop()
        self._box.drop(self._key)

"""What every editor's picture of its form can answer, whatever the kind of bot."""

from typing import Protocol

from desktop_app.core.market import Market
from desktop_app.core.settings import Settings
from desktop_app.gui.editor.remarks import Remark


class Pictured(Protocol):
    """The whole answer to one state of a form. `settings` is None while it cannot be read."""

    @property
    def settings(self) -> Settings | None: ...
    @property
    def market(self) -> Market | None: ...
    @property
    def remarks(self) -> tuple[Remark, ...]: ...
    @property
    def blocks(self) -> tuple[Remark, ...]: ...
    @property
    def is_worked_out(self) -> bool:
        """Everything is known that a start needs to be judged by."""

    @property
    def is_short_of_money(self) -> bool: ...

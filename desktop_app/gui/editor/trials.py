"""Keeps an editor's conditions, their verdicts and the marks on its chart together."""

from collections.abc import Mapping

from PySide6.QtCore import QObject, Signal

from desktop_app.core.condition_groups import Group
from desktop_app.engine.problem import Problem
from desktop_app.gui.conditions.builder import ConditionBuilder
from desktop_app.gui.conditions.history import Tried
from desktop_app.gui.conditions.lab import ConditionLab
from desktop_app.gui.conditions.verdict import firings_of, notes, studies_of, verdict
from desktop_app.gui.editor.link import EngineLink
from desktop_app.gui.editor.preview_chart import PreviewChart
from desktop_app.gui.wording import problem_text


class Trials(QObject):
    """`want` says which builders count; whatever can be read in them is tried, and the last trial stays till then."""

    shown = Signal()

    def __init__(self, link: EngineLink, chart: PreviewChart) -> None:
        super().__init__(chart)
        self._chart = chart
        self._lab = ConditionLab(link, self)
        self._symbol = ""
        self._builders: dict[str, ConditionBuilder] = {}
        self._groups: dict[str, Group] = {}
        self.tried: dict[str, Tried] = {}
        self._at: dict[str, int] = {}  # which of its firings is in sight, counted from the newest
        self._heard: set[ConditionBuilder] = set()
        self._lab.tried.connect(self._take)
        self._lab.failed.connect(self._fail)

    def want(self, account: str, symbol: str, builders: Mapping[str, ConditionBuilder]) -> None:
        if symbol != self._symbol:
            self._symbol, self.tried = symbol, {}
        self._builders = dict(builders)
        for path, builder in builders.items():
            if builder not in self._heard:
                self._heard.add(builder)
                builder.verdict_clicked.connect(lambda path=path: self._go_to(path))
        groups = {path: one.read.group for path, one in builders.items() if one.read.group is not None}
        if groups == self._groups and symbol:
            self._lab.want(account, symbol, groups)
            return
        gone = [path for path in self.tried if path not in builders or not builders[path].block.entries]
        for path in gone:
            del self.tried[path]
        for path, builder in builders.items():
            if groups.get(path) != self._groups.get(path):
                builder.show_tried("", {})
        self._groups = groups
        self._show()
        self._lab.want(account, symbol, groups)

    def begin(self) -> None:
        """Without waiting for the typing to pause."""
        self._lab.begin()

    def _take(self, path: str, tried: Tried) -> None:
        builder = self._builders.get(path)
        if builder is None:
            return
        self.tried[path] = tried
        self._at[path] = 0
        words, below = verdict(tried, self._symbol), notes(builder.block, tried)
        builder.show_tried(words, below, is_marked=len(tried.fired) > 0)
        self._show()
        self.shown.emit()

    def _go_to(self, path: str) -> None:
        """Bring the newest firing into view, the one before it with the next click, and so on in a circle."""
        fired = self.tried[path].fired
        self._at[path] = self._at[path] % len(fired) + 1
        self._chart.show_instant(int(fired[-self._at[path]]))

    def _fail(self, path: str, problem: Problem) -> None:
        builder = self._builders.get(path)
        if builder is not None:
            builder.show_tried(problem_text(problem), {})

    def _show(self) -> None:
        marks = [
            firings_of(path, group, self.tried[path]) for path, group in self._groups.items() if path in self.tried
        ]
        ready = [one.ready_at for one in self.tried.values() if one.ready_at is not None]
        self._chart.show_conditions(studies_of(self.tried), marks, max(ready, default=None))

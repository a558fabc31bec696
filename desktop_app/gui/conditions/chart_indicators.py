"""Indicators on a chart of the window: those that bots judge by, with the moments when they fired, and any other."""

from __future__ import annotations

from collections.abc import Mapping, MutableMapping
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

import numpy as np
from PySide6.QtCore import QObject, QPoint, Qt, QTimer
from PySide6.QtWidgets import QMenu
from shiboken6 import isValid

from desktop_app.core.columns import TIMEFRAMES, Candles
from desktop_app.core.condition_groups import Group
from desktop_app.engine.problem import Problem
from desktop_app.gui.bridge import Bridge
from desktop_app.gui.chart.study import Firings, Study
from desktop_app.gui.conditions.history import MOST_HISTORY, Tried, closed, try_out, wanted
from desktop_app.gui.conditions.lab import off_loop
from desktop_app.gui.conditions.reading import indicators
from desktop_app.gui.conditions.verdict import PURPOSES, firings_of
from desktop_app.gui.conditions.words import group_words
from desktop_app.gui.i18n import tr

if TYPE_CHECKING:
    from collections.abc import Sequence

    from desktop_app.engine.news import CandleNews
    from desktop_app.engine.views import BotView
    from desktop_app.gui.chart.widget import ChartWidget

MOST_CANDLES = 20_000  # of a timeframe, however far the chart reaches back
_SOON_MS = 400
_LONGEST = 70  # characters of a condition in a menu

Memory = MutableMapping[str, list[str]]  # what is shown on the chart of a pair


@dataclass(frozen=True, slots=True)
class Choice:
    """Something that can be shown: a bot's conditions for one purpose, or an indicator by its name."""

    key: str
    title: str
    group: Group
    path: str = ""  # of the setting; empty for a plain indicator


class ChartIndicators(QObject):
    """What is shown is remembered for each pair; values are computed off the loop, and again when a candle closed."""

    def __init__(self, chart: ChartWidget, bridge: Bridge, account: str = "", memory: Memory | None = None) -> None:
        super().__init__(chart)
        self._chart, self._bridge, self._account = chart, bridge, account
        self._memory: Memory = {} if memory is None else memory
        self._asked = 0
        self._soon = QTimer(self, singleShot=True, interval=_SOON_MS)
        self._soon.timeout.connect(self.refresh)
        chart.indicators_requested.connect(self.open_menu)
        chart.candles_shown.connect(self._soon.start)
        bridge.candles_changed.connect(self._candles_changed)
        bridge.bots_changed.connect(lambda _bots: self._refresh_if_shown())

    def show_account(self, account: str) -> None:
        """Whose candles they are computed from."""
        if account != self._account:
            self._account = account
            self._soon.start()

    # --- what there is

    def of_bots(self) -> tuple[Choice, ...]:
        """What bots on this pair judge by."""
        found: list[Choice] = []
        for bot in self._bridge.known.bots.values():
            if bot.account != self._account or (bot.pairs and self._chart.symbol not in bot.pairs):
                continue
            for path, group in _groups_of(bot).items():
                purpose = tr(PURPOSES[path][0])
                words = group_words(group)
                short = words if len(words) <= _LONGEST else f"{words[: _LONGEST - 1]}…"
                found.append(Choice(f"bot:{bot.bot_id}:{path}", f"{bot.name}: {purpose} — {short}", group, path))
        return tuple(found)

    def plain(self) -> tuple[Choice, ...]:
        """Any indicator, in the interval of the chart."""
        interval = self._chart.interval
        if interval not in TIMEFRAMES:
            return ()
        return tuple(
            Choice(one.name, one.title, Group(all=(one.first.model_copy(update={"timeframe": interval}),)))
            for one in indicators().values()
        )

    @property
    def shown(self) -> tuple[str, ...]:
        return tuple(self._memory.get(self._chart.symbol, ()))

    def toggle(self, key: str) -> None:
        """Show it, or no longer."""
        shown = list(self.shown)
        if key in shown:
            shown.remove(key)
        else:
            shown.append(key)
        if shown:
            self._memory[self._chart.symbol] = shown
        else:
            self._memory.pop(self._chart.symbol, None)
        self.refresh()

    def menu(self) -> QMenu:
        menu = QMenu(self._chart)
        menu.setToolTipsVisible(True)
        menu.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        bots = self.of_bots()
        for choice in bots:
            self._offer(menu, choice, choice.title)
        if bots:
            menu.addSeparator()
        for choice in self.plain():
            self._offer(menu, choice, tr(choice.title))
        menu.addSeparator()
        none = menu.addAction(tr("Show none"))
        none.setEnabled(bool(self.shown))
        none.triggered.connect(lambda _is_checked: self._clear())
        return menu

    def open_menu(self) -> None:
        button = self._chart.toolbar.indicators
        menu = self.menu()
        if button.isVisible():
            menu.popup(button.mapToGlobal(QPoint(0, button.height())))
        else:
            menu.popup(self._chart.mapToGlobal(QPoint(8, 8)))

    # --- working it out

    def refresh(self) -> None:
        """Work out again what is shown."""
        self._asked += 1
        chosen = [choice for choice in (*self.of_bots(), *self.plain()) if choice.key in self.shown]
        self._chart.toolbar.show_indicators(len(chosen))
        if not chosen or not self._chart.interval or not self._bridge.is_attached:
            self._chart.set_studies(())
            self._chart.set_firings(())
            return
        self._bridge.spawn(self._work(self._asked, chosen), tr("working out indicators"))

    async def _work(self, ask: int, chosen: Sequence[Choice]) -> None:
        candles: dict[tuple[str, int], Candles] = {}
        try:
            tried = [(choice, await self._try(choice, candles)) for choice in chosen]
        except Problem:
            return  # the chart itself says that there are no candles
        if not isValid(self) or ask != self._asked:
            return
        studies: dict[str, Study] = {}
        firings: list[Firings] = []
        for choice, one in tried:
            for study in one.studies:
                # A plain indicator has nothing that could fire.
                studies.setdefault(study.key, study if choice.path else replace(study, fired=_NOTHING))
            if choice.path:
                firings.append(firings_of(choice.path, choice.group, one))
        ready = [one.ready_at for choice, one in tried if choice.path and one.ready_at is not None]
        self._chart.set_studies(tuple(studies.values()))
        self._chart.set_firings(firings, max(ready, default=None))

    async def _try(self, choice: Choice, kept: dict[tuple[str, int], Candles]) -> Tried:
        account, symbol = self._account, self._chart.symbol
        series = self._chart.canvas.view.series
        end = self._bridge.known.now(account)
        first = int(series.at[0]) if len(series) else end
        conditions = choice.group.conditions()
        finest = min(condition.every_ms for condition in conditions)
        start = max(first, end - (MOST_CANDLES - MOST_HISTORY) * finest)
        found: dict[str, Candles] = {}
        for timeframe, needed in wanted(conditions, start).items():
            step = TIMEFRAMES[timeframe]
            since = needed // step * step
            if (timeframe, since) not in kept:
                wish = self._bridge.wishes.candles(account, symbol, timeframe, since, end)
                kept[timeframe, since] = closed(await self._bridge.ask(wish), step, end)
            found[timeframe] = kept[timeframe, since]
        return await off_loop(lambda: try_out(choice.group, found, start, end))

    # --- inside

    def _offer(self, menu: QMenu, choice: Choice, title: str) -> None:
        action = menu.addAction(title)
        action.setCheckable(True)
        action.setChecked(choice.key in self.shown)
        action.setData(choice.key)
        action.triggered.connect(lambda _is_checked: self.toggle(choice.key))

    def _clear(self) -> None:
        self._memory.pop(self._chart.symbol, None)
        self.refresh()

    def _refresh_if_shown(self) -> None:
        if self.shown:
            self._soon.start()

    def _candles_changed(self, news: Sequence[CandleNews]) -> None:
        pair = (self._account, self._chart.symbol)
        if self.shown and any(one.is_closed and (one.account, one.symbol) == pair for one in news):
            self._soon.start()


_NOTHING = np.empty(0, np.int64)


def _groups_of(bot: BotView) -> Mapping[str, Group]:
    """The conditions of a bot by the setting that has them; nothing for a kind without any."""
    from pydantic import ValidationError

    from desktop_app.core.strategies.dca_settings import DcaSettings
    from desktop_app.gui.conditions.of_settings import groups_of

    if bot.kind != "dca":
        return {}
    try:
        settings = DcaSettings.model_validate_json(bot.settings_json)
    except ValidationError:
        return {}
    return {path: group for path, group in groups_of(settings).items() if group is not None}

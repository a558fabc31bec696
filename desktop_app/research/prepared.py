"""A bot that has passed what is checked beforehand, with all that a run over the past must know of it."""

from dataclasses import dataclass, replace
from decimal import Decimal
from typing import Any

from desktop_app.core.columns import Candles
from desktop_app.core.deal import Direction
from desktop_app.core.market import ZERO, Market
from desktop_app.core.strategy import Bot
from desktop_app.research.backtest import BacktestResult, BacktestRules, Inside, Progress, Trade, run_backtest


@dataclass(frozen=True, slots=True)
class Prepared:
    """`funds`: what it needs in quote. `coins`: what it must have of the base beside the balance.

    `taken_over`: what a trade holds from before the run, as the fill that it would have been.
    """

    bot: Bot[Any]
    name: str
    funds: Decimal
    direction: Direction = Direction.LONG
    coins: Decimal = ZERO
    taken_over: Trade | None = None

    def run(
        self,
        candles: Candles,
        market: Market,
        rules: BacktestRules,
        *,
        progress: Progress | None = None,
        before: Candles | None = None,
        inside: Inside | None = None,
    ) -> BacktestResult:
        result = run_backtest(
            self.bot,
            candles,
            market,
            rules,
            name=self.name,
            direction=self.direction,
            funds=self.funds,
            progress=progress,
            coins=self.coins,
            before=before,
            inside=inside,
        )
        return self.with_past(result)

    def with_past(self, result: BacktestResult) -> BacktestResult:
        """Curves begin with what a trade holds."""
        if self.taken_over is None or not result.deals:
            return result
        return replace(result, trades=(self.taken_over, *result.trades))

"""The words of exported results, marked here because what writes them knows no language."""

from desktop_app.gui.i18n import tr_later

WORDS = (
    tr_later("Backtest of {bot} on {pair}"), tr_later("a bot"),
    tr_later("{start} to {end} UTC, {count} candles of {timeframe}"),
    tr_later("partial result: the period asked for goes on to {end}"), tr_later("not made good"),
    tr_later("Profit"), tr_later("Just holding"), tr_later("Max drawdown"), tr_later("Max funds used"),
    tr_later("Open at end"), tr_later("Fees"), tr_later("Deals closed"), tr_later("Deals closed, won"),
    tr_later("Time in market"), tr_later("Longest deal"), tr_later("Most safety orders"),
    tr_later("Deepest floating loss"), tr_later("Profit factor"), tr_later("Grid profit (round trips)"),
    tr_later("open"), tr_later("opening"), tr_later("trailing"), tr_later("closing"), tr_later("completed"),
    tr_later("stopped out"), tr_later("timed out"), tr_later("closed by user"), tr_later("cancelled"),
    tr_later("failed"), tr_later("Assumed"), tr_later("Equity, {quote}"), tr_later("equity"),
    tr_later("closed deals"), tr_later("holding"), tr_later("Drawdown, %"), tr_later("Funds in use, {quote}"),
    tr_later("Months, %"), tr_later("Curves"), tr_later("Deals"), tr_later("Months"), tr_later("Month"),
    tr_later("Holding %"), tr_later("How deals ended"), tr_later("Reason"), tr_later("Safety orders filled"),
    tr_later("Opened"), tr_later("Closed"), tr_later("Invested"), tr_later("Worst %"), tr_later("Best %"),
)  # fmt: skip

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
    tr_later("{days} d {hours} h"), tr_later("{hours} h {minutes} min"),
    tr_later("{name}: {text}"), tr_later("Data"), tr_later("Path"), tr_later("Fills"), tr_later("Balance"),
    tr_later("Rules"), tr_later("Made by"),
    tr_later("{count} candles of {source}; gaps: {gaps}; before them for indicators: {before}; sha256 {hash}"),
    tr_later("maker {maker} %, taker {taker} %, in {currency}"),
    tr_later("tick {tick}, lot {lot}, at least {amount} coins and {cost} quote an order"),
    tr_later("Strongroom {version}, settings {hash}"), tr_later("quote"), tr_later("the coin received"),
    tr_later("without end"), tr_later("open, nearer extreme, farther extreme, close of each candle"),
    tr_later("the {timeframe} candles of {source} inside, sha256 {hash}; candles without them, as usual: {missing}"),
    tr_later("limit orders when the price is {ticks} ticks past them"), tr_later("limit orders when touched"),
    tr_later("limit orders when the price is 1 tick past them"), tr_later("volume not looked at"),
    tr_later("at most {share} % of a candle's volume"), tr_later("market orders {percent} % worse"),
)  # fmt: skip

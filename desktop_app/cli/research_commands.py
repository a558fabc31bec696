"""The commands about the past: candles, backtests, searches, and strategies of one's own."""

from pathlib import Path

from desktop_app.cli.commands import Commands, Parser


def add_strategy(verbs: Commands) -> None:
    verbs.leaf("list", "list the files in the strategies folder, and which of them may run")
    verbs.leaf("show", "say what a trusted strategy can be told").add_argument("file", type=Path, metavar="FILE")
    examples = "  strongroom strategy trust dip.py --yes\n"
    trust = verbs.leaf("trust", "agree to run a strategy as it is now; a file of elsewhere is copied in", examples)
    trust.add_argument("file", type=Path, metavar="FILE")
    trust.add_argument("--yes", action="store_true", help="you have read it; without it nothing is trusted")
    verbs.leaf("distrust", "take the consent back").add_argument("file", type=Path, metavar="FILE")
    examples = (
        "  strongroom strategy check dip.py --candles btc-1m.csv\n"
        "  strongroom strategy check own.toml --symbol BTC/USDT --from 2026-01-01\n"
    )
    check = "ask a trusted strategy again with the future hidden: none of its decisions may change"
    checking = verbs.leaf("check", check, examples)
    checking.add_argument("file", type=Path, metavar="FILE", help="the strategy, or a bot file that asks it")
    checking.add_argument("--candles", type=Path, metavar="FILE", help="a candle file")
    _with_series(checking, is_required=False)
    _with_span(checking)
    checking.add_argument("--cuts", metavar="N", default="8", help="in how many places the future is hidden; default 8")


def add_candles(verbs: Commands) -> None:
    examples = "  strongroom candles import btc.csv --symbol BTC/USDT --timeframe 1m\n"
    kinds = "CSV, Parquet and Feather files (also .gz), and zips of Binance's public archive"
    importing = verbs.leaf("import", f"keep the candles of {kinds}", examples)
    importing.add_argument("files", type=Path, metavar="FILE", nargs="+")
    _with_series(importing, is_required=True)
    exporting = verbs.leaf(
        "export", "write kept candles into a file", "  strongroom candles export b.csv --symbol BTC/USDT\n"
    )
    exporting.add_argument("file", type=Path, metavar="FILE", help="its name ends in .csv, .parquet or .feather")
    _with_series(exporting, is_required=True)
    _with_span(exporting)
    verbs.leaf("list", "list the candles that are kept")
    examples = (
        "  strongroom candles fetch --exchange binance --symbol BTC/USDT --timeframe 1m --from 2024-01-01\n"
        "  strongroom candles fetch --exchange binance --symbol BTC/USDT    goes on, and asks again for what lacks\n"
    )
    fetching = verbs.leaf("fetch", "fetch candles from an exchange; needs no account and no key", examples)
    fetching.add_argument("--exchange", required=True, metavar="ID", help="such as binance or kucoin")
    fetching.add_argument("--symbol", required=True, metavar="S", help="the pair, such as BTC/USDT")
    fetching.add_argument("--timeframe", metavar="T", help="such as 1m or 4h; default 1m")
    _with_span(fetching)
    fetching.add_argument("--rest-url", metavar="URL", help="where the exchange is, if not at its usual place")
    examples = "  strongroom candles resample --symbol BTC/USDT --timeframe 1h\n"
    making = verbs.leaf("resample", "make coarser candles out of kept ones", examples)
    making.add_argument("--symbol", required=True, metavar="S", help="the pair, such as BTC/USDT")
    making.add_argument("--timeframe", required=True, metavar="T", help="what to make, such as 1h")
    making.add_argument("--source", metavar="T", help="what to make it of, where several would do")
    making.add_argument("--exchange", metavar="ID", help="where they are from, where several are kept")


def _with_series(parser: Parser, *, is_required: bool) -> None:
    parser.add_argument("--symbol", required=is_required, metavar="S", help="the pair, such as BTC/USDT")
    _with_spacing(parser)


def _with_spacing(parser: Parser) -> None:
    parser.add_argument("--timeframe", metavar="T", help="such as 1m or 4h; default: the file's smallest spacing")
    parser.add_argument("--exchange", metavar="ID", help="where they are from; default `imported`")


def _with_span(parser: Parser) -> None:
    parser.add_argument("--from", dest="start", metavar="TIME", help="ms UTC, seconds, or 2026-01-31[T12:00]")
    parser.add_argument("--to", dest="end", metavar="TIME", help="up to, not including, this time")


def add_backtest(commands: Commands) -> None:
    examples = (
        "  strongroom backtest btc.toml --candles btc-1m.csv\n"
        "  strongroom backtest btc.toml --symbol BTC/USDT --from 2026-01-01 --fee-percent 0.075 --json\n"
        "several bots or pairs share one balance:\n"
        "  strongroom backtest btc.toml eth.toml --candles BTC/USDT=btc.csv --candles ETH/USDT=eth.csv --balance 5000\n"
    )
    parser = commands.leaf("backtest", "play candles of the past to one bot file, or to several at once", examples)
    parser.add_argument("files", type=Path, nargs="+", metavar="FILE.toml")
    several = "FILE, or PAIR=FILE once for each of several pairs"
    candles = f"a candle file; its pair is the bot's first one; {several}"
    parser.add_argument("--candles", action="append", metavar="FILE", help=candles)
    symbol = "the pair, such as BTC/USDT; may be given several times"
    parser.add_argument("--symbol", dest="symbols", action="append", metavar="S", help=symbol)
    _with_spacing(parser)
    _with_span(parser)
    parser.add_argument("--market", dest="markets", action="append", metavar="FILE.json", help="the pair's rules")
    detail = "finer candles of the same pair, walked inside each candle in the place of an assumed path"
    parser.add_argument("--detail", dest="details", action="append", metavar="FILE", help=detail)
    _with_rules(parser)
    plot = "also write the result as a picture (.png), a drawing (.svg) or a page for a browser (.html)"
    parser.add_argument("--plot", type=Path, metavar="OUT.png", help=plot)


def add_optimise(commands: Commands) -> None:
    examples = (
        "  strongroom optimise btc.toml --space space.toml --candles btc-1m.csv --out-of-sample 30\n"
        "  strongroom optimise btc.toml --space space.toml --symbol BTC/USDT --sampler tpe --trials 300 --json\n"
        "  strongroom optimise btc.toml --space space.toml --candles btc-1m.csv --objective profit_quote,sharpe \\\n"
        "      --max-funds 500 --min-deals 30 --walk-forward 6\n"
        "a space names settings and their values, such as\n"
        "  [take_profit]\n"
        "  percent = { low = 0.5, high = 3.0, step = 0.1 }\n"
        "  [safety_orders]\n"
        "  max_count = { values = [2, 4, 6] }\n"
        "Ctrl-C shows what was found so far. No bot is ever changed by this.\n"
    )
    parser = commands.leaf("optimise", "try many settings of a bot file on candles of the past", examples)
    _with_past(parser)
    parser.add_argument("--space", type=Path, required=True, metavar="SPACE.toml", help="the settings to vary")
    samplers = "grid: all points (default); random; tpe learns from what it has seen; nsga2 too, for several objectives"
    parser.add_argument("--sampler", choices=("grid", "random", "tpe", "nsga2"), default="grid", help=samplers)
    parser.add_argument("--trials", metavar="N", help="how many at most; default all of a grid, else 100")
    _with_goals(parser)
    kept = "keep the last PERCENT of the candles back, and show what each did there"
    parser.add_argument("--out-of-sample", metavar="PERCENT", default="0", help=kept)
    walking = "choose N times on the past alone and judge each choice on what came next"
    parser.add_argument("--walk-forward", metavar="N", help=walking)
    rolling = "walk forward with a past of constant length, instead of all that came before"
    parser.add_argument("--rolling", action="store_true", help=rolling)
    where = parser.add_mutually_exclusive_group()
    where.add_argument("--workers", metavar="N", help="how many to try at once; default one per processor")
    cluster = "let the workers of a Dask scheduler do it: tcp:// or tls://HOST:8786; only in a network you trust"
    where.add_argument("--cluster", metavar="ADDRESS", help=cluster)
    parser.add_argument("--seed", metavar="N", default="1", help="of what is drawn at random; default 1")


def _with_goals(parser: Parser) -> None:
    goal = (
        "what to look for; default profit_quote, of a grid total_quote; also profit_over_drawdown, profit_per_funds, "
        "sharpe, sortino, calmar, max_drawdown_percent, …; several with commas between find their Pareto front"
    )
    parser.add_argument("--objective", metavar="NAME[,NAME]", help=goal)
    below = "what breaks it is shown below all that does not"
    parser.add_argument("--max-funds", metavar="QUOTE", help=f"the most money in use at once; {below}")
    parser.add_argument("--max-drawdown", metavar="PERCENT", help="the deepest fall from the highest point; likewise")
    parser.add_argument("--min-deals", metavar="N", help="the fewest closed deals, of a grid round trips; likewise")


def _with_past(parser: Parser) -> None:
    parser.add_argument("file", type=Path, metavar="FILE.toml")
    parser.add_argument("--candles", type=Path, metavar="FILE", help="a candle file; its pair is the bot's first one")
    _with_series(parser, is_required=False)
    _with_span(parser)
    parser.add_argument("--market", type=Path, metavar="FILE.json", help="the pair's rules")
    _with_rules(parser)


def _with_rules(parser: Parser) -> None:
    parser.add_argument("--fee-percent", metavar="F", help="replaces both fees of the market")
    parser.add_argument("--fee-currency", choices=("quote", "received"), help="what fees are taken in; default quote")
    parser.add_argument("--slippage-percent", metavar="P", default="0", help="how much worse market orders fill")
    parser.add_argument("--fill-through", metavar="T", default="0", help="ticks a price must pass a limit order by")
    share = "limit orders fill at most this part of a candle's volume; default: all that they want"
    parser.add_argument("--volume-share", metavar="PERCENT", help=share)
    parser.add_argument("--balance", metavar="QUOTE", help="what there is to spend; default: as much as is needed")

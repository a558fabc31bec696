"""The words of the command line: what can be called, with which arguments, and the help that explains it."""

import argparse
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import NoReturn

from desktop_app import __version__
from desktop_app.cli.build import build_note
from desktop_app.cli.output import CallProblem
from desktop_app.core.documents import is_document

PROGRAM = "strongroom"
_WITH_VALUE = ("--data-dir", "--profile")

_EXAMPLES = """\
the first five minutes, with paper money and without a network:
  strongroom account add demo --exchange sim --speed 60 --balance USDT=10000
  strongroom bot check btc.toml --price 60000     every order it would place
  strongroom bot add btc.toml
  strongroom bot start "BTC starter"
  strongroom run --for 60 --events events.jsonl
  strongroom deal list --all

Without a command the window opens; `strongroom FILE` or a strongroom: link opens a bot in it, as a draft.
`strongroom COMMAND --help` explains each command.
Exit status: 0 done, 1 the work failed, 2 the call or the input was wrong, 3 refused for safety."""


class Parser(argparse.ArgumentParser):
    """Says what is wrong with a call in one sentence, instead of printing a page."""

    def error(self, message: str) -> NoReturn:
        said = message[:1].upper() + message[1:]
        raise CallProblem(f"{said.rstrip('.')}. Nothing was done. `{self.prog} --help` shows how it is called.")


def make_parser(arguments: Sequence[str]) -> Parser:
    """The verbs of a noun are only there where the call names it: making all of them takes longer than many calls."""
    everywhere = _everywhere()
    parser = Parser(
        prog=PROGRAM,
        description="Trading bots that run on your own computer.",
        epilog=_EXAMPLES,
        formatter_class=argparse.RawDescriptionHelpFormatter,
        parents=[everywhere],
        allow_abbrev=False,
    )
    parser.add_argument("--version", action="version", version=f"Strongroom {__version__} ({build_note()})")
    parser.add_argument("--in-background", action="store_true", help="open the window in the tray, else minimised")
    commands = _Commands(parser.add_subparsers(dest="noun", metavar="COMMAND", title="commands"), everywhere, arguments)
    _add_run(commands)
    commands.group("account", "accounts on exchanges", _add_account)
    commands.group("bot", "bots and their files", _add_bot)
    commands.group("deal", "what the bots have open, and what they had", _add_deal)
    commands.group("trade", "smart trades: one deal by hand, with an entry, targets and a stop loss", _add_trade)
    commands.group("strategy", "strategies of your own, written in Python", _add_strategy)
    commands.group("signal", "alerts from outside: what they may do, and what became of them", _add_signal)
    commands.group("candles", "price histories that are kept", _add_candles)
    _add_backtest(commands)
    _add_optimise(commands)
    _add_panic(commands)
    commands.group("audit", "the hash-chained journal of every decision", _add_audit)
    commands.leaf("doctor", "check this computer and this data folder")
    return parser


class _Commands:
    """Adds commands that all take the options which hold everywhere."""

    def __init__(
        self, subparsers: "argparse._SubParsersAction[Parser]", parent: Parser, arguments: Sequence[str]
    ) -> None:
        self._subparsers = subparsers
        self._parent = parent
        self._arguments = arguments

    def leaf(self, name: str, help_text: str, examples: str = "") -> Parser:
        return self._subparsers.add_parser(
            name,
            help=help_text,
            description=help_text[:1].upper() + help_text[1:] + ".",
            epilog=f"examples:\n{examples}" if examples else None,
            formatter_class=argparse.RawDescriptionHelpFormatter,
            parents=[self._parent],
            allow_abbrev=False,
        )

    def group(self, name: str, help_text: str, add_verbs: "Callable[[_Commands], None]") -> None:
        parser = self.leaf(name, help_text)
        if name in self._arguments:
            verbs = parser.add_subparsers(dest="verb", metavar="VERB", title="verbs", required=True)
            add_verbs(_Commands(verbs, self._parent, self._arguments))


def _everywhere() -> Parser:
    # SUPPRESS: a default here would undo what was given before the command's name.
    options = Parser(add_help=False, argument_default=argparse.SUPPRESS)
    options.add_argument("--data-dir", type=Path, metavar="DIR", help="keep everything that is written in this folder")
    options.add_argument("--profile", metavar="NAME", help="keep several sets of data apart by name")
    options.add_argument("--json", action="store_true", help="one JSON document on stdout, for programs")
    return options


def _add_run(commands: _Commands) -> None:
    example = "  strongroom run --for 3600 --events events.jsonl\n"
    parser = commands.leaf("run", "run the bots without a window, until Ctrl-C", example)
    parser.add_argument(
        "--for", dest="seconds", type=_seconds, metavar="SECONDS", help="stop by itself after this time"
    )
    parser.add_argument("--events", type=Path, metavar="FILE", help="append one JSON object a line for what happens")


def _add_account(verbs: _Commands) -> None:
    examples = (
        "  strongroom account add demo --exchange sim --speed 60 --balance USDT=10000\n"
        "  strongroom account add past --exchange sim --replay btc.csv --symbol BTC/USDT --speed 600\n"
        "  strongroom account add paper --exchange binance --paper --balance USDT=10000\n"
        "  strongroom account add main --exchange binance        asks for the key, without showing it\n"
    )
    add = verbs.leaf("add", "add an account: `sim` is the embedded exchange, any other a real one", examples)
    add.add_argument("name", metavar="NAME")
    add.add_argument("--exchange", required=True, metavar="ID", help="`sim`, or one of `account exchanges`")
    add.add_argument("--paper", action="store_true", help="pretend money at the exchange's real prices; no key")
    add.add_argument("--balance", nargs="+", action="extend", metavar="ASSET=AMOUNT", help="pretend money; USDT=10000")
    _add_keys(add)
    add.add_argument("--rest-url", metavar="URL", help="where the exchange is instead; http only on this computer")
    add.add_argument("--ws-url", metavar="URL", help="where its streams are instead; ws only on this computer")
    add.add_argument("--seed", metavar="N", help="sim: which market; the same seed makes the same prices")
    add.add_argument("--speed", metavar="X", help="sim: how many times faster its clock runs, 1 to 600; default 1")
    add.add_argument("--replay", type=Path, metavar="FILE", help="sim: play this candle file instead")
    add.add_argument("--symbol", metavar="S", help="the pair of the replayed file, such as BTC/USDT")
    add.add_argument("--fee-percent", metavar="F", help="paper, replay: the fee; default the market's own")
    add.add_argument("--fee-currency", choices=("quote", "received"), help="replay: what fees are taken in")
    add.add_argument("--slippage-percent", metavar="P", help="paper, replay: how much worse market orders fill")
    add.add_argument("--fill-through", metavar="T", help="paper, replay: ticks a price must pass a limit order by")
    verbs.leaf("list", "list the accounts with the state of their keys")
    check = "ask the exchange what the account's key may do"
    verbs.leaf("check", check).add_argument("name", metavar="NAME")
    allow = verbs.leaf("allow-trading", "let bots place real orders on an account that only watches")
    allow.add_argument("name", metavar="NAME")
    allow.add_argument("--yes", action="store_true", help="this is about real money; without it nothing is changed")
    replace = verbs.leaf("replace-key", "give an account another key of the same account at the exchange")
    replace.add_argument("name", metavar="NAME")
    _add_keys(replace)
    exchanges = verbs.leaf("exchanges", "list the exchanges, and what works there")
    exchanges.add_argument("id", nargs="?", metavar="ID", help="say more of this one")
    remove = verbs.leaf("remove", "remove an account that no bot uses, and its key from this computer")
    remove.add_argument("name", metavar="NAME")


def _add_keys(parser: Parser) -> None:
    parser.add_argument(
        "--credentials-stdin",
        action="store_true",
        help='read {"apiKey", "secret", "password"?} as JSON from stdin instead of asking on the terminal',
    )


def _add_bot(verbs: _Commands) -> None:
    verbs.leaf("add", "add the bot of a file, stopped", "  strongroom bot add btc.toml\n").add_argument(
        "file", type=Path, metavar="FILE.toml"
    )
    examples = "  strongroom bot check btc.toml --price 60000\n  strongroom bot check btc.toml --price 3095.4 --json\n"
    check = verbs.leaf("check", "show every order that a bot file would place; needs no account", examples)
    check.add_argument("file", type=Path, metavar="FILE.toml")
    check.add_argument("--price", metavar="P", help="as if the base order filled at this price")
    check.add_argument("--market", type=Path, metavar="FILE.json", help="the pair's rules; default: tick 0.01, …")
    check.add_argument("--balance", metavar="QUOTE", help="free balance, for sizes in percent")
    check.add_argument("--closed-profit", metavar="QUOTE", help="what earlier deals made, for reinvesting")
    verbs.leaf("list", "list the bots and say what each is waiting for")
    _with_bot(verbs.leaf("show", "show one bot with its settings"))
    start = _with_bot(verbs.leaf("start", "mark a bot as wanted; `run` and the window run the wanted ones"))
    start.add_argument("--even-if-short", action="store_true", help="start although not all its orders can be paid")
    stop = _with_bot(verbs.leaf("stop", "start no new deals"))
    stop.add_argument(
        "--then",
        choices=("leave", "close", "cancel"),
        default="leave",
        help="open deals: leave them running, close them at market, or stop managing them and keep the coins",
    )
    edit = _with_bot(verbs.leaf("edit", "replace a bot's settings by those of a file"))
    edit.add_argument("file", type=Path, metavar="FILE.toml")
    edit.add_argument("--running-deals-too", action="store_true", help="open deals go on under the new settings")
    _with_bot(verbs.leaf("remove", "remove a bot that has no open deal; its history stays in the journal"))
    _add_bot_copies(verbs)


def _add_bot_copies(verbs: _Commands) -> None:
    examples = '  strongroom bot export "BTC starter" btc.toml\n'
    export = _with_bot(verbs.leaf("export", "write a bot's settings as a bot file, without any secret", examples))
    export.add_argument("file", nargs="?", type=Path, metavar="FILE", help="a file that is not there yet; else stdout")
    examples = '  strongroom bot duplicate 1 --name "ETH starter" --account main\n'
    duplicate = _with_bot(verbs.leaf("duplicate", "add a bot with the settings of another, stopped", examples))
    duplicate.add_argument("--name", metavar="NAME", help="its name; default: the same with a number")
    duplicate.add_argument("--account", metavar="NAME", help="its account; default: the same one")
    words = "add a bot that mirrors another on a further account of yours, stopped"
    mirror = _with_bot(verbs.leaf("mirror", words, "  strongroom bot mirror 1 --account second\n"))
    mirror.add_argument("--account", required=True, metavar="NAME", help="where it trades")
    mirror.add_argument("--name", metavar="NAME", help="its name; default: the same with a number")
    mirror.add_argument("--percent", metavar="P", help="its sizes in percent; default: as the balances are")


def _add_strategy(verbs: _Commands) -> None:
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


def _with_bot(parser: Parser) -> Parser:
    parser.add_argument("bot", metavar="ID", help="the bot's number or name")
    return parser


def _add_deal(verbs: _Commands) -> None:
    listing = verbs.leaf("list", "list open deals", '  strongroom deal list --all --bot "BTC starter"\n')
    listing.add_argument("--bot", metavar="ID", help="only this bot's, by number or name")
    listing.add_argument("--all", action="store_true", help="also the deals that are over")
    _with_deal(verbs.leaf("show", "show one deal with its orders, fills and story"))
    _with_deal(verbs.leaf("close", "cancel its orders and close it at market"))
    _with_deal(verbs.leaf("cancel", "cancel its orders, keep the coins and stop managing it"))
    _with_deal(verbs.leaf("force-start", "let a smart trade get in at market, without waiting for its price"))
    edit = _with_deal(verbs.leaf("edit", "let a running deal go on under the settings of a file"))
    edit.add_argument("file", type=Path, metavar="FILE.toml")
    convert = _with_deal(verbs.leaf("convert", "let the smart trade of a file take over what a deal holds"))
    convert.add_argument("file", type=Path, metavar="FILE.toml")
    add = _with_deal(verbs.leaf("add-funds", "buy more for a deal at market", "  strongroom deal add-funds 3-12 50\n"))
    add.add_argument("volume", metavar="VOLUME", help="how much, in the quote currency")
    add.add_argument("--price", metavar="P", help="with a limit order at this price instead of at market")


def _with_deal(parser: Parser) -> Parser:
    parser.add_argument("deal", metavar="ID", help="bot and number, such as 3-12; `deal list` shows it")
    return parser


def _add_trade(verbs: _Commands) -> None:
    add = verbs.leaf("add", "place the smart trade of a file; it begins at once", "  strongroom trade add swing.toml\n")
    add.add_argument("file", type=Path, metavar="FILE.toml")
    add.add_argument("--even-if-short", action="store_true", help="place it although it cannot be paid")
    listing = verbs.leaf("list", "list smart trades and say what each is waiting for")
    listing.add_argument("--all", action="store_true", help="also the trades that are over")


def _add_signal(verbs: _Commands) -> None:
    examples = (
        "  strongroom signal send TV buy\n"
        "  strongroom signal send TV enter_long --pair BTC/USDT --volume 50\n"
        "  strongroom signal send TV sell --position flat --size 0 --from-position long --from-size 1\n"
        "  strongroom signal send TV --message - < alert.json\n"
    )
    send = verbs.leaf("send", "do what an alert with this action would do", examples)
    send.add_argument("bot", metavar="BOT")
    send.add_argument("action", nargs="?", metavar="ACTION", help="buy, sell, enter_long, exit_long, close_all, …")
    send.add_argument("--pair", metavar="S", help="needed by bots of several pairs")
    send.add_argument("--volume", metavar="V", help="a size, where the bot takes sizes from signals")
    send.add_argument("--unit", choices=("quote", "base", "percent", "position"), default="quote", help="of the size")
    send.add_argument("--position", choices=("long", "short", "flat"), help="where the strategy stands now")
    send.add_argument("--size", metavar="N", help="how large its position is now")
    send.add_argument("--from-position", dest="before", choices=("long", "short", "flat"), help="where it stood before")
    send.add_argument("--from-size", dest="size_before", metavar="N", help="how large its position was")
    send.add_argument("--message", metavar="-", help="read the whole message as JSON from stdin")
    send.add_argument("--test", action="store_true", help="only say what the bot would do")
    listing = verbs.leaf("list", "list what came from outside, and what became of it")
    listing.add_argument("--bot", metavar="BOT", help="only this bot's")
    listing.add_argument("--limit", metavar="N", default="50", help="how many; default 50")
    address = "say where a bot's alerts come in, and the message to paste into them"
    verbs.leaf("address", address).add_argument("bot", metavar="BOT")
    rotate = verbs.leaf("rotate", "give a bot a new secret; the old one ends at once")
    rotate.add_argument("bot", metavar="BOT")
    rotate.add_argument("--session", action="store_true", help="until Strongroom ends, for want of a safe keyring")
    listen = verbs.leaf("listen", "receive alerts on this computer: say how it stands, switch it on or off")
    listen.add_argument("switch", nargs="?", choices=("on", "off"))
    listen.add_argument("--port", metavar="N", help="default 8787; always on 127.0.0.1")
    listen.add_argument("--public-url", metavar="URL", help="what your own tunnel to that port is called outside")
    example = (
        "  strongroom signal mail on --host imap.example.net --user me@example.net \\\n"
        "      --from noreply@tradingview.com --checked-by mx.example.net --password\n"
    )
    mail = verbs.leaf("mail", "read alerts from your mailbox: say how it stands, switch it on or off", example)
    mail.add_argument("switch", nargs="?", choices=("on", "off"))
    mail.add_argument("--host", metavar="NAME", help="the IMAP server; only TLS")
    mail.add_argument("--port", metavar="N", help="default 993")
    mail.add_argument("--user", metavar="NAME")
    mail.add_argument("--folder", metavar="NAME", help="default INBOX; it is only read")
    mail.add_argument("--from", dest="senders", action="append", metavar="ADDRESS", help="who may send signals")
    mail.add_argument("--checked-by", metavar="NAME", help="whose Authentication-Results count: your mail server")
    mail.add_argument("--no-check", action="store_true", help="believe the sender's address without proof")
    mail.add_argument("--password", action="store_true", help="ask for the password, without showing it")
    mail.add_argument("--password-stdin", action="store_true", help="take the password from stdin")


def _add_candles(verbs: _Commands) -> None:
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


def _add_backtest(commands: _Commands) -> None:
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


def _add_optimise(commands: _Commands) -> None:
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


def _add_panic(commands: _Commands) -> None:
    parser = commands.leaf("panic", "stop all bots and cancel their orders; works while the app runs and when not")
    parser.add_argument("--sell", action="store_true", help="also sell at market what the bots hold")
    parser.add_argument(
        "--forget-keys", action="store_true", help="afterwards remove all API keys from this computer's keyring"
    )


def _add_audit(verbs: _Commands) -> None:
    verbs.leaf("verify", "check that no row of the journal was changed or lost")
    export = verbs.leaf("export", "print the journal, one JSON object a line")
    export.add_argument("--out", type=Path, metavar="FILE", help="into this file instead")


def _seconds(text: str) -> float:
    try:
        seconds = float(text)
    except ValueError:
        seconds = -1.0
    if not 0 <= seconds <= 31_536_000:
        raise argparse.ArgumentTypeError(f"{text[:40]!r} is not a number of seconds from 0 to a year")
    return seconds


def parse(arguments: Sequence[str]) -> argparse.Namespace:
    """The call as names; those of everywhere are always there.

    Raises:
        CallProblem: it is no call that we know.
        SystemExit: help or the version was asked for, and shown.
    """
    place = _place_of_document(arguments)
    document = "" if place is None else arguments[place]
    words = [word for at, word in enumerate(arguments) if at != place]
    found = make_parser(words).parse_args(words)
    if document and found.noun is not None:
        shown = document[:40]
        raise CallProblem(f"{shown} opens in the window, and no command can follow it. Nothing was done.")
    found.document = document
    for name, default in (("data_dir", None), ("profile", None), ("json", False)):
        if not hasattr(found, name):
            setattr(found, name, default)
    return found


def _place_of_document(arguments: Sequence[str]) -> int | None:
    """Where a call names something to open instead of a command."""
    at = 0
    while at < len(arguments) and arguments[at].startswith("-"):
        at += 2 if arguments[at] in _WITH_VALUE else 1
    return at if at < len(arguments) and is_document(arguments[at]) else None

"""The words of the command line: what can be called, with which arguments, and the help that explains it."""

import argparse
from collections.abc import Sequence
from pathlib import Path

from desktop_app import __version__
from desktop_app.cli.build import build_note
from desktop_app.cli.commands import Commands, Parser
from desktop_app.cli.output import CallProblem
from desktop_app.cli.research_commands import add_backtest, add_candles, add_optimise, add_strategy
from desktop_app.cli.signal_commands import add_signal
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
    commands = Commands(parser.add_subparsers(dest="noun", metavar="COMMAND", title="commands"), everywhere, arguments)
    _add_run(commands)
    commands.group("account", "accounts on exchanges", _add_account)
    commands.group("bot", "bots and their files", _add_bot)
    commands.group("deal", "what the bots have open, and what they had", _add_deal)
    commands.group("trade", "smart trades: one deal by hand, with an entry, targets and a stop loss", _add_trade)
    commands.group("strategy", "strategies of your own, written in Python", add_strategy)
    commands.group("signal", "alerts from outside: what they may do, and what became of them", add_signal)
    commands.group("candles", "price histories that are kept", add_candles)
    add_backtest(commands)
    add_optimise(commands)
    _add_panic(commands)
    commands.group("audit", "the hash-chained journal of every decision", _add_audit)
    commands.leaf("doctor", "check this computer and this data folder")
    return parser


def _everywhere() -> Parser:
    # SUPPRESS: a default here would undo what was given before the command's name.
    options = Parser(add_help=False, argument_default=argparse.SUPPRESS)
    options.add_argument("--data-dir", type=Path, metavar="DIR", help="keep everything that is written in this folder")
    options.add_argument("--profile", metavar="NAME", help="keep several sets of data apart by name")
    options.add_argument("--json", action="store_true", help="one JSON document on stdout, for programs")
    return options


def _add_run(commands: Commands) -> None:
    example = "  strongroom run --for 3600 --events events.jsonl\n"
    parser = commands.leaf("run", "run the bots without a window, until Ctrl-C", example)
    parser.add_argument(
        "--for", dest="seconds", type=_seconds, metavar="SECONDS", help="stop by itself after this time"
    )
    parser.add_argument("--events", type=Path, metavar="FILE", help="append one JSON object a line for what happens")


def _add_account(verbs: Commands) -> None:
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
    _add_limits(verbs)
    replace = verbs.leaf("replace-key", "give an account another key of the same account at the exchange")
    replace.add_argument("name", metavar="NAME")
    _add_keys(replace)
    exchanges = verbs.leaf("exchanges", "list the exchanges, and what works there")
    exchanges.add_argument("id", nargs="?", metavar="ID", help="say more of this one")
    remove = verbs.leaf("remove", "remove an account that no bot uses, and its key from this computer")
    remove.add_argument("name", metavar="NAME")


def _add_limits(verbs: Commands) -> None:
    examples = (
        "  strongroom account limits main --open-deals 3 --largest-order 200\n"
        "  strongroom account limits main --pairs BTC/USDT ETH/USDT --orders-a-minute none\n"
    )
    limits = verbs.leaf("limits", "show or change what no bot may exceed on an account", examples)
    limits.add_argument("name", metavar="NAME")
    limits.add_argument("--largest-order", metavar="QUOTE", help="of any order that opens or adds; or `none`")
    limits.add_argument("--open-deals", metavar="N", help="of all bots at once, a grid being one; or `none`")
    limits.add_argument("--orders-a-minute", metavar="N", help="of all bots, exits not counted; or `none`")
    limits.add_argument("--pairs", nargs="+", metavar="S", help="only these; or `none`")
    limits.add_argument("--on-foreign", choices=("pause", "go-on"), help="when something happens there that no bot did")


def _add_keys(parser: Parser) -> None:
    parser.add_argument(
        "--credentials-stdin",
        action="store_true",
        help='read {"apiKey", "secret", "password"?} as JSON from stdin instead of asking on the terminal',
    )
    parser.add_argument(
        "--session-only",
        action="store_true",
        help="without a keyring: kept in the memory of the application that runs, and given again when it starts next",
    )


def _add_bot(verbs: Commands) -> None:
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


def _add_bot_copies(verbs: Commands) -> None:
    examples = '  strongroom bot export "BTC starter" btc.toml\n'
    export = _with_bot(verbs.leaf("export", "write a bot's settings as a bot file, without any secret", examples))
    export.add_argument("file", nargs="?", type=Path, metavar="FILE", help="a file that is not there yet; else stdout")
    export.add_argument("--link", action="store_true", help="as a strongroom: link, which opens as a draft elsewhere")
    examples = '  strongroom bot duplicate 1 --name "ETH starter" --account main\n'
    duplicate = _with_bot(verbs.leaf("duplicate", "add a bot with the settings of another, stopped", examples))
    duplicate.add_argument("--name", metavar="NAME", help="its name; default: the same with a number")
    duplicate.add_argument("--account", metavar="NAME", help="its account; default: the same one")
    words = "add a bot that mirrors another on a further account of yours, stopped"
    mirror = _with_bot(verbs.leaf("mirror", words, "  strongroom bot mirror 1 --account second\n"))
    mirror.add_argument("--account", required=True, metavar="NAME", help="where it trades")
    mirror.add_argument("--name", metavar="NAME", help="its name; default: the same with a number")
    mirror.add_argument("--percent", metavar="P", help="its sizes in percent; default: as the balances are")


def _with_bot(parser: Parser) -> Parser:
    parser.add_argument("bot", metavar="ID", help="the bot's number or name")
    return parser


def _add_deal(verbs: Commands) -> None:
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


def _add_trade(verbs: Commands) -> None:
    add = verbs.leaf("add", "place the smart trade of a file; it begins at once", "  strongroom trade add swing.toml\n")
    add.add_argument("file", type=Path, metavar="FILE.toml")
    add.add_argument("--even-if-short", action="store_true", help="place it although it cannot be paid")
    listing = verbs.leaf("list", "list smart trades and say what each is waiting for")
    listing.add_argument("--all", action="store_true", help="also the trades that are over")


def _add_panic(commands: Commands) -> None:
    parser = commands.leaf("panic", "stop all bots and cancel their orders; works while the app runs and when not")
    parser.add_argument("--sell", action="store_true", help="also sell at market what the bots hold")
    parser.add_argument(
        "--forget-keys", action="store_true", help="afterwards remove all API keys from this computer's keyring"
    )


def _add_audit(verbs: Commands) -> None:
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

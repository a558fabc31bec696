"""The exchanges as a table: how well each is known, and what works there."""

from collections.abc import Callable, Sequence

from PySide6.QtGui import QIcon

from desktop_app.core.capability import Capability, Level
from desktop_app.gui.connect.marks import picture
from desktop_app.gui.i18n import together, tr, tr_later
from desktop_app.gui.icons import icon
from desktop_app.gui.models import Column

RANKS = {Level.FULL: 0, Level.CHECKED: 1, Level.CONNECTABLE: 2}
_LEVELS = {
    Level.FULL: tr_later("Worked through"),
    Level.CHECKED: tr_later("Checked"),
    Level.CONNECTABLE: tr_later("Connectable, not tried"),
}
_SENTENCES = {
    Level.FULL: tr_later("Orders, fills, streams, refusals and recovery were tried against a stand-in of {exchange}."),
    Level.CHECKED: tr_later("Orders and refusals were tried against made-up answers in the form of {exchange}."),
    Level.CONNECTABLE: tr_later(
        "Nothing was tried on {exchange} itself. Whatever it answers that we do not understand counts as unknown."
    ),
}


def level_word(level: Level) -> str:
    return tr(_LEVELS[level])


def level_sentence(exchange: Capability) -> str:
    """How well the exchange is known, and whether it tells what a key may do."""
    words = tr(_SENTENCES[exchange.level]).format(exchange=exchange.name)
    if not exchange.key_check:
        words = together(words, tr("It does not tell what a key may do: look there yourself that withdrawals are off."))
    if not exchange.private_stream:
        words = together(words, tr("Fills are asked for every few seconds: it has no stream of them here."))
    return words


def _answer(has: Callable[[Capability], bool]) -> Callable[[Capability], str]:
    return lambda row: tr("yes") if has(row) else tr("no")


def _mark(has: Callable[[Capability], bool]) -> Callable[[Capability], QIcon]:
    return lambda row: icon(*picture("yes")) if has(row) else icon("minus", "faint")


def _yes_no(key: str, title: str, hint: str, has: Callable[[Capability], bool]) -> Column[Capability]:
    return Column(key, title, _answer(has), icon=_mark(has), sort=lambda row: not has(row), hint=hint, width=9)


ALL: tuple[Column[Capability], ...] = (
    Column("name", tr_later("Exchange"), lambda row: row.name, width=18, tooltip=lambda row: row.id),
    Column("level", tr_later("How well known"), lambda row: level_word(row.level), sort=lambda row: RANKS[row.level],
           width=22, tooltip=level_sentence),
    _yes_no("trade", tr_later("Real account"), tr_later("It is opened by a key and its secret"),
            lambda row: row.can_trade),
    _yes_no("check", tr_later("Key check"), tr_later("It tells what a key may do"), lambda row: row.key_check),
    _yes_no("prices", tr_later("Live prices"), tr_later("Prices come by a stream; else they are asked for"),
            lambda row: row.websockets),
    _yes_no("fills", tr_later("Live fills"), tr_later("Fills come by a stream; else they are asked for"),
            lambda row: row.private_stream),
    _yes_no("candles", tr_later("Candles"), tr_later("It has candles of the past"), lambda row: row.candles),
    _yes_no("stops", tr_later("Stop orders"), tr_later("A stop order can rest at the exchange"),
            lambda row: row.stop_orders),
    _yes_no("password", tr_later("Passphrase"), tr_later("Its keys have a passphrase"),
            lambda row: row.needs_password),
    _yes_no("sandbox", tr_later("Test net"), tr_later("It has a place to try with pretend money"),
            lambda row: row.sandbox),
    Column("id", tr_later("Name in commands"), lambda row: row.id, width=16),
    Column("note", tr_later("Note"), lambda row: tr(row.note), width=40, tooltip=lambda row: tr(row.note)),
)  # fmt: skip


def exchange_columns(keys: Sequence[str] = ()) -> tuple[Column[Capability], ...]:
    """All columns, or those with these keys."""
    return tuple(column for column in ALL if not keys or column.key in keys)

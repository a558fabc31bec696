"""Turns written conditions into settings, or into what is wrong with which word of them."""

from dataclasses import dataclass
from decimal import Decimal
from functools import cache
from typing import Any

from pydantic import ValidationError

from desktop_app.core.condition_groups import MOST_CONDITIONS, Group
from desktop_app.core.conditions import MODELS
from desktop_app.core.indicator_catalogue import Indicator, catalogue, line_title
from desktop_app.gui import fmt
from desktop_app.gui.conditions.clauses import Block, Clause, Place
from desktop_app.gui.i18n import tr, tr_later
from desktop_app.gui.refusals import message_of, refused_words, unread_words

# The start of the core's sentence about settings that do not fit together, and the sentence here.
_REASONS = (
    ("long: the three lengths", tr_later("The three lengths must rise: short, middle, long.")),
    ("slow: must be longer", tr_later("The slow length must be longer than the fast one.")),
    ("maximum: must not be below", tr_later("The largest step must not be below the step.")),
)


@dataclass(frozen=True, slots=True)
class Fault:
    """What is wrong with one word: the clause's place, the name of its setting, and why, translated."""

    place: Place
    name: str
    text: str


@dataclass(frozen=True, slots=True)
class Read:
    """`group` is None while there is nothing or something is wrong."""

    group: Group | None = None
    faults: tuple[Fault, ...] = ()

    def faults_at(self, place: Place) -> tuple[Fault, ...]:
        return tuple(fault for fault in self.faults if fault.place == place)


@cache
def indicators() -> dict[str, Indicator]:
    """What there is to choose from, the usual ones first; worked out once."""
    return {one.name: one for one in catalogue()}


def read_block(block: Block) -> Read:
    """All conditions of the block, or every fault in it."""
    faults: list[Fault] = []
    for place, clause in block.clauses():
        faults += read_clause(clause, place)
    if not block.entries:
        return Read()
    if len(block.clauses()) > MOST_CONDITIONS:
        faults.append(Fault((), "", tr("At most {most} conditions.").format(most=MOST_CONDITIONS)))
    if faults:
        return Read(None, tuple(faults))
    try:
        return Read(Group.model_validate(_data(block)))
    except ValidationError:
        return Read(None, (Fault((), "", tr("Groups lie too deep within each other.")),))


def read_clause(clause: Clause, place: Place = ()) -> tuple[Fault, ...]:
    """What is wrong with one condition; nothing when it can be judged."""
    model = MODELS.get(clause.indicator)
    if model is None:
        return (Fault(place, "indicator", tr("This indicator is not known.")),)
    values, faults = _values(clause, place)
    if faults:
        return tuple(faults)
    try:
        model.model_validate(values)
    except ValidationError as error:
        return tuple(_fault(place, dict(one)) for one in error.errors()[:4])
    return ()


def _fault(place: Place, error: dict[str, Any]) -> Fault:
    message = message_of(error)
    for start, words in _REASONS:
        if message.startswith(start):
            return Fault(place, start.partition(":")[0], tr(words))
    name = str(error["loc"][0]) if error["loc"] else "indicator"
    return Fault(place, name, refused_words(error) or message)


def _values(clause: Clause, place: Place) -> tuple[dict[str, Any], list[Fault]]:
    values: dict[str, Any] = clause.data()
    faults: list[Fault] = []
    for name, text in clause.texts:
        if name == "line" or (name == "value" and text in _lines()):
            continue
        number = fmt.parse_number(text)
        if isinstance(number, fmt.Problem):
            faults.append(Fault(place, name, unread_words(number, text)))
        else:
            values[name] = _whole(number)
    return values, faults


def _whole(number: Decimal) -> int | Decimal:
    return int(number) if number == number.to_integral_value() else number


@cache
def _lines() -> frozenset[str]:
    return frozenset(line.name for one in indicators().values() for line in one.lines if line_title(line.name))


def _data(entry: Clause | Block) -> dict[str, Any]:
    if isinstance(entry, Block):
        return {entry.mode: [_data(one) for one in entry.entries]}
    return _values(entry, ())[0]

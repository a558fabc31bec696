"""Which settings of a bot can be varied, and from where to where: around what the bot does now."""

from collections import Counter
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, replace
from decimal import ROUND_HALF_UP, Decimal
from typing import Any

from desktop_app.core.comparison import Comparison
from desktop_app.core.condition_groups import Group
from desktop_app.core.grid_lines import MOST_LINES
from desktop_app.core.market import ZERO
from desktop_app.core.settings import Settings
from desktop_app.core.strategies.dca_settings import DcaSettings
from desktop_app.core.strategies.grid_settings import GridSettings
from desktop_app.core.strategies.smart_settings import SmartTradeSettings
from desktop_app.gui.conditions.of_settings import groups_of
from desktop_app.gui.conditions.words import UNITS, indicator_word
from desktop_app.gui.editor import catalogue
from desktop_app.gui.editor.grid import catalogue as grid_catalogue
from desktop_app.gui.i18n import tr, tr_later
from desktop_app.research.space import Dimension, Value

MOST_VALUES = 1_000  # of one setting
_ABOUT = 10  # values that a proposal has
_NICE = (1, 2, 5, 10)


@dataclass(frozen=True, slots=True)
class Variable:
    """A setting that can be varied. `title` is English; `now` is None where the bot leaves it off.

    `choices`: (value, English words) where it is no number. `step` is the finest that makes sense.
    """

    path: str
    title: str
    unit: str = ""
    now: Value | None = None
    choices: tuple[tuple[Value, str], ...] = ()
    least: Decimal | None = None
    most: Decimal | None = None
    step: Decimal = Decimal("0.1")
    around: Decimal | None = None  # how far a proposal goes to both sides, where not half and double
    is_usual: bool = False  # ticked at first

    @property
    def is_number(self) -> bool:
        return not self.choices

    @property
    def is_whole(self) -> bool:
        return self.is_number and self.step == self.step.to_integral_value()


@dataclass(frozen=True, slots=True)
class Reach:
    """From, to, by."""

    low: Decimal
    high: Decimal
    step: Decimal

    @property
    def count(self) -> int:
        """How many values; 0 where there is none to begin with."""
        if self.step <= 0 or self.low > self.high:
            return 0
        return int((self.high - self.low) / self.step) + 1

    def values(self) -> tuple[Decimal, ...]:
        return tuple(self.low + self.step * k for k in range(self.count))


def variables_of(settings: Settings) -> tuple[Variable, ...]:
    """What of these settings can be varied; nothing of a kind that no past can try."""
    if isinstance(settings, DcaSettings):
        return _distinct(_of_dca(settings))
    if isinstance(settings, GridSettings):
        return tuple(_of_grid(settings))
    if isinstance(settings, SmartTradeSettings):
        return tuple(_of_trade(settings))
    return ()


def _distinct(variables: Iterable[Variable]) -> tuple[Variable, ...]:
    """Two conditions on one indicator are told apart by a number."""
    seen: Counter[str] = Counter()
    found = []
    for variable in variables:
        seen[variable.title] += 1
        many = seen[variable.title]
        found.append(variable if many == 1 else replace(variable, title=f"{variable.title} ({many})"))
    return tuple(found)


def proposal(variable: Variable) -> Reach:
    """About ten round values around what the bot does now, within what the setting allows."""
    finest = variable.step
    now = variable.now if isinstance(variable.now, Decimal) else None
    if now is None:
        low, high = _if_off(variable)
    elif variable.around is not None:
        low, high = now - variable.around, now + variable.around
    else:
        low, high = now / 2, now * 2
    if variable.least is not None:
        low, high = max(low, variable.least), max(high, variable.least)
    if variable.most is not None:
        low, high = min(low, variable.most), min(high, variable.most)
    step = max(finest, _nice((high - low) / _ABOUT))
    low = _to(low, step)
    if variable.least is not None:
        low = max(low, variable.least)
    return Reach(_flat(low), _flat(max(low, low + step * int((high - low) / step))), _flat(step))


def dimension(variable: Variable, reach: Reach | None, chosen: tuple[Value, ...] = ()) -> Dimension:
    """The axis of the search. `chosen` are the values of what is no number."""
    return Dimension(variable.path, reach.values() if reach is not None else chosen)


def problem_of(variable: Variable, reach: Reach) -> str:
    """Why these values cannot be tried, translated; empty when they can."""
    if reach.step <= 0:
        return tr("The step must be more than 0.")
    if reach.low > reach.high:
        return tr("The first value is above the last.")
    if reach.count > MOST_VALUES:
        return tr("{count} values are too many. Take a larger step.").format(count=f"{reach.count:,}")
    if variable.least is not None and reach.low < variable.least:
        return tr("At least {value}.").format(value=f"{variable.least:f}")
    if variable.most is not None and reach.high > variable.most:
        return tr("At most {value}.").format(value=f"{variable.most:f}")
    if variable.is_whole and any(part != part.to_integral_value() for part in (reach.low, reach.step)):
        return tr("Whole numbers only.")
    return ""


# --- kinds ------------------------------------------------------------------------------------------------------------


def _of_dca(settings: DcaSettings) -> Iterator[Variable]:
    read, named = _reader(settings), _namer(catalogue.BY_PATH)
    safety, profit = settings.safety_orders, settings.take_profit
    if not safety.custom and safety.max_count:
        yield named("safety_orders.price_deviation", read, least=_TENTH, most=Decimal(50), is_usual=True)
        yield named("safety_orders.step_scale", read, least=_TENTH, most=_TEN, around=_HALF)
        yield named("safety_orders.volume_scale", read, least=_TENTH, most=_TEN, around=_HALF, is_usual=True)
        yield named("safety_orders.max_count", read, least=_ONE, most=Decimal(200), step=_ONE)
    if profit.percent is not None:
        yield named("take_profit.percent", read, title=tr_later("Take profit"), least=_TENTH)
    if profit.targets:
        yield named("take_profit.trailing_deviation", read, title=_TRAILS, least=_TENTH, most=Decimal(50))
    if settings.stop_loss.price is None:
        yield named("stop_loss.percent", read, least=_TENTH, most=Decimal(99))
    if safety.trailing_deviation is not None:
        yield named("safety_orders.trailing_deviation", read, least=_TENTH, most=Decimal(50))
    if profit.percent is not None:
        yield named("take_profit.basis", read, title=tr_later("Take profit of"))
    if settings.stop_loss.percent is not None:
        yield named("stop_loss.basis", read, title=tr_later("Stop loss measured from"))
    yield from _of_conditions(settings)


def _of_conditions(settings: DcaSettings) -> Iterator[Variable]:
    """The numbers that indicators are compared with; titles are translated, for they name what the bot has."""
    for place, group in groups_of(settings).items():
        if group is None:
            continue
        yield from _of_group(place.removesuffix(".conditions"), group)


def _of_group(place: str, group: Group) -> Iterator[Variable]:
    for name in ("all", "any"):
        for number, entry in enumerate(getattr(group, name)):
            inside = f"{place}.{name}.{number}"
            if isinstance(entry, Group):
                yield from _of_group(inside, entry)
            elif isinstance(entry.right, Decimal):
                yield _compared(f"{inside}.value", entry, entry.right)


def _compared(path: str, entry: Comparison, now: Decimal) -> Variable:
    title = f"{indicator_word(str(entry.indicator))} {entry.timeframe}"
    if str(entry.indicator) in _TO_100:
        return Variable(path, title, "", now, (), ZERO, Decimal(100), _ONE, around=_TEN)
    step = _nice(max(abs(now), _ONE) / 20)
    return Variable(path, title, UNITS.get(str(entry.indicator), "").removesuffix("×"), now, step=step,
                    around=max(abs(now) / 2, step * 5))  # fmt: skip


def _of_grid(settings: GridSettings) -> Iterator[Variable]:
    read, named = _reader(settings), _namer(grid_catalogue.BY_PATH)
    grid = settings.grid
    width = grid.upper - grid.lower if grid.upper is not None else None
    if grid.is_infinite:
        yield named("grid.step_percent", read, least=_TENTH, most=Decimal(50), is_usual=True)
    else:
        yield named("grid.lines", read, least=Decimal(2), most=Decimal(MOST_LINES), step=_ONE, is_usual=True)
        yield _as_price(named("grid.upper", read), width)
    yield _as_price(named("grid.lower", read), width)
    if not grid.is_infinite:
        yield replace(named("grid.spacing", read), is_usual=True)
    yield named("grid.take_profit_percent", read, least=_TENTH)
    if grid.stop_below is not None:
        yield _as_price(named("grid.stop_below.price", read))
    if grid.stop_above is not None:
        yield _as_price(named("grid.stop_above.price", read))


def _of_trade(settings: SmartTradeSettings) -> Iterator[Variable]:
    read = _reader(settings)
    if settings.ends_with_entry:
        return
    if settings.stop_loss.price is None:
        yield Variable(
            "stop_loss.percent", tr_later("Stop loss"), "%", read("stop_loss.percent"), (), _TENTH, Decimal(99),
            is_usual=settings.stop_loss.percent is not None,
        )  # fmt: skip
    if settings.take_profit.steps:
        yield Variable(
            "take_profit.trailing_deviation", _TRAILS, "%",
            read("take_profit.trailing_deviation"), (), _TENTH, Decimal(50), is_usual=True,
        )  # fmt: skip
    if not settings.takes_over and settings.entry.trailing_deviation is not None:
        yield Variable(
            "entry.trailing_deviation", tr_later("Entry follows by"), "%", read("entry.trailing_deviation"), (),
            _TENTH, Decimal(50), is_usual=True,
        )  # fmt: skip


# --- inside -----------------------------------------------------------------------------------------------------------

_TENTH, _HALF, _ONE, _TEN = Decimal("0.1"), Decimal("0.5"), Decimal(1), Decimal(10)
_TO_100 = ("rsi", "ultimate_oscillator", "stochastic", "mfi", "adx")
_TRAILS = tr_later("Take profit trails by")
_Read = Callable[[str], Value | None]


def _reader(settings: Settings) -> _Read:
    def read(path: str) -> Value | None:
        found: Any = settings
        for name in path.split("."):
            found = getattr(found, name)
            if found is None:
                return None
        return Decimal(found) if isinstance(found, int) and not isinstance(found, bool) else found

    return read


def _namer(specs: dict[str, catalogue.FieldSpec]) -> Callable[..., Variable]:
    """Titles, units and choices as the editor has them."""

    def named(path: str, read: _Read, title: str = "", **more: Any) -> Variable:
        spec = specs[path]
        if spec.choices:
            return Variable(path, title or spec.title, "", read(path), tuple(spec.choices))
        return Variable(path, title or spec.title, spec.unit, read(path), **more)

    return named


def _as_price(variable: Variable, width: Decimal | None = None) -> Variable:
    """A tenth of it to both sides, and less where the two ends of a range would meet."""
    assert isinstance(variable.now, Decimal)
    step = _nice(variable.now / 1000)
    around = variable.now / 10 if width is None else min(variable.now / 10, width * Decimal("0.4"))
    return replace(variable, unit="quote", step=step, least=step, around=around)


def _if_off(variable: Variable) -> tuple[Decimal, Decimal]:
    """What people begin with who do not use it yet."""
    if variable.path.endswith("stop_loss.percent"):
        return Decimal(5), Decimal(30)
    if variable.path.endswith("trailing_deviation"):
        return Decimal("0.2"), Decimal("1.2")
    if variable.path == "grid.take_profit_percent":
        return Decimal(5), Decimal(50)
    least = variable.least or variable.step
    return least, least + variable.step * _ABOUT


def _nice(step: Decimal) -> Decimal:
    """The nearest of 1, 2, 5 times a power of ten."""
    if step <= 0:
        return _TENTH
    power = Decimal(1).scaleb(step.adjusted())
    return min((factor * power for factor in _NICE), key=lambda nice: max(nice / step, step / nice))


def _to(value: Decimal, step: Decimal) -> Decimal:
    return (value / step).to_integral_value(ROUND_HALF_UP) * step


def _flat(value: Decimal) -> Decimal:
    """Without an exponent and without idle zeros."""
    return Decimal(f"{value.normalize():f}")

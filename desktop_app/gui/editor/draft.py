"""What a form says, as typed; how settings become it, and how it becomes settings or remarks about its fields."""

import json
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from decimal import Decimal
from typing import Any

from pydantic import ValidationError

from desktop_app.core.condition_groups import Group
from desktop_app.core.settings import Settings
from desktop_app.core.strategies.dca_settings import DcaSettings, TakeProfitStep
from desktop_app.gui import fmt
from desktop_app.gui.conditions.clauses import block_from_json, block_of
from desktop_app.gui.conditions.of_settings import groups_of
from desktop_app.gui.conditions.reading import read_block
from desktop_app.gui.editor.catalogue import (
    BY_PATH,
    CUSTOM,
    FIELDS,
    LADDER_PATHS,
    START,
    TARGET,
    TARGETS,
    FieldKind,
    FieldSpec,
)
from desktop_app.gui.editor.remarks import Remark, refused, unread
from desktop_app.gui.i18n import tr

Pairs = tuple[tuple[str, str], ...]
Row = tuple[str, ...]
Rows = tuple[Row, ...]
PRICE = "@"  # begins a target that is a price, not a percent
TICKED = "true"


@dataclass(frozen=True, slots=True)
class Draft:
    """Texts by the setting's dotted name. `ladder` are own steps (deviation, volume), `targets` (percent or @price,
    share, and `TICKED` where it is sold at market); None where the plain fields count. `kind` is the kind of bot."""

    texts: Pairs = ()
    ladder: Rows | None = None
    targets: Rows | None = None
    kind: str = "dca"

    def text(self, path: str) -> str:
        return next((text for known, text in self.texts if known == path), "")

    def with_text(self, path: str, text: str) -> "Draft":
        kept = tuple(pair for pair in self.texts if pair[0] != path)
        return replace(self, texts=tuple(sorted((*kept, (path, text)))))

    def means(self, spec: FieldSpec) -> str:
        """A field's text with the default in place of nothing, and without idle zeros: for comparing."""
        text = self.text(spec.path).strip() or spec.default
        if spec.kind in (FieldKind.NUMBER, FieldKind.WHOLE):
            number = fmt.parse_number(text)
            return fmt.plain(number) if isinstance(number, Decimal) else text
        return text

    def changed_from_default(self, specs: Sequence[FieldSpec]) -> int:
        """How many of these fields do not say their default; own steps and targets count as one each."""
        count = sum(self.means(spec) != spec.default for spec in specs)
        return count + (self.ladder is not None) + (self.targets is not None)

    def to_json(self) -> str:
        return json.dumps({"kind": self.kind, "texts": self.texts, "ladder": self.ladder, "targets": self.targets})


@dataclass(frozen=True, slots=True)
class Reading:
    """Settings, or what keeps the draft from being some."""

    settings: DcaSettings | None
    remarks: tuple[Remark, ...] = ()


def draft_from_json(text: str) -> Draft:
    """Raises ValueError: it is not a draft."""
    try:
        data = json.loads(text)
        kind = str(data.get("kind", "dca"))
        texts = tuple((path, text) for path, text in _rows(data["texts"]) or ())
        return Draft(texts, _rows(data["ladder"]), _rows(data["targets"]), kind)
    except (KeyError, TypeError, AttributeError) as error:
        raise ValueError("not a draft") from error


def _rows(data: object) -> Rows | None:
    if data is None:
        return None
    if not isinstance(data, list):
        raise TypeError("not a list")
    return tuple(tuple(str(text) for text in row) for row in data)


def draft_of(settings: DcaSettings) -> Draft:
    """The form for these settings."""
    groups = tuple((path, block_of(group).to_json()) for path, group in groups_of(settings).items())
    texts = tuple(sorted((*(pair for pair in texts_of(settings, FIELDS) if pair[0] not in dict(groups)), *groups)))
    safety, profit = settings.safety_orders, settings.take_profit
    ladder = tuple((fmt.plain(rung.deviation), fmt.plain(rung.volume)) for rung in safety.custom)
    targets = tuple(_target_row(step) for step in profit.steps)
    return Draft(texts, ladder or None, targets or None)


def _target_row(step: TakeProfitStep) -> Row:
    where = f"{PRICE}{fmt.plain(step.price)}" if step.price is not None else fmt.plain(step.percent)
    return (where, fmt.plain(step.share), *((TICKED,) if step.type == "market" else ()))


def texts_of(settings: Settings, specs: Sequence[FieldSpec]) -> Pairs:
    """What these settings are as texts of a form."""
    data: dict[str, Any] = settings.model_dump()
    return tuple(sorted((spec.path, _as_text(_at(data, spec.path))) for spec in specs))


def read_draft(draft: Draft) -> Reading:
    """Settings, or a remark about every field that cannot be taken."""
    replaced = (*LADDER_PATHS,) if draft.ladder is not None else ()
    if draft.targets is not None:
        replaced = (*replaced, TARGET)
    unused = (*replaced, *unused_paths(lambda path: draft.text(path).strip()))
    data, remarks = read_texts(draft, [spec for spec in FIELDS if spec.path not in unused])
    if isinstance(group := data.get("start", {}).pop("conditions", None), Group):
        data["start"] |= {"all": group.all, "any": group.any}
    remarks += _read_table(data, CUSTOM, ("deviation", "volume"), draft.ladder)
    remarks += _read_targets(data, draft.targets)
    remarks += _missing(draft) + _no_condition(draft)
    if not draft.text("pairs").strip() and not draft.text("pair_list"):
        remarks.append(unread("pairs", fmt.Problem.EMPTY, ""))
    if remarks:
        return Reading(None, tuple(remarks))
    try:
        return Reading(DcaSettings.model_validate(data))
    except ValidationError as error:
        return Reading(None, tuple(refused(dict(one)) for one in error.errors()))


def unused_paths(text: Callable[[str], str]) -> tuple[str, ...]:
    """Fields that mean nothing while another says so; what they say is kept for when it does."""
    unused: list[str] = []
    if text("start.mode") != "conditions":
        unused.append(START)
    if not text("take_profit.on_conditions"):
        unused += ["take_profit.min_profit", "take_profit.min_profit_basis"]
    if text("stop_loss.type") != "limit":
        unused += ["stop_loss.limit_percent", "stop_loss.limit_price"]
    elif not text("stop_loss.price"):
        unused.append("stop_loss.limit_price")
    return tuple(unused)


def read_texts(draft: Draft, specs: Sequence[FieldSpec]) -> tuple[dict[str, Any], list[Remark]]:
    """Plain values by the settings' names, and a remark about every text that is none."""
    data: dict[str, Any] = {}
    remarks: list[Remark] = []
    for spec in specs:
        value, remark = _read(spec, draft.text(spec.path).strip())
        if remark is not None:
            remarks.append(remark)
        elif value is not None:
            _put(data, spec.path, value)
    return data, remarks


def _read(spec: FieldSpec, text: str) -> tuple[object, Remark | None]:
    if not text:
        return None, unread(spec.path, fmt.Problem.EMPTY, "") if spec.is_required else None
    match spec.kind:
        case FieldKind.NUMBER | FieldKind.WHOLE:
            number = fmt.parse_number(text)
            if isinstance(number, fmt.Problem):
                return None, unread(spec.path, number, text)
            if spec.kind is FieldKind.WHOLE and number == number.to_integral_value():
                return int(number), None
            return number, None
        case FieldKind.FLAG:
            return text == "true", None
        case FieldKind.PAIRS:
            return split_pairs(text), None
        case FieldKind.JSON:
            return json.loads(text), None
        case FieldKind.CONDITIONS:
            return _read_conditions(spec, text)
        case _:
            return text, None


def _read_conditions(spec: FieldSpec, text: str) -> tuple[object, Remark | None]:
    read = read_block(block_from_json(text))
    if read.faults:
        return None, Remark(spec.path, "block", tr("A condition needs your attention."))
    return read.group, None


def split_pairs(text: str) -> tuple[str, ...]:
    """Pairs as people list them: by commas, spaces or semicolons."""
    return tuple(text.replace(",", " ").replace("，", " ").replace(";", " ").upper().split())


def _read_targets(data: dict[str, Any], rows: Rows | None) -> list[Remark]:
    """A share each of a percent or a price."""
    if rows is None:
        return []
    plain = tuple((where.removeprefix(PRICE), share) for where, share, *_ in rows)
    found = _read_table(data, TARGETS, ("percent", "share"), plain)
    if found:
        return found
    for step, (where, _, *ticks) in zip(data["take_profit"]["steps"], rows, strict=True):
        if where.startswith(PRICE):
            step["price"] = step.pop("percent")
        if ticks and ticks[0]:
            step["type"] = "market"
    return []


def _read_table(data: dict[str, Any], path: str, names: tuple[str, str], rows: Rows | None) -> list[Remark]:
    if rows is None:
        return []
    read: list[dict[str, Any]] = []
    for row in rows:
        numbers = [fmt.parse_number(text) for text in row]
        for number, text in zip(numbers, row, strict=True):
            if isinstance(number, fmt.Problem):
                return [unread(path, number, text)]
        read.append({name: number for name, number in zip(names, numbers, strict=True) if isinstance(number, Decimal)})
    if not read:
        return [unread(path, fmt.Problem.EMPTY, "")]
    _put(data, path, read)
    return []


def _missing(draft: Draft) -> list[Remark]:
    """A ladder of the plain kind needs size and step once it has a count."""
    count = draft.means(BY_PATH["safety_orders.max_count"])
    if draft.ladder is not None or count in ("", "0"):
        return []
    needed = ("safety_orders.volume", "safety_orders.price_deviation")
    return [unread(path, fmt.Problem.EMPTY, "") for path in needed if not draft.text(path).strip()]


def _no_condition(draft: Draft) -> list[Remark]:
    """Who starts on conditions has some."""
    if draft.means(BY_PATH["start.mode"]) != "conditions" or draft.text(START):
        return []
    return [Remark(START, "block", tr("Add at least one condition."))]


def _at(data: dict[str, Any], path: str) -> object:
    value: Any = data
    for name in path.split("."):
        value = value.get(name) if value is not None else None
    return value


def _put(data: dict[str, Any], path: str, value: object) -> None:
    *parents, last = path.split(".")
    for name in parents:
        data = data.setdefault(name, {})
    data[last] = value


def _as_text(value: object) -> str:
    if value is None:
        return ""
    if isinstance(value, bool):
        return "true" if value else ""
    if isinstance(value, dict):
        return json.dumps(value, separators=(",", ":"), ensure_ascii=False, default=str)
    if isinstance(value, list | tuple):
        return ", ".join(str(part) for part in value)
    if isinstance(value, Decimal):
        return f"{value:f}"  # never scientific, but with the zeros that were typed
    return str(value)

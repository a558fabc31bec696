"""The form of a signal bot as typed: from settings, and back to settings or remarks about its fields."""

import json
from dataclasses import dataclass
from typing import Any

from pydantic import ValidationError

from desktop_app.core.strategies.signal_settings import SignalSettings
from desktop_app.gui.editor.draft import Draft, read_texts, texts_of
from desktop_app.gui.editor.remarks import Reasons, Remark, refused
from desktop_app.gui.editor.signal.catalogue import BY_SIGNAL, FIELDS, MOST, VOLUME
from desktop_app.gui.i18n import tr_later

KEPT = "kept"  # what a bot file may say and this form has no field for, as JSON

_REASONS: Reasons = (
    ("volume: more than 100", VOLUME, tr_later("More than 100 % of what is free.")),
    ("max_volume: needed", MOST, tr_later("Say how large such a size may be at most.")),
    ("reverse: needs", "reverse", tr_later("Reversing needs both directions.")),
    ("percent: trailing", "stop_loss.percent", tr_later("Following the price and waiting need a stop loss.")),
    ("min_price: is above", "limits.min_price", tr_later("This is above the highest price, so no deal could start.")),
)


@dataclass(frozen=True, slots=True)
class SignalReading:
    """Settings, or what keeps the draft from being some."""

    settings: SignalSettings | None
    remarks: tuple[Remark, ...] = ()


def draft_of(settings: SignalSettings) -> Draft:
    """The form for these settings; what it has no field for is kept."""
    texts = dict(texts_of(settings, FIELDS))
    shown = _nested(texts)
    kept = _without(settings.model_dump(mode="json", exclude_defaults=True), shown)
    return Draft(tuple(sorted((*texts.items(), (KEPT, json.dumps(kept) if kept else "")))), kind="signal")


def read_draft(draft: Draft) -> SignalReading:
    """Settings, or a remark about every field that cannot be taken."""
    skipped = () if draft.text(BY_SIGNAL) else (MOST,)
    data, remarks = read_texts(draft, [spec for spec in FIELDS if spec.path not in skipped])
    if remarks:
        return SignalReading(None, tuple(remarks))
    kept: dict[str, Any] = json.loads(draft.text(KEPT) or "{}")
    try:
        return SignalReading(SignalSettings.model_validate(_merged(kept, data)))
    except ValidationError as error:
        return SignalReading(None, tuple(refused(dict(one), _REASONS) for one in error.errors()))


def _nested(texts: dict[str, str]) -> dict[str, Any]:
    tree: dict[str, Any] = {}
    for path in texts:
        *parents, last = path.split(".")
        place = tree
        for name in parents:
            place = place.setdefault(name, {})
        place[last] = True
    return tree


def _without(data: dict[str, Any], shown: dict[str, Any]) -> dict[str, Any]:
    """What of `data` the form does not show."""
    left: dict[str, Any] = {}
    for name, value in data.items():
        has = shown.get(name)
        if isinstance(value, dict) and isinstance(has, dict):
            if rest := _without(value, has):
                left[name] = rest
        elif has is None and name != "kind":
            left[name] = value
    return left


def _merged(kept: dict[str, Any], data: dict[str, Any]) -> dict[str, Any]:
    merged = dict(kept)
    for name, value in data.items():
        before = merged.get(name)
        merged[name] = _merged(before, value) if isinstance(before, dict) and isinstance(value, dict) else value
    return merged

"""How conditions read: triggers, lines and units as words, and whole groups as one sentence."""

from collections.abc import Iterable
from decimal import Decimal

from desktop_app.core.comparison import Comparison
from desktop_app.core.condition_groups import Group
from desktop_app.core.conditions import MODELS
from desktop_app.core.indicator_catalogue import line_title, title_of
from desktop_app.gui import fmt
from desktop_app.gui.conditions.chips import Word
from desktop_app.gui.i18n import tr, tr_later

TRIGGERS = (
    Word("crosses_above", tr_later("rises above"),
         hint=tr_later("True at the close that crosses. 3Commas: Crossing Up")),
    Word("crosses_below", tr_later("falls below"),
         hint=tr_later("True at the close that crosses. 3Commas: Crossing Down")),
    Word("greater_than", tr_later("is above"), hint=tr_later("True at every close above. 3Commas: Greater Than")),
    Word("less_than", tr_later("is below"), hint=tr_later("True at every close below. 3Commas: Less Than")),
)  # fmt: skip
_TRIGGER_WORDS = {word.key: word.text for word in TRIGGERS}
UNITS = {"price_change": "%", "atr_percent": "%", "volume_spike": "×"}
# Placeholders in the order in which the language says them; words between them are shown as they stand.
SENTENCE = tr_later("{indicator} {parameters} on {timeframe} {trigger} {value}")
LINES_SENTENCE = tr_later("{indicator} {parameters} on {timeframe}: {line} {trigger} {value}")


def sentence_of(indicator: str) -> str:
    """The English sentence: which line is meant is said where there are several."""
    model = MODELS.get(indicator)
    return LINES_SENTENCE if model is not None and len(model.line_names) > 1 else SENTENCE


def line_word(line: str) -> str:
    english = line_title(line)
    return tr(english)


def indicator_word(indicator: str) -> str:
    english = title_of(indicator)
    return tr(english)


def condition_words(condition: Comparison) -> str:
    """`RSI(14) on 5m falls below 30`."""
    name = str(condition.indicator)
    right = condition.right
    unit = f" {UNITS[name]}" if name in UNITS else ""
    value = line_word(right) if isinstance(right, str) else f"{fmt.plain(right)}{unit}"
    english = sentence_of(name)
    words = tr(english).format(
        indicator=indicator_word(name),
        parameters=_parameters(condition),
        timeframe=condition.timeframe,
        line=line_word(condition.left),
        trigger=tr(_TRIGGER_WORDS[condition.trigger]),
        value=value.replace("-", fmt.MINUS),
    )
    return " ".join(words.replace(" (", "(").split())


def study_title(condition: Comparison) -> str:
    """`RSI(14) 5m`: for the corner of a chart."""
    name = str(condition.indicator)
    return f"{indicator_word(name)}{_parameters(condition)} {condition.timeframe}"


def _parameters(condition: Comparison) -> str:
    skipped = {"indicator", "timeframe", "trigger", "line", "value"}
    texts = [fmt.plain(Decimal(str(value))) for name, value in condition if name not in skipped]
    return f"({', '.join(texts)})" if texts else ""


def group_words(group: Group) -> str:
    """The whole group: `RSI(14) on 5m falls below 30 and (… or …)`."""
    parts = [_entry_words(entry) for entry in group.all]
    if group.any:
        either = _joined((_entry_words(entry) for entry in group.any), tr("or"))
        parts.append(f"({either})" if len(group.any) > 1 and parts else either)
    return _joined(parts, tr("and"))


def _entry_words(entry: object) -> str:
    if isinstance(entry, Group):
        words = group_words(entry)
        return f"({words})" if len(entry.all) + len(entry.any) > 1 else words
    assert isinstance(entry, Comparison)
    return condition_words(entry)


def _joined(parts: Iterable[str], word: str) -> str:
    return f" {word} ".join(parts)

"""What the program has to say, as a code with values, so that every face words it in its own language."""

from dataclasses import dataclass
from decimal import Decimal

from desktop_app.core.change import quick

Value = str | int | Decimal


@quick
@dataclass(frozen=True, slots=True)
class Said:
    """A sentence to be: `code` names a template of words.py, `values` fill it."""

    code: str
    values: tuple[tuple[str, Value], ...] = ()

    def __getitem__(self, name: str) -> Value:
        return dict(self.values)[name]


def said(code: str, **values: Value) -> Said:
    return Said(code, tuple(values.items()))

"""What the program has to say, as a code with values, so that every face words it in its own language."""

from dataclasses import dataclass
from decimal import Decimal

Value = str | int | Decimal


@dataclass(frozen=True, slots=True)
class Said:
    """A sentence to be: `code` names a template of words.py, `values` fill it."""

    code: str
    values: tuple[tuple[str, Value], ...] = ()

    def __getitem__(self, name: str) -> Value:
        return dict(self.values)[name]


def said(code: str, **values: Value) -> Said:
    return Said(code, tuple(values.items()))

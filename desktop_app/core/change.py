"""Copies of frozen values with some fields changed: a decision makes a dozen, so they take a quarter of the usual."""

from typing import TYPE_CHECKING

__all__ = ["replace"]

if TYPE_CHECKING:
    from dataclasses import replace
else:
    from dataclasses import fields

    _copiers = {}

    def _copier(kind):
        """How to copy a value of this kind: field by field into a twin of its shape that nothing guards yet, which
        then becomes one of the kind. Written out for the kind, as the dataclass's own methods are."""
        assert not hasattr(kind, "__post_init__"), f"{kind.__name__} must be made by its constructor"
        names = [field.name for field in fields(kind)]
        shape = {"__slots__": kind.__slots__, "__orig_bases__": getattr(kind, "__orig_bases__", kind.__bases__)}
        twin = type(kind.__name__, kind.__bases__, shape)
        kept = [f" copy.{name} = value.{name}" for name in names]
        changed = [" for name in changes: setattr(copy, name, changes[name])", " copy.__class__ = kind", " return copy"]
        known = {"new": object.__new__, "twin": twin, "kind": kind}
        exec("\n".join(("def copier(value, changes):", " copy = new(twin)", *kept, *changed)), known)  # noqa: S102
        _copiers[kind] = known["copier"]
        return known["copier"]

    def replace(value, /, **changes):
        """`dataclasses.replace` for frozen dataclasses with slots."""
        kind = value.__class__
        return (_copiers.get(kind) or _copier(kind))(value, changes)

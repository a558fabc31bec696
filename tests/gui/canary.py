"""Everything that a window shows, says aloud, or would tell whoever prints it: a secret must be in none of it."""

from PySide6.QtGui import QAccessible, QAccessibleInterface
from PySide6.QtWidgets import QLineEdit, QWidget

_SPOKEN = (QAccessible.Text.Name, QAccessible.Text.Value, QAccessible.Text.Description, QAccessible.Text.Help)
_DEEPEST = 40


def everything(widget: QWidget) -> str:
    """Texts, tips, titles, accessible texts and representations of a widget and of all that it holds."""
    found = [widget.windowTitle(), repr(widget), str(vars(widget))]
    for part in [widget, *widget.findChildren(QWidget)]:
        found += [repr(part), part.toolTip(), part.accessibleName(), part.accessibleDescription(), part.windowTitle()]
        text = getattr(part, "text", "")
        found.append(str(text()) if callable(text) else str(text))
        if isinstance(part, QLineEdit):
            found += [part.displayText(), part.placeholderText(), part.selectedText()]
    return "\n".join([*found, spoken(QAccessible.queryAccessibleInterface(widget))])


def spoken(face: QAccessibleInterface | None, depth: int = 0) -> str:
    """What a screen reader can reach from here."""
    if face is None or depth > _DEEPEST:
        return ""
    own = " ".join(face.text(kind) for kind in _SPOKEN)
    return "\n".join([own, *(spoken(face.child(at), depth + 1) for at in range(face.childCount()))])

"""The one error of what the operating system would not do: a sentence that is translated when it is shown."""

from desktop_app.gui.i18n import tr


class Unable(Exception):
    """`text` is marked with `tr_later`; `values` fill its places."""

    def __init__(self, text: str, **values: object) -> None:
        super().__init__(text.format(**values))
        self._text, self._values = text, values

    def sentence(self) -> str:
        return tr(self._text).format(**self._values)


def reason_of(error: BaseException) -> str:
    """What may be told of an error of the system's: never a whole path or command."""
    return getattr(error, "strerror", None) or type(error).__name__

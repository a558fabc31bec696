"""Old prices of one account among rows of several: a banner that names it, and its rows greyed."""

from collections.abc import Callable, Iterable, Mapping
from typing import Generic, TypeVar

from desktop_app.gui.i18n import is_chinese, tr
from desktop_app.gui.tables import TableFrame

R = TypeVar("R")


class Staleness(Generic[R]):
    """`show` is told which accounts have old prices; `again` is called when rows came or went."""

    def __init__(self, frame: TableFrame[R], account_of: Callable[[R], str]) -> None:
        self._frame, self._account_of = frame, account_of
        self._texts: Mapping[str, str] = {}
        self._shown: tuple[str, frozenset[str]] = ("", frozenset())

    def show(self, texts: Mapping[str, str]) -> None:
        """What to say of each account with old prices."""
        self._texts = texts
        self.again()

    def again(self) -> None:
        rows = self._frame.table.rows_model.shown_rows()
        old = frozenset(self._account_of(row) for row in rows) & self._texts.keys()
        shown = (stale_words({name: self._texts[name] for name in sorted(old)}), frozenset(old))
        if shown == self._shown:
            return
        self._shown = shown
        if old:
            self._frame.show_stale(shown[0], lambda row: self._account_of(row) in old)
        else:
            self._frame.show_fresh()


def stale_words(texts: Mapping[str, str]) -> str:
    """One account speaks for itself; several are named."""
    if not texts:
        return ""
    if len(texts) == 1:
        account, problem = next(iter(texts.items()))
        return problem if account in problem else tr("{account}: {problem}").format(account=account, problem=problem)
    return names_sentence(texts)


def names_sentence(accounts: Iterable[str]) -> str:
    names = ("、" if is_chinese() else ", ").join(accounts)
    return tr("Prices of {accounts} are old. Bots wait; orders on the exchange stay active.").format(accounts=names)

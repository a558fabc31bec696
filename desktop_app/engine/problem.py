"""The one error that a face shows: what happened, what it means for the money, what to do."""

from desktop_app.core.said import Said, Value, said
from desktop_app.core.words import WORDS as CORE_WORDS
from desktop_app.engine.words_engine import WORDS
from desktop_app.store.errors import StoreError

DONE, FAILED, BAD_INPUT, REFUSED_FOR_SAFETY = 0, 1, 2, 3


class Problem(Exception):
    """A wish that was not fulfilled. `exit_status` is what the command ends with."""

    def __init__(self, said: Said, exit_status: int = FAILED) -> None:
        super().__init__(worded(said))
        self.said = said
        self.exit_status = exit_status


def problem(code: str, exit_status: int = BAD_INPUT, **values: Value) -> Problem:
    return Problem(said(code, **values), exit_status)


class BadBotFile(Problem):
    """Settings that cannot be used. `problems` are (place in the file, reason), all of them."""

    def __init__(self, problems: tuple[tuple[str, str], ...]) -> None:
        lines = "; ".join(f"{place}: {reason}" if place else reason for place, reason in problems)
        super().__init__(said("bad_bot_file", count=len(problems), problems=lines), BAD_INPUT)
        self.problems = problems


def of_store(error: StoreError) -> Problem:
    """The store's three sentences as a problem."""
    what, effect, next_step = error.sentences
    return problem("store_problem", error.exit_status, what=what, effect=effect, next_step=next_step)


def unforeseen(error: BaseException) -> str:
    """What may be told of an exception that nobody foresaw: its text may repeat a key. The log has it, scrubbed."""
    return type(error).__name__


def worded(words: Said) -> str:
    """The sentence in English, for logs and for `str()`; faces word it themselves."""
    template = WORDS.get(words.code) or CORE_WORDS.get(words.code)
    if template is None:
        return " ".join([words.code, *(f"{name}={value}" for name, value in words.values)])
    return template.format_map({name: str(value) for name, value in words.values})

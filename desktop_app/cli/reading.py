"""Arguments and files of a call, read and refused in sentences."""

from datetime import UTC, datetime
from decimal import Decimal
from pathlib import Path
from typing import TYPE_CHECKING

from desktop_app.cli.output import CallProblem, visible

if TYPE_CHECKING:
    from desktop_app.core.market import Market
    from desktop_app.core.settings import Settings

_LARGEST_TEXT = 1_000_000  # bytes of a bot or market file
_NEAREST_MS = 100_000_000_000  # a smaller time is in seconds


def read_text_file(path: Path, what: str) -> str:
    """The text of a small file. Raises CallProblem."""
    try:
        with path.open("rb") as file:
            content = file.read(_LARGEST_TEXT + 1)
    except FileNotFoundError:
        raise CallProblem(f"There is no {what} {path}. Nothing was done. Check its name and folder.") from None
    except (OSError, ValueError) as error:
        reason = getattr(error, "strerror", None) or str(error)
        raise CallProblem(f"The {what} {path} cannot be read ({reason}). Nothing was done. Check it.") from None
    if len(content) > _LARGEST_TEXT:
        raise CallProblem(f"The {what} {path} is larger than 1 MB. Nothing was done. Check that it is the right file.")
    try:
        return content.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        raise CallProblem(
            f"The {what} {path} is no UTF-8 text (byte {error.start}). Nothing was done. Save it as UTF-8."
        ) from None


def read_bot(path: Path) -> "Settings":
    """The settings of a bot file. Raises CallProblem with everything that is wrong in it."""
    from desktop_app.core.bot_file import read_bot_file

    found = read_bot_file(read_text_file(path, "bot file"))
    if found.settings is None:
        raise BotFileProblem(path, [(problem.place, problem.reason) for problem in found.problems])
    return found.settings


class BotFileProblem(CallProblem):
    """All that is wrong with a bot file, as (place, reason)."""

    def __init__(self, path: Path, problems: list[tuple[str, str]]) -> None:
        shown = "; ".join(f"{place} {reason}".strip() for place, reason in problems)
        one = len(problems) == 1
        many = "one problem" if one else f"{len(problems)} problems"
        super().__init__(
            f"{path.name} has {many}: {shown.rstrip('.')}. Nothing was added or ordered. "
            f"Correct {'it' if one else 'them'} and try again."
        )
        self.problems = problems


def read_market_of(path: Path | None, symbol: str) -> "Market":
    """The rules of a pair: of the file, or the stated defaults. Raises CallProblem."""
    from desktop_app.research.market_file import BadMarket, default_market, read_market

    if path is None:
        return default_market(symbol)
    try:
        return read_market(read_text_file(path, "market file"), symbol)
    except BadMarket as error:
        raise CallProblem(
            f"{path.name} cannot be used: {str(error).rstrip('.')}. Nothing was done. Correct it."
        ) from None


def read_decimal(text: str, option: str, *, least: Decimal | None = None, is_more: bool = False) -> Decimal:
    """A finite number of an option. Raises CallProblem. `is_more`: it must be above `least`, not at it."""
    from desktop_app.core.settings import read_number

    try:
        value = read_number(text)
    except ValueError as error:
        raise CallProblem(f"{option} {error}. Nothing was done. Give a number such as 100.5.") from None
    if least is not None and (value <= least if is_more else value < least):
        bound = f"{'more than' if is_more else 'at least'} {least}"
        raise CallProblem(f"{option} is {visible(text)[:40]} and must be {bound}. Nothing was done.")
    return value


def read_positive(text: str, option: str) -> Decimal:
    return read_decimal(text, option, least=Decimal(0), is_more=True)


def read_count(text: str, option: str) -> int:
    value = read_decimal(text, option, least=Decimal(0))
    if value != int(value):
        raise CallProblem(f"{option} is {visible(text)[:40]} and must be a whole number. Nothing was done.")
    return int(value)


def read_moment(text: str | None, option: str) -> int | None:
    """A time as ms UTC: of ms, of seconds, or of ISO 8601 (UTC where no offset is given). Raises CallProblem."""
    if text is None:
        return None
    if text.isascii() and text.isdigit() and len(text) <= 15:
        at = int(text)
        return at if at >= _NEAREST_MS else at * 1000
    try:
        moment = datetime.fromisoformat(text)
        if moment.tzinfo is None:
            moment = moment.replace(tzinfo=UTC)
        return round(moment.timestamp() * 1000)
    except (ValueError, OverflowError):
        raise CallProblem(
            f"{option} {visible(text)[:40]} is no time. Nothing was done. Write ms UTC or a date such as 2026-01-31."
        ) from None


def read_deal_id(text: str) -> tuple[int, int]:
    """Bot and number of a deal such as 3-12. Raises CallProblem."""
    bot, dash, number = text.strip().lstrip("#").partition("-")
    if dash and bot.isascii() and bot.isdigit() and number.isascii() and number.isdigit() and len(text) < 40:
        return int(bot), int(number)
    raise CallProblem(
        f"{visible(text)[:40]} is no deal. Nothing was changed. A deal is named like 3-12; "
        "`strongroom deal list --all` shows them all."
    )

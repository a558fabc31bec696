"""Reads the settings of an account on an exchange that exists, and says in a sentence what is wrong with them."""

from collections.abc import Mapping
from dataclasses import replace
from typing import Any

from pydantic import ValidationError

from desktop_app.core.capability import Capability
from desktop_app.engine.views import EMBEDDED
from desktop_app.exchange.live_config import KeyMark, LiveConfig
from desktop_app.exchange.venues.capabilities import capability, known_exchanges, nearest
from desktop_app.store.rows import AccountRow


def read_config(config_json: str) -> LiveConfig:
    """Raises ValueError: a sentence that repeats nothing of what was given."""
    try:
        return LiveConfig.model_validate_json(config_json)
    except ValidationError as error:
        raise ValueError(sentence_of(error)) from None


def given_config(config: Mapping[str, Any]) -> LiveConfig:
    """What a person gave; a key's mark is not theirs to give. Raises ValueError."""
    if config.get("key") is not None:
        raise ValueError("the mark of a key is made, not given")
    try:
        return LiveConfig.model_validate(dict(config))
    except ValidationError as error:
        raise ValueError(sentence_of(error)) from None


def mark_of(row: AccountRow) -> KeyMark | None:
    """How the account's key is found again; None where there is none, or the settings cannot be read."""
    if row.exchange == EMBEDDED:
        return None
    try:
        return read_config(row.config_json).key
    except ValueError:
        return None


def with_mark(row: AccountRow, mark: KeyMark | None) -> AccountRow:
    """The account with this key, or without any. Raises ValueError: its settings cannot be read."""
    config = read_config(row.config_json).model_copy(update={"key": mark})
    return replace(row, config_json=config.model_dump_json())


def address_of(row: AccountRow) -> str:
    """Where the exchange is, if not at its usual place."""
    if row.exchange == EMBEDDED:
        return ""
    try:
        return read_config(row.config_json).rest_url
    except ValueError:
        return ""


def exchange_list() -> tuple[Capability, ...]:
    """Every exchange that can be connected, the best known first."""
    return known_exchanges()


def nearest_exchange(exchange: str) -> str | None:
    """None if there is such an exchange; else the one that was probably meant, or nothing."""
    return None if exchange == EMBEDDED or capability(exchange) is not None else nearest(exchange)


def needs_password(exchange: str) -> bool:
    """Whether its keys come with a passphrase."""
    known = capability(exchange)
    return known is not None and known.needs_password


def sentence_of(error: ValidationError) -> str:
    reasons = (
        f"{'.'.join(map(str, one['loc']))} {one['msg'].removeprefix('Value error, ')}"
        for one in error.errors(include_input=False, include_url=False)
    )
    return "; ".join(reason.strip() for reason in reasons)

"""By which ways signals may come in: what a person has switched on, kept in the database."""

import re
from typing import Self

from pydantic import BaseModel, Field, ValidationError, field_validator, model_validator

from desktop_app.store.db import Store

DEFAULT_PORT = 8787
_META = "signal_ways"
_MOST_SENDERS = 20
_HOST = re.compile(r"[A-Za-z0-9](?:[A-Za-z0-9.-]{0,251}[A-Za-z0-9])?")
_MAIL = re.compile(r"[^@\s<>\",;]{1,64}@[A-Za-z0-9](?:[A-Za-z0-9.-]{0,251}[A-Za-z0-9])?")


class MailWay(BaseModel, frozen=True, extra="forbid"):
    """The user's own mailbox. The password is in the keyring."""

    is_on: bool = Field(False, title="Read alerts from a mailbox")
    host: str = Field("", max_length=253, title="Server")
    port: int = Field(993, ge=1, le=65_535, title="Port")
    user: str = Field("", max_length=254, title="User")
    folder: str = Field("INBOX", min_length=1, max_length=200, title="Folder")
    senders: tuple[str, ...] = Field((), max_length=_MOST_SENDERS, title="Only from")
    needs_check: bool = Field(True, title="Only mails that the server calls genuine")
    checked_by: str = Field(
        "", max_length=253, title="Checked by", description="First word of Authentication-Results in such a mail."
    )

    @field_validator("host", "checked_by")
    @classmethod
    def _is_a_host(cls, value: str) -> str:
        if value and not _HOST.fullmatch(value):
            raise ValueError("is not the name of a server")
        return value.lower()

    @field_validator("user", "folder")
    @classmethod
    def _is_printable(cls, value: str) -> str:
        if not value.isprintable() or '"' in value or "\\" in value:
            raise ValueError("has characters that no mailbox has")
        return value

    @field_validator("senders")
    @classmethod
    def _are_addresses(cls, senders: tuple[str, ...]) -> tuple[str, ...]:
        for sender in senders:
            if not _MAIL.fullmatch(sender):
                raise ValueError(f"{sender[:60]!r} is not a mail address")
        return tuple(sender.lower() for sender in senders)

    @model_validator(mode="after")
    def _is_complete(self) -> Self:
        if self.is_on and not (self.host and self.user):
            raise ValueError("host: a mailbox needs a server and a user")
        if self.is_on and not self.senders:
            raise ValueError("senders: name who may send signals, or anybody could")
        if self.is_on and self.needs_check and not self.checked_by:
            raise ValueError("checked_by: name the server whose word counts, or switch needs_check off")
        return self


class SignalWays(BaseModel, frozen=True, extra="forbid"):
    """Everything is off until somebody switches it on."""

    hook_is_on: bool = Field(False, title="Receive signals on this computer")
    port: int = Field(DEFAULT_PORT, ge=0, le=65_535, title="Port", description="0: any free one.")
    public_url: str = Field("", max_length=300, title="Public address", description="What your tunnel gave you.")
    mail: MailWay = MailWay()

    @field_validator("public_url")
    @classmethod
    def _is_https(cls, value: str) -> str:
        value = value.strip().rstrip("/")
        if value and (not value.startswith("https://") or not _HOST.fullmatch(value[8:].partition("/")[0])):
            raise ValueError("must be an https address without a port, like https://alerts.example.net")
        return value

    @property
    def public_host(self) -> str:
        return self.public_url[8:].partition("/")[0].lower()


async def load_ways(store: Store) -> SignalWays:
    """Raises StoreError."""
    text = await store.meta(_META)
    try:
        return SignalWays.model_validate_json(text) if text else SignalWays()
    except ValidationError:
        return SignalWays()  # written by another version: nothing comes in until somebody says so again


async def save_ways(store: Store, ways: SignalWays) -> None:
    await store.set_meta(_META, ways.model_dump_json())

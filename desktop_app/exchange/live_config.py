"""What the program keeps about a live or paper account: where its exchange is, and which key opens it."""

from decimal import Decimal
from ipaddress import ip_address
from typing import Annotated
from urllib.parse import urlsplit

from pydantic import BaseModel, Field, field_validator

from desktop_app.core.rights import Rights
from desktop_app.core.settings import NotNegative, PercentUpTo100
from desktop_app.exchange.sim.config import Asset, balance_from_words

_SECURE = {"http": "https", "ws": "wss"}


class KeyMark(BaseModel, frozen=True, extra="forbid"):
    """How the key of an account is told from others; nothing in here opens anything."""

    name: str = Field(pattern=r"^[0-9a-f]{16}$", description="The name under which the key store keeps the key.")
    tail: str = Field("", max_length=8)
    mark: str = Field("", pattern=r"^[0-9a-f]{0,64}$", description="A keyed fingerprint: a replaced key shows.")
    uid: str = Field("", max_length=128, description="The account at the exchange.")
    rights: Rights = Rights()
    checked_at: int = Field(0, ge=0)
    session_only: bool = False


class LiveConfig(BaseModel, frozen=True, extra="forbid", hide_input_in_errors=True):
    """The settings of an account on an exchange that exists. The fields from `balance` on are of paper accounts."""

    rest_url: Annotated[str, Field(max_length=2_048)] = ""
    ws_url: Annotated[str, Field(max_length=2_048)] = ""
    key: KeyMark | None = None
    balance: dict[Asset, NotNegative] = Field(default_factory=dict, max_length=100)
    fee_percent: PercentUpTo100 | None = None
    slippage_percent: PercentUpTo100 = Decimal(0)
    fill_through: int = Field(0, ge=0, le=10_000)

    @field_validator("rest_url")
    @classmethod
    def _is_rest_address(cls, value: str) -> str:
        return _checked(value, "http")

    @field_validator("ws_url")
    @classmethod
    def _is_stream_address(cls, value: str) -> str:
        return _checked(value, "ws")

    @field_validator("balance", mode="before")
    @classmethod
    def _from_words(cls, value: object) -> object:
        return balance_from_words(value)


def is_loopback(host: str) -> bool:
    """Whether nothing sent there leaves this machine."""
    try:
        return ip_address(host).is_loopback
    except ValueError:
        return host.lower() == "localhost"


def _checked(address: str, plain: str) -> str:
    """The address without its last slash.

    Raises:
        ValueError: it is no address of an exchange; the sentence never repeats what may hold a password.
    """
    if not address:
        return ""
    secure = _SECURE[plain]
    try:
        parts = urlsplit(address)
        host, _ = parts.hostname or "", parts.port
    except ValueError:
        raise ValueError("is not an address") from None
    if parts.scheme not in (plain, secure) or not host:
        raise ValueError(f"is not an address like {secure}://host")
    if parts.username is not None or parts.password is not None:
        raise ValueError("must not hold a user name or a password")
    if parts.fragment or parts.query:
        raise ValueError("must end with its path")
    if parts.scheme == plain and not is_loopback(host):
        raise ValueError(f"must begin with {secure}:// unless it is on this machine")
    return address.rstrip("/")

"""Where an exchange may be, and how a key is told from others."""

import pytest
from pydantic import ValidationError

from desktop_app.core.rights import Rights
from desktop_app.exchange.live_config import KeyMark, LiveConfig, is_loopback


@pytest.mark.parametrize(
    "address",
    [
        "https://api.example.com",
        "http://127.0.0.1:8080",
        "http://127.8.9.1/api",
        "http://[::1]:9",
        "http://localhost",
        "",
    ],
)
def test_addresses_are_taken_where_nobody_can_listen_in(address: str) -> None:
    assert LiveConfig(rest_url=address).rest_url == address
    stream = address.replace("http", "ws", 1)
    assert LiveConfig(ws_url=stream).ws_url == stream


@pytest.mark.parametrize(
    "address",
    [
        "http://api.example.com", "http://127.0.0.1.example.com", "ftp://127.0.0.1", "https://", "https://user@host",
        "https://user:hush@host", "https://host/#part", "https://host/?a=1", "http://127.0.0.1:99999", "127.0.0.1",
        "https://" + "a" * 3_000, "http://10.0.0.1", "http://[::2]", "ws://127.0.0.1",
    ],
)  # fmt: skip
def test_any_other_address_is_refused_without_repeating_a_password(address: str) -> None:
    with pytest.raises(ValidationError) as problem:
        LiveConfig(rest_url=address)
    assert "hush" not in str(problem.value)


def test_what_is_kept_is_read_again_as_it_was() -> None:
    mark = KeyMark(
        name="0123456789abcdef", tail="…x7Q2", mark="ab" * 16, uid="7", rights=Rights(trade=True), checked_at=5
    )
    config = LiveConfig(rest_url="http://127.0.0.1:1/", key=mark, balance=["USDT=10000"])
    assert LiveConfig.model_validate_json(config.model_dump_json()) == config
    assert config.rest_url == "http://127.0.0.1:1"


def test_unknown_settings_and_names_that_are_none_are_refused() -> None:
    with pytest.raises(ValidationError):
        LiveConfig(secret="x")  # type: ignore[call-arg]
    with pytest.raises(ValidationError):
        KeyMark(name="../../etc")


@pytest.mark.parametrize(
    ("host", "is_so"), [("127.9.9.9", True), ("::1", True), ("LocalHost", True), ("128.0.0.1", False)]
)
def test_loopback_is_this_machine_only(host: str, is_so: bool) -> None:
    assert is_loopback(host) is is_so

"""Secrets show nothing unless asked."""

import copy
import json
import pickle

import pytest

from desktop_app.core.credentials import Credentials, Secret

CANARY = "CANARY0123456789"


def test_a_secret_prints_as_dots_however_it_is_printed() -> None:
    secret = Secret(CANARY)
    keys = Credentials(secret, secret, secret)
    printed = f"{secret} {secret!r} {secret:>40} {keys} {keys!r} {[secret]} {{'a': {secret}}} %s" % secret

    assert "CANARY" not in printed
    assert secret.reveal() == CANARY


def test_a_secret_cannot_be_written_anywhere() -> None:
    for write in (pickle.dumps, json.dumps, copy.copy):
        with pytest.raises(TypeError):
            write(Secret(CANARY))


def test_equal_secrets_are_equal_and_an_empty_one_is_none() -> None:
    assert Secret("a") == Secret("a") != Secret("b")
    assert Secret("a") != "a"
    assert len({Secret("a"), Secret("a")}) == 1
    assert Secret("a")
    assert not Secret("")


def test_a_key_is_known_by_its_last_characters_unless_they_are_most_of_it() -> None:
    assert Credentials(Secret("abcdefghijklx7Q2"), Secret("s")).tail == "…x7Q2"
    assert Credentials(Secret("short"), Secret("s")).tail == "…"


def test_the_parts_have_names_to_be_kept_under() -> None:
    keys = Credentials(Secret("k"), Secret("s"))

    shown = [(name, part.reveal()) for name, part in keys.parts()]
    assert shown == [("api_key", "k"), ("secret", "s"), ("password", "")]

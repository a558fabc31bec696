"""Which key is taken, by what the exchange says of it."""

import pytest

from desktop_app.core.rights import Rights
from desktop_app.core.said import said
from desktop_app.engine.key_check import must_be_of, must_be_taken, trouble_said
from desktop_app.engine.keys import KeyTrouble
from desktop_app.engine.problem import Problem
from desktop_app.engine.views import AccountCheck
from desktop_app.exchange.live_config import KeyMark
from desktop_app.exchange.protocol import Refused


def _check(verdict: str = "ok", *, reachable: bool = True, rights: Rights | None = None) -> AccountCheck:
    reasons = () if verdict == "ok" else (said("key_expired"),)
    return AccountCheck("binance", reachable, 0, rights or Rights(uid="1"), verdict, reasons)


@pytest.mark.parametrize(
    ("check", "status"),
    [
        (_check("refused", rights=Rights(withdraw=True)), 3),
        (_check("refused", rights=Rights(transfer=True)), 3),
        (_check("refused"), 2),
        (_check("warning", reachable=False), 1),
    ],
)
def test_a_key_is_refused_with_the_status_that_says_how(check: AccountCheck, status: int) -> None:
    with pytest.raises(Problem) as refused:
        must_be_taken(check)
    assert refused.value.exit_status == status


def test_a_warning_does_not_refuse() -> None:
    must_be_taken(_check("warning"))


@pytest.mark.parametrize(("known", "told", "is_taken"), [("1", "1", True), ("1", "2", False), ("", "2", True)])
def test_a_key_must_open_the_account_that_the_deals_are_of(known: str, told: str, is_taken: bool) -> None:
    mark, check = KeyMark(name="0" * 16, uid=known), _check(rights=Rights(uid=told))
    if is_taken:
        must_be_of(check, mark)
        return
    with pytest.raises(Problem):
        must_be_of(check, mark)


def test_trouble_with_the_keyring_is_told_in_its_own_words() -> None:
    assert trouble_said(KeyTrouble(said("vault_absent"), "no_keyring")).code == "vault_absent"
    assert trouble_said(Refused("invalid key", "key_refused")).code == "key_not_taken"
    assert trouble_said(Refused("busy", "x")).code == "asked_and_refused"

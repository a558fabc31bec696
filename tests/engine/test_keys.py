"""Accounts with keys: nothing is kept of what is refused, and a key that is not had makes an account rest."""

import asyncio
import json
from dataclasses import replace
from pathlib import Path

import pytest

from desktop_app.core.credentials import Credentials, Secret
from desktop_app.core.rights import Rights
from desktop_app.core.risk import Limits
from desktop_app.engine.news import AccountNews, LogNews
from desktop_app.engine.problem import Problem
from desktop_app.engine.views import AccountView
from desktop_app.store.errors import StoreError
from tests.engine.lab import BOT, Lab
from tests.fakes import START
from tests.vault.toy_keyrings import LockedKeyring, ToyKeyring

KEY = Credentials(Secret("AKEYabcdefghijklmnop1234"), Secret("CANARY-secret-of-the-first-key"))
OTHER = Credentials(Secret("BKEYabcdefghijklmnop5678"), Secret("CANARY-secret-of-the-other-key"))
SAFE = Rights(read=True, trade=True, withdraw=False, transfer=False, ip_restricted=True, uid="u1")


async def _add(lab: Lab, name: str = "demo", key: Credentials | None = KEY) -> AccountView:
    view = await lab.running.supervisor.add_account(name, "keyed", credentials=key)
    await lab.settle()
    return view


async def _view(lab: Lab) -> AccountView:
    return (await lab.running.supervisor.accounts())[0]


async def _nothing_is_kept(lab: Lab) -> None:
    assert await lab.running.supervisor.accounts() == ()
    assert await lab.running.store.accounts() == []
    assert lab.keyring.entries == {}


async def test_a_key_is_checked_kept_in_the_keyring_and_the_account_only_watches(lab: Lab) -> None:
    view = await _add(lab)

    assert (view.key_state, view.key_tail, view.verdict, view.may_trade) == ("ok", "…1234", "ok", False)
    assert view.rights == SAFE
    assert len(lab.keyring.entries) == 3
    row = (await lab.running.store.accounts())[0]
    assert "CANARY" not in row.config_json and "AKEY" not in row.config_json


@pytest.mark.parametrize(
    ("rights", "code"), [({"withdraw": True}, "key_can_withdraw"), ({"transfer": True}, "key_can_transfer")]
)
async def test_a_key_that_can_move_coins_away_is_refused_and_nothing_is_kept(
    lab: Lab, rights: dict[str, bool], code: str
) -> None:
    lab.venue.rights = replace(SAFE, **rights)  # type: ignore[arg-type]
    with pytest.raises(Problem) as refused:
        await _add(lab)

    assert (refused.value.said.code, refused.value.exit_status) == (code, 3)
    await _nothing_is_kept(lab)


@pytest.mark.parametrize(
    ("fault", "code", "status"), [("refused", "key_not_taken", 2), ("lost", "exchange_unreachable", 1)]
)
async def test_a_key_that_could_not_be_checked_is_not_kept(lab: Lab, fault: str, code: str, status: int) -> None:
    lab.venue.fail("key", fault)
    with pytest.raises(Problem) as refused:
        await _add(lab)

    assert (refused.value.said.code, refused.value.exit_status) == (code, status)
    await _nothing_is_kept(lab)


async def test_without_a_safe_keyring_nothing_is_kept_unless_for_this_session_only(tmp_path: Path) -> None:
    lab = Lab(tmp_path, keyring=LockedKeyring())
    await lab.start()
    with pytest.raises(Problem) as refused:
        await _add(lab)
    assert refused.value.exit_status == 3
    assert await lab.running.store.accounts() == []

    view = await lab.running.supervisor.add_account("demo", "keyed", credentials=KEY, session_only=True)
    assert view.key_state == "session"
    await lab.stop()


async def test_what_the_database_does_not_take_leaves_no_key_behind(lab: Lab, monkeypatch: pytest.MonkeyPatch) -> None:
    async def fails(*_: object) -> int:
        raise StoreError(detail="the disk is full")

    monkeypatch.setattr(lab.running.store, "add_account", fails)
    with pytest.raises(Problem):
        await _add(lab)

    await _nothing_is_kept(lab)


async def test_an_account_needs_a_key_where_its_exchange_does(lab: Lab) -> None:
    with pytest.raises(Problem) as refused:
        await _add(lab, key=None)
    assert refused.value.said.code == "key_needed"
    with pytest.raises(Problem) as refused:
        await lab.running.supervisor.add_account("demo", "fake", credentials=KEY)
    assert refused.value.said.code == "key_not_wanted"
    paper = await lab.running.supervisor.add_account("demo", "keyed", is_paper=True)

    assert (paper.mode, paper.key_state) == ("paper", "none")


async def test_the_same_account_is_not_added_twice(lab: Lab) -> None:
    await _add(lab)
    with pytest.raises(Problem) as refused:
        await _add(lab, "again", OTHER)

    assert refused.value.said.code == "key_already_here"
    assert len(lab.keyring.entries) == 3


async def test_a_check_without_an_account_keeps_nothing(lab: Lab) -> None:
    lab.venue.rights = Rights(read=True, withdraw=True)
    check = await lab.running.supervisor.check_key("keyed", None, KEY)

    assert (check.verdict, check.reachable, check.tail, check.clock_offset_ms) == ("refused", True, "…1234", 12)
    await _nothing_is_kept(lab)


async def test_a_bot_starts_only_where_trading_was_allowed(lab: Lab) -> None:
    await _add(lab)
    bot = await lab.running.supervisor.add_bot(BOT)
    with pytest.raises(Problem) as refused:
        await lab.running.supervisor.start_bot(bot)
    assert (refused.value.said.code, refused.value.exit_status) == ("account_watch_only", 3)
    await lab.running.supervisor.allow_trading("demo")
    await lab.running.supervisor.start_bot(bot)
    await lab.price("50000")

    assert lab.venue.accepted


async def test_removing_an_account_removes_its_key_and_every_trace_of_it(lab: Lab) -> None:
    await _add(lab)
    bot = await lab.running.supervisor.add_bot(BOT)
    with pytest.raises(Problem):
        await lab.running.supervisor.remove_account("demo")
    assert lab.keyring.entries
    await lab.running.supervisor.remove_bot(bot)
    await lab.running.supervisor.remove_account("demo")

    await _nothing_is_kept(lab)


async def test_a_key_is_replaced_only_by_one_of_the_same_account(lab: Lab) -> None:
    await _add(lab)
    lab.venue.rights = Rights(read=True, trade=True, withdraw=False, transfer=False, uid="u2")
    with pytest.raises(Problem) as refused:
        await lab.running.supervisor.replace_key("demo", OTHER)
    assert (refused.value.said.code, refused.value.exit_status) == ("key_of_other_account", 3)
    assert (await _view(lab)).key_tail == "…1234"

    lab.venue.rights = SAFE
    await lab.running.supervisor.replace_key("demo", OTHER)
    await lab.until(lambda: lab.desk.link.is_connected)
    assert (await _view(lab)).key_tail == "…5678"
    assert lab.venue.keys_asked[-1] == "…5678"
    assert len(lab.keyring.entries) == 3


async def test_what_is_still_told_of_a_key_that_was_replaced_does_not_bring_it_back(lab: Lab) -> None:
    await _add(lab)
    old = lab.desk.mark
    assert old is not None
    await lab.running.supervisor.replace_key("demo", OTHER)
    await lab.desk.know_key(old.model_copy(update={"checked_at": START + 1}))

    assert (await _view(lab)).key_tail == "…5678"
    assert old.name not in (await lab.running.store.accounts())[0].config_json


async def test_changes_of_an_account_at_one_time_all_stay(lab: Lab) -> None:
    await _add(lab)
    mark = lab.desk.mark
    assert mark is not None
    await asyncio.gather(
        lab.desk.know_key(mark.model_copy(update={"checked_at": START + 1})),
        lab.running.supervisor.allow_trading("demo"),
        lab.running.supervisor.set_limits("demo", Limits(max_open_deals=3)),
    )
    row = (await lab.running.store.accounts())[0]

    assert (row.may_trade, json.loads(row.limits_json)["max_open_deals"]) == (True, 3)
    assert json.loads(row.config_json)["key"]["checked_at"] == START + 1


async def _restarted(lab: Lab) -> None:
    await lab.kill()
    lab.venue.keys_asked.clear()
    await lab.start()


async def test_a_locked_keyring_makes_the_account_wait_and_not_ask_again_and_again(tmp_path: Path) -> None:
    keyring = LockedKeyring()
    keyring.is_locked = False
    lab = Lab(tmp_path, keyring=keyring)
    await lab.start()
    await _add(lab)
    keyring.is_locked = True
    await _restarted(lab)
    await lab.clock.advance(60)
    await lab.settle()
    view = await _view(lab)
    assert (view.key_state, view.is_connected) == ("locked", False)
    assert view.key_remedy is not None
    told = [news for news in lab.news if isinstance(news, LogNews) and news.event_code == "key_locked"]
    assert len(told) == 1

    keyring.is_locked = False
    await lab.running.supervisor.reconnect("demo")
    await lab.until(lambda: lab.desk.link.is_open)
    assert (await _view(lab)).key_state == "ok"
    await lab.stop()


@pytest.mark.parametrize("is_gone", [True, False], ids=["missing", "replaced"])
async def test_a_key_that_is_gone_or_another_is_never_used(lab: Lab, is_gone: bool) -> None:
    await _add(lab)
    if is_gone:
        lab.keyring.entries.clear()
    else:
        other = ToyKeyring()
        lab.keyring, kept = other, lab.keyring
        mark = lab.desk.mark
        assert mark is not None
        from desktop_app.vault import Vault

        await Vault("test", backend=other).keep(mark.name, OTHER)
        assert set(other.entries) == set(kept.entries)
    await _restarted(lab)
    await lab.clock.advance(30)
    await lab.settle()

    view = await _view(lab)
    assert view.key_state == ("missing" if is_gone else "replaced")
    assert lab.venue.keys_asked == []


async def test_a_key_that_the_exchange_refuses_is_shown_three_times_at_most(lab: Lab) -> None:
    await _add(lab)
    lab.venue.fail("balances", "key")
    lab.venue.fail("key", *["refused"] * 50)
    lab.venue.keys_asked.clear()
    await lab.clock.advance(1_800)
    await lab.settle()

    view = await _view(lab)
    assert (view.key_state, view.is_connected) == ("refused", False)
    assert len(lab.venue.keys_asked) <= 3
    lab.venue.faults["key"].clear()
    await lab.running.supervisor.reconnect("demo")
    await lab.until(lambda: lab.desk.link.is_connected and not lab.desk.link.is_shut)
    assert (await _view(lab)).key_state == "ok"


async def test_an_order_whose_key_is_refused_waits_and_is_sent_once(lab: Lab) -> None:
    await _add(lab)
    await lab.running.supervisor.allow_trading("demo")
    bot = await lab.running.supervisor.add_bot(BOT)
    await lab.running.supervisor.start_bot(bot)
    await lab.settle()
    await lab.price("50000")
    lab.venue.fail("place", "key_refused")
    lab.venue.fail("key", "refused")
    await lab.price("48900")  # the safety order fills: the take profit is placed anew, and its key is refused
    await lab.clock.advance(5)
    assert not lab.desk.link.is_connected
    await lab.running.supervisor.reconnect("demo")
    await lab.until(lambda: not lab.desk.link.is_shut)
    await lab.price("51000")

    assert not lab.venue.resting
    await lab.check_books()


async def test_a_key_that_has_gained_withdrawals_stops_new_deals_within_ten_minutes(lab: Lab) -> None:
    await _add(lab)
    await lab.running.supervisor.allow_trading("demo")
    bot = await lab.running.supervisor.add_bot(BOT)
    lab.venue.rights = Rights(read=True, trade=True, withdraw=True, transfer=False, uid="u1")
    await lab.clock.advance(601)
    await lab.settle()
    view = await _view(lab)
    assert view.verdict == "refused"
    assert view.frozen is not None and view.frozen.code == "key_can_withdraw"
    await lab.running.supervisor.start_bot(bot)
    await lab.price("50000")
    assert lab.venue.accepted == []

    lab.venue.rights = SAFE
    await lab.running.supervisor.check_account("demo")
    await lab.price("50001")
    assert (await _view(lab)).frozen is None
    assert lab.venue.accepted


async def test_a_key_of_another_account_freezes(lab: Lab) -> None:
    await _add(lab)
    lab.venue.rights = Rights(read=True, trade=True, withdraw=False, transfer=False, uid="u9")
    check = await lab.running.supervisor.check_account("demo")

    assert check.verdict == "refused"
    assert check.reasons[0].code == "key_opens_other_account"
    frozen = (await _view(lab)).frozen
    assert frozen is not None and frozen.code == "key_opens_other_account"
    mark = lab.desk.mark
    assert mark is not None and mark.uid == "u1"


async def test_a_key_that_is_bound_no_longer_is_told_as_a_stranger_would_be(lab: Lab) -> None:
    await _add(lab)
    lab.venue.rights = replace(SAFE, ip_restricted=False)
    await lab.running.supervisor.check_account("demo")
    evidence = await lab.running.supervisor.foreign("demo")

    assert [one.kind for one in evidence] == ["key"]
    frozen = (await _view(lab)).frozen
    assert frozen is not None and frozen.code == "account_frozen_foreign"
    await lab.running.supervisor.acknowledge_foreign("demo")
    await lab.running.supervisor.check_account("demo")
    assert (await _view(lab)).frozen is None


async def test_all_keys_can_be_forgotten_at_once(lab: Lab) -> None:
    await _add(lab)
    assert await lab.running.supervisor.forget_keys() == ("demo",)
    await lab.clock.advance(5)
    await lab.settle()

    view = await _view(lab)
    assert (view.key_state, view.may_trade, lab.keyring.entries) == ("missing", False, {})
    await lab.running.supervisor.replace_key("demo", OTHER)
    await lab.until(lambda: lab.desk.link.is_connected)
    assert (await _view(lab)).key_state == "ok"


async def test_no_news_ever_holds_a_secret(lab: Lab) -> None:
    await _add(lab)
    await lab.running.supervisor.replace_key("demo", OTHER)
    await lab.settle()

    assert any(isinstance(news, AccountNews) for news in lab.news)
    assert "CANARY" not in repr(lab.news)
    assert "CANARY" not in b"".join(p.read_bytes() for p in lab.folder.rglob("*") if p.is_file()).decode("latin-1")
    assert lab.clock.at >= START


async def test_a_reminder_comes_after_its_days_outlives_a_restart_and_ends_with_the_binding(lab: Lab) -> None:
    lab.venue.rights = replace(SAFE, ip_restricted=False)
    await _add(lab)

    async def is_reminded() -> bool:
        return "key_reminder" in {said.code for said in (await _view(lab)).reasons}

    await lab.running.supervisor.remind_of_key("demo")
    lab.clock.at += 6 * 86_400_000
    assert not await is_reminded()
    await _restarted(lab)
    lab.clock.at += 86_400_000
    assert await is_reminded()
    await lab.running.supervisor.remind_of_key("demo", 1)
    assert not await is_reminded()
    lab.clock.at += 2 * 86_400_000
    assert await is_reminded()

    lab.venue.rights = SAFE
    await lab.running.supervisor.check_account("demo")
    assert not await is_reminded()

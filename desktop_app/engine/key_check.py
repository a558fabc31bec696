"""Asks an exchange what a key may do, and draws the consequences: which key is taken, and when bots must stop."""

from dataclasses import replace

from desktop_app.core.credentials import Credentials
from desktop_app.core.rights import Rights, Verdict, judge
from desktop_app.core.said import Said, said
from desktop_app.engine.keys import KEY_STATES, KeyTrouble
from desktop_app.engine.news import AccountNews, HappenedNews, LogNews
from desktop_app.engine.problem import BAD_INPUT, FAILED, REFUSED_FOR_SAFETY, Problem, problem
from desktop_app.engine.shapes import Desk
from desktop_app.engine.telling import account_view
from desktop_app.engine.views import UNTOLD, AccountCheck
from desktop_app.exchange.live_config import KeyMark
from desktop_app.exchange.protocol import Exchange, HasKey, KeyReport, Refused, Unreachable

CAUSE = "key"  # of a freeze
_PRETEND = Rights(read=True, trade=True, withdraw=False, transfer=False)


async def check_new(exchange: Exchange, name: str, credentials: Credentials, at: int) -> AccountCheck:
    """What the exchange says about a key that is not ours yet. Never raises for what the exchange does."""
    assert isinstance(exchange, HasKey)
    try:
        report = await exchange.check_key()
    except (Unreachable, Refused) as error:
        return replace(_unanswered(name, error, at), tail=credentials.tail)
    return _judged(name, report, credentials.tail, at)


def must_be_taken(check: AccountCheck) -> None:
    """Raises Problem: this key opens no account here."""
    if not check.reachable:
        raise Problem(check.reasons[0], FAILED)
    if check.verdict == Verdict.REFUSED:
        is_dangerous = bool(check.rights.withdraw or check.rights.transfer)
        raise Problem(check.reasons[0], REFUSED_FOR_SAFETY if is_dangerous else BAD_INPUT)


def must_be_of(check: AccountCheck, mark: KeyMark) -> None:
    """Raises Problem: the key opens another account than the one that the bots and deals are of."""
    if mark.uid and check.rights.uid and check.rights.uid != mark.uid:
        raise problem("key_of_other_account", REFUSED_FOR_SAFETY)


async def check_again(desk: Desk) -> AccountCheck:
    """Ask about the key of an account at work, write the answer down, and freeze or free the account by it.

    Raises:
        Unreachable, Refused: there was no answer; nothing was concluded.
    """
    mark, exchange = desk.mark, desk.exchange
    if mark is None or not isinstance(exchange, HasKey):
        return pretended(desk)
    report = await exchange.check_key()
    at = desk.clock()
    check = _judged(desk.row.exchange, report, mark.tail, at)
    desk.key.is_good()
    desk.key.clock_offset_ms = report.clock_offset_ms
    _tell_what_is_new(desk, mark, check)
    is_other = bool(mark.uid and report.rights.uid and report.rights.uid != mark.uid)
    if is_other:
        reasons = (said("key_opens_other_account"), *check.reasons)
        check = replace(check, verdict=Verdict.REFUSED.value, reasons=reasons)
    else:
        uid = mark.uid or report.rights.uid[:128]
        await desk.know_key(mark.model_copy(update={"rights": report.rights, "uid": uid, "checked_at": at}))
    if check.verdict == Verdict.REFUSED:
        _freeze(desk, check.reasons[0])
    else:
        desk.thaw(CAUSE)
    desk.bus.publish(AccountNews(account_view(desk)))
    return check


async def check_shown(desk: Desk) -> AccountCheck:
    """The same for a person who asks: whatever goes wrong is part of the answer."""
    try:
        return await check_again(desk)
    except (Unreachable, Refused) as error:
        check = _unanswered(desk.row.exchange, error, desk.clock())
        return replace(check, tail=desk.mark.tail if desk.mark is not None else "")


def pretended(desk: Desk) -> AccountCheck:
    """Of an account without a key: nothing real can happen to it."""
    offset = 0 if desk.exchange.is_simulated else None
    return AccountCheck(desk.row.exchange, True, offset, _PRETEND, Verdict.OK.value, (), checked_at=desk.clock())


def trouble_said(error: Refused) -> Said:
    """What a person can do about a key that is not had or not taken."""
    if isinstance(error, KeyTrouble):
        return error.said
    code = "key_not_taken" if error.code in KEY_STATES else "asked_and_refused"
    return said(code, reason=error.reason)


def _judged(name: str, report: KeyReport, tail: str, at: int) -> AccountCheck:
    verdict, reasons = judge(report.rights, at)
    return AccountCheck(name, True, report.clock_offset_ms, report.rights, verdict.value, reasons, tail, at)


def _unanswered(name: str, error: Unreachable | Refused, at: int) -> AccountCheck:
    if isinstance(error, Refused):
        is_asked = not isinstance(error, KeyTrouble)
        return AccountCheck(name, is_asked, None, UNTOLD, Verdict.REFUSED.value, (trouble_said(error),), checked_at=at)
    reason = said("exchange_unreachable", exchange=name, reason=str(error))
    return AccountCheck(name, False, None, UNTOLD, Verdict.WARNING.value, (reason,), checked_at=at)


def _tell_what_is_new(desk: Desk, mark: KeyMark, check: AccountCheck) -> None:
    """A key whose rights grow, or that is bound no longer, was changed at the exchange: by its owner, or by a thief."""
    at, name = desk.clock(), desk.row.name
    if mark.rights.ip_restricted and check.rights.ip_restricted is False:
        desk.watcher.saw_key(said("key_lost_binding", account=name))
    known = {reason.code for reason in judge(mark.rights, mark.checked_at)[1]}
    for reason in check.reasons if check.verdict == Verdict.WARNING else ():
        if reason.code not in known:
            desk.bus.publish(LogNews(at, "warning", name, "", 0, reason.code, reason))


def _freeze(desk: Desk, why: Said) -> None:
    if desk.freeze(CAUSE, why):
        at, name = desk.clock(), desk.row.name
        desk.bus.publish(LogNews(at, "error", name, "", 0, "key_refused", said("account_frozen_key", account=name)))
        desk.bus.publish(LogNews(at, "error", name, "", 0, "key_refused", why))
        desk.bus.publish(HappenedNews(at, "key_refused", name, reason=why.code))

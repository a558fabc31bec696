"""Finds the raw code in the answers of exchanges that put it deeper than in one field."""

from collections.abc import Mapping
from typing import Any

Problem = tuple[str, str]  # code and message; an empty code: the answer tells of no problem
_NONE: Problem = ("", "")


def of_okx(answer: Any) -> Problem:
    """One order's own code is inside `data`; the one around it only says that not all went well."""
    fields = _fields(answer)
    code = str(fields.get("code", ""))
    for row in _rows(fields.get("data")):
        inner = str(row.get("sCode", ""))
        if inner not in ("", "0"):
            return inner, str(row.get("sMsg", ""))
    return _NONE if code in ("", "0") else (code, str(fields.get("msg", "")))


def of_kraken(answer: Any) -> Problem:
    """A list of texts like `EOrder:Insufficient funds:more`; those that begin with W are warnings."""
    errors = _fields(answer).get("error")
    texts = [errors] if isinstance(errors, str) else errors if isinstance(errors, list) else []
    for text in map(str, texts):
        if text.startswith("E"):
            return ":".join(text.split(":")[:2]), text
    return _NONE


_SAYS_NOTHING = ("", "UNKNOWN_FAILURE_REASON", "UNKNOWN_PREVIEW_FAILURE_REASON")


def of_coinbase(answer: Any) -> Problem:
    """An order that was not taken comes with status 200 and `success: false`; other problems have `error`."""
    fields = _fields(answer)
    refusal = fields.get("error_response")
    if fields.get("success") is False or isinstance(refusal, Mapping):
        inside = _fields(refusal)
        names = ("error", "new_order_failure_reason", "preview_failure_reason")
        reasons = [str(inside.get(name, "")) for name in names] + [str(fields.get("failure_reason", ""))]
        code = next((reason for reason in reasons if reason not in _SAYS_NOTHING), "UNKNOWN_FAILURE_REASON")
        return code, str(inside.get("message") or inside.get("error_details") or code)
    for row in _rows(fields.get("results")):  # of cancels, one for each order
        if row.get("success") is False:
            return str(row.get("failure_reason", "UNKNOWN_CANCEL_FAILURE_REASON")), ""
    if first := next(iter(_rows(fields.get("errors"))), None):
        return str(first.get("id", "")), str(first.get("message", ""))
    problem = fields.get("error")
    return (str(problem), str(fields.get("message") or fields.get("error_details") or "")) if problem else _NONE


def of_htx(answer: Any) -> Problem:
    fields = _fields(answer)
    if str(fields.get("status", "")) == "error":
        code = fields.get("err-code") or fields.get("err_code") or "error"
        return str(code), str(fields.get("err-msg") or fields.get("err_msg") or "")
    code = str(fields.get("code", ""))
    return _NONE if code in ("", "200") else (code, str(fields.get("message", "")))


def of_bitfinex(answer: Any) -> Problem:
    """`["error", code, message]`; a notification about an order has its status in the seventh place."""
    if isinstance(answer, list) and len(answer) >= 3 and answer[0] == "error":
        return str(answer[1]), str(answer[2])
    if isinstance(answer, list) and len(answer) >= 8 and answer[6] in ("ERROR", "FAILURE"):
        return str(answer[5] or answer[6]), str(answer[7])
    fields = _fields(answer)
    return (str(fields["error"]), str(fields.get("error_description", ""))) if fields.get("error") else _NONE


def of_hyperliquid(answer: Any) -> Problem:
    """It has no codes: the words before the first number or full stop are one."""
    fields = _fields(answer)
    response = fields.get("response")
    if str(fields.get("status", "ok")) == "err":
        return _words(str(response)), str(response)
    data = _fields(_fields(response).get("data"))
    for row in _rows(data.get("statuses")):
        if text := row.get("error"):
            return _words(str(text)), str(text)
    return _NONE


def of_cex(answer: Any) -> Problem:
    text = _fields(answer).get("error")
    return (_words(str(text)), str(text)) if text else _NONE


def _words(text: str) -> str:
    end = next((place for place, sign in enumerate(text) if sign.isdigit() or sign in ".,:$"), len(text))
    return text[:end].strip()[:80] or "error"


def _fields(answer: Any) -> Mapping[str, Any]:
    return answer if isinstance(answer, Mapping) else {}


def _rows(answer: Any) -> list[Mapping[str, Any]]:
    return [row for row in answer if isinstance(row, Mapping)] if isinstance(answer, list) else []

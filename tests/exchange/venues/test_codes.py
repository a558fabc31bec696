"""Raw codes, wherever exchanges put them."""

from typing import Any

import pytest

from desktop_app.exchange.venues import codes


@pytest.mark.parametrize(
    ("read", "answer", "code"),
    [
        (codes.of_okx, {"code": "0", "data": [{"sCode": "0"}]}, ""),
        (codes.of_okx, {"code": "1", "data": [{"sCode": "51008", "sMsg": "m"}]}, "51008"),
        (codes.of_okx, {"code": "2", "data": [{"sCode": "0"}, {"sCode": "51000"}]}, "51000"),
        (codes.of_okx, {"code": "50011", "data": [], "msg": "m"}, "50011"),
        (codes.of_kraken, {"error": [], "result": {}}, ""),
        (codes.of_kraken, {"error": ["WDatabase:slow"]}, ""),
        (codes.of_kraken, {"error": ["EGeneral:Invalid arguments:volume"]}, "EGeneral:Invalid arguments"),
        (codes.of_coinbase, {"success": True, "failure_reason": "UNKNOWN_FAILURE_REASON"}, ""),
        (codes.of_coinbase, {"orders": [], "has_next": False}, ""),
        (codes.of_coinbase, {"success": False, "error_response": {"error": "INVALID_SIDE"}}, "INVALID_SIDE"),
        (codes.of_coinbase, {"success": False, "error_response": None}, "UNKNOWN_FAILURE_REASON"),
        (codes.of_coinbase, {"results": [{"success": True}]}, ""),
        (codes.of_coinbase, {"errors": [{"id": "not_found", "message": "m"}]}, "not_found"),
        (codes.of_htx, {"status": "ok", "data": 1}, ""),
        (codes.of_htx, {"code": 200, "data": 1}, ""),
        (codes.of_htx, {"code": 1003, "message": "m"}, "1003"),
        (codes.of_htx, {"status": "error", "err-code": "timeout"}, "timeout"),
        (codes.of_bitfinex, ["error", 10100, "apikey: invalid"], "10100"),
        (codes.of_bitfinex, [1, "on-req", None, None, [], None, "SUCCESS", "m"], ""),
        (codes.of_bitfinex, [1, "on-req", None, None, [], None, "ERROR", "m"], "ERROR"),
        (codes.of_hyperliquid, {"status": "ok", "response": {"data": {"statuses": [{"resting": {"oid": 1}}]}}}, ""),
        (codes.of_hyperliquid, {"status": "err", "response": "User or API Wallet 0x1 does not exist."},
         "User or API Wallet"),
        (codes.of_hyperliquid, {"status": "ok", "response": {"data": {"statuses": [
            {"error": "Order must have minimum value of $10. asset=4"}]}}}, "Order must have minimum value of"),
        (codes.of_cex, {"ok": "ok", "data": {}}, ""),
        (codes.of_cex, {"error": "Insufficient funds"}, "Insufficient funds"),
    ],
)  # fmt: skip
def test_the_code_is_found(read: Any, answer: Any, code: str) -> None:
    assert read(answer)[0] == code


@pytest.mark.parametrize(
    "read",
    [codes.of_okx, codes.of_kraken, codes.of_coinbase, codes.of_htx, codes.of_bitfinex, codes.of_hyperliquid,
     codes.of_cex],
)  # fmt: skip
@pytest.mark.parametrize("answer", [None, "", [], {}, 5, {"data": 3}, {"error": None}, [None], ["error"]])
def test_an_answer_of_another_shape_has_no_code(read: Any, answer: Any) -> None:
    assert read(answer) == ("", "")

"""Whether a request to the KuCoin stand is signed as KuCoin wants it; the refusals are KuCoin's own."""

import base64
import hashlib
import hmac

from aiohttp import web

from tests.loopback.floor import Account, Floor

SKEW_MS = 5000
_HEADERS = ("KC-API-KEY", "KC-API-SIGN", "KC-API-TIMESTAMP", "KC-API-PASSPHRASE")


class Refusal(Exception):
    """What KuCoin answers instead: its code, its words, and the HTTP status they come with."""

    def __init__(self, code: str, message: str, status: int = 200) -> None:
        super().__init__(message)
        self.code = code
        self.message = message
        self.status = status


def hashed(secret: str, message: str) -> str:
    return base64.b64encode(hmac.new(secret.encode(), message.encode(), hashlib.sha256).digest()).decode()


async def who_signed(request: web.Request, floor: Floor) -> Account:
    """The account whose key signed this request; raises Refusal."""
    key, signature, stamp, passphrase = (request.headers.get(name, "") for name in _HEADERS)
    if not all((key, signature, stamp, passphrase)):
        raise Refusal("400001", "Please check the header of your request for KC-API-KEY, KC-API-SIGN", 400)
    if not stamp.isdecimal() or abs(int(stamp) - floor.now()) > SKEW_MS:
        raise Refusal("400002", "Invalid KC-API-TIMESTAMP", 400)
    account = floor.accounts.get(key)
    if account is None or account.is_revoked:
        raise Refusal("400003", "KC-API-KEY not exists", 401)
    signed = stamp + request.method + request.raw_path + await request.text()
    if not hmac.compare_digest(hashed(account.secret, signed), signature):
        raise Refusal("400005", "Invalid KC-API-SIGN", 401)
    is_hashed = request.headers.get("KC-API-KEY-VERSION", "1") in ("2", "3")
    if passphrase != (hashed(account.secret, account.password) if is_hashed else account.password):
        raise Refusal("400004", "Invalid KC-API-PASSPHRASE", 401)
    return account

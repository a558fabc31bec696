from urllib.parse import urlsplit

import pytest
from PySide6.QtCore import QUrl
from PySide6.QtGui import QDesktopServices

from desktop_app.gui.connect import places
from desktop_app.gui.connect.places import KEYRING_HELP, open_page, place_of

KNOWN = ("binance", "kucoin", "okx", "bybit", "kraken", "coinbase", "gate", "bitget")


def test_only_addresses_of_the_table_are_opened(monkeypatch: pytest.MonkeyPatch) -> None:
    opened: list[str] = []

    def open_url(url: QUrl) -> bool:
        opened.append(url.toString())
        return True

    monkeypatch.setattr(QDesktopServices, "openUrl", open_url)
    place = place_of("binance")
    assert place is not None

    assert open_page(place.key_page)
    assert open_page(KEYRING_HELP)
    for address in ("https://example.com", "file:///etc/passwd", place.key_page + "?next=x", ""):
        assert not open_page(address)
    assert opened == [place.key_page, KEYRING_HELP]


def test_every_page_is_the_exchanges_own_and_encrypted() -> None:
    for exchange in KNOWN:
        place = place_of(exchange)
        assert place is not None
        parts = urlsplit(place.key_page)
        assert parts.scheme == "https"
        assert exchange in (parts.hostname or "")
    assert place_of("bigone") is None
    assert place_of("gateio") == places.place_of("gate")

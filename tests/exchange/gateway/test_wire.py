"""Where connections may go."""

from desktop_app.exchange.gateway.wire import Hosts, hosts_of


def test_a_domain_holds_what_is_under_it_and_nothing_that_only_looks_like_it() -> None:
    hosts = Hosts(frozenset({"api.kucoin.com"}), ("kucoin.com",))
    assert hosts.allows("ws-api-spot.kucoin.com")
    assert hosts.allows("API.KuCoin.com.")
    assert not hosts.allows("evilkucoin.com")
    assert not hosts.allows("kucoin.com.evil.net")
    assert not hosts.allows("")


def test_only_hosts_of_this_machine_are_loopback() -> None:
    assert hosts_of(["127.0.0.1", "localhost", ""], ()).is_loopback
    assert not hosts_of(["127.0.0.1", "api.binance.com"], ()).is_loopback
    assert not hosts_of(["127.0.0.1"], ("kucoin.com",)).is_loopback

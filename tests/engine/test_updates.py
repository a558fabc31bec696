"""One question, a number for an answer; nobody is followed, nothing is fetched, and whoever answers is not believed."""

import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, HTTPServer

import pytest

from desktop_app.engine import updates
from desktop_app.engine.problem import Problem
from desktop_app.engine.updates import Newest, look_for_newest, read_version

Asked = list[tuple[str, str, dict[str, str]]]


@contextmanager
def page(answer: Callable[[BaseHTTPRequestHandler], None]) -> Iterator[tuple[str, Asked]]:
    """A project's page on this computer, and what it was asked."""
    asked: Asked = []

    class Page(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            asked.append((self.command, self.path, dict(self.headers)))
            answer(self)

        def log_message(self, *_: object) -> None: ...

    server = HTTPServer(("127.0.0.1", 0), Page)
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01})
    thread.start()
    try:
        yield f"http://127.0.0.1:{server.server_port}/repos/x/releases/latest", asked
    finally:
        server.shutdown()
        thread.join()
        server.server_close()


def says(
    body: bytes, status: int = 200, headers: dict[str, str] | None = None
) -> Callable[[BaseHTTPRequestHandler], None]:
    def answer(handler: BaseHTTPRequestHandler) -> None:
        handler.send_response(status)
        for name, value in (headers or {}).items():
            handler.send_header(name, value)
        handler.end_headers()
        try:
            handler.wfile.write(body)
        except OSError:
            return  # whoever asked has heard enough

    return answer


def refused(answer: Callable[[BaseHTTPRequestHandler], None]) -> str:
    with page(answer) as (address, _), pytest.raises(Problem) as caught:
        look_for_newest("0.1.0", address)
    return caught.value.said.code


@pytest.mark.parametrize(
    ("tag", "newest"),
    [
        ("v0.2.0", Newest("0.2.0", True)),
        ("0.1.10", Newest("0.1.10", True)),
        ("v0.1.9", Newest("0.1.9", False)),
        ("v0.0.99", Newest("0.0.99", False)),
    ],
)
def test_versions_are_compared_as_numbers(tag: str, newest: Newest) -> None:
    with page(says(b'{"tag_name": "%s"}' % tag.encode())) as (address, _):
        assert look_for_newest("0.1.9", address) == newest


def test_the_question_carries_nothing_about_who_asks(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("http_proxy", "http://127.0.0.1:9")  # not used, or this would fail
    with page(says(b'{"tag_name": "v1.0.0"}', headers={"Set-Cookie": "who=you"})) as (address, asked):
        look_for_newest("0.1.0", address)
        look_for_newest("0.1.0", address)
    for method, path, headers in asked:
        assert (method, path) == ("GET", "/repos/x/releases/latest")
        assert set(headers) == {"Host", "Accept-Encoding", "User-Agent", "Accept", "Connection"}
        assert headers["User-Agent"] == "Strongroom" and headers["Accept-Encoding"] == "identity"
    assert asked[0] == asked[1]


@pytest.mark.parametrize(
    "body",
    [b"", b"<html>log in</html>", b"[]", b"{}", b'{"tag_name": 7}', b'{"tag_name": "v9.9.9-evil"}',
     b'{"tag_name": "http://evil/9.9.9"}', b'{"tag_name": "v\xd9\xa9.0.0"}', b"[" * 5_000, b" " * 300_000],
)  # fmt: skip
def test_an_answer_that_is_none_is_a_sentence(body: bytes) -> None:
    assert refused(says(body)) == "updates_not_understood"


def test_a_redirect_is_not_followed() -> None:
    with page(says(b'{"tag_name": "v9.9.9"}')) as (other, asked):
        assert refused(says(b"", 302, {"Location": other})) == "updates_refused"
        assert refused(says(b"", 404)) == "updates_refused"
    assert asked == []


def test_an_answer_that_drips_without_end_is_left(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(updates, "_SECONDS", 0.2)
    is_over = threading.Event()

    def drip(handler: BaseHTTPRequestHandler) -> None:
        handler.send_response(200)
        handler.end_headers()
        while not is_over.wait(0.02):
            try:
                handler.wfile.write(b" ")
            except OSError:
                return

    with page(drip) as (address, _):
        try:
            with pytest.raises(Problem, match="could not be understood"):
                look_for_newest("0.1.0", address)
        finally:
            is_over.set()


def test_nobody_at_home_and_a_bare_address_are_sentences() -> None:
    with page(says(b"")) as (address, _):
        gone = address
    for wrong in (gone, "http://example.invalid/x"):
        with pytest.raises(Problem, match="does not answer"):
            look_for_newest("0.1.0", wrong)


def test_the_address_is_encrypted_and_no_answer_can_change_the_page() -> None:
    assert updates.RELEASES.startswith("https://api.github.com/repos/")
    assert updates.PAGE.startswith("https://github.com/") and updates.PROJECT in updates.PAGE
    context = updates._tls()
    assert context.check_hostname and context.verify_mode.name == "CERT_REQUIRED"


def test_a_pre_release_is_no_version_for_everybody() -> None:
    with pytest.raises(Problem):
        read_version("1.0.0rc1")
    assert read_version("v1.2.3") == (1, 2, 3)

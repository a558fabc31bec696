"""That the built application is whole: what it says of itself, its window, old data, certificates, a crash."""

import json
import shutil
import signal
import socket
import sqlite3
import ssl
import subprocess
import sys
import threading
from collections.abc import Iterator
from contextlib import closing, contextmanager
from dataclasses import replace
from pathlib import Path

import pytest

from desktop_app import __version__
from desktop_app.config import AppSettings, Paths
from desktop_app.store import migration, schema
from tests.bundle.conftest import Program
from tests.screen import Screen, screen, skip_without_screen, until

PATIENCE_SECONDS = 60.0


# --- what it says of itself -------------------------------------------------------------------------------------------


def test_it_says_which_build_it_is(program: Program) -> None:
    said = program.ask("--version")
    assert __version__ in said
    assert "commit " in said
    note = json.loads((program.inside / "resources" / "build.json").read_text(encoding="utf-8"))
    assert note["commit"][:12] in said


def test_the_doctor_names_every_library_and_finds_nothing_wrong(program: Program) -> None:
    said = json.loads(program.ask("doctor", "--json"))
    text = json.dumps(said)
    for name in ("PySide6-Essentials", "qasync", "ccxt", "numpy", "pydantic", "SQLAlchemy", "alembic", "keyring"):
        assert name in text
    assert "not installed" not in text
    assert "commit " in text


def test_the_table_of_exchanges_came_along(program: Program) -> None:
    said = program.ask("account", "exchanges")
    assert "binance" in said
    assert "kucoin" in said


def test_a_paper_bot_closes_a_deal(program: Program) -> None:
    bot = program.folder / "bot.toml"
    bot.write_text(
        'kind = "dca"\nname = "Starter"\naccount = "demo"\npairs = ["BTC/USDT"]\nbase_order = { volume = "100" }\n'
        'safety_orders = { volume = "100", price_deviation = "0.3", max_count = 5, max_active = 3 }\n'
        'take_profit = { percent = "0.4" }\n',
        encoding="utf-8",
    )
    program.ask("account", "add", "demo", "--exchange", "sim", "--speed", 600, "--balance", "USDT=10000")
    program.ask("bot", "add", bot)
    program.ask("bot", "start", "Starter")
    program.ask("run", "--for", 15)
    deals = json.loads(program.ask("deal", "list", "--all", "--json"))
    assert any(deal["closed_at"] for deal in deals), deals
    program.ask("audit", "verify")


# --- the window -------------------------------------------------------------------------------------------------------


@contextmanager
def window(program: Program, shown: Screen) -> "Iterator[subprocess.Popen[str]]":
    process = program.start(environment={"DISPLAY": shown.display, "QT_QPA_PLATFORM": "xcb"})
    try:
        until(lambda: shown.is_painted() or process.poll() is not None, PATIENCE_SECONDS)
        assert process.poll() is None, process.communicate()
        yield process
    finally:
        process.kill()
        process.communicate()


def furnished(program: Program, **wishes: str) -> None:
    settings = replace(AppSettings(is_first_run_done=True, theme="dark", language="en"), **wishes)  # type: ignore[arg-type]
    program.data.mkdir(exist_ok=True)
    settings.save(Paths(program.data).settings)


def keep_picture(shown: Screen, program: Program, name: str) -> None:
    """For whoever wants to look."""
    (program.folder / f"{name}.ppm").write_bytes(shown.picture())


def test_the_window_opens_shows_a_moving_chart_and_ends_well(program: Program) -> None:
    skip_without_screen()
    furnished(program)
    program.ask("account", "add", "Paper wallet", "--exchange", "sim", "--speed", 60, "--balance", "USDT=10000")
    with screen() as shown, window(program, shown) as process:
        until(lambda: sum(shown.colours(y) > 4 for y in range(150, 500, 10)) > 15, PATIENCE_SECONDS)
        before = shown.picture()
        until(lambda: shown.picture() != before, PATIENCE_SECONDS)
        keep_picture(shown, program, "window")
        process.send_signal(signal.SIGTERM)
        assert process.wait(PATIENCE_SECONDS) == 0
    log = program.data / "logs" / "strongroom.log"
    assert not log.exists() or "Traceback" not in log.read_text(encoding="utf-8")


def test_the_window_speaks_chinese_when_asked_to(program: Program) -> None:
    skip_without_screen()
    menus = {}
    for language in ("en", "zh_CN"):
        furnished(program, language=language)
        with screen() as shown, window(program, shown):
            menus[language] = [shown.row(y) for y in range(4, 22)]
            keep_picture(shown, program, language)
    assert menus["en"] != menus["zh_CN"]


def test_a_first_start_shows_the_first_steps(program: Program) -> None:
    skip_without_screen()
    with screen() as shown, window(program, shown):
        keep_picture(shown, program, "first")


def test_a_second_start_hands_its_bot_file_to_the_first(program: Program) -> None:
    skip_without_screen()
    furnished(program)
    program.ask("account", "add", "Paper wallet", "--exchange", "sim", "--balance", "USDT=10000")
    file = program.folder / "dips.strongroom"
    file.write_bytes((program.inside / "resources" / "strategies" / "first-dips.toml").read_bytes())
    with screen() as shown, window(program, shown) as process:
        until(lambda: sum(shown.colours(y) > 4 for y in range(150, 500, 10)) > 15, PATIENCE_SECONDS)
        before = shown.picture()
        assert "draft" in program.ask(file)
        until(lambda: shown.picture() != before, PATIENCE_SECONDS)
        keep_picture(shown, program, "file")
        assert process.poll() is None


# --- data of other versions -------------------------------------------------------------------------------------------


def test_a_database_of_the_first_version_is_brought_up(program: Program) -> None:
    program.data.mkdir()
    path = Paths(program.data).database
    with closing(sqlite3.connect(path, isolation_level=None)) as old:
        migration.upgrade(old, migration.SCRIPTS, 1)
        assert old.execute("PRAGMA user_version").fetchone() == (1,)
    assert json.loads(program.ask("account", "list", "--json")) == []
    program.ask("account", "add", "demo", "--exchange", "sim", "--balance", "USDT=10000")
    with closing(sqlite3.connect(path)) as new:
        assert new.execute("PRAGMA user_version").fetchone() == (schema.VERSION,)


def test_a_database_of_a_later_version_is_refused_with_a_sentence(program: Program) -> None:
    program.ask("account", "add", "demo", "--exchange", "sim", "--balance", "USDT=10000")
    path = Paths(program.data).database
    with closing(sqlite3.connect(path, isolation_level=None)) as newer:
        newer.execute(f"PRAGMA user_version = {schema.VERSION + 1}")
    done = program.call("account", "list")
    assert done.returncode != 0
    assert "newer" in done.stdout + done.stderr
    assert "Traceback" not in done.stdout + done.stderr


# --- certificates -----------------------------------------------------------------------------------------------------


@pytest.mark.skipif(shutil.which("openssl") is None, reason="no openssl here")
def test_an_exchange_with_a_certificate_of_nobody_is_refused(program: Program, tmp_path: Path) -> None:
    certificate = tmp_path / "certificate.pem"
    key = tmp_path / "key.pem"
    make = ["openssl", "req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:prime256v1", "-nodes",
            "-subj", "/CN=127.0.0.1", "-addext", "subjectAltName=IP:127.0.0.1"]  # fmt: skip
    subprocess.run([*make, "-keyout", str(key), "-out", str(certificate)], check=True, capture_output=True)
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(certificate, key)
    alerts: list[str] = []
    with socket.create_server(("127.0.0.1", 0)) as server:
        threading.Thread(target=_answer, args=(server, context, alerts), daemon=True).start()
        url = f"https://127.0.0.1:{server.getsockname()[1]}"
        done = program.call(
            "account", "add", "main", "--exchange", "binance", "--paper", "--balance", "USDT=1", "--rest-url", url,
            "--ws-url", url.replace("https", "wss"),
        )  # fmt: skip
        program.call("run", "--for", 4)
    assert done.returncode == 0 or "certificate" in done.stderr
    assert alerts, "it never came"
    assert "it spoke" not in alerts


def _answer(server: socket.socket, context: ssl.SSLContext, alerts: list[str]) -> None:
    while True:
        try:
            connection, _ = server.accept()
        except OSError:
            return
        try:
            with context.wrap_socket(connection, server_side=True) as safe:
                alerts.extend(["it spoke"] if safe.recv(1) else ["it went"])
        except OSError as error:
            alerts.append(str(error))


def test_it_brings_the_certificates_that_sign_for_exchanges(program: Program) -> None:
    pem = program.inside / "certifi" / "cacert.pem"
    context = ssl.create_default_context(cafile=pem)
    assert len(context.get_ca_certs()) > 100


# --- when it goes wrong -----------------------------------------------------------------------------------------------


@pytest.mark.skipif(sys.platform == "win32", reason="rights are other there")
def test_what_goes_wrong_is_told_in_a_sentence(program: Program) -> None:
    program.data.write_text("not a folder", encoding="ascii")
    done = program.call("account", "list")
    assert done.returncode not in (0, -signal.SIGABRT)
    assert "Traceback" not in done.stdout + done.stderr


def test_a_kill_in_the_middle_leaves_data_that_open_again(program: Program) -> None:
    program.ask("account", "add", "demo", "--exchange", "sim", "--speed", 600, "--balance", "USDT=10000")
    process = program.start("run", "--events", program.folder / "events.jsonl")
    until((program.folder / "events.jsonl").exists, PATIENCE_SECONDS)
    process.kill()
    process.communicate()
    program.ask("audit", "verify")

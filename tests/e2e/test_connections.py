"""Where a program with a real exchange's account wants to go: recorded at the socket, and stopped there."""

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
KEYS = json.dumps({"apiKey": "k" * 64, "secret": "s" * 64, "password": "p" * 12})


@pytest.mark.parametrize(
    ("exchange", "hosts"), [("binance", {"api.binance.com"}), ("kucoin", {"api.kucoin.com"}), ("okx", {"www.okx.com"})]
)
def test_an_account_asks_its_own_exchange_and_nobody_else(tmp_path: Path, exchange: str, hosts: set[str]) -> None:
    record = tmp_path / "record.txt"
    words = ["account", "add", "main", "--exchange", exchange, "--credentials-stdin"]
    done = subprocess.run(
        [sys.executable, "-m", "desktop_app", "--data-dir", str(tmp_path / "data"), *words],
        cwd=ROOT, input=KEYS, env=os.environ | {"STRONGROOM_TEST_CONNECTIONS": str(record)}, capture_output=True,
        text=True, check=False, timeout=120,
    )  # fmt: skip

    assert done.returncode == 1, done.stderr
    wanted = {line.split()[1] for line in record.read_text(encoding="utf-8").splitlines()}
    assert wanted == hosts


def test_without_such_an_account_nothing_is_asked_of_anybody(tmp_path: Path) -> None:
    record = tmp_path / "record.txt"
    for words in (
        ["account", "add", "demo", "--exchange", "sim"], ["run", "--for", "2"], ["doctor"], ["account", "exchanges"]
    ):  # fmt: skip
        subprocess.run(
            [sys.executable, "-m", "desktop_app", "--data-dir", str(tmp_path / "data"), *words],
            cwd=ROOT, env=os.environ | {"STRONGROOM_TEST_CONNECTIONS": str(record)}, capture_output=True, check=True,
            timeout=120,
        )  # fmt: skip

    assert not record.exists()


def test_a_look_for_a_newer_version_asks_the_projects_page_and_nobody_else(tmp_path: Path) -> None:
    record = tmp_path / "record.txt"
    look = "from desktop_app.engine.updates import look_for_newest; look_for_newest('0.1.0')"
    done = subprocess.run(
        [sys.executable, "-c", look], cwd=ROOT, env=os.environ | {"STRONGROOM_TEST_CONNECTIONS": str(record)},
        capture_output=True, text=True, check=False, timeout=120,
    )  # fmt: skip

    assert "does not answer" in done.stderr
    assert {line.split()[1] for line in record.read_text(encoding="utf-8").splitlines()} == {"api.github.com"}

"""The suite itself is shut off from every network, and would tell."""

import os
import socket
import subprocess
import sys
from pathlib import Path

import pytest

ELSEWHERE = ("192.0.2.1", 9)  # an address that documents use and nobody has


def test_an_attempt_to_reach_another_machine_is_stopped_and_kept_on_record(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    record = tmp_path / "record.txt"
    monkeypatch.setenv("STRONGROOM_TEST_CONNECTIONS", str(record))
    for attempt in (
        lambda: socket.create_connection(ELSEWHERE, timeout=0.1),
        lambda: socket.getaddrinfo("api.example.com", 443),
        lambda: socket.socket(socket.AF_INET, socket.SOCK_DGRAM).sendto(b"", ELSEWHERE),
    ):
        with pytest.raises(PermissionError):
            attempt()

    assert "api.example.com" in record.read_text(encoding="utf-8")


def test_so_is_an_attempt_by_a_child_process(tmp_path: Path) -> None:
    record = tmp_path / "record.txt"
    environment = os.environ | {"STRONGROOM_TEST_CONNECTIONS": str(record)}
    call = "import socket; socket.create_connection(('192.0.2.1', 9), timeout=0.1)"
    child = subprocess.run(
        [sys.executable, "-c", call], env=environment, capture_output=True, text=True, check=False, timeout=60
    )

    assert "BeyondLoopback" in child.stderr
    assert "192.0.2.1" in record.read_text(encoding="utf-8")


def test_loopback_is_free() -> None:
    with socket.create_server(("127.0.0.1", 0)) as server:
        socket.create_connection(server.getsockname(), timeout=5).close()
    assert socket.getaddrinfo("localhost", 80)

"""dev.py: what it answers before anything is installed, and when it believes that nothing is left to do."""

import importlib.util
import subprocess
import sys
from pathlib import Path
from types import ModuleType

import pytest

DEV = Path(__file__).resolve().parent.parent / "dev.py"


@pytest.fixture
def dev(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> ModuleType:
    """Dev.py as if it lay in an empty checkout."""
    (tmp_path / "dev.py").write_bytes(DEV.read_bytes())
    for name in ("requirements.lock", "requirements-dev.lock"):
        (tmp_path / name).write_bytes((DEV.parent / name).read_bytes())
    (tmp_path / ".venv").mkdir()
    spec = importlib.util.spec_from_file_location("dev_under_test", tmp_path / "dev.py")
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def answer(*arguments: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run([sys.executable, DEV, *arguments], capture_output=True, text=True, check=False)


def test_help_names_every_command() -> None:
    done = answer("--help")
    assert done.returncode == 0
    assert all(f"\n  {name} " in done.stdout for name in ("run", "test", "lint", "bench", "package", "lock"))


def test_an_unknown_command_is_a_wrong_call() -> None:
    done = answer("fly")
    assert done.returncode == 2
    assert done.stderr.startswith("There is no command 'fly'.")
    assert done.stdout == ""


def test_an_empty_venv_is_not_ready(dev: ModuleType) -> None:
    assert not dev.is_ready("run")


def test_a_finished_installation_for_tests_also_serves_to_run(dev: ModuleType) -> None:
    dev.write(dev.READY, f"{dev.wanted_state()}\ntest\n")
    assert dev.is_ready("test")
    assert dev.is_ready("run")


def test_an_installation_to_run_does_not_serve_for_tests(dev: ModuleType) -> None:
    dev.write(dev.READY, f"{dev.wanted_state()}\nrun\n")
    assert dev.is_ready("run")
    assert not dev.is_ready("test")


def test_a_changed_lock_makes_the_installation_stale(dev: ModuleType) -> None:
    dev.write(dev.READY, f"{dev.wanted_state()}\ntest\n")
    with (Path(dev.ROOT) / "requirements.lock").open("a") as lock:
        lock.write("# changed\n")
    assert not dev.is_ready("run")


def test_an_interrupted_installation_is_begun_afresh(dev: ModuleType, monkeypatch: pytest.MonkeyPatch) -> None:
    done: list[str] = []
    monkeypatch.setattr(dev, "missing_packages", lambda purpose: [])
    monkeypatch.setattr(dev, "python_works", lambda: True)
    monkeypatch.setattr(dev, "make_venv", lambda: done.append("make"))
    monkeypatch.setattr(dev, "install_locked", done.append)
    monkeypatch.setattr(dev, "link_checkout", lambda: done.append("link"))
    dev.write(dev.BUSY, "")

    dev.install("run")

    assert done == ["make", "requirements.lock", "link"]
    assert not Path(dev.BUSY).exists()
    assert dev.is_ready("run")


def test_a_failed_installation_leaves_its_mark(dev: ModuleType, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(dev, "missing_packages", lambda purpose: [])
    monkeypatch.setattr(dev, "python_works", lambda: True)
    monkeypatch.setattr(dev, "install_locked", lambda name: dev.stop("no network"))

    with pytest.raises(SystemExit):
        dev.install("run")

    assert Path(dev.BUSY).exists()
    assert not dev.is_ready("run")


def test_missing_system_packages_are_told_and_stop_nothing(
    dev: ModuleType, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    dev.write(dev.READY, f"{dev.wanted_state()}\nrun\n")
    dev.write(dev.LACKING, "libegl1")
    monkeypatch.setattr(dev, "missing_packages", lambda purpose: ["libegl1"])

    dev.install("run")

    captured = capsys.readouterr()
    assert "apt-get install -y --no-install-recommends libegl1" in captured.err
    assert "libEGL.so.1" in captured.err
    assert captured.out == ""

"""A real Secret Service for tests: a private D-Bus session with gnome-keyring, away from the home of who runs them.

    with secret_service() as service:
        subprocess.run(command, env=service.environment)  # the child keeps its keys there
        service.lock()

Tests that use it are marked `needs_keyring` and call `skip_without_secret_service()` (or the fixture does).
"""

import os
import shutil
import signal
import subprocess
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from jeepney.io.blocking import DBusConnection

PROGRAMS = ("dbus-daemon", "gnome-keyring-daemon")
_PATIENCE_SECONDS = 20.0
# No service directories: nothing is started behind the back of a test, so "no keyring" can be had too.
_BUS = """\
<!DOCTYPE busconfig PUBLIC "-//freedesktop//DTD D-Bus Bus Configuration 1.0//EN"
 "http://www.freedesktop.org/standards/dbus/1.0/busconfig.dtd">
<busconfig>
  <type>session</type>
  <listen>unix:path={folder}/bus</listen>
  <auth>EXTERNAL</auth>
  <policy context="default">
    <allow send_destination="*" eavesdrop="true"/>
    <allow eavesdrop="true"/>
    <allow own="*"/>
  </policy>
</busconfig>
"""


def skip_without_secret_service() -> None:
    missing = [program for program in PROGRAMS if shutil.which(program) is None]
    if missing:
        pytest.skip(f"no {' and no '.join(missing)} here")


class SecretService:
    """`environment` is for child processes (or for monkeypatch.setenv). What happens to it is up to the test."""

    def __init__(self, folder: Path, password: str) -> None:
        self.folder = folder
        self.address = f"unix:path={folder}/bus"
        self._password = password
        self._processes: list[subprocess.Popen[bytes]] = []
        self._keyring: subprocess.Popen[bytes] | None = None

    @property
    def changes(self) -> dict[str, str]:
        """Only what differs from an ordinary environment."""
        return {
            "HOME": str(self.folder / "home"),
            "XDG_RUNTIME_DIR": str(self.folder / "run"),
            "XDG_DATA_HOME": str(self.folder / "home" / ".local" / "share"),
            "XDG_CONFIG_HOME": str(self.folder / "home" / ".config"),
            "XDG_CACHE_HOME": str(self.folder / "home" / ".cache"),
            "DBUS_SESSION_BUS_ADDRESS": self.address,
        }

    @property
    def environment(self) -> dict[str, str]:
        without = ("DISPLAY", "WAYLAND_DISPLAY", "GNOME_KEYRING_CONTROL", "PYTHON_KEYRING_BACKEND")
        return {**{name: value for name, value in os.environ.items() if name not in without}, **self.changes}

    def start_bus(self) -> None:
        for name in ("home", "run"):
            (self.folder / name).mkdir(mode=0o700)
        config = self.folder / "bus.conf"
        config.write_text(_BUS.format(folder=self.folder), encoding="utf-8")
        self._start(["dbus-daemon", "--nofork", "--nopidfile", f"--config-file={config}"])
        self._until((self.folder / "bus").exists)

    def start_keyring(self, *, is_locked: bool = False, password: str | None = None) -> None:
        """With the password the keyring is open; without, or with a wrong one, it stays locked."""
        words = ["gnome-keyring-daemon", "--foreground", "--components=secrets"]
        words.append(f"--control-directory={self.folder / 'run' / 'keyring'}")
        self._keyring = self._start(words if is_locked else [*words, "--unlock"], stdin=subprocess.PIPE)
        assert self._keyring.stdin is not None
        if not is_locked:
            self._keyring.stdin.write((self._password if password is None else password).encode())
        self._keyring.stdin.close()
        self._until(self._has_service)
        if not is_locked and password is None:
            self._until(self._is_open)

    def stop_keyring(self) -> None:
        """As if it had crashed; what it had stored is still on its disk."""
        assert self._keyring is not None
        self._keyring.kill()
        self._keyring.wait()
        self._keyring = None

    def lose(self) -> None:
        """The keyring is set up anew, under the same password: everything that was in it is gone."""
        self.stop_keyring()
        shutil.rmtree(self.folder / "home" / ".local" / "share" / "keyrings")
        self.start_keyring()

    def lock(self) -> None:
        import secretstorage

        with closing(self._connect()) as connection:
            secretstorage.get_default_collection(connection).lock()

    def hang(self) -> None:
        """It takes calls and answers none, until `wake`."""
        assert self._keyring is not None
        self._keyring.send_signal(signal.Signals["SIGSTOP"])

    def wake(self) -> None:
        assert self._keyring is not None
        self._keyring.send_signal(signal.Signals["SIGCONT"])

    def entries(self) -> dict[str, str]:
        """What is stored, by service name."""
        import secretstorage

        with closing(self._connect()) as connection:
            items = secretstorage.get_default_collection(connection).get_all_items()
            return {item.get_attributes().get("service", "?"): item.get_secret().decode() for item in items}

    def put(self, service: str, text: str) -> None:
        """Overwrite an entry behind the program's back."""
        import secretstorage

        with closing(self._connect()) as connection:
            for item in secretstorage.search_items(connection, {"service": service}):
                item.set_secret(text.encode())

    def delete(self, service: str) -> None:
        import secretstorage

        with closing(self._connect()) as connection:
            for item in list(secretstorage.search_items(connection, {"service": service})):
                item.delete()

    def stop(self) -> None:
        for process in reversed(self._processes):
            if process.poll() is None:
                process.kill()
            process.wait()

    def _start(self, words: list[str], stdin: int = subprocess.DEVNULL) -> "subprocess.Popen[bytes]":
        process = subprocess.Popen(
            [self._runnable(words[0]), *words[1:]],
            stdin=stdin,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
            env=self.environment,
        )
        self._processes.append(process)
        return process

    def _runnable(self, program: str) -> str:
        """A copy has not the file capabilities for which a container without them refuses to run the original."""
        original = shutil.which(program)
        assert original is not None
        copy = self.folder / program
        if not copy.exists():
            shutil.copy(original, copy)
        return str(copy)

    def _connect(self) -> "DBusConnection":
        from jeepney.io.blocking import open_dbus_connection
        from secretstorage.util import add_match_rules

        connection = open_dbus_connection(self.address)
        add_match_rules(connection)
        return connection

    def _has_service(self) -> bool:
        import jeepney
        from jeepney.io.blocking import open_dbus_connection

        with closing(open_dbus_connection(self.address)) as connection:
            asked = jeepney.message_bus.NameHasOwner("org.freedesktop.secrets")
            return bool(connection.send_and_get_reply(asked).body[0])

    def _is_open(self) -> bool:
        import secretstorage

        with closing(self._connect()) as connection:
            try:
                return not secretstorage.Collection(connection).is_locked()
            except secretstorage.ItemNotFoundException:
                return False

    def _until(self, is_so: Callable[[], bool]) -> None:
        deadline = time.monotonic() + _PATIENCE_SECONDS
        while not is_so():
            assert time.monotonic() < deadline, "the private session did not start"
            time.sleep(0.01)


@contextmanager
def secret_service(
    *, has_keyring: bool = True, is_locked: bool = False, password: str = "open sesame"
) -> Iterator[SecretService]:
    """A bus of its own; on it, unless told otherwise, an open and empty keyring."""
    # In a short path: the address of a Unix socket may have 107 bytes.
    folder = Path(tempfile.mkdtemp(prefix="sr-"))
    service = SecretService(folder, password)
    try:
        service.start_bus()
        if has_keyring:
            service.start_keyring(is_locked=is_locked)
        yield service
    finally:
        service.stop()
        shutil.rmtree(folder, ignore_errors=True)

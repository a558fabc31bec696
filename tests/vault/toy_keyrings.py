"""Keyrings that behave, and keyrings that do not."""

import threading

from keyring.errors import InitError, KeyringLocked, PasswordDeleteError

WINDOWS_UNITS = 1280


class ToyKeyring:
    """A good one, with the size limit of the strictest."""

    def __init__(self) -> None:
        self.entries: dict[str, str] = {}
        self.threads: set[str] = set()

    def get_password(self, service: str, username: str) -> str | None:
        self.threads.add(threading.current_thread().name)
        return self.entries.get(service)

    def set_password(self, service: str, username: str, password: str) -> None:
        if len(password.encode("utf-16-le")) > 2 * WINDOWS_UNITS:
            raise OSError(1783, "CredWrite", "The stub received bad data")
        self.entries[service] = password

    def delete_password(self, service: str, username: str) -> None:
        if service not in self.entries:
            raise PasswordDeleteError(service)
        del self.entries[service]


class LockedKeyring(ToyKeyring):
    """Closed until `is_locked` is False."""

    is_locked = True

    def _look(self) -> None:
        if self.is_locked:
            raise KeyringLocked("Failed to unlock the collection!")

    def get_password(self, service: str, username: str) -> str | None:
        self._look()
        return super().get_password(service, username)

    def set_password(self, service: str, username: str, password: str) -> None:
        self._look()
        super().set_password(service, username, password)

    def delete_password(self, service: str, username: str) -> None:
        self._look()
        super().delete_password(service, username)


class BrokenKeyring(ToyKeyring):
    """Raises what it is told to, from the call of that number on."""

    def __init__(self, error: Exception, *, after: int = 0) -> None:
        super().__init__()
        self.error: Exception | None = error
        self._left = after

    def set_password(self, service: str, username: str, password: str) -> None:
        if self._left == 0 and self.error is not None:
            raise self.error
        self._left -= 1
        super().set_password(service, username, password)


class ForgetfulKeyring(ToyKeyring):
    """Takes everything and keeps nothing."""

    def set_password(self, service: str, username: str, password: str) -> None:
        return


class ChangingKeyring(ToyKeyring):
    """Gives back something else than it was given."""

    def get_password(self, service: str, username: str) -> str | None:
        text = super().get_password(service, username)
        return None if text is None else text[:-1]


class HangingKeyring(ToyKeyring):
    """Answers when `gate` is open."""

    def __init__(self) -> None:
        super().__init__()
        self.gate = threading.Event()
        self.was_asked = threading.Event()

    def get_password(self, service: str, username: str) -> str | None:
        self.was_asked.set()
        self.gate.wait(60)
        return super().get_password(service, username)

    def set_password(self, service: str, username: str, password: str) -> None:
        self.was_asked.set()
        self.gate.wait(60)
        super().set_password(service, username, password)


def gone() -> InitError:
    """As keyring tells that the service has died in the meantime."""

    class SecretServiceNotAvailableException(Exception):
        pass

    error = InitError("Failed to create the collection: …")
    error.__cause__ = SecretServiceNotAvailableException()
    return error

"""Starting at login on Windows: a value of this user's Run key, and what the Task Manager has to say about it."""

import subprocess
from types import ModuleType

from desktop_app.gui.i18n import tr_later
from desktop_app.gui.system.unable import Unable, reason_of

_RUN = r"Software\Microsoft\Windows\CurrentVersion\Run"
_APPROVED = r"Software\Microsoft\Windows\CurrentVersion\Explorer\StartupApproved\Run"
_SWITCHED_OFF = 1  # this bit of the first byte: somebody did so in the Task Manager or the settings


class RunKey:
    """No administrator is needed for it; the uninstaller takes the value away."""

    def __init__(self, name: str, command: tuple[str, ...], registry: ModuleType | None = None) -> None:
        self._name, self._line = name, subprocess.list2cmdline(command)
        self._given = registry
        self.place = rf"HKCU\{_RUN}\{name}"

    def is_on(self) -> bool:
        approval = self._value(_APPROVED)
        is_off = isinstance(approval, bytes) and bool(approval) and bool(approval[0] & _SWITCHED_OFF)
        return self._value(_RUN) == self._line and not is_off

    def switch(self, *, is_on: bool) -> None:
        winreg = self._registry
        try:
            with winreg.CreateKeyEx(winreg.HKEY_CURRENT_USER, _RUN, 0, winreg.KEY_SET_VALUE) as key:
                if is_on:
                    winreg.SetValueEx(key, self._name, 0, winreg.REG_SZ, self._line)
                else:
                    self._drop(key)
            # Whoever switches it here means it: an older "off" of the Task Manager's does not outlive that.
            with winreg.CreateKeyEx(winreg.HKEY_CURRENT_USER, _APPROVED, 0, winreg.KEY_SET_VALUE) as key:
                self._drop(key)
        except OSError as error:
            text = tr_later("Starting at login could not be switched ({reason}). {place} is as it was.")
            raise Unable(text, place=self.place, reason=reason_of(error)) from None

    @property
    def _registry(self) -> ModuleType:
        if self._given is None:
            import winreg

            self._given = winreg
        return self._given

    def _drop(self, key: object) -> None:
        try:
            self._registry.DeleteValue(key, self._name)
        except FileNotFoundError:
            return

    def _value(self, place: str) -> object:
        """None where there is none. Raises Unable."""
        winreg = self._registry
        try:
            with winreg.OpenKey(winreg.HKEY_CURRENT_USER, place) as key:
                return winreg.QueryValueEx(key, self._name)[0]
        except FileNotFoundError:
            return None
        except OSError as error:
            text = tr_later("{place} cannot be read ({reason}).")
            raise Unable(text, place=self.place, reason=reason_of(error)) from None

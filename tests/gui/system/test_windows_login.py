"""Against a registry of our own making: the rules are Windows', the key is not there on other systems."""

from collections.abc import Iterator
from contextlib import contextmanager
from types import ModuleType
from typing import Any

import pytest

from desktop_app.gui.system.login_entry import set_switch
from desktop_app.gui.system.unable import Unable
from desktop_app.gui.system.windows_login import RunKey

RUN = r"Software\Microsoft\Windows\CurrentVersion\Run"
APPROVED = r"Software\Microsoft\Windows\CurrentVersion\Explorer\StartupApproved\Run"


class Registry(ModuleType):
    """As much of winreg as is used."""

    HKEY_CURRENT_USER, KEY_SET_VALUE, REG_SZ = 1, 2, 1

    def __init__(self) -> None:
        super().__init__("winreg")
        self.keys: dict[str, dict[str, Any]] = {RUN: {"Other": "other.exe"}}
        self.is_shut = False

    @contextmanager
    def CreateKeyEx(self, root: int, place: str, reserved: int, access: int) -> Iterator[dict[str, Any]]:
        if self.is_shut:
            raise PermissionError(13, "Access is denied")
        yield self.keys.setdefault(place, {})

    @contextmanager
    def OpenKey(self, root: int, place: str) -> Iterator[dict[str, Any]]:
        if place not in self.keys:
            raise FileNotFoundError(2, "not there")
        yield self.keys[place]

    def SetValueEx(self, key: dict[str, Any], name: str, reserved: int, kind: int, value: str) -> None:
        key[name] = value

    def DeleteValue(self, key: dict[str, Any], name: str) -> None:
        if name not in key:
            raise FileNotFoundError(2, "not there")
        del key[name]

    def QueryValueEx(self, key: dict[str, Any], name: str) -> tuple[Any, int]:
        if name not in key:
            raise FileNotFoundError(2, "not there")
        return key[name], 1


@pytest.fixture
def registry() -> Registry:
    return Registry()


@pytest.fixture
def entry(registry: Registry) -> RunKey:
    return RunKey("Strongroom", (r"C:\My Apps\strongroom-window.exe", "--in-background"), registry)


def test_the_value_is_one_line_and_goes_without_a_trace(entry: RunKey, registry: Registry) -> None:
    assert not entry.is_on()
    assert set_switch(entry, is_on=True)
    assert registry.keys[RUN]["Strongroom"] == r'"C:\My Apps\strongroom-window.exe" --in-background'
    assert not set_switch(entry, is_on=False)
    assert registry.keys[RUN] == {"Other": "other.exe"}


def test_what_the_task_manager_switched_off_is_off_until_it_is_switched_on_here(
    entry: RunKey, registry: Registry
) -> None:
    set_switch(entry, is_on=True)
    registry.keys[APPROVED]["Strongroom"] = bytes((3, 0, 0, 0)) + bytes(8)
    assert not entry.is_on()
    registry.keys[APPROVED]["Strongroom"] = bytes((2, 0, 0, 0)) + bytes(8)
    assert entry.is_on()
    registry.keys[APPROVED]["Strongroom"] = bytes((3, 0, 0, 0)) + bytes(8)
    assert set_switch(entry, is_on=True)


def test_another_program_under_our_name_counts_as_off(entry: RunKey, registry: Registry) -> None:
    registry.keys[RUN]["Strongroom"] = r"C:\old\strongroom.exe"
    assert not entry.is_on()


def test_a_registry_that_is_shut_is_a_sentence(entry: RunKey, registry: Registry) -> None:
    registry.is_shut = True
    with pytest.raises(Unable, match="Access is denied"):
        set_switch(entry, is_on=True)

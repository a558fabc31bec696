"""Loads one exchange of ccxt without the other hundred: its packages import every exchange they have."""

import importlib
import importlib.machinery
import importlib.util
import logging
import sys
import threading
from pathlib import Path
from types import ModuleType
from typing import Any

_PACKAGES = ("ccxt", "ccxt.async_support", "ccxt.pro")
_LOADING = threading.Lock()


class UnknownExchange(Exception):
    """ccxt has no exchange of that name."""


class _Shell(ModuleType):
    """A package whose exchanges are loaded when they are named."""

    def __getattr__(self, name: str) -> Any:
        if name.startswith("__"):
            raise AttributeError(name)
        if name == "Exchange":
            folder = "ccxt.base.exchange" if self.__name__ == "ccxt" else "ccxt.async_support.base.exchange"
            found = importlib.import_module(folder).Exchange
        elif hasattr(errors := importlib.import_module("ccxt.base.errors"), name):
            found = getattr(errors, name)
        elif hasattr(rounding := importlib.import_module("ccxt.base.decimal_to_precision"), name):
            found = getattr(rounding, name)
        else:
            if importlib.util.find_spec(f"{self.__name__}.{name}") is None:
                raise AttributeError(name)
            found = getattr(importlib.import_module(f"{self.__name__}.{name}"), name)
        setattr(self, name, found)
        return found

    def __setattr__(self, name: str, value: Any) -> None:
        """The import system puts submodules here; ccxt's own packages hold the class of the same name instead."""
        if isinstance(value, ModuleType) and value.__name__ == f"{self.__name__}.{name}" and hasattr(value, name):
            value = getattr(value, name)
        super().__setattr__(name, value)


def load_class(exchange_id: str) -> type[Any]:
    """The class with streams, or the one without where ccxt has none. Takes half a second: not for a loop.

    Raises:
        UnknownExchange: ccxt has no exchange of that name.
    """
    if not exchange_id.isidentifier():
        raise UnknownExchange(exchange_id)
    with _LOADING:
        _make_shells()
        for package in ("ccxt.pro", "ccxt.async_support"):
            name = f"{package}.{exchange_id}"
            if name in sys.modules or importlib.util.find_spec(name) is not None:
                found = getattr(importlib.import_module(name), exchange_id, None)
                if isinstance(found, type):
                    return found
    raise UnknownExchange(exchange_id)


def _make_shells() -> None:
    # It writes whole requests, keys included, at DEBUG.
    logging.getLogger("ccxt").setLevel(logging.ERROR)
    if "ccxt" in sys.modules:
        return
    found = importlib.util.find_spec("ccxt")
    assert found is not None and found.submodule_search_locations
    root = Path(found.submodule_search_locations[0])
    for name in _PACKAGES:
        folder = root.joinpath(*name.split(".")[1:])
        shell = _Shell(name)
        spec = importlib.machinery.ModuleSpec(name, None, is_package=True)
        spec.submodule_search_locations = [str(folder)]
        shell.__spec__ = spec
        shell.__path__ = [str(folder)]
        shell.__file__ = str(folder / "__init__.py")
        sys.modules[name] = shell
        parent, _, child = name.rpartition(".")
        if parent:
            setattr(sys.modules[parent], child, shell)

"""Where the wishes of a command go: to the application that runs on this data folder, or to an engine of our own."""

import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Protocol

from desktop_app.cli.log_file import logged

if TYPE_CHECKING:
    import asyncio
    from pathlib import Path

    from desktop_app.config import Paths
    from desktop_app.core.redaction import Scrubber
    from desktop_app.engine.door import DoorClient
    from desktop_app.engine.engine import Engine
    from desktop_app.engine.work import Work
    from desktop_app.research.trial_run import Outcome

_PATIENCE_SECONDS = 15.0  # another command may hold the folder for a moment, or an application is just starting
_LOOK_SECONDS = 0.05


class Paint(Protocol):
    """The composition root's way of making a picture file of a drawing: only the window's library can."""

    def __call__(self, outcome: "Outcome", path: "Path") -> None: ...


class BuildEngine(Protocol):
    """The composition root's way of making an engine."""

    def __call__(self, paths: "Paths", work: "Work") -> "Engine": ...


@dataclass(frozen=True, slots=True)
class House:
    """What a command gets from the composition root: where data lies, how an engine and a picture are made, what no log
    may show."""

    paths: "Paths"
    build_engine: BuildEngine
    scrubber: "Scrubber"
    paint: Paint | None = None  # where there is a library that can


class Session(Protocol):
    """The methods of the supervisor by name, as plain calls. Raises Problem."""

    @property
    def is_remote(self) -> bool:
        """The running application does it; what was asked goes on after this command ends."""

    def call(self, name: str, /, **arguments: Any) -> Any: ...
    def pause(self, seconds: float) -> None:
        """Let things happen for a while."""


class LocalSession:
    """An engine that lives as long as this command."""

    is_remote = False

    def __init__(self, engine: "Engine", runner: "asyncio.Runner") -> None:
        self.engine = engine
        self._runner = runner

    def call(self, name: str, /, **arguments: Any) -> Any:
        return self._runner.run(getattr(self.engine.supervisor, name)(**arguments))

    def pause(self, seconds: float) -> None:
        import asyncio

        self._runner.run(asyncio.sleep(seconds))


class RemoteSession:
    """The engine of the running application."""

    is_remote = True

    def __init__(self, call: Callable[..., Any]) -> None:
        self._call = call

    def call(self, name: str, /, **arguments: Any) -> Any:
        return self._call(name, **arguments)

    def pause(self, seconds: float) -> None:
        time.sleep(seconds)


@contextmanager
def reading(house: House) -> Iterator[Session]:
    """For questions: no exchange is connected, nothing moves."""
    from desktop_app.engine.work import Work

    with _session(house, Work.READ) as session:
        yield session


@contextmanager
def asking(house: House) -> Iterator[Session]:
    """For what concerns accounts themselves: an exchange can be asked, none is connected, nothing moves."""
    from desktop_app.engine.work import Work

    with _session(house, Work.ASK) as session:
        yield session


@contextmanager
def changing(house: House) -> Iterator[Session]:
    """For wishes: the exchanges are connected, orders and fills are followed, but no bot opens anything by itself."""
    from desktop_app.engine.work import Work

    with _session(house, Work.HANDLE) as session:
        yield session


@contextmanager
def _session(house: House, work: "Work") -> Iterator[Session]:
    import asyncio  # not at the top: a command that asks nobody does not pay for it

    from desktop_app.engine.problem import Problem

    deadline = time.monotonic() + _PATIENCE_SECONDS
    with logged(house.paths, house.scrubber):
        while True:
            remote = running(house.paths)
            if remote is not None:
                with remote as client:
                    yield RemoteSession(client.supervisor().call)
                return
            with asyncio.Runner() as runner:
                engine = house.build_engine(house.paths, work)
                try:
                    runner.run(engine.start())
                except Problem as error:
                    if error.said.code != "second_instance" or time.monotonic() >= deadline:
                        raise
                else:
                    try:
                        yield LocalSession(engine, runner)
                    finally:
                        runner.run(engine.stop())
                    return
            time.sleep(_LOOK_SECONDS)


def running(paths: "Paths") -> "DoorClient | None":
    """A client of the application that runs on this data folder, if one does."""
    if not paths.door_key.exists():  # looked at first, so that a mere question costs no import
        return None
    from desktop_app.engine.door import DoorClient
    from desktop_app.engine.problem import Problem

    try:
        return DoorClient(paths.door_address, paths.door_key)
    except Problem:
        return None  # left behind by a kill


def paths_of(data_dir: "Path | None", profile: str | None) -> "Paths":
    """Where data lies. Raises ValueError: the profile's name cannot be a folder's."""
    from desktop_app.config import DEFAULT_PROFILE, Paths, default_data_dir

    usual = default_data_dir(profile if profile is not None else DEFAULT_PROFILE)
    if data_dir is None:
        return Paths(usual)
    folder = data_dir.expanduser()
    return Paths(folder if profile in (None, DEFAULT_PROFILE) else folder / "profiles" / str(profile))

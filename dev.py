#!/usr/bin/env python3
"""Everything a checkout can do, with nothing but Python: run, test, lint, bench, package."""

from __future__ import annotations

import contextlib
import hashlib
import os
import shutil
import subprocess
import sys
from collections.abc import Iterator

ROOT = os.path.dirname(os.path.abspath(__file__))
VENV = os.path.join(ROOT, ".venv")
WINDOWS = os.name == "nt"
BIN = os.path.join(VENV, "Scripts" if WINDOWS else "bin")
PYTHON = os.path.join(BIN, "python.exe" if WINDOWS else "python")
LOCKS = {"run": "requirements.lock", "test": "requirements-dev.lock"}  # the second holds all of the first
PACKAGE_LOCK = "requirements-package.lock"  # the first, and what builds installers: in an environment of its own
READY = os.path.join(VENV, "strongroom-ready")
BUSY = os.path.join(VENV, "strongroom-installing")  # left behind only by an installation that was interrupted
LACKING = os.path.join(VENV, "strongroom-lacks")  # system packages that could not be installed

HELP = """\
usage: python3 dev.py COMMAND [ARGS...]

  run [ARGS...]      start Strongroom; ARGS are those of the command `strongroom` (none: the window)
  test [ARGS...]     run the whole test suite without a display; ARGS go to pytest
  lint               check style, types and architecture, and that tests cover every line of the core
  bench [NAMES...]   measure: run the scripts of tests/bench, all or the named ones, one after another
  package [ARGS...]  build the installer of this system (packaging/build.py)
  lock [ARGS...]     write requirements*.lock anew from pyproject.toml; ARGS go to `uv pip compile`

The first call makes .venv and installs the locked dependencies, whose hashes are checked. On Debian and
Ubuntu it also installs the system libraries that Qt needs, if it may. Later calls start at once.
Delete .venv to begin afresh.
"""

# What Qt opens at run time, and the Debian package that brings it.
QT_LIBRARIES = {
    "libglib-2.0.so.0": "libglib2.0-0",
    "libGL.so.1": "libgl1",
    "libEGL.so.1": "libegl1",
    "libxkbcommon.so.0": "libxkbcommon0",
    "libfontconfig.so.1": "libfontconfig1",
    "libdbus-1.so.3": "libdbus-1-3",
    "libxkbcommon-x11.so.0": "libxkbcommon-x11-0",
    "libxcb-cursor.so.0": "libxcb-cursor0",
    "libxcb-icccm.so.4": "libxcb-icccm4",
    "libxcb-keysyms.so.1": "libxcb-keysyms1",
    "libxcb-shape.so.0": "libxcb-shape0",
}
# Programs that some tests start: a screen, a session bus, a keyring.
TEST_PROGRAMS = {
    "Xvfb": "xvfb",
    "xauth": "xauth",
    "dbus-run-session": "dbus",
    "gnome-keyring-daemon": "gnome-keyring",
}


def main(arguments: list[str]) -> int:
    """Dispatch; the way to an installed application reads two small files and imports next to nothing."""
    command, rest = (arguments[0], arguments[1:]) if arguments else ("--help", [])
    if command in ("-h", "--help", "help"):
        print(HELP, end="")
        return 0 if arguments else 2
    commands = {"run": run, "test": test, "lint": lint, "bench": bench, "package": package, "lock": lock}
    if command not in commands:
        print(f"There is no command {command!r}.\n\n{HELP}", end="", file=sys.stderr)
        return 2
    if sys.version_info < (3, 11):
        return with_newer_python(arguments)
    # What Python has compiled is kept: else each of the hundreds of processes of a test run compiles everything anew.
    os.environ.pop("PYTHONDONTWRITEBYTECODE", None)
    return commands[command](rest)


# --- commands ---------------------------------------------------------------------------------------------------------


def run(arguments: list[str]) -> int:
    """Start the application in the caller's folder, so that file names mean what the caller meant."""
    install("run")
    # -P: a file of the caller's folder must never be imported instead of a library.
    return become([PYTHON, "-P", "-m", "desktop_app", *arguments])


def test(arguments: list[str]) -> int:
    """Run pytest headless; on more workers than small machines have cores, because many tests wait for sockets."""
    install("test")
    os.chdir(ROOT)
    os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")
    own_workers = ("-n", "--numprocesses", "--dist", "--pdb", "--trace")
    workers = [] if any(argument.startswith(own_workers) for argument in arguments) else ["-n", "4"]
    return become([PYTHON, "-m", "pytest", *workers, *arguments])


def lint(arguments: list[str]) -> int:
    """Run every check, tell all that is wrong, and fail if anything is."""
    install("test")
    os.chdir(ROOT)
    os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")
    checks = {
        "ruff": [PYTHON, "-m", "ruff", "check", *arguments],
        "mypy": [PYTHON, "-m", "mypy"],
        "import-linter": [os.path.join(BIN, "lint-imports"), "--no-logo"],
        "coverage of the core": [PYTHON, "-m", "pytest", "-q", "-n", "2", "tests/core", "--cov", "--cov-report=term"],
    }
    import tempfile  # not for the way to the application

    # At once, for only one of them uses more than one processor; told one after another.
    wrong = []
    with contextlib.ExitStack() as files:
        running = []
        for name, check in checks.items():
            output = files.enter_context(tempfile.TemporaryFile())
            running.append((name, output, subprocess.Popen(check, stdout=output, stderr=subprocess.STDOUT)))
        for name, output, process in running:
            status = process.wait()
            output.seek(0)
            say(f"--- {name}\n{output.read().decode(errors='replace').rstrip()}")
            if status != 0:
                wrong.append(name)
    say(f"Not clean: {', '.join(wrong)}." if wrong else "All checks are clean.")
    return 1 if wrong else 0


def bench(arguments: list[str]) -> int:
    """Run the measuring scripts one after another, so that they do not disturb each other."""
    install("test")
    os.chdir(ROOT)
    os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")
    folder = os.path.join(ROOT, "tests", "bench")
    files = sorted(os.listdir(folder)) if os.path.isdir(folder) else []
    names = [file[:-3] for file in files if file.endswith(".py") and not file.startswith(("_", "conftest"))]
    unknown = [name for name in arguments if name not in names]
    if unknown or not names:
        say(f"No such measurement: {', '.join(unknown) or 'none exist'}. There are: {', '.join(names) or '(none)'}.")
        return 2
    failed = []
    for name in arguments or names:
        say(f"--- {name}")
        if call([PYTHON, "-m", f"tests.bench.{name}"]) != 0:
            failed.append(name)
    if failed:
        say(f"Did not finish: {', '.join(failed)}.")
    return 1 if failed else 0


def package(arguments: list[str]) -> int:
    """Build the installer with the script that knows how."""
    script = os.path.join(ROOT, "packaging", "build.py")
    if not os.path.exists(script):
        say("packaging/build.py does not exist yet, so there is nothing that could build an installer.")
        return 1
    install("test")
    os.chdir(ROOT)
    return become([PYTHON, script, *arguments])


def lock(arguments: list[str]) -> int:
    """Resolve for Linux, macOS and Windows at once; the versions already locked are kept unless ARGS say --upgrade."""
    install("test")
    os.chdir(ROOT)
    options = ["--quiet", "--universal", "--python-version", "3.11", "--no-build", "--generate-hashes", "--no-header"]
    compiling = [uv_program() or "uv", "pip", "compile", *options, "--no-annotate", *arguments, "pyproject.toml"]
    status = call([*compiling, "--output-file", LOCKS["run"]])
    for group, name in (("dev", LOCKS["test"]), ("package", PACKAGE_LOCK)):
        status = status or call([*compiling, "--group", group, "--constraint", LOCKS["run"], "--output-file", name])
    return status


# --- installing -------------------------------------------------------------------------------------------------------


def install(purpose: str) -> None:
    """Bring .venv and the system up to what `purpose` needs; when they already are, cost nothing."""
    if not is_ready(purpose):
        refuse_unsupported_systems()
        with only_one():
            if not is_ready(purpose):  # another call may have done it while this one waited
                install_now(purpose)
    if read(LACKING):
        tell_missing(missing_packages(purpose))


def is_ready(purpose: str) -> bool:
    """Whether an installation for this purpose, or for a wider one, was finished and still fits."""
    state, _, purposes = read(READY).partition("\n")
    return state == wanted_state() and (purpose in purposes or "test" in purposes)


def install_now(purpose: str) -> None:
    """Install; what an interrupted earlier try left behind is thrown away first."""
    must_make = os.path.exists(BUSY) or not python_works()
    if must_make:
        provide_venv_maker()
    missing = missing_packages(purpose)
    apt = start_apt(missing) if missing and may_apt() else None  # meanwhile the Python packages are fetched
    if must_make:
        make_venv()
    write(BUSY, "")
    write(READY, "")
    install_locked(LOCKS[purpose])
    link_checkout()
    if apt is not None:
        log = apt.communicate()[0]
        say(log[-2000:] if apt.returncode else "")
    write(LACKING, "\n".join(missing_packages(purpose)))
    write(READY, f"{wanted_state()}\n{purpose}\n")  # looks again: the interpreter's real path is known only now
    os.remove(BUSY)


@contextlib.contextmanager
def only_one() -> Iterator[None]:
    """Let one installation run at a time; the lock goes with the process, however that ends."""
    with open(os.path.join(ROOT, ".venv.lock"), "w", encoding="utf-8") as file:
        if sys.platform == "win32":
            import msvcrt

            msvcrt.locking(file.fileno(), msvcrt.LK_LOCK, 1)
        else:
            import fcntl

            fcntl.flock(file, fcntl.LOCK_EX)
        yield


def wanted_state() -> str:
    """A name for all that an installation depends on: where it is, its interpreter, the locks, this file."""
    digest = hashlib.sha256(os.path.realpath(PYTHON).encode() + b"\0" + ROOT.encode())
    for name in (*LOCKS.values(), "dev.py"):
        with open(os.path.join(ROOT, name), "rb") as file:
            digest.update(file.read())
    return digest.hexdigest()


def python_works() -> bool:
    """Whether .venv has an interpreter that still starts and is new enough."""
    probe = "import sys, site; sys.exit(sys.version_info < (3, 11))"
    return os.path.exists(PYTHON) and aside([PYTHON, "-c", probe], quiet=True) == 0


def provide_venv_maker() -> None:
    """Make sure that this Python can make environments: Debian keeps that part in a package of its own."""
    import importlib.util

    if importlib.util.find_spec("venv") is None:
        stop("This Python has no module venv. Install a complete Python 3.11 or newer from python.org.")
    if uv_program() is not None or importlib.util.find_spec("ensurepip") is not None:
        return
    need = f"python3.{sys.version_info[1]}-venv"
    if not may_apt():
        stop(f"This Python cannot make virtual environments. Install the missing part: sudo apt-get install {need}")
    apt = start_apt([need])
    log = apt.communicate()[0]
    if apt.returncode != 0:
        stop(f"{log[-2000:]}\nThis Python cannot make virtual environments and {need} cannot be installed.")


def make_venv() -> None:
    """Make .venv, with pip only if uv is not there to do pip's work."""
    say("Making .venv …")
    shutil.rmtree(VENV, ignore_errors=True)
    without_pip = [] if uv_program() is None else ["--without-pip"]
    if aside([sys.executable, "-m", "venv", *without_pip, VENV]) != 0:
        shutil.rmtree(VENV, ignore_errors=True)
        stop(f"Making {VENV} did not work; the reason is above. Is the folder writable and the disk not full?")


def install_locked(name: str) -> None:
    """Install one lock file with uv, which is about five times faster, or else with pip."""
    say(f"Installing what {name} lists …")
    path = os.path.join(ROOT, name)
    uv = uv_program() or fetch_uv()
    if uv is not None:
        environment = {**os.environ, **pip_settings(), "VIRTUAL_ENV": VENV}
        environment.setdefault("UV_HTTP_TIMEOUT", "180")
        options = ["--quiet", "--python", PYTHON, "--require-hashes", "--no-build"]
        if aside([uv, "pip", "install", *options, "-r", path], environment=environment) == 0:
            return
        say("uv could not do it; trying again with pip …")
    ensure_pip()
    if pip_install(path) != 0:
        stop(
            "The dependencies are not installed; the reason is above. Without a connection to the package index "
            "the first start cannot work. Run the same command again: what was fetched is kept."
        )


def uv_program() -> str | None:
    """Find uv: the one in .venv came from the lock, another one on the PATH serves as well."""
    return shutil.which("uv", path=BIN) or shutil.which("uv")


def fetch_uv() -> str | None:
    """Install uv alone, from its lines in the lock, so that its hash is checked too."""
    import tempfile

    ensure_pip()
    lines = read(os.path.join(ROOT, LOCKS["test"])).split("\n")
    start = next((n for n, line in enumerate(lines) if line.startswith("uv==")), None)
    if start is None:
        return None
    end = next((n for n in range(start + 1, len(lines)) if not lines[n].startswith(" ")), len(lines))
    with tempfile.TemporaryDirectory() as folder:
        path = os.path.join(folder, "uv.lock")
        write(path, "\n".join(lines[start:end]) + "\n")
        return uv_program() if pip_install(path) == 0 else None


def pip_install(path: str) -> int:
    """Install a lock with pip: only wheels, so that no code runs that no hash covers."""
    options = ["--quiet", "--disable-pip-version-check", "--require-hashes", "--only-binary", ":all:"]
    return aside([PYTHON, "-m", "pip", "install", *options, "-r", path])


def ensure_pip() -> None:
    """Give .venv a pip if it was made without one."""
    if aside([PYTHON, "-m", "pip", "--version"], quiet=True) != 0:
        aside([PYTHON, "-m", "ensurepip", "--default-pip"], quiet=True)


def pip_settings() -> dict[str, str]:
    """Hand pip's package index and certificates on to uv, which does not read pip's settings."""
    settings: dict[str, str] = {}
    for python in (PYTHON, sys.executable):  # either may be without pip
        ask = [python, "-m", "pip", "config", "list"]
        found = subprocess.run(ask, capture_output=True, text=True, check=False).stdout
        settings = settings or dict(line.split("=", 1) for line in found.splitlines() if "=" in line)
    names = {"index-url": "UV_DEFAULT_INDEX", "cert": "SSL_CERT_FILE"}
    result = {}
    for place, value in settings.items():  # pip lists the weaker places first
        name = names.get(place.rpartition(".")[2])
        if name and name not in os.environ:
            result[name] = value.strip().strip("'\"")
    return result


def link_checkout() -> None:
    """Make the checkout importable in .venv, and `strongroom` a command there."""
    ask = [PYTHON, "-c", "import sysconfig; print(sysconfig.get_path('purelib'))"]
    packages = subprocess.run(ask, capture_output=True, text=True, check=True).stdout.strip()
    write(os.path.join(packages, "strongroom-checkout.pth"), ROOT + "\n")
    if WINDOWS:
        write(os.path.join(BIN, "strongroom.cmd"), f'@"{PYTHON}" -P -m desktop_app %*\n')
    else:
        script = os.path.join(BIN, "strongroom")
        write(script, f'#!/bin/sh\nexec "{PYTHON}" -P -m desktop_app "$@"\n')
        os.chmod(script, 0o755)


# --- the system -------------------------------------------------------------------------------------------------------


def refuse_unsupported_systems() -> None:
    """Say at once what would otherwise fail late and unclearly."""
    import platform

    if sys.platform == "darwin" and platform.machine() == "x86_64":
        stop("Intel Macs are not supported: cryptography, a library this needs, no longer has a build for them.")
    if sys.maxsize < 2**32:
        stop("This Python is a 32-bit one, for which Qt has no build. Install a 64-bit Python 3.11 or newer.")


def missing_packages(purpose: str) -> list[str]:
    """Name the Debian packages whose libraries (and, for tests, programs) this Linux lacks."""
    if not sys.platform.startswith("linux"):
        return []
    import ctypes

    missing = []
    for library, name in QT_LIBRARIES.items():
        try:
            ctypes.CDLL(library)
        except OSError:
            missing.append(name)
    if purpose == "test":
        missing += [name for program, name in TEST_PROGRAMS.items() if shutil.which(program) is None]
    return missing


def tell_missing(missing: list[str]) -> None:
    """Tell how to get what is missing; no reason to stop, since the commands need no screen."""
    if not missing:
        write(LACKING, "")
        return
    libraries = [library for library, name in QT_LIBRARIES.items() if name in missing]
    say(f"{'The window needs' if libraries else 'Some tests need'} system packages. On Debian or Ubuntu:")
    say(f"  sudo apt-get install -y --no-install-recommends {' '.join(missing)}")
    if libraries:
        say(f"On another Linux install what provides {', '.join(libraries)}.")


def may_apt() -> bool:
    """Whether apt-get is here and we may use it without asking anybody for a password."""
    if shutil.which("apt-get") is None:
        return False
    is_root = hasattr(os, "geteuid") and os.geteuid() == 0
    return is_root or (shutil.which("sudo") is not None and aside(["sudo", "-n", "true"], quiet=True) == 0)


def start_apt(packages: list[str]) -> subprocess.Popen[str]:
    """Start apt-get update and install in one child; a running apt-get of somebody else is waited for."""
    say(f"Installing system packages: {' '.join(packages)} …")
    apt = "apt-get -qq -o DPkg::Lock::Timeout=120"
    script = f"{apt} update; {apt} install -y --no-install-recommends {' '.join(packages)}"
    prefix = [] if os.geteuid() == 0 else ["sudo", "-n"]
    return subprocess.Popen(
        [*prefix, "env", "DEBIAN_FRONTEND=noninteractive", "sh", "-c", script],
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
    )


def with_newer_python(arguments: list[str]) -> int:
    """Look for a Python that is new enough and start over with it."""
    for minor in (13, 12, 11, 14):
        found = shutil.which(f"python3.{minor}")
        if found is not None:
            return become([found, os.path.abspath(__file__), *arguments])
    have = ".".join(str(part) for part in sys.version_info[:3])
    say(f"Strongroom needs Python 3.11 or newer; this is {have}. Install one from python.org or your system.")
    return 1


# --- small things -----------------------------------------------------------------------------------------------------


def become(command: list[str]) -> int:
    """Replace this process by another; Windows has no such thing, so there wait for it."""
    sys.stdout.flush()
    if not WINDOWS:
        os.execv(command[0], command)
    import signal

    signal.signal(signal.SIGINT, signal.SIG_IGN)  # Ctrl-C is for the child, which shares our console
    return subprocess.run(command, check=False).returncode


def call(command: list[str]) -> int:
    """Run a program in the foreground and return its exit status."""
    return subprocess.run(command, check=False).returncode


def aside(command: list[str], *, quiet: bool = False, environment: dict[str, str] | None = None) -> int:
    """Run a program that helps to install: it asks nothing, and what it says goes to stderr."""
    output = subprocess.DEVNULL if quiet else sys.stderr
    try:
        done = subprocess.run(
            command, stdin=subprocess.DEVNULL, stdout=output, stderr=output, env=environment, check=False
        )
    except OSError:
        return 127
    return done.returncode


def read(path: str) -> str:
    """Return a file's text, or nothing if there is none."""
    try:
        with open(path, encoding="utf-8") as file:
            return file.read()
    except OSError:
        return ""


def write(path: str, text: str) -> None:
    """Write a file so that it is there whole or not at all."""
    with open(path + ".new", "w", encoding="utf-8", newline="\n") as file:
        file.write(text)
    os.replace(path + ".new", path)


def say(text: str) -> None:
    """Tell the person; stdout belongs to the application."""
    if text:
        print(text, file=sys.stderr, flush=True)


def stop(text: str) -> None:
    """Tell why it cannot go on, and end."""
    say(text)
    sys.exit(1)


if __name__ == "__main__":
    try:
        sys.exit(main(sys.argv[1:]))
    except KeyboardInterrupt:
        sys.exit(130)

"""Builds what the present system can: the bundle, and from it a .deb, an installer for Windows or a disk image.

    python3 dev.py package [bundle|weigh|deb|appimage|flatpak|installer|dmg|check|sums] ...

Without words it builds everything that this system and its tools allow; `check` then tries it out (tests/bundle).
Everything goes below `build/`; what people download lies in `build/dist`. The bundle is made in an environment of its
own that holds what the application needs and nothing else.
"""

import hashlib
import importlib.metadata
import json
import os
import platform
import plistlib
import re
import shutil
import subprocess
import sys
import tempfile
from collections import Counter
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
BUILD = ROOT / "build"
DIST = BUILD / "dist"
VENV = BUILD / "venv"
ICONS = BUILD / "icons"
PYTHON = VENV / ("Scripts/python.exe" if sys.platform == "win32" else "bin/python")
LOCK = ROOT / "requirements-package.lock"
BUNDLE = DIST / "strongroom"
APP_ID = "io.strongroom.Strongroom"
DEPENDS = (
    "libc6 (>= {libc}), libdbus-1-3, libegl1, libfontconfig1, libfreetype6, libgcc-s1, libgl1, libglib2.0-0, liblzma5, "
    "libstdc++6, libx11-6, libx11-xcb1, libxcb1, libxkbcommon0, libxkbcommon-x11-0, libzstd1, zlib1g"
)
RECOMMENDS = (
    "gnome-keyring | kwalletmanager | keepassxc, fonts-noto-core, fonts-noto-cjk, ca-certificates, libwayland-client0, "
    "libwayland-cursor0, libwayland-egl1"
)
RUNTIME_LIBRARIES = ("libsquashfuse.a", "libzstd.a", "libz.a")
# Libraries that come with the symbols of their makers' debuggers. Not all: strip damages the libraries of numpy.
NOT_SHIPPED = {"numba", "llvmlite", "uvloop"}
LICENCE = re.compile("licen[sc]e|copying|notice|authors", re.IGNORECASE)
STRIPPED = ("libpython3", "python3.", "aiohttp", "sqlalchemy", "frozenlist", "multidict")


def main(words: list[str]) -> int:
    steps = {
        "bundle": bundle, "deb": deb, "installer": installer, "dmg": dmg, "appimage": appimage, "flatpak": flatpak,
        "weigh": weigh, "check": check, "sums": sums,
    }  # fmt: skip
    usual = {"linux": ["bundle", "weigh", "deb", "appimage"], "win32": ["bundle", "weigh", "installer"]}
    wanted = words or [*usual.get(sys.platform, ["bundle", "weigh", "dmg"]), "sums"]
    if not words and "appimage" in wanted and (missing := appimage_lacks()):
        print(f"No AppImage will be built: {missing} missing.", file=sys.stderr)
        wanted.remove("appimage")
    if unknown := [word for word in wanted if word not in steps]:
        print(f"There is nothing called {unknown[0]!r} to build; there are {', '.join(steps)}.", file=sys.stderr)
        return 2
    os.environ["SOURCE_DATE_EPOCH"] = str(commit_time())
    for word in wanted:
        print(f"--- {word}", flush=True)
        steps[word]()
    return 0


# --- the bundle -------------------------------------------------------------------------------------------------------


def bundle() -> None:
    """build/dist/strongroom: the application with its own Python, for this system."""
    prepare()
    shutil.rmtree(BUNDLE, ignore_errors=True)
    run(PYTHON, ROOT / "packaging" / "icons.py", ICONS)
    licences()
    info = BUILD / "build.json"
    info.write_text(json.dumps(build_info(), indent=1) + "\n", encoding="utf-8")
    environment = {
        **os.environ,
        "STRONGROOM_ICONS": str(ICONS),
        "STRONGROOM_BUILD_INFO": str(info),
        "PYTHONHASHSEED": "1",  # the order of sets goes into compiled files
    }
    options = ["--noconfirm", "--log-level", "WARN", "--distpath", DIST, "--workpath", BUILD / "work"]
    run(PYTHON, "-m", "PyInstaller", *options, ROOT / "packaging" / "strongroom.spec", environment=environment)
    if sys.platform == "linux":
        inside = BUNDLE / "_internal"
        run("strip", "--strip-unneeded", *(
            path for path in sorted(inside.rglob("*.so*"))
            if path.relative_to(inside).parts[0].startswith(STRIPPED) and not path.is_symlink()
        ))  # fmt: skip


def prepare() -> None:
    """An environment with what the lock lists, hashes checked, no more."""
    mark = BUILD / "venv-holds"
    state = hashlib.sha256(LOCK.read_bytes() + sys.version.encode()).hexdigest()
    if mark.exists() and mark.read_text(encoding="ascii") == state and PYTHON.exists():
        return
    BUILD.mkdir(exist_ok=True)
    uv = shutil.which("uv", path=Path(sys.executable).parent) or shutil.which("uv")
    if uv is None:
        raise SystemExit("There is no uv. Run this as `python3 dev.py package`, which brings it along.")
    run(uv, "venv", "--quiet", "--clear", "--python", sys.executable, VENV)
    environment = {**os.environ, "VIRTUAL_ENV": str(VENV)}
    run(uv, "pip", "install", "--quiet", "--require-hashes", "--no-build", "-r", LOCK, environment=environment)
    mark.write_text(state, encoding="ascii")


def licences() -> None:
    """The words under which others let us ship their work, in one file."""
    wanted = locked() - NOT_SHIPPED
    parts = []
    folders = [str(path) for path in VENV.rglob("site-packages")]
    for one in sorted(importlib.metadata.distributions(path=folders), key=lambda one: one.name.lower()):
        if one.name.lower().replace("_", "-") not in wanted:
            continue
        kept = [file for file in one.files or () if "dist-info" in str(file) and LICENCE.search(file.name)]
        text = "\n".join(str(Path(str(one.locate_file(file))).read_text("utf-8", "replace")) for file in sorted(kept))
        told = one.metadata.get("License-Expression") or (one.metadata.get("License") or "see below").splitlines()[0]
        parts.append(f"{'=' * 80}\n{one.name} {one.version}: {told}\n{'=' * 80}\n{text}\n")
    (BUILD / "THIRD-PARTY.txt").write_text("\n".join(parts), encoding="utf-8")


def locked() -> set[str]:
    """The names of everything that the application may import."""
    lines = (ROOT / "requirements.lock").read_text(encoding="utf-8").splitlines()
    return {re.split("[= ;]", line)[0].lower() for line in lines if line[:1].isalnum()}


def build_info() -> dict[str, str]:
    return {
        "version": version(),
        "commit": told("git", "rev-parse", "HEAD") + ("" if is_clean() else "+changes"),
        "system": f"{platform.system()} {platform.machine()}",
        "python": platform.python_version(),
    }


def version() -> str:
    text = (ROOT / "desktop_app" / "__init__.py").read_text(encoding="utf-8")
    return text.split('__version__ = "')[1].split('"')[0]


def is_clean() -> bool:
    return not told("git", "status", "--porcelain", "--untracked-files=no")


def commit_time() -> int:
    return int(told("git", "log", "-1", "--format=%ct") or 0)


def weigh() -> None:
    """What each part of the bundle weighs."""
    inside = BUNDLE / "_internal"
    sizes: Counter[str] = Counter()
    for path in BUNDLE.rglob("*"):
        if path.is_file() and not path.is_symlink():
            part = path.relative_to(inside).parts[0] if path.is_relative_to(inside) else path.name
            sizes[part] += path.stat().st_size
    total = sum(sizes.values())
    for name, size in sizes.most_common(14):
        print(f"{size / 1e6:8.1f} MB  {name}")
    print(f"{total / 1e6:8.1f} MB  in all, {sum(1 for _ in BUNDLE.rglob('*'))} files")


def check() -> None:
    """Try the bundle out: keyring, window, backtests, old data and more. STRONGROOM_PROGRAM names another one."""
    name = "strongroom.exe" if sys.platform == "win32" else "strongroom"
    program = BUNDLE / name if sys.platform != "darwin" else DIST / "Strongroom.app" / "Contents" / "MacOS" / name
    environment = {"STRONGROOM_PROGRAM": str(program), **os.environ}
    run(sys.executable, "-m", "pytest", "-q", "tests/bundle", environment=environment)


# --- Linux ------------------------------------------------------------------------------------------------------------


def deb() -> None:
    """build/dist/strongroom_VERSION_ARCH.deb"""
    need("dpkg-deb", "apt-get install dpkg")
    arch = told("dpkg", "--print-architecture")
    with tempfile.TemporaryDirectory(dir=BUILD) as folder:
        root = Path(folder) / "root"
        lay_out(root, prefix=Path("usr"), home=Path("opt/strongroom"))
        size = sum(path.stat().st_size for path in root.rglob("*") if path.is_file() and not path.is_symlink())
        control = root / "DEBIAN" / "control"
        control.parent.mkdir()
        template = (ROOT / "packaging" / "linux" / "control").read_text(encoding="utf-8")
        values = {
            "version": version(), "arch": arch, "size": str(size // 1024), "recommends": RECOMMENDS,
            "depends": DEPENDS.format(libc=libc_wanted()),
        }  # fmt: skip
        control.write_text(template.format(**values), encoding="utf-8")
        give_times(root)
        target = DIST / f"strongroom_{version()}_{arch}.deb"
        run("dpkg-deb", "--root-owner-group", "-Zxz", "-z3", "--build", root, target)


def libc_wanted() -> str:
    """The oldest C library that has all that the bundle calls; that of the building system decides."""
    found = {
        int(minor)
        for path in BUNDLE.rglob("*")
        if path.is_file() and (path.name == "strongroom" or ".so" in path.name)
        for minor in re.findall(rb"GLIBC_2\.(\d+)\0", path.read_bytes())
    }
    return f"2.{max(found)}"


def lay_out(root: Path, *, prefix: Path, home: Path) -> None:
    """The bundle, a link to its program, and what a desktop needs to show it."""
    shutil.copytree(BUNDLE, root / home, symlinks=True)
    binaries = root / prefix / "bin"
    binaries.mkdir(parents=True)
    (binaries / "strongroom").symlink_to(os.path.relpath(root / home / "strongroom", binaries))
    linux = ROOT / "packaging" / "linux"
    places = {
        linux / f"{APP_ID}.desktop": "share/applications",
        linux / f"{APP_ID}.metainfo.xml": "share/metainfo",
        linux / f"{APP_ID}.xml": "share/mime/packages",
    }
    for source, place in places.items():
        (root / prefix / place).mkdir(parents=True, exist_ok=True)
        shutil.copy(source, root / prefix / place)
    for size in (16, 24, 32, 48, 64, 128, 256, 512):
        apps = root / prefix / f"share/icons/hicolor/{size}x{size}/apps"
        apps.mkdir(parents=True)
        shutil.copy(ICONS / f"strongroom-{size}.png", apps / f"{APP_ID}.png")
    scalable = root / prefix / "share/icons/hicolor/scalable/apps"
    scalable.mkdir(parents=True)
    shutil.copy(ICONS / "strongroom.svg", scalable / f"{APP_ID}.svg")
    docs = root / prefix / "share/doc/strongroom"
    docs.mkdir(parents=True)
    shutil.copy(ROOT / "LICENSE", docs / "copyright")
    shutil.copy(BUILD / "THIRD-PARTY.txt", docs)
    for path in root.rglob("*"):
        if not path.is_symlink():
            path.chmod(0o755 if path.is_dir() or os.access(path, os.X_OK) else 0o644)


def give_times(root: Path) -> None:
    """The commit's time to every file: two builds of it then differ in nothing."""
    at = commit_time()
    for path in root.rglob("*"):
        os.utime(path, (at, at), follow_symlinks=False)


def appimage() -> None:
    """build/dist/Strongroom-VERSION-ARCH.AppImage: a program of ours, and the application packed onto its end."""
    if missing := appimage_lacks():
        how = "apt-get install gcc squashfs-tools libsquashfuse-dev libzstd-dev zlib1g-dev"
        raise SystemExit(f"{missing} missing; nothing was built. {how}")
    with tempfile.TemporaryDirectory(dir=BUILD) as folder:
        root = Path(folder) / "AppDir"
        lay_out(root, prefix=Path("usr"), home=Path("opt/strongroom"))
        (root / "AppRun").symlink_to("opt/strongroom/strongroom")
        (root / f"{APP_ID}.desktop").symlink_to(f"usr/share/applications/{APP_ID}.desktop")
        shutil.copy(ICONS / "strongroom-256.png", root / f"{APP_ID}.png")
        (root / ".DirIcon").symlink_to(f"{APP_ID}.png")
        give_times(root)
        runtime, packed = Path(folder) / "runtime", Path(folder) / "packed"
        source = ROOT / "packaging" / "linux" / "appimage.c"
        run("cc", "-Os", "-s", "-Wall", "-Wextra", "-Werror", '-DNAME="strongroom"', "-Wl,--build-id=none",
            source, *(static_library(name) for name in RUNTIME_LIBRARIES), "-o", runtime)  # fmt: skip
        run("mksquashfs", root, packed, "-comp", "zstd", "-b", "1M", "-all-root", "-noappend", "-quiet", "-no-progress")
        head = bytearray(runtime.read_bytes())
        head[8:11] = b"AI\x02"  # what desktops know an AppImage by
        target = DIST / f"Strongroom-{version()}-{platform.machine()}.AppImage"
        target.write_bytes(bytes(head) + packed.read_bytes())
        target.chmod(0o755)


def appimage_lacks() -> str:
    """What stands in the way of an AppImage here."""
    programs = [name for name in ("cc", "mksquashfs") if shutil.which(name) is None]
    return ", ".join(programs or [name for name in RUNTIME_LIBRARIES if not static_library(name).is_absolute()])


def static_library(name: str) -> Path:
    """Where the compiler has it; a bare name, where it has not."""
    return Path(told("cc", f"-print-file-name={name}"))


def flatpak() -> None:
    """build/dist/Strongroom-VERSION.flatpak, where Flatpak and its runtime are there."""
    need("flatpak-builder", "apt-get install flatpak-builder")
    tree, repository = BUILD / "flatpak", BUILD / "flatpak-repository"
    shutil.rmtree(tree, ignore_errors=True)
    lay_out(tree, prefix=Path(), home=Path("lib/strongroom"))
    give_times(tree)
    manifest = ROOT / "packaging" / "linux" / f"{APP_ID}.yml"
    run("flatpak-builder", "--user", "--force-clean", f"--repo={repository}", BUILD / "flatpak-build", manifest)
    run("flatpak", "build-bundle", repository, DIST / f"Strongroom-{version()}.flatpak", APP_ID)


# --- Windows and macOS ------------------------------------------------------------------------------------------------


def installer() -> None:
    """build/dist/Strongroom-VERSION-setup.exe"""
    compiler = shutil.which("iscc") or Path(os.environ.get("PROGRAMFILES(X86)", "")) / "Inno Setup 6" / "ISCC.exe"
    if not Path(compiler).exists():
        raise SystemExit("There is no iscc; nothing was built. Install Inno Setup 6.")
    script = ROOT / "packaging" / "windows" / "strongroom.iss"
    run(compiler, "/Q", f"/DAppVersion={version()}", f"/DBundle={BUNDLE}", f"/DIcons={ICONS}", f"/O{DIST}", script)


def dmg() -> None:
    """build/dist/Strongroom-VERSION.dmg"""
    need("hdiutil", "it is part of macOS")
    app = DIST / "Strongroom.app"
    with (app / "Contents" / "Info.plist").open("rb") as file:
        assert plistlib.load(file)["CFBundleShortVersionString"] == version()
    with tempfile.TemporaryDirectory(dir=BUILD) as folder:
        shutil.copytree(app, Path(folder) / app.name, symlinks=True)
        (Path(folder) / "Applications").symlink_to("/Applications")
        target = DIST / f"Strongroom-{version()}-{platform.machine()}.dmg"
        options = ["-volname", "Strongroom", "-srcfolder", folder, "-ov", "-format", "UDZO"]
        run("hdiutil", "create", *options, target)


# --- all --------------------------------------------------------------------------------------------------------------


def sums() -> None:
    """build/dist/SHA256SUMS of what people download, and the list of what the bundle is made of."""
    materials()
    kinds = (".deb", ".exe", ".dmg", ".AppImage", ".flatpak", ".json")
    files = sorted(path for path in DIST.iterdir() if path.is_file() and path.suffix in kinds)
    lines = [f"{hashlib.sha256(path.read_bytes()).hexdigest()}  {path.name}\n" for path in files]
    (DIST / "SHA256SUMS").write_text("".join(lines), encoding="ascii")
    print("".join(lines), end="")


def materials() -> None:
    """build/dist/strongroom.cdx.json: what the bundle is made of, without what only built it."""
    path = DIST / "strongroom.cdx.json"
    run(VENV / PYTHON.parent.name / "cyclonedx-py", "environment", PYTHON, "--output-reproducible",
        "--of", "JSON", "-o", path)  # fmt: skip
    told = json.loads(path.read_text(encoding="utf-8"))
    shipped = locked() - NOT_SHIPPED
    told["components"] = [one for one in told["components"] if one["name"].lower().replace("_", "-") in shipped]
    python = {"type": "platform", "name": "cpython", "version": platform.python_version(), "bom-ref": "cpython"}
    told["components"].append(python)
    kept = {one["bom-ref"] for one in told["components"]}
    told["dependencies"] = [
        {"ref": one["ref"], "dependsOn": [ref for ref in one.get("dependsOn", ()) if ref in kept]}
        for one in told.get("dependencies", ())
        if one["ref"] in kept
    ]
    told.setdefault("metadata", {})["component"] = {"type": "application", "name": "strongroom", "version": version()}
    path.write_text(json.dumps(told, indent=1, ensure_ascii=False) + "\n", encoding="utf-8")


def need(program: str, how: str) -> None:
    if shutil.which(program) is None:
        raise SystemExit(f"{program} is not there; nothing was built. {how[:1].upper()}{how[1:]}.")


def run(*words: object, environment: dict[str, str] | None = None) -> None:
    status = subprocess.run([str(word) for word in words], cwd=ROOT, env=environment, check=False).returncode
    if status != 0:
        raise SystemExit(f"{Path(str(words[0])).name} failed with status {status}; the reason is above.")


def told(*words: str) -> str:
    done = subprocess.run(words, cwd=ROOT, capture_output=True, text=True, check=False)
    return done.stdout.strip()


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))

"""The head of the AppImage: unpacks once, starts, leaves nothing of older versions, and trusts no folder of others."""

import importlib.util
import os
import subprocess
import sys
from pathlib import Path
from types import ModuleType

import pytest

ROOT = Path(__file__).resolve().parents[1]


def the_builder() -> ModuleType:
    spec = importlib.util.spec_from_file_location("strongroom_build", ROOT / "packaging" / "build.py")
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


BUILD = the_builder()
pytestmark = pytest.mark.skipif(
    sys.platform != "linux" or bool(BUILD.appimage_lacks()), reason="nothing to make an AppImage with"
)
APP_RUN = '#!/bin/sh\necho "$APPDIR"\necho "$@"\ncat "$APPDIR/deep/er/text"\nreadlink "$APPDIR/link"\n'


@pytest.fixture(scope="module")
def head(tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("head") / "runtime"
    libraries = [BUILD.static_library(name) for name in BUILD.RUNTIME_LIBRARIES]
    source = ROOT / "packaging" / "linux" / "appimage.c"
    subprocess.run(["cc", "-Werror", '-DNAME="strongroom"', source, *libraries, "-o", path], check=True)
    return path


def image(head: Path, folder: Path, text: str) -> Path:
    root = folder / f"AppDir-{text}"
    (root / "deep" / "er").mkdir(parents=True)
    (root / "deep" / "er" / "text").write_text(text * 100_000 + "\n", encoding="ascii")
    (root / "link").symlink_to("deep/er/text")
    (root / "AppRun").write_text(APP_RUN, encoding="ascii")
    (root / "AppRun").chmod(0o755)
    packed = folder / f"{text}.squashfs"
    subprocess.run(["mksquashfs", root, packed, "-comp", "zstd", "-quiet", "-no-progress"], check=True)
    path = folder / f"{text}.AppImage"
    path.write_bytes(head.read_bytes() + packed.read_bytes())
    path.chmod(0o755)
    return path


def start(path: Path, home: Path, *words: str) -> "subprocess.CompletedProcess[str]":
    environment = {"HOME": str(home), "PATH": os.defpath}
    return subprocess.run([path, *words], env=environment, capture_output=True, text=True, check=False, cwd=home)


def test_it_unpacks_once_and_hands_everything_on(head: Path, tmp_path: Path) -> None:
    path = image(head, tmp_path, "a")
    first = start(path, tmp_path, "--data-dir", "x y")
    folder, words, text, link = first.stdout.splitlines()
    assert (words, text, link) == ("--data-dir x y", "a" * 100_000, "deep/er/text")
    assert Path(folder).parent == tmp_path / ".cache" / "strongroom-appimage"
    assert Path(folder).stat().st_mode & 0o077 == 0
    (Path(folder) / "deep" / "er" / "text").write_text("kept", encoding="ascii")
    assert "kept" in start(path, tmp_path).stdout


def test_what_an_older_version_left_behind_goes_unless_it_still_runs(head: Path, tmp_path: Path) -> None:
    cache = tmp_path / ".cache" / "strongroom-appimage"
    start(image(head, tmp_path, "a"), tmp_path)
    old = {path.name for path in cache.iterdir()}
    start(image(head, tmp_path, "b"), tmp_path)
    assert not old & {path.name for path in cache.iterdir()}

    running = image(head, tmp_path, "c")
    # A pipe that nobody reads holds it up.
    process = subprocess.Popen([running], env={"HOME": str(tmp_path), "PATH": os.defpath}, stdout=subprocess.PIPE)
    try:
        assert process.stdout is not None
        own = Path(process.stdout.readline().decode().strip())
        start(image(head, tmp_path, "d"), tmp_path)
        assert own.is_dir()
    finally:
        process.kill()
        process.communicate()


def test_a_folder_that_others_can_write_into_is_not_used(head: Path, tmp_path: Path) -> None:
    cache = tmp_path / ".cache" / "strongroom-appimage"
    cache.mkdir(parents=True)
    cache.chmod(0o777)
    done = start(image(head, tmp_path, "a"), tmp_path)
    assert done.returncode == 1
    assert str(cache) in done.stderr


def test_a_start_that_was_broken_off_is_begun_anew(head: Path, tmp_path: Path) -> None:
    path = image(head, tmp_path, "a")
    folder = Path(start(path, tmp_path).stdout.splitlines()[0])
    folder.rename(folder.with_name(folder.name + ".new"))
    (folder.with_name(folder.name + ".new") / "AppRun").unlink()
    assert start(path, tmp_path).returncode == 0


def test_it_can_be_unpacked_by_hand(head: Path, tmp_path: Path) -> None:
    assert start(image(head, tmp_path, "a"), tmp_path, "--appimage-extract").returncode == 0
    assert (tmp_path / "squashfs-root" / "deep" / "er" / "text").exists()

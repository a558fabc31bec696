"""Where files live, and settings that no damage can keep the application from starting with."""

import json
import os
import sys
from dataclasses import fields
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from desktop_app import config
from desktop_app.config import (
    AppSettings,
    LoadedSettings,
    Paths,
    default_data_dir,
    load_settings,
    write_atomically,
)


def test_everything_is_below_the_data_folder(tmp_path: Path) -> None:
    paths = Paths(tmp_path)
    for place in (paths.database, paths.candles, paths.logs, paths.sim, paths.backups, paths.quarantine,
                  paths.settings, paths.lock):  # fmt: skip
        assert place.parent == tmp_path


def test_the_door_is_short_and_differs_by_folder(tmp_path: Path) -> None:
    one, other = Paths(tmp_path / ("a" * 200)).door_address, Paths(tmp_path / "b").door_address
    assert one != other
    assert len(one) < 100
    assert Paths(tmp_path / ("a" * 200)).door_address == one


@pytest.mark.skipif(sys.platform == "win32", reason="pipes need no folder")
def test_sockets_live_in_the_sessions_own_folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("XDG_RUNTIME_DIR", str(tmp_path))
    assert config.runtime_dir() == tmp_path / "strongroom"
    monkeypatch.setenv("XDG_RUNTIME_DIR", str(tmp_path / "gone"))
    assert config.runtime_dir().name == f"strongroom-{os.getuid()}"


def test_a_profile_has_a_folder_of_its_own() -> None:
    assert default_data_dir("work").parent.parent == default_data_dir()
    assert default_data_dir("work") != default_data_dir("Work")


@pytest.mark.parametrize("name", ["", "..", "a/b", "a\\b", "a b", "x" * 65, "nul\0"])
def test_a_profile_that_is_no_name_is_refused(name: str) -> None:
    with pytest.raises(ValueError, match="A profile's name"):
        default_data_dir(name)


def test_settings_come_back(tmp_path: Path) -> None:
    path = Paths(tmp_path / "new").settings
    chosen = AppSettings(theme="light", palette="red_green", language="zh_CN", text_percent=120)
    chosen.save(path)
    assert load_settings(path) == LoadedSettings(chosen)
    assert [each.name for each in path.parent.iterdir()] == [path.name]


def test_without_a_file_the_defaults_stand(tmp_path: Path) -> None:
    assert load_settings(tmp_path / "settings.json") == LoadedSettings(AppSettings())


@pytest.mark.parametrize("content", [b"", b"{", b"[]", b"\xff\xfe", b"[" * 100_000, b"null", b"1e999"])
def test_a_damaged_file_gives_the_defaults_and_says_so(tmp_path: Path, content: bytes) -> None:
    path = tmp_path / "settings.json"
    path.write_bytes(content)
    assert load_settings(path) == LoadedSettings(AppSettings(), ("settings.json",))


def test_one_bad_setting_costs_only_itself(tmp_path: Path) -> None:
    path = tmp_path / "settings.json"
    path.write_text(
        json.dumps(
            {"theme": "light", "palette": "pink", "text_percent": 10**9, "order_guard_percent": 0, "of_tomorrow": [1]}
        )
    )
    loaded = load_settings(path)
    assert loaded.settings == AppSettings(theme="light")
    assert loaded.unreadable == ("order_guard_percent", "palette", "text_percent")


NAMES = [*(field.name for field in fields(AppSettings)), "other"]


@given(st.dictionaries(st.sampled_from(NAMES), st.none() | st.integers() | st.text()))
@settings(max_examples=100, deadline=None)
def test_any_content_leads_to_settings(raw: dict[str, object]) -> None:
    loaded = config._without_bad_ones(raw)
    assert set(loaded.unreadable) <= set(raw)


def test_a_failed_save_keeps_the_old_settings(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path = tmp_path / "settings.json"
    write_atomically(path, b"old")

    def fail(number: int) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(os, "fsync", fail)
    with pytest.raises(OSError, match="No space"):
        write_atomically(path, b"new")
    assert path.read_bytes() == b"old"
    assert [each.name for each in tmp_path.iterdir()] == ["settings.json"]


def test_the_program_and_its_desktop_entry_know_each_other_by_one_name() -> None:
    packaging = Path(__file__).resolve().parents[1] / "packaging"
    entry = (packaging / "linux" / f"{config.APP_ID}.desktop").read_text(encoding="utf-8")
    assert f"StartupWMClass={config.APP_NAME}\n" in entry and f"Icon={config.APP_ID}\n" in entry
    assert config.APP_ID in (packaging / "macos" / "Info.plist").read_text(encoding="utf-8")

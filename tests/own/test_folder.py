"""The strategies folder, and the consent that holds for a text and no other."""

from pathlib import Path

import pytest

from desktop_app.own.folder import TRUST_FILE, NoStrategy, StrategyFile, StrategyFolder, read_strategy


def test_consent_is_for_the_text_and_ends_with_it(tmp_path: Path) -> None:
    folder = StrategyFolder(tmp_path / "strategies")
    folder.keep(StrategyFile("dip.py", "a = 1\n"))
    file = folder.read("dip.py")
    assert folder.names() == ("dip.py",) and not folder.is_trusted(file)

    folder.trust(file, 5)
    assert folder.is_trusted(folder.read("dip.py")) and folder.trusted()[0].at == 5

    folder.keep(StrategyFile("dip.py", "a = 2\n"))
    assert not folder.is_trusted(folder.read("dip.py")), "a changed file asks again"
    folder.keep(StrategyFile("other.py", "a = 1\n"))
    assert not folder.is_trusted(folder.read("other.py")), "and so does the same text under another name"

    folder.trust(folder.read("dip.py"), 6)
    assert len(folder.trusted()) == 1
    folder.distrust("dip.py")
    assert folder.trusted() == ()


@pytest.mark.parametrize("text", ["", "{", "[1]", '[{"name": "x"}]', "[" * 5000])
def test_consents_that_cannot_be_read_are_none(tmp_path: Path, text: str) -> None:
    (tmp_path / TRUST_FILE).write_text(text, encoding="utf-8")

    assert StrategyFolder(tmp_path).trusted() == ()


def test_files_that_are_none_are_named(tmp_path: Path) -> None:
    (tmp_path / "bytes.py").write_bytes(b"\xff\xfe\x00")
    (tmp_path / "folder.py").mkdir()
    for name, words in (("no.py", "no file no.py"), ("bytes.py", "UTF-8"), ("folder.py", "cannot be read")):
        with pytest.raises(NoStrategy, match=words):
            read_strategy(tmp_path / name)
    (tmp_path / "bom.py").write_bytes(b"\xef\xbb\xbfa = 1\n")
    assert read_strategy(tmp_path / "bom.py").text == "a = 1\n"

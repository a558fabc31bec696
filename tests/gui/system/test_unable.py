from desktop_app.gui.i18n import Language, set_language
from desktop_app.gui.system.unable import Unable, reason_of


def test_the_sentence_is_in_the_language_of_whoever_reads_it() -> None:
    problem = Unable("{place} cannot be read ({reason}).", place="/x", reason="denied")
    assert problem.sentence() == str(problem) == "/x cannot be read (denied)."
    set_language(Language.CHINESE)
    try:
        assert problem.sentence() == "无法读取 /x（denied）。"
    finally:
        set_language(Language.ENGLISH)


def test_a_reason_is_the_systems_own_words_or_the_kind_of_error() -> None:
    assert reason_of(PermissionError(13, "Permission denied", "/home/who/secret")) == "Permission denied"
    assert reason_of(ValueError("secret")) == "ValueError"

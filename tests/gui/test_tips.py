"""Names and reasons come from outside; a tooltip must not run them as markup."""

from desktop_app.gui.tips import plain_tip


def test_what_looks_like_markup_is_shown_as_text() -> None:
    assert plain_tip("Waits · <img src='file:///x'>") == "Waits · &lt;img src=&#x27;file:///x&#x27;&gt;"


def test_plain_words_stay_as_they_are() -> None:
    assert plain_tip("a < b & c") == "a < b & c"

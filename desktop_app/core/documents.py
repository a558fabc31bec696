"""How something to open - a bot file, a link - is told from the name of a command."""

SCHEME = "strongroom"
ENDINGS = (".strongroom", ".toml")


def is_document(word: str) -> bool:
    """Whether a word of a call means something to open: none of our commands looks like this."""
    return scheme_of(word) in (SCHEME, "file") or word.casefold().endswith(ENDINGS) or "/" in word or "\\" in word


def scheme_of(document: str) -> str:
    """The scheme of a link; empty for a path, also for one that begins with the letter of a drive."""
    head, colon, _ = document[:20].partition(":")
    return head.casefold() if colon and len(head) > 1 and head.isascii() and head.isalpha() else ""

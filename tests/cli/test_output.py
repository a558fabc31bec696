"""Nothing that is shown can act on a terminal, and documents stay documents."""

import json

import pytest

from desktop_app.cli.output import show, show_json, show_table

NASTY = "a\x1b]0;owned\x07\x9b31mb\u202ec\x7f"


def test_lines_stay_lines_and_signs_that_act_are_written_out(capsys: pytest.CaptureFixture[str]) -> None:
    show(f"Candles of {NASTY}.csv\n\tnext")

    told = capsys.readouterr().out
    assert told == "Candles of a\\x1b]0;owned\\x07\\x9b31mb\\u202ec\\x7f.csv\n\tnext\n"


def test_a_document_reads_the_same_and_has_no_such_sign(capsys: pytest.CaptureFixture[str]) -> None:
    show_json(json.dumps({"from": NASTY, "words": "中文"}, ensure_ascii=False))

    told = capsys.readouterr().out
    assert json.loads(told) == {"from": NASTY, "words": "中文"}
    assert "中文" in told and told.rstrip("\n").isprintable()


def test_cells_of_a_table_are_one_line_each(capsys: pytest.CaptureFixture[str]) -> None:
    show_table(("name",), [("one\ntwo",)])

    assert capsys.readouterr().out == "name\none\\x0atwo\n"

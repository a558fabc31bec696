import json
from dataclasses import replace

import pytest

from desktop_app.research.result_text import BadResult, body_of, outcome_of
from desktop_app.research.trial_run import Outcome
from tests.research.small import small_outcome


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory) -> Outcome:
    return small_outcome(tmp_path_factory.mktemp("candles"))


def test_a_hash_may_look_like_a_number_at_its_beginning(made: Outcome) -> None:
    odd = replace(made, assumptions=replace(made.assumptions, data_hash="7e4521" + "a" * 58))

    assert outcome_of(json.dumps(body_of(odd)).encode()) == odd


def test_settings_of_a_later_version_are_refused(made: Outcome) -> None:
    body = body_of(made)
    body["settings"]["from_the_future"] = 1

    with pytest.raises(BadResult, match="another version"):
        outcome_of(json.dumps(body).encode())

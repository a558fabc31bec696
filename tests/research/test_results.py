from dataclasses import replace
from decimal import Decimal
from pathlib import Path

import pytest

from desktop_app.core.said import said
from desktop_app.research import results
from desktop_app.research.assumptions import Assumptions, differences
from desktop_app.research.result_text import BadResult
from desktop_app.research.results import ResultHead, ResultStore
from desktop_app.research.trial_run import Outcome
from tests.research.small import small_outcome

D = Decimal
START = 1_700_000_040_000


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory) -> Outcome:
    return small_outcome(tmp_path_factory.mktemp("candles"))


def assumed(store: ResultStore, head: ResultHead) -> Assumptions:
    kept = store.read(head.key)
    assert isinstance(kept, Outcome)
    return kept.assumptions


def test_x_09_a_result_comes_back_whole_with_all_that_it_took_for_granted(made: Outcome, tmp_path: Path) -> None:
    store = ResultStore(tmp_path)
    told = replace(made, is_partial=True, told=((said("signal_no_backtest"), 2),))

    head = store.keep(told, START)

    assert store.read(head.key) == told
    assert store.heads() == (head,)
    assert (head.name, head.pair, head.deals) == ("BTC starter", "BTC/USDT", made.report.summary.deals_closed)
    assert head.total_percent == made.total_quote / 10
    assert (head.data_hash, head.settings_hash) == (made.assumptions.data_hash, made.assumptions.settings_hash)
    assert differences(assumed(store, head), made.assumptions) == ()


def test_x_09_two_results_with_other_fees_or_rules_are_told_apart_after_reading(made: Outcome, tmp_path: Path) -> None:
    store = ResultStore(tmp_path)
    other = replace(made, assumptions=replace(made.assumptions, taker_fee=D("0.0005"), fill_through=0))
    first, second = store.keep(made, START), store.keep(other, START + 1)

    found = differences(assumed(store, first), assumed(store, second))

    assert {one.name for one in found} == {"taker_fee", "fill_through"}


def test_the_newest_come_first_and_the_oldest_leave(
    made: Outcome, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(results, "MOST_KEPT", 3)
    store = ResultStore(tmp_path)

    heads = [store.keep(made, START + n) for n in range(5)]

    assert store.heads() == tuple(reversed(heads[2:]))
    store.remove(heads[4].key)
    store.remove(heads[4].key)
    assert len(store.heads()) == 2


@pytest.mark.parametrize(
    ("head", "body"),
    [("", ""), ("[]", "{}"), ('{"version": 2}', "{}"), ('{"version": 1}', "{}"), ('{"version": 1}', "[" * 5000)],
)
def test_what_is_no_result_is_left_out_and_refused(head: str, body: str, tmp_path: Path) -> None:
    store = ResultStore(tmp_path)
    (tmp_path / "x.json").write_text(f"{head}\n{body}", encoding="utf-8")

    assert store.heads() == ()
    with pytest.raises(BadResult):
        store.read("x")


@pytest.mark.parametrize(
    ("old", "new"),
    [
        ('"total_quote": "', '"total_quote": "1E+999999999", "was": "'),
        ('"funds": "', '"funds": "1E+999999999", "was": "'),
        ('"drawdown": [', '"drawdown": [1e999, '),
        ('"drawdown": [', '"drawdown": [NaN, '),
        ('"drawdown": [', '"drawdown": [1.0, '),
        ('"year": ', '"year": 9999, "was": '),
        ('"month": ', '"month": 13, "was": '),
        ('"excursions": [', '"excursions": [], "were": ['),
        ('"wanted": ', '"wanted": 99999999999999999999, "was": '),
    ],
)
def test_a_result_that_could_not_be_shown_is_refused(made: Outcome, tmp_path: Path, old: str, new: str) -> None:
    store = ResultStore(tmp_path)
    place = tmp_path / f"{store.keep(made, START).key}.json"
    content = place.read_text(encoding="utf-8")
    assert old in content
    place.write_text(content.replace(old, new, 1), encoding="utf-8")

    if store.heads():
        with pytest.raises(BadResult):
            store.read(place.stem)


def test_a_key_names_no_file_elsewhere(tmp_path: Path) -> None:
    (tmp_path / "secret.json").write_text("{}", encoding="utf-8")
    folder = tmp_path / "results"
    folder.mkdir()

    ResultStore(folder).remove("../secret")

    assert (tmp_path / "secret.json").exists()

"""Workers of a Dask scheduler: the same table, whoever is lost on the way; tests/research/cluster_loss.py does so with
processes."""

from collections.abc import Callable, Iterator
from dataclasses import replace
from typing import Any

import dask
import pytest
from distributed import LocalCluster

from desktop_app.research import cluster
from desktop_app.research.cluster import ClusterCrew, ClusterTrouble
from desktop_app.research.judging import Task, Workbench, make_job
from desktop_app.research.optimiser import optimise
from desktop_app.research.search import Found, Search, Trial
from tests.research.searches import MARKET, RULES, SETTINGS, SPACE, D, candles, search

JOB = make_job(SETTINGS, candles(), MARKET, RULES, search(), 1)
TASK = Task(tuple(SPACE.points())[:3], (0, 200), (200, 240))
LOCAL = {"processes": False, "host": "127.0.0.1", "protocol": "tcp", "threads_per_worker": 1}


@pytest.fixture
def here() -> Iterator[Any]:
    """A scheduler and two workers on threads of this process."""
    start: Callable[..., Any] = LocalCluster
    with (
        dask.config.set({"distributed.admin.log-length": 0}),
        start(n_workers=2, dashboard_address="127.0.0.1:0", worker_dashboard_address=None, **LOCAL) as found,
    ):
        yield found


def away(here: Any, one: Search, **options: Any) -> Found:
    return optimise(SETTINGS, candles(), MARKET, RULES, replace(one, cluster=here.scheduler_address), **options)


def lose(here: Any, count: int) -> None:
    for worker in list(here.workers.values())[:count]:
        here.sync(worker.close, nanny=False, reason="test")


def test_the_table_is_that_of_this_computer_though_a_worker_is_lost(here: Any) -> None:
    one = search(unseen_percent=D(30))
    told: list[Trial] = []

    def on_trial(trial: Trial) -> None:
        told.append(trial)
        if len(told) == 1:
            lose(here, 1)

    together, alone = away(here, one, on_trial=on_trial), optimise(SETTINGS, candles(), MARKET, RULES, one)

    assert together.ending == "complete"
    assert (together.trials, together.refused) == (alone.trials, alone.refused)
    assert len(told) == len(alone.trials)


def test_candles_that_were_lost_with_all_workers_are_sent_again(here: Any) -> None:
    with ClusterCrew(JOB, here.scheduler_address) as crew:
        assert crew.size == 2
        lose(here, 2)
        waiting = crew.submit(TASK)
        here.scale(3)
        assert waiting.result(timeout=20).trials == Workbench(JOB).work(TASK).trials


def test_a_search_whose_workers_never_come_back_keeps_what_it_has(here: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(cluster, "_LONELY_SECONDS", 0.1)
    monkeypatch.setattr(cluster, "_LOOK_SECONDS", 0.05)
    told: list[Trial] = []

    def on_trial(trial: Trial) -> None:
        told.append(trial)
        lose(here, 2)

    result = away(here, search(), on_trial=on_trial)

    assert result.ending == "workers" and not result.is_complete
    assert result.trials and sorted(map(repr, result.trials)) == sorted(map(repr, told))


def test_a_stop_gives_up_what_waits(here: Any) -> None:
    with ClusterCrew(JOB, here.scheduler_address) as crew:
        waiting = [crew.submit(TASK) for _ in range(40)]
        crew.stop()
        assert waiting[-1].cancelled()


def test_a_failure_there_is_a_failure_here(here: Any) -> None:
    with ClusterCrew(JOB, here.scheduler_address) as crew:
        broken = crew.submit(replace(TASK, seen=(5, 5)))  # no candles
        assert isinstance(broken.exception(timeout=20), AssertionError | IndexError)


def test_a_cluster_without_workers_is_refused(here: Any) -> None:
    lose(here, 2)
    with pytest.raises(ClusterTrouble, match="no workers"):
        ClusterCrew(JOB, here.scheduler_address)


@pytest.mark.parametrize(
    ("about", "told"),
    [
        (("0.0.9", "3.11", True), r"has Strongroom 0\.0\.9 on Python 3\.11, here is 0\.1\.0 on Python 3\.11"),
        (("0.1.0", "3.12", True), "on Python 3.12, here is"),
        (("0.1.0", "3.11", False), "has no numba"),
        (ModuleNotFoundError("No module named 'desktop_app'"), "has no Strongroom"),
    ],
)
def test_a_worker_that_would_not_do_as_this_computer_is_refused(about: object, told: str) -> None:
    mine = ("0.1.0", "3.11", True)
    with pytest.raises(ClusterTrouble, match=told):
        cluster._check_versions({"one": mine, "other": about}, mine, is_compiled=True)
    cluster._check_versions({"one": mine, "other": ("0.1.0", "3.11", False)}, mine, is_compiled=False)


@pytest.mark.parametrize("address", ["tcp://8.8.8.8:8786", "tcp://[2606:4700:4700::1111]:8786", "ws://1.1.1.1:8786"])
def test_plain_tcp_over_the_internet_is_refused_before_anything_connects(address: str) -> None:
    with pytest.raises(ClusterTrouble, match=r"over the internet.*tls://"):
        ClusterCrew(JOB, address)


@pytest.mark.parametrize("host", ["127.0.0.1", "192.168.4.2", "10.0.0.9", "[::1]", "[fe80::1%25lo]", "100.64.0.3"])
def test_a_network_of_ones_own_needs_no_certificates(host: str) -> None:
    cluster._check_way(f"tcp://{host}:8786")
    cluster._check_way("tls://8.8.8.8:8786")


def test_nothing_of_an_account_but_its_name_travels() -> None:
    assert set(JOB.data) == {"name", "account", "pairs", "base_order", "safety_orders", "take_profit"}

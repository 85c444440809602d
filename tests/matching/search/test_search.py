"""The same answer on every executor, cluster and cut; workers of a cluster may die."""

import os
import signal
from concurrent.futures import ProcessPoolExecutor, ThreadPoolExecutor
from multiprocessing import get_context

import numpy as np
import pytest
from distributed import Client, LocalCluster

from mobility.matching.kernels.engines import Kernel, engine
from mobility.matching.search.search import KeysToKeep, SameThread, search_all
from mobility.matching.search.shortlist import shortlist
from mobility.matching.snapshots.storage import store
from tests.matching import worlds
from tests.matching.engines import parts_of, planned, rich_settings, snapshot

V = 30
SETTINGS = rich_settings(near=3)
POOL, DEMAND = worlds.pool(5, 400), worlds.demand(5, V)


@pytest.fixture(scope="module")
def shards(tmp_path_factory):
    """Return the folders of a pool in three parts."""
    folder = tmp_path_factory.mktemp("pool")
    for part in range(3):
        some = POOL.take(np.flatnonzero(POOL.key % 3 == part))
        store(folder / str(part), snapshot(some, DEMAND, SETTINGS, 64))
    return [folder / str(part) for part in range(3)]


@pytest.fixture(scope="module")
def here():
    return parts_of(shortlist([snapshot(POOL, DEMAND, SETTINGS)], DEMAND, SETTINGS, executor=SameThread()))


def spread(sources, executor, width, kernel=Kernel.AUTO):
    """Search in slices of some width and return keys and counts."""
    rule_columns = planned(POOL, DEMAND, SETTINGS)
    room = KeysToKeep(SETTINGS.places(DEMAND) + SETTINGS.top, np.full(V, SETTINGS.near))
    found = search_all(
        sources,
        DEMAND,
        rule_columns,
        room,
        SETTINGS.scorecard,
        SETTINGS.seed,
        executor=executor,
        kernel=kernel,
        width=width,
    )
    counts = [
        part.tolist() for part in (found.rule_counts.failed, found.rule_counts.unknown, *found.rule_counts.counts)
    ]
    return found.eligible.keys.tolist(), found.near.keys.tolist(), found.rule_counts.considered, counts


@pytest.mark.parametrize("threads", [1, 2, 5])
def test_threads_and_slices_change_no_bit(threads, shards):
    plain = spread([snapshot(POOL, DEMAND, SETTINGS)], SameThread(), V, Kernel.NUMPY)
    with ThreadPoolExecutor(threads) as executor:
        for width in (1, 7, V):
            assert spread(shards, executor, width) == plain


def test_processes_that_open_folders_change_no_bit(shards, here):
    with ProcessPoolExecutor(1, mp_context=get_context("spawn")) as executor:
        assert parts_of(shortlist(shards, DEMAND, SETTINGS, executor=executor)) == here


@pytest.mark.slow
@pytest.mark.crash
def test_a_cluster_of_one_or_three_workers_changes_no_bit_even_if_one_dies(shards, here):
    with LocalCluster(1, threads_per_worker=1, dashboard_address=":0") as cluster, Client(cluster) as client:
        assert parts_of(shortlist(shards, DEMAND, SETTINGS, executor=client.get_executor())) == here
        cluster.scale(3)
        client.wait_for_workers(3)
        pids = client.run(os.getpid)
        os.kill(next(iter(pids.values())), signal.SIGKILL)
        assert parts_of(shortlist(shards, DEMAND, SETTINGS, executor=client.get_executor())) == here


def test_an_error_of_a_slice_reaches_the_caller(shards):
    with pytest.raises(ValueError, match="different vocabularies"):
        shortlist(shards, worlds.demand(5, 2, worlds.vocabulary(4)), SETTINGS)


def test_numpy_stands_in_only_where_numba_is_not_asked_for_by_name(monkeypatch):
    assert engine(Kernel.NUMPY).name is Kernel.NUMPY
    assert engine().name is engine(Kernel.NUMBA).name is Kernel.NUMBA

    def missing(name):
        raise ImportError(name)

    engine.__globals__["_compiled"].cache_clear()
    monkeypatch.setitem(engine.__globals__, "import_module", missing)
    assert engine().name is Kernel.NUMPY
    with pytest.raises(ImportError):
        engine(Kernel.NUMBA)
    monkeypatch.undo()
    assert engine().name is Kernel.NUMBA

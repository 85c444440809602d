"""Snapshots in folders: no reader meets half of one, and damage is named."""

import errno
import json
import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import numpy as np
import pytest

from mobility.matching.search.shortlist import shortlist
from mobility.matching.snapshots import manifest as manifests
from mobility.matching.snapshots import storage
from mobility.matching.snapshots.manifest import Stamp, read_manifest
from mobility.matching.snapshots.snapshot import SnapshotError
from mobility.matching.snapshots.storage import opened, refresh, store
from tests.matching import worlds
from tests.matching.engines import parts_of, planned, snapshot

ROOT = Path(__file__).resolve().parents[3]
SETTINGS = worlds.run_settings(near=3)
DEMAND = worlds.demand(3, 6)
POOL = worlds.pool(3, 300)
ROWS = 64


def held(pool=POOL):
    return snapshot(pool, DEMAND, SETTINGS, ROWS)


def found(source):
    return parts_of(shortlist([source], DEMAND, SETTINGS))


def loader(pool):
    asked = []

    def load(first, last):
        asked.append((first, last))
        return pool.take(np.flatnonzero((pool.key >= first) & (pool.key <= last)))

    load.asked = asked
    return load


def files(folder):
    return sorted(folder.glob("*.block"))


def test_a_folder_gives_what_the_snapshot_in_memory_gives(tmp_path):
    made = store(tmp_path / "pool", held(), Stamp(41, "esco-1", "rules-2", "card-3"))
    assert found(tmp_path / "pool") == found(held())
    read = read_manifest(tmp_path / "pool")
    assert (read, read.id) == (made, made.id)
    assert read.stamp == Stamp(41, "esco-1", "rules-2", "card-3")
    assert {file.stem for file in files(tmp_path / "pool")} == {block.sha256 for block in read.blocks}
    assert sum(block.workers for block in read.blocks) == len(POOL)


def test_arrays_are_read_from_the_files_and_cannot_be_written(tmp_path):
    store(tmp_path, held())
    for one, other in zip(opened(tmp_path).blocks, held().blocks, strict=True):
        for mapped, array in zip(one, other, strict=True):
            assert not mapped.flags.writeable
            assert mapped.dtype == array.dtype
            assert mapped.tolist() == array.tolist()


def test_equal_pools_give_equal_ids_whatever_the_order_of_rows(tmp_path):
    shuffled = POOL.take(np.random.default_rng(1).permutation(len(POOL)))
    assert store(tmp_path / "one", held()).id == store(tmp_path / "other", held(shuffled)).id


def test_a_refresh_builds_only_the_blocks_in_which_somebody_changed(tmp_path):
    before = store(tmp_path, held())
    changed = int(np.sort(POOL.key)[70])
    other = worlds.pool(9, 300)
    mixed = POOL.take(np.arange(300))
    row = int(np.flatnonzero(POOL.key == changed)[0])
    mixed.profile.languages.flags.writeable = True
    mixed.profile.languages[row] = (other.profile.languages[0] + 1) % 7
    load = loader(mixed)
    after = refresh(tmp_path, load, planned(mixed, DEMAND, SETTINGS), [changed], Stamp(42), rows=ROWS)
    assert len(load.asked) == 1
    assert [one == other for one, other in zip(before.blocks, after.blocks, strict=True)].count(False) == 1
    assert found(tmp_path) == found(held(mixed))
    assert len(files(tmp_path)) == len(after.blocks)
    assert after.stamp.watermark == 42


def test_workers_who_come_and_go_end_where_a_new_snapshot_would(tmp_path):
    store(tmp_path, held(POOL.take(np.flatnonzero(POOL.key % 4 != 1))))
    now = POOL.take(np.flatnonzero(POOL.key % 5 != 2))
    moved = POOL.key[(POOL.key % 4 == 1) | (POOL.key % 5 == 2)].tolist()
    refresh(tmp_path, loader(now), planned(now, DEMAND, SETTINGS), moved, rows=ROWS)
    assert found(tmp_path) == found(held(now))
    assert max(block.workers for block in read_manifest(tmp_path).blocks) <= ROWS


def test_other_rules_build_every_block_anew(tmp_path):
    store(tmp_path, snapshot(POOL, DEMAND, SETTINGS._replace(schemes=[(), (), ()]), ROWS))
    load = loader(POOL)
    refresh(tmp_path, load, planned(POOL, DEMAND, SETTINGS), [], rows=ROWS)
    assert len(load.asked) == -(-len(POOL) // ROWS)
    assert found(tmp_path) == found(held())


def test_an_empty_pool_can_be_stored_and_filled(tmp_path):
    store(tmp_path, held(POOL.take(np.arange(0))))
    assert len(opened(tmp_path)) == 0
    refresh(tmp_path, loader(POOL), planned(POOL, DEMAND, SETTINGS), POOL.key.tolist(), rows=ROWS)
    assert found(tmp_path) == found(held())


def test_a_loader_that_returns_something_else_is_refused(tmp_path):
    store(tmp_path, held())
    rule_columns, dirty = planned(POOL, DEMAND, SETTINGS), [int(POOL.key.min())]
    with pytest.raises(ValueError, match="and returned others"):
        refresh(tmp_path, lambda first, last: POOL, rule_columns, dirty, rows=ROWS)
    with pytest.raises(ValueError, match="another vocabulary"):
        refresh(tmp_path, lambda first, last: worlds.pool(1, 3, worlds.vocabulary(4)), rule_columns, dirty, rows=ROWS)
    assert found(tmp_path) == found(held())


def test_a_refused_file_is_named_with_what_to_do(tmp_path):
    store(tmp_path, held())
    file = files(tmp_path)[0]
    whole = file.read_bytes()
    cases = [
        (whole[:-1], "snapshot.damaged", "it has"),
        (bytes([whole[0] ^ 1]) + whole[1:], "snapshot.damaged", "its content was altered"),
        (None, "snapshot.missing", "the file is gone"),
    ]
    for content, code, message in cases:
        storage._opened.cache_clear()
        file.unlink(missing_ok=True)
        if content is not None:
            file.write_bytes(content)
        with pytest.raises(SnapshotError, match=message) as refused:
            opened(tmp_path)
        assert (refused.value.code, refused.value.file) == (code, str(file))
        assert "build the snapshot anew" in str(refused.value)


@pytest.mark.parametrize(
    ("change", "code"),
    [
        (lambda text: text[: len(text) // 2], "snapshot.damaged"),
        (lambda text: text.replace('"watermark": 0', '"watermark": 1'), "snapshot.damaged"),
        (lambda text: text.replace('"epoch"', '"epok"'), "snapshot.damaged"),
        (lambda text: "[]", "snapshot.damaged"),
        (lambda text: json.dumps({"format": 1}), "snapshot.version"),
        (lambda text: json.dumps({"format": 2}), "snapshot.damaged"),
    ],
)
def test_a_manifest_that_is_cut_off_altered_or_of_another_version_is_refused(tmp_path, change, code):
    store(tmp_path, held())
    file = tmp_path / manifests.MANIFEST
    file.write_text(change(file.read_text()))
    with pytest.raises(SnapshotError) as refused:
        opened(tmp_path)
    assert (refused.value.code, refused.value.file) == (code, str(file))


def test_a_folder_without_a_snapshot_is_told_apart(tmp_path):
    with pytest.raises(SnapshotError, match="there is no snapshot here; build the snapshot anew") as refused:
        opened(tmp_path / "nowhere")
    assert refused.value.code == "snapshot.missing"


def test_on_a_full_disk_the_former_snapshot_stays_in_use(tmp_path, monkeypatch):
    store(tmp_path, held())
    before = found(tmp_path)
    there = sorted(tmp_path.iterdir())

    def full(stream):
        raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))

    monkeypatch.setattr(storage.os, "fsync", full)
    with pytest.raises(SnapshotError, match="No space left on device; the former snapshot stays in use") as refused:
        store(tmp_path, held(worlds.pool(8, 200)))
    assert refused.value.code == "snapshot.write"
    assert sorted(tmp_path.iterdir()) == there
    assert found(tmp_path) == before


def test_readers_go_on_with_what_they_have_opened(tmp_path):
    store(tmp_path, held())
    reading = opened(tmp_path)
    store(tmp_path, held(worlds.pool(8, 200)))
    assert found(reading) == found(held())
    assert found(tmp_path) == found(held(worlds.pool(8, 200)))


WRITER = """
import sys
from pathlib import Path
from mobility.matching.snapshots.storage import store
from tests.matching import worlds
from tests.matching.engines import snapshot
pools = [worlds.pool(seed, 300) for seed in (3, 4)]
made = [snapshot(pool, worlds.demand(3, 6), worlds.run_settings(near=3), 64) for pool in pools]
print("ready", flush=True)
while True:
    for each in made:
        store(Path(sys.argv[1]), each)
"""


@pytest.mark.crash
def test_a_writer_that_is_killed_leaves_a_whole_snapshot(tmp_path):
    store(tmp_path, held())
    either = {json.dumps(found(held(worlds.pool(seed, 300)))) for seed in (3, 4)}
    for delay in (0.0, 0.003, 0.011, 0.02):
        command = [sys.executable, "-c", WRITER, str(tmp_path)]
        with subprocess.Popen(
            command, cwd=ROOT, env={**os.environ, "PYTHONPATH": str(ROOT)}, stdout=subprocess.PIPE
        ) as writer:
            writer.stdout.readline()
            time.sleep(delay)
            writer.send_signal(signal.SIGKILL)
        assert json.dumps(found(tmp_path)) in either
    store(tmp_path, held())
    assert len(list(tmp_path.glob("*.part"))) == 0
    assert found(tmp_path) == found(held())

"""The door to the benchmarks: every benchmark has a name there, and what is missing is said."""

import ast
from pathlib import Path

import pytest
from click.testing import CliRunner

from mobility.cli import bench

FOLDER = Path(__file__).resolve().parents[2] / "bench"


def commands_of(file: Path) -> bool:
    tree = ast.parse(file.read_text())
    named = [node.name for node in tree.body if isinstance(node, ast.FunctionDef)]
    return "command" in named


def test_every_benchmark_has_its_door_and_every_door_a_benchmark():
    assert {file.stem for file in FOLDER.glob("*.py") if commands_of(file)} == set(bench.BENCHMARKS)


def test_an_unknown_benchmark_is_refused_with_the_names_that_there_are():
    done = CliRunner().invoke(bench.group, ["nonsense"])

    assert done.exit_code == 2
    assert "No such command" in done.output


def test_a_peer_that_is_not_installed_is_named_with_what_to_do(monkeypatch):
    monkeypatch.setitem(bench.BENCHMARKS, "absent_peer", "a benchmark whose peer is missing")

    with pytest.raises(bench.BenchUnavailableError, match=r"bench.absent_peer is not installed; call python3 start.py"):
        bench.group.get_command(None, "absent_peer")


def test_without_a_checkout_it_says_where_the_benchmarks_are(monkeypatch):
    monkeypatch.setitem(bench.BENCHMARKS, "engine", "")
    monkeypatch.setattr(bench, "find_spec", lambda _name: None)

    with pytest.raises(bench.BenchUnavailableError, match="checkout"):
        bench.group.get_command(None, "engine")

"""How benchmarks measure and print: alternating runs, medians, ratios, versions; no benchmark lives here."""

import platform
import statistics
import time
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from importlib.metadata import PackageNotFoundError, version
from os import cpu_count

import click

Action = Callable[[], object]


@dataclass(frozen=True, slots=True)
class Timing:
    """Seconds of several runs: by the wall, and of this process on its processors."""

    wall: tuple[float, ...]
    cpu: tuple[float, ...]

    @property
    def median(self) -> float:
        """Median by the wall."""
        return statistics.median(self.wall)

    @property
    def cpu_median(self) -> float:
        """Median of processor seconds."""
        return statistics.median(self.cpu)

    def percentile(self, share: float) -> float:
        """Return the wall seconds that this share of the runs does not exceed (nearest rank)."""
        ordered = sorted(self.wall)
        return ordered[max(0, -(-int(share * 100) * len(ordered) // 100) - 1)]


def timed(action: Action, *, runs: int = 5, warm_up: int = 1) -> Timing:
    """Time one action."""
    return alternating({"": action}, runs=runs, warm_up=warm_up)[""]


def alternating(actions: dict[str, Action], *, runs: int = 5, warm_up: int = 1) -> dict[str, Timing]:
    """Time several actions in turn, A B C A B C …, so that a drift of the machine's speed meets all of them."""
    for _ in range(warm_up):
        for action in actions.values():
            action()
    wall: dict[str, list[float]] = {name: [] for name in actions}
    cpu: dict[str, list[float]] = {name: [] for name in actions}
    for _ in range(runs):
        for name, action in actions.items():
            began, began_cpu = time.perf_counter(), time.process_time()
            action()
            wall[name].append(time.perf_counter() - began)
            cpu[name].append(time.process_time() - began_cpu)
    return {name: Timing(tuple(wall[name]), tuple(cpu[name])) for name in actions}


def show_machine(packages: Iterable[str] = ()) -> None:
    """Print what the figures were taken on, and the versions of what was measured."""
    found = []
    for name in packages:
        try:
            found.append(f"{name} {version(name)}")
        except PackageNotFoundError:
            found.append(f"{name} not installed")
    click.echo(f"{platform.machine()}, {cpu_count()} processors, Python {platform.python_version()}")
    if found:
        click.echo(", ".join(found))


def show_table(heading: Sequence[str], rows: Iterable[Sequence[object]]) -> None:
    """Print a table as Markdown, so that it can stand in the documentation as it is."""
    cells = [[str(cell) for cell in row] for row in (heading, *rows)]
    widths = [max(len(row[column]) for row in cells) for column in range(len(heading))]
    for number, row in enumerate(cells):
        click.echo("| " + " | ".join(cell.ljust(width) for cell, width in zip(row, widths, strict=True)) + " |")
        if number == 0:
            click.echo("|" + "|".join("-" * (width + 2) for width in widths) + "|")

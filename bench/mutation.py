"""Mutation tests: lines of rules and of security are changed one at a time, and the tests must notice."""

import json
import random
import subprocess
import sys
import tarfile
import time
from collections import Counter
from io import BytesIO
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import NamedTuple

import click

ROOT = Path(__file__).resolve().parents[1]
#: What mutmut's exit codes mean; a mutant that a test ends by time counts as noticed.
KILLED, TIMED_OUT = {1, 3}, {-24, 24, 36, 152, 255}
SURVIVED = {0}
CONFIG = """
[tool.mutmut]
source_paths = ["mobility/{room}"]
only_mutate = ["{only}"]
also_copy = ["mobility", "templates", "migrations", "docs", "requirements", "bench", "start.py", "setup.py", "wsgi.py"]
pytest_add_cli_args = ["-p", "no:cacheprovider", "-x", "-q", "-o", "addopts=--import-mode=importlib"]
pytest_add_cli_args_test_selection = ["tests/{room}"]
use_git_change_detection = false
"""


class Verdicts(NamedTuple):
    """What became of the mutants of one room."""

    killed: int
    survived: list[str]
    other: Counter[int | None]

    @property
    def share(self) -> float:
        """Return the share of killed mutants among those that a test reached, 0 to 1."""
        judged = self.killed + len(self.survived)
        return self.killed / judged if judged else 0.0


def copied(folder: Path) -> None:
    """Put the tracked files of the checkout into a folder: mutants never stand in the source."""
    packed = subprocess.run(["git", "ls-files", "-z"], cwd=ROOT, capture_output=True, check=True).stdout
    archive = BytesIO()
    with tarfile.open(fileobj=archive, mode="w") as files:
        for name in filter(None, packed.decode().split("\0")):
            if (ROOT / name).is_file():
                files.add(ROOT / name, arcname=name)
    archive.seek(0)
    with tarfile.open(fileobj=archive) as files:
        files.extractall(folder, filter="data")


def mutmut(folder: Path, *words: str, seconds: float) -> None:
    """Run mutmut in a folder for at most so many seconds; what it found until then stays in its files."""
    command = [sys.executable, "-m", "mutmut", "run", *words]
    try:
        subprocess.run(command, cwd=folder, stdout=subprocess.DEVNULL, check=False, timeout=seconds)
    except subprocess.TimeoutExpired:
        click.echo(f"stopped after {seconds:.0f} s: the figures are of what was judged until then")


def codes(folder: Path) -> dict[str, int | None]:
    """Return the exit code of each mutant by its name; None where it was not tried."""
    found: dict[str, int | None] = {}
    for file in (folder / "mutants").rglob("*.meta"):
        found |= json.loads(file.read_text(encoding="utf-8"))["exit_code_by_key"]
    return found


def judged(found: dict[str, int | None]) -> Verdicts:
    """Sort mutants into killed, survived and others."""
    killed = sum(code in KILLED | TIMED_OUT for code in found.values())
    survived = sorted(name for name, code in found.items() if code in SURVIVED)
    return Verdicts(
        killed, survived, Counter(code for code in found.values() if code not in KILLED | TIMED_OUT | SURVIVED)
    )


@click.command("mutation")
@click.option("--room", type=click.Choice(["rules", "security"]), default="rules", show_default=True)
@click.option("--only", help="A pattern of files, such as mobility/rules/basics/*; by default the whole room.")
@click.option("--sample", type=click.IntRange(1), help="So many mutants, drawn by the seed; by default all.")
@click.option("--seed", default=7, show_default=True)
@click.option("--minutes", default=60.0, show_default=True, help="Stop after so long and say what was judged.")
@click.option("--least", default=0.0, show_default=True, help="Fail below this share of killed mutants.")
def command(room: str, only: str | None, sample: int | None, seed: int, minutes: float, least: float) -> None:
    """Change lines of the rules or of security one at a time; list the changes that no test noticed."""
    started = time.monotonic()
    with TemporaryDirectory(prefix="mobility-mutants-") as name:
        folder = Path(name)
        copied(folder)
        settings = CONFIG.format(room=room, only=only or f"mobility/{room}/*")
        with (folder / "pyproject.toml").open("a", encoding="utf-8") as file:
            file.write(settings)
        drawn: list[str] = []
        if sample:
            mutmut(folder, "no.such.mutant", seconds=minutes * 60)
            everything = sorted(codes(folder))
            drawn = random.Random(seed).sample(everything, min(sample, len(everything)))
        mutmut(folder, *drawn, seconds=max(minutes * 60 - (time.monotonic() - started), 1))
        found = codes(folder)
    verdicts = judged({name: code for name, code in found.items() if not drawn or name in set(drawn)})
    for name in verdicts.survived:
        click.echo(f"survived  {name}")
    for code, count in sorted(verdicts.other.items(), key=str):
        click.echo(f"not judged (exit code {code}): {count}")
    click.echo(
        f"{room}: {verdicts.killed} of {verdicts.killed + len(verdicts.survived)} mutants killed "
        f"({verdicts.share:.1%}) in {(time.monotonic() - started) / 60:.1f} minutes"
    )
    if not verdicts.killed and not verdicts.survived:
        raise click.ClickException("no mutant was judged: run the tests of this room, the unchanged ones may fail")
    if verdicts.share < least:
        raise click.ClickException(f"less than {least:.0%} of the mutants are killed")

"""Every command of the terminal, called with arguments that make sense."""

import os
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import click
from click.testing import CliRunner

FILES = Path(__file__).resolve().parents[2] / "files"
SEASONAL = FILES / "seasonal"
#: What each command is called with, words in braces filled in; benchmarks measure the product and are no part of it.
CALLS = (
    "demo --no-serve --workers {workers}",
    "migrate",
    "settings",
    "scheme list",
    "doctor",
    "reference load",
    "reference check",
    "match vectors check",
    "match vectors rebuild",
    "match run --scheme {scheme} --plan",
    "match run --scheme {scheme} --yardstick --seed 5",
    "match scorecards list",
    "match scorecards show 1",
    "match scorecards add {scorecard}",
    "match scorecards use 2",
    "taxonomy import esco {esco}",
    "taxonomy import crosswalk {soc}",
    "taxonomy list",
    "taxonomy index",
    "taxonomy upgrade esco {esco_later}",
    "taxonomy upgrade esco {esco_later} --apply",
    "import seasonal-jobs {h2b} --scheme {scheme} --shift-years 9",
    "import seasonal-jobs {h2b_sheet} --scheme {scheme} --crosswalk {soc} --shift-years 6",
    "import seasonal-jobs {h2a} --scheme {scheme} --crosswalk {soc} --shift-years 10",
    "jobs run --once",
    "jobs run --until-empty",
    "jobs days",
    "audit checkpoint",
    "audit verify",
    "keyring create",
    "serve --port 0",
)


class Terminal:
    """Calls commands in this process."""

    def __init__(self, workers: str) -> None:
        from mobility.__main__ import APPLICATION
        from mobility.cli.main import commands

        self._commands, self.application = commands, APPLICATION
        self._workers = workers
        self.failures: list[str] = []

    def run(self, *words: str) -> str:
        """Call a command; return what it said."""
        done = CliRunner().invoke(self._commands, list(words), obj=self.application)
        if done.exit_code:
            self.failures.append(f"{' '.join(words)}: {done.exception!r}: {done.output[-300:]}")
        return done.output

    def everything(self, sessions: Any, folder: Path) -> None:
        """Call every command; one that is not in the table is a failure."""
        from tests.formats.taxonomy_files import SAMPLE

        known = {" ".join(call.split()[:size]) for call in CALLS for size in (1, 2, 3)}
        self.failures += [f"{name}: not called by the walk" for name in self.names() if name not in known]
        filled = {
            "workers": self._workers,
            "scheme": active_scheme(sessions),
            "esco": SAMPLE,
            "esco_later": _later(folder.parent / "later"),
            "soc": SEASONAL / "soc_isco_sample.csv",
            "h2b": SEASONAL / "h2b_fy2018_sample.csv.gz",
            "h2b_sheet": SEASONAL / "h2b_fy2021_sample.xlsx",
            "h2a": SEASONAL / "h2a_fy2017_sample.csv",
            "scorecard": _scorecard(folder.parent / "scorecard.json"),
        }
        for call in CALLS:
            if call == "keyring create":
                os.environ["MOBILITY_KEYRING"] = str(folder / "other-keyring.json")
            if not call.startswith("serve"):
                self.run(*(word.format(**filled) for word in call.split()))
            os.environ.pop("MOBILITY_KEYRING", None)

    def names(self) -> Iterator[str]:
        """Yield every command but the benchmarks."""

        def below(command: click.Command, path: tuple[str, ...]) -> Iterator[str]:
            if not isinstance(command, click.Group):
                yield " ".join(path)
            elif path != ("bench",):
                context = click.Context(command)
                for name in command.list_commands(context):
                    found = command.get_command(context, name)
                    if found is not None:
                        yield from below(found, (*path, name))

        yield from below(self._commands, ())


def _scorecard(file: Path) -> Path:
    """Write another scorecard than the one that comes with the product."""
    from mobility.matching.scoring.scorecard import expert_scorecard, scorecard_from

    file.write_text(scorecard_from({**expert_scorecard().document, "id": "other-1"}).text(), encoding="utf-8")
    return file


def _later(folder: Path) -> Path:
    """Make a later edition of ESCO, in which an occupation belongs to another group."""
    from tests.formats.taxonomy_files import changed

    folder.mkdir(exist_ok=True)
    later = changed(folder, "occupations_en.csv", ",7212,pipe welder", ",7213,plate worker", name="esco v2.0.0")
    for language in ("es", "fr"):
        table = later / f"occupations_{language}.csv"
        table.write_text(table.read_text().replace(",7212,", ",7213,"))
    return later


def active_scheme(sessions: Any, country: str = "US") -> str:
    """Return an active scheme of a country."""
    import sqlalchemy as sa

    with sessions() as session:
        first = sa.text("SELECT ref FROM scheme WHERE state = 'active' AND country = :country ORDER BY id")
        return str(session.scalar(first, {"country": country}))

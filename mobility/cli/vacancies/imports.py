"""``mobility import``: other publishers' files."""

from collections import Counter
from pathlib import Path

import click
from tqdm import tqdm

from mobility.clock import now
from mobility.db import read_tx, write_tx
from mobility.formats.crosswalk import Crosswalk, read_crosswalk
from mobility.formats.faults import write_report
from mobility.formats.seasonal.jobs import read_seasonal_jobs
from mobility.security.actors import SYSTEM
from mobility.security.installation import open_database
from mobility.services.concepts.search import shelf
from mobility.services.vacancies import seasonal_jobs as service
from mobility.services.vacancies.seasonal_jobs import ImportReport
from mobility.services.vacancies.seasonal_occupations import leads_anywhere
from mobility.settings import Settings

FILE = click.Path(exists=True, dir_okay=False, path_type=Path)


@click.group("import")
def group() -> None:
    """Take in files of other publishers."""


@group.command("seasonal-jobs")
@click.argument("file", type=FILE)
@click.option("--scheme", required=True, help="Reference of the active scheme, such as S-7K3M-9QXA-4.")
@click.option(
    "--crosswalk",
    "crosswalks",
    type=FILE,
    multiple=True,
    help="File that leads from SOC to ISCO-08; a second one for SOC 2010 to 2018. Else those imported serve.",
)
@click.option("--report", type=click.Path(dir_okay=False, path_type=Path), help="Where to list the rows left out.")
@click.option("--shift-years", type=click.IntRange(-30, 30), default=0, help="Move all dates, to rehearse a season.")
def seasonal_jobs(file: Path, scheme: str, crosswalks: tuple[Path, ...], report: Path | None, shift_years: int) -> None:
    """Store the certified cases of a US seasonal file (H-2A, H-2B) as open vacancies of a scheme.

    The whole file is one transaction; a case that was imported before is left as it is. Rows that do not fit are left
    out: the report says which, why, and what to do.
    """
    settings = Settings.from_env()
    sessions = open_database(settings)
    crosswalk = read_crosswalk(crosswalks) if crosswalks else Crosswalk({})
    with read_tx(sessions) as session:
        if not crosswalks and not leads_anywhere(session):
            raise click.UsageError("no crosswalk is imported: give one with --crosswalk")
    rows = list(tqdm(read_seasonal_jobs(file), desc="reading", unit=" rows", disable=None))
    bar = tqdm(total=len(rows), desc="storing", unit=" rows", disable=None)
    with bar, write_tx(sessions) as session:
        done = service.import_jobs(
            session,
            SYSTEM,
            scheme,
            rows,
            crosswalk,
            at=now(),
            indexes=shelf(settings.instance_dir, semantic=settings.semantic),
            shift_years=shift_years,
            progress=bar.update,
        )
    target = report or settings.instance_dir / "imports" / f"{file.name.partition('.')[0]}-report.csv"
    target.parent.mkdir(parents=True, exist_ok=True)
    write_report(target, done.faults, advice=service.ALL_ADVICE)
    _tell(done, target)


def _tell(done: ImportReport, target: Path) -> None:
    click.echo(
        f"{done.imported} vacancies imported, {done.already_there} already there, {done.employers} new employers"
    )
    if done.chosen_by_title:
        click.echo(f"{done.chosen_by_title} occupations chosen by the title of the row: look at them in the report")
    click.echo(f"{done.skipped} rows skipped, {done.refused} rows refused; see {target}")
    for code, count in sorted(Counter(fault.code for fault in done.faults).items()):
        click.echo(f"  {code}: {count}")

"""``mobility taxonomy``: import ESCO, O*NET's titles and crosswalks, list what is in use, and upgrade it."""

from collections.abc import Callable, Sequence
from pathlib import Path

import click

from mobility.clock import now
from mobility.data import reference
from mobility.data.reference import LANGUAGES
from mobility.db import SessionFactory, read_tx, write_tx
from mobility.formats.code_links import column_map
from mobility.formats.editions import read_esco_edition, read_link_edition, read_onet_edition
from mobility.formats.taxonomy_records import Slip, TaxonomyRecords, refuse_slips, write_slips
from mobility.queries.lists import taxonomy_lists
from mobility.rules.basics.taxonomies import ESCO_NOTICE, TaxonomyKind
from mobility.security.actors import SYSTEM
from mobility.security.installation import open_database
from mobility.services.concepts import changes
from mobility.services.concepts import taxonomies as service
from mobility.services.concepts.search import shelf
from mobility.services.concepts.taxonomies import ImportReport
from mobility.settings import Settings

KIND = click.Choice([kind.value for kind in TaxonomyKind])
FILES = click.Path(exists=True, path_type=Path)
SHOWN = 20


def _options(command: Callable[..., None]) -> Callable[..., None]:
    """Give a command the arguments that importing and upgrading share."""
    for option in (
        click.option("--report", type=click.Path(dir_okay=False, path_type=Path), help="Where to list each line."),
        click.option("--columns", default="", help="Column map of another crosswalk: SCHEME:source=…,target=…"),
        click.option("--language", "languages", multiple=True, default=LANGUAGES, help="Languages to read from ESCO."),
        click.option("--version", default="", help="The edition, where no file name says it."),
        click.argument("files", type=FILES, nargs=-1, required=True),
        click.argument("kind", type=KIND),
    ):
        command = option(command)
    return command


@click.group("taxonomy")
def group() -> None:
    """Classifications of occupations and skills: ESCO, O*NET's titles, crosswalks between codes."""


@group.command("import")
@_options
def import_(
    kind: str, files: Sequence[Path], version: str, languages: Sequence[str], columns: str, report: Path | None
) -> None:
    """Take in an edition from its publisher's FILES (zip, folder or single files).

    An edition comes in wholly or not at all; the same files again change nothing. Search is made ready afterwards.
    """
    _store(TaxonomyKind(kind), files, version, languages, columns, report, upgrade=False)


@group.command()
def index() -> None:
    """Make search ready for what is in use; does nothing where it is."""
    settings = Settings.from_env()
    with read_tx(open_database(settings)) as session:
        shelf(settings.instance_dir, semantic=settings.semantic).refresh(session)


@group.command("list")
def list_() -> None:
    """List what is in use, and what was before."""
    with read_tx(open_database(Settings.from_env())) as session:
        editions = taxonomy_lists.editions(session)
    groups, skills = len(reference.occupation_groups()), len(reference.starter_skills())
    click.echo(f"embedded: {groups} groups of ISCO-08, {skills} starter skills")
    for each in editions:
        state = "in use" if each.current else "replaced"
        counts = f"{each.occupations} occupations, {each.skills} skills, {each.links} links"
        click.echo(f"{each.name} {each.version} ({state}): {counts}; {', '.join(each.languages) or 'no labels'}")
    if any(each.kind is TaxonomyKind.ESCO for each in editions):
        click.echo(ESCO_NOTICE)


@group.command()
@_options
@click.option("--apply", is_flag=True, help="Do it; without this, only say what would change.")
def upgrade(
    kind: str,
    files: Sequence[Path],
    version: str,
    languages: Sequence[str],
    columns: str,
    report: Path | None,
    *,
    apply: bool,
) -> None:
    """Say what another edition changes and which records it touches; with --apply, change to it.

    Nothing is lost: concepts that are gone stay readable, and lead to their successors.
    """
    wanted = TaxonomyKind(kind)
    if wanted is not TaxonomyKind.CROSSWALK:
        settings = Settings.from_env()
        records, _ = _records(wanted, files, version, languages)
        _write(settings, report, wanted, records.slips)
        with read_tx(open_database(settings)) as session:
            _tell_changes(changes.changes(session, SYSTEM, wanted, records))
    if apply:
        _store(wanted, files, version, languages, columns, report, upgrade=True)
    else:
        click.echo("Nothing was changed; add --apply to change to it.")


def _records(
    kind: TaxonomyKind, files: Sequence[Path], version: str, languages: Sequence[str]
) -> tuple[TaxonomyRecords, str]:
    if kind is TaxonomyKind.ESCO:
        return read_esco_edition(files, version=version, languages=languages)
    return read_onet_edition(files, version=version)


def _store(
    kind: TaxonomyKind,
    files: Sequence[Path],
    version: str,
    languages: Sequence[str],
    columns: str,
    report: Path | None,
    *,
    upgrade: bool,
) -> None:
    settings = Settings.from_env()
    sessions = open_database(settings)
    if kind is TaxonomyKind.CROSSWALK:
        done = _store_links(sessions, files, version, columns, upgrade=upgrade)
    else:
        records, digest = _records(kind, files, version, languages)
        _write(settings, report, kind, records.slips)
        with write_tx(sessions) as session:
            done = service.import_concepts(
                session, SYSTEM, kind, records, digest=digest, at=now(), upgrade=upgrade, progress=_step
            )
    _tell(kind, done)
    click.echo("Making search ready")
    with read_tx(sessions) as session:
        shelf(settings.instance_dir, semantic=settings.semantic).refresh(session)
    if kind is TaxonomyKind.ESCO:
        click.echo(ESCO_NOTICE)


def _store_links(
    sessions: SessionFactory, files: Sequence[Path], version: str, columns: str, *, upgrade: bool
) -> ImportReport:
    edition, digest = read_link_edition(files, version=version, columns=column_map(columns) if columns else None)
    with write_tx(sessions) as session:
        return service.import_links(
            session, SYSTEM, edition.name, edition.version, edition.links, digest=digest, at=now(), upgrade=upgrade
        )


def _step(name: str) -> None:
    click.echo(f"  storing {name}")


def _write(settings: Settings, report: Path | None, kind: TaxonomyKind, slips: Sequence[Slip]) -> None:
    """List every line that something was noted about, and stop there if anything is wrong."""
    target = report or settings.instance_dir / "imports" / f"{kind}-report.csv"
    target.parent.mkdir(parents=True, exist_ok=True)
    write_slips(target, slips)
    wrong = [slip for slip in slips if not slip.is_note]
    for slip in wrong[:SHOWN]:
        click.echo(f"  {slip.file}, line {slip.line}, {slip.column}: {slip.code}; expected {slip.expected}", err=True)
    click.echo(f"{len(wrong)} lines wrong, {len(slips) - len(wrong)} noted; see {target}")
    refuse_slips(slips)


def _tell(kind: TaxonomyKind, done: ImportReport) -> None:
    if done.already_there:
        click.echo(f"{kind} {done.version} is in use already, from the same files; nothing was changed.")
        return
    click.echo(f"{kind} {done.version}: {done.added} concepts new, {done.changed} changed, {done.retired} retired")
    click.echo(f"  labels: {done.labels_added} new, {done.labels_removed} gone")
    click.echo(f"  links: {done.links_added} new, {done.links_removed} gone")


def _tell_changes(found: changes.TaxonomyChanges) -> None:
    click.echo(f"from {found.used or 'nothing'} to {found.given}: {found.added} new, {found.unchanged} as they were")
    for name, listed in (("retitled", found.retitled), ("moved", found.rehomed), ("retired", found.retired)):
        click.echo(f"  {name}: {len(listed)}")
        for change in listed[:SHOWN]:
            click.echo(f"    {change.key}: {change.before} -> {change.after or 'no successor; stays readable'}")
    for touched in found.touched:
        click.echo(f"  {touched.rows} rows of {touched.table} point to concepts that are {touched.reason}; they stay")

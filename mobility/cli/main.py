"""The command line's root and the commands of every installation: doctor, migrate, serve, keys, audit, reference."""

from collections.abc import Callable

import click
from flask import Flask

from mobility import __version__
from mobility.cli import bench
from mobility.cli.concepts import taxonomy
from mobility.cli.demo import demo
from mobility.cli.match_runs import match
from mobility.cli.platform import audit, jobs, keyring, reference, settings_table
from mobility.cli.platform.doctor import doctor
from mobility.cli.platform.server import run_server
from mobility.cli.vacancies import imports
from mobility.db import make_engine
from mobility.security.installation import prepare_folder
from mobility.services.platform import migrations
from mobility.settings import Settings

Factory = Callable[[Settings], Flask]


@click.group(context_settings={"help_option_names": ["-h", "--help"]})
@click.version_option(version=__version__, message="%(version)s")
def commands() -> None:
    """Labour mobility, from declared shortage to safe return."""


@commands.command()
def migrate() -> None:
    """Bring the database's schema up to date."""
    settings = Settings.from_env()
    prepare_folder(settings)
    engine = make_engine(settings.url, pool_size=2)
    migrations.upgrade(engine)
    engine.dispose()
    click.echo("The database is up to date.")


@commands.command()
@click.option("--port", type=click.IntRange(0, 65535), help="Port; 0 takes a free one.")
@click.pass_obj
def serve(create_app: Factory, port: int | None) -> None:
    """Serve the site."""
    settings = Settings.from_env()
    run_server(create_app(settings), settings, settings.port if port is None else port)


commands.add_command(demo)
commands.add_command(doctor)
commands.add_command(audit.group)
commands.add_command(bench.group)
commands.add_command(imports.group)
commands.add_command(jobs.group)
commands.add_command(keyring.group)
commands.add_command(match.group)
commands.add_command(reference.group)
commands.add_command(settings_table.settings)
commands.add_command(taxonomy.group)

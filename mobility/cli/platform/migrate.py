"""``mobility migrate``: the database's schema brought up to date."""

import click

from mobility.db import make_engine
from mobility.security.installation import prepare_folder
from mobility.services.platform import migrations
from mobility.settings import Settings


@click.command()
def migrate() -> None:
    """Bring the database's schema up to date."""
    settings = Settings.from_env()
    prepare_folder(settings)
    engine = make_engine(settings.url, pool_size=2)
    migrations.upgrade(engine)
    engine.dispose()
    click.echo("The database is up to date.")

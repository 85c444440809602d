"""``mobility settings``: the table of settings for the documentation, made from the settings class."""

import click

from mobility.settings import PREFIX, Settings

HEADER = "| variable | default | meaning |\n|---|---|---|"


def table() -> str:
    """Return the table of all settings as Markdown."""
    rows = [HEADER]
    for name, field in Settings.model_fields.items():
        default = "" if field.default is None else f"`{field.default}`"
        if name == "instance_dir":
            default = "`instance` in a checkout, else the state folder of the platform"
        rows.append(f"| `{PREFIX}{name.upper()}` | {default} | {field.description} |")
    return "\n".join(rows)


@click.command()
def settings() -> None:
    """Print every setting with its default and meaning."""
    click.echo(table())

"""The command line's root: a table of commands, each loaded when it is called."""

import click

from mobility import __version__
from mobility.cli.lazy import Entry, LazyGroup

#: The place of each command, and what its own help says in its first sentence.
ENTRIES = {
    "audit": Entry("mobility.cli.platform.audit:group", "The append-only log of every step."),
    "bench": Entry("mobility.cli.bench:group", "Measure the product beside its peers: medians, ratios, versions."),
    "demo": Entry("mobility.cli.demo:demo", "Make an invented world, match it, and serve it on this machine."),
    "doctor": Entry("mobility.cli.platform.doctor:doctor", "Print each precondition with its mend."),
    "import": Entry("mobility.cli.vacancies.imports:group", "Take in files of other publishers."),
    "jobs": Entry("mobility.cli.platform.jobs:group", "Background work: match runs, and what a new day changes."),
    "keyring": Entry(
        "mobility.cli.platform.keyring:group", "The keys that seal personal fields and chain the audit log."
    ),
    "match": Entry(
        "mobility.cli.match_runs.match:group", "Match workers with vacancies; people decide on what it proposes."
    ),
    "migrate": Entry("mobility.cli.platform.migrate:migrate", "Bring the database's schema up to date."),
    "reference": Entry("mobility.cli.platform.reference:group", "Occupations, skills and their links, as shipped."),
    "scheme": Entry("mobility.cli.schemes:group", "The schemes of this installation."),
    "serve": Entry("mobility.cli.platform.server:serve", "Serve the site."),
    "settings": Entry(
        "mobility.cli.platform.settings_table:settings", "Print every setting with its default and meaning."
    ),
    "taxonomy": Entry("mobility.cli.concepts.taxonomy:group", "Classifications of occupations and skills."),
}


@click.group(cls=LazyGroup, entries=ENTRIES, context_settings={"help_option_names": ["-h", "--help"]})
@click.version_option(version=__version__, message="%(version)s")
def commands() -> None:
    """Labour mobility, from declared shortage to safe return."""

"""``mobility bench``: the door to the benchmarks of a checkout; each measures its peers in the same run."""

from importlib import import_module
from importlib.util import find_spec

import click

from mobility.errors import MobilityError

#: Module of ``bench/`` by name, and what it measures.
BENCHMARKS: dict[str, str] = {
    "load": "database to arrays: packed workers beside ADBC and SQLAlchemy Core on the tables",
    "runs": "whole match runs through the database: seconds by stage, peak memory",
    "allocation": "who is proposed where: deferred acceptance, minimum-cost flow, best first, the matching package",
    "quotas": "approvals from many clients at once: oversold units, errors, throughput, a naive control",
    "ranker": "the learned ranker beside LambdaMART, boosting and the experts, on simulated reviewers",
    "engine": "a whole match run, one shortlist, coverage, counts and memory, beside other ways to do the same",
    "simulator": "other rules and quotas over a million workers, beside the same question as SQL on PostgreSQL",
    "mutation": "lines of rules and security changed one at a time: which changes no test notices",
    "concepts": "titles and sentences to occupations and skills",
}
_HOW = "python3 start.py bench"


class BenchUnavailableError(MobilityError):
    """The benchmarks are not there, or a peer that they measure is not installed."""


class _Benchmarks(click.Group):
    """Finds a benchmark's command in ``bench/``, so that the product itself never imports a peer."""

    def list_commands(self, ctx: click.Context) -> list[str]:
        del ctx
        return sorted(BENCHMARKS)

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        del ctx
        if cmd_name not in BENCHMARKS:
            return None
        if find_spec("bench") is None:
            raise BenchUnavailableError(
                f"the benchmarks stand in a checkout of the source; there, call {_HOW} {cmd_name}"
            )
        try:
            found = import_module(f"bench.{cmd_name}").command
        except ModuleNotFoundError as missing:
            raise BenchUnavailableError(f"{missing.name} is not installed; call {_HOW} {cmd_name}") from missing
        return found if isinstance(found, click.Command) else None

    def format_commands(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        del ctx
        with formatter.section("Benchmarks"):
            formatter.write_dl(sorted(BENCHMARKS.items()))


@click.command("bench", cls=_Benchmarks)
def group() -> None:
    """Measure the product beside its peers: medians, ratios, versions."""

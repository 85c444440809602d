"""What README and the documents tell people to type is typed: code blocks run, and every command named exists."""

import os
import re
import shutil
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path

import click
import pytest
import sqlalchemy as sa
from sybil import Document, Example, Sybil
from sybil.parsers.markdown import CodeBlockParser

from mobility.cli.main import commands
from tests.databases import named

ROOT = Path(__file__).resolve().parents[2]
DOCUMENTS = sorted([ROOT / "README.md", ROOT / "CONTRIBUTING.md", *(ROOT / "docs").rglob("*.md")])
#: Blocks that a test of their own runs, by the text that they hold.
ELSEWHERE = {
    "/opt/mobility/bin/pip install": "tests/structure/test_installed.py",
    "uv pip compile": "tests/structure/test_start.py",
    "from mobility.matching": "tests/matching/test_guide.py",
}
SAMPLES = ROOT / "tests" / "files" / "seasonal"
#: Programs that would never end, or take the whole suite, get words that end them.
ENDED = {
    "start.py demo": ["--no-serve", "--workers", "200", "--seed", "5"],
    "start.py test": ["--version"],
    "mobility jobs run": ["--until-empty"],
}
SHIM = """#!{python}
import os, signal, subprocess, sys
words = [os.path.basename({program!r}), *sys.argv[1:]]
for start, more in {ended!r}.items():
    if " ".join(words).startswith(start):
        words += more
serves = words[:2] == ["mobility", "serve"]
done = subprocess.Popen([*{command!r}, *words[1:], *(["--port", "0"] if serves else [])])
try:
    sys.exit(done.wait(timeout=8 if serves else 300))
except subprocess.TimeoutExpired:
    done.send_signal(signal.SIGINT)
    done.wait(timeout=20)
    sys.exit(0 if serves else "it does not end")
"""


@dataclass
class Desk:
    """A folder in which somebody types what a document says, with the commands of this checkout."""

    folder: Path
    environ: dict[str, str]

    def type(self, block: str) -> str:
        """Run a block as a shell does and return what it printed."""
        script = f"set -eu\n{block}\nwait\n"
        done = subprocess.run(
            ["bash", "-c", script], cwd=self.folder, env=self.environ, capture_output=True, text=True, timeout=500
        )
        assert done.returncode == 0, f"{block}\n{done.stdout[-2000:]}\n{done.stderr[-3000:]}"
        return done.stdout


def shim(file: Path, program: str, *command: str) -> None:
    file.parent.mkdir(parents=True, exist_ok=True)
    file.write_text(SHIM.format(python=sys.executable, program=program, ended=ENDED, command=list(command)))
    file.chmod(0o755)


@pytest.fixture(scope="module")
def desk(tmp_path_factory):
    folder = tmp_path_factory.mktemp("desk")
    shim(folder / ".venv/bin/mobility", "mobility", sys.executable, "-m", "mobility")
    shim(folder / "start.py", "start.py", sys.executable, str(ROOT / "start.py"))
    shutil.copy(SAMPLES / "h2b_fy2018_sample.csv.gz", folder)
    home = folder / "home"
    home.mkdir()
    kept = {name: text for name, text in os.environ.items() if not name.startswith(("MOBILITY_", "PG"))}
    environ = {"MOBILITY_INSTANCE_DIR": str(folder / "instance"), "PYTHONPATH": str(ROOT), "HOME": str(home)}
    return Desk(folder, kept | environ)


def blocks(path: Path, language: str) -> list[Example]:
    """Return the code blocks of a document in a language."""
    parser = CodeBlockParser(language=language, evaluator=lambda _example: None)
    return list(Document.parse(str(path), *Sybil(parsers=[parser], pattern="*").parsers).examples())


def block_with(words: str) -> str:
    """Return the one block of README's that holds the words."""
    found = [example.parsed for example in blocks(ROOT / "README.md", "sh") if words in example.parsed]
    assert len(found) == 1, words
    return str(found[0])


@pytest.mark.slow
def test_the_two_commands_of_the_readme_are_typed_as_they_stand(desk):
    said = desk.type(block_with("start.py demo"))
    assert re.search(r"^workers +200", said, re.MULTILINE)
    assert "pytest" in said


@pytest.mark.slow
def test_the_readmes_import_of_real_vacancies_is_typed_as_it_stands(desk):
    if not (desk.folder / "instance" / "demo.db").exists():
        desk.type(block_with("start.py demo"))
    [database] = (desk.folder / "instance").glob("*.db")
    engine = sa.create_engine(f"sqlite:///{database}")
    with engine.connect() as connection:
        ref = connection.exec_driver_sql(
            "SELECT ref FROM scheme WHERE state = 'active' AND title_en LIKE '%H-2B%'"
        ).scalar_one()
    engine.dispose()
    block = block_with("import seasonal-jobs").replace("S-XXXX-XXXX-X", ref)
    block = block.replace("H-2B_FY2018.xlsx", "h2b_fy2018_sample.csv.gz")
    block = block.replace("isco_soc_crosswalk.xls", str(SAMPLES / "soc_isco_sample.csv"))
    desk.environ["MOBILITY_DATABASE_URL"] = f"sqlite:///{database}"
    said = desk.type(block)
    assert "proposals" in said.lower()


@pytest.mark.postgres
@pytest.mark.slow
def test_the_readmes_installation_on_postgresql_is_typed_as_it_stands(desk, postgres_server):
    server = sa.create_engine(postgres_server, isolation_level="AUTOCOMMIT", poolclass=sa.NullPool)
    url = sa.make_url(postgres_server)
    with server.connect() as connection:
        connection.exec_driver_sql("CREATE ROLE mobility LOGIN SUPERUSER")
        try:
            host = url.query.get("host") or url.host or ""
            desk.environ |= {"PGHOST": str(host), "PGPORT": str(url.query.get("port") or url.port or 5432)}
            createdb = f"import sqlalchemy as sa; sa.create_engine({named(postgres_server, 'postgres')!r}, "
            createdb += "isolation_level='AUTOCOMMIT').connect().exec_driver_sql('CREATE DATABASE mobility')"
            shim(desk.folder / "bin/createdb", "createdb", sys.executable, "-c", createdb)
            desk.environ["PATH"] = f"{desk.folder / 'bin'}:{os.environ['PATH']}"
            desk.type(block_with("createdb"))
            tables = sa.create_engine(named(postgres_server, "mobility"), poolclass=sa.NullPool)
            with tables.connect() as loaded:
                assert loaded.exec_driver_sql("SELECT count(*) FROM occupation").scalar_one() > 400
        finally:
            connection.exec_driver_sql("DROP DATABASE IF EXISTS mobility WITH (FORCE)")
            connection.exec_driver_sql("DROP ROLE mobility")


def test_every_block_is_run_by_a_test():
    here = Path(__file__).read_text()
    typed = re.findall(r"block_with\(\"([^\"]+)\"\)", here)
    for path in DOCUMENTS:
        for language in ("sh", "bash", "console", "python"):
            for example in blocks(path, language):
                known = [words for words in (*typed, *ELSEWHERE) if words in example.parsed]
                assert known, f"{path.name}, line {example.line}: no test runs this block"
    for file in ELSEWHERE.values():
        assert (ROOT / file).exists(), file


def named_commands() -> list[tuple[str, str]]:
    """Return the commands that the documents name in their text, with the document."""
    found = set()
    for path in DOCUMENTS:
        if "decisions" not in path.parts:
            text = re.sub(r"```.*?```", "", path.read_text(), flags=re.DOTALL)
            for words in re.findall(r"`(?:\.venv/bin/|python3 start\.py |[\w/]*/bin/)?mobility ([a-z][^`]*)`", text):
                found.add((path.name, words))
            for words in re.findall(r"`python3 start\.py ([a-z][^`]*)`", text):
                if words.split()[0] not in {"test", "bench"}:
                    found.add((path.name, words))
    return sorted(found)


@pytest.mark.parametrize(("document", "words"), named_commands())
def test_every_command_that_a_document_names_exists_with_its_options(document, words):
    command: click.Command = commands
    context = click.Context(commands)
    rest = words.split()
    while rest and isinstance(command, click.Group) and re.fullmatch(r"[a-z][a-z-]*,?", rest[0]):
        name = rest.pop(0).rstrip(",")
        found = command.get_command(context, name)
        assert found is not None, f"{document} names {name} of {words!r}"
        command = found
    known = {option for parameter in command.params for option in (*parameter.opts, *parameter.secondary_opts)}
    named_options = set(re.findall(r"--[a-z-]+", " ".join(rest))) - {"--help"}
    assert named_options <= known, f"{document}: {words!r}"

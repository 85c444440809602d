"""The wheel, installed where only root may write and run as a service user who has no home."""

import contextlib
import importlib.util
import json
import os
import pwd
import re
import shutil
import subprocess
import sys
import tarfile
import tempfile
import urllib.request
import zipfile
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest

from mobility import __version__

pytestmark = pytest.mark.slow

ROOT = Path(__file__).resolve().parents[2]
NAME = "mobility_corridor"
#: What a clean clone has: everything that git would keep.
KEPT = ["git", "ls-files", "--cached", "--others", "--exclude-standard", "-z"]
BUILD = "import setuptools.build_meta as b; print('made', b.build_{kind}({folder!r}))"
IN_MEMORY = """
import numpy as np
from mobility.matching.concepts.posting_kernel import leaders
print(leaders(np.array([3, 0, 5]), 2).tolist(), leaders.dispatcher.stats.cache_path)
"""


def refuse(reason: str) -> None:
    """Skip loudly; where CI is set, fail."""
    (pytest.fail if os.environ.get("CI") else pytest.skip)(reason)


def clean_clone(folder: Path) -> Path:
    """Copy everything that belongs to the project, and nothing that was built, into a folder."""
    listed = subprocess.run(KEPT, cwd=ROOT, capture_output=True, text=True, check=False)
    if listed.returncode:
        pytest.skip("not a git checkout: nothing says what belongs to the project")
    for name in filter(None, listed.stdout.split("\0")):
        if (ROOT / name).is_file():
            (folder / name).parent.mkdir(parents=True, exist_ok=True)
            shutil.copy2(ROOT / name, folder / name)
    return folder


@pytest.fixture(scope="module")
def clone(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return a clean clone, with the front end as it was built here: the long form builds it anew."""
    if not (ROOT / "mobility" / "static" / "dist" / ".built").exists():
        refuse("the front end is not built; python3 start.py test builds it")
    folder = clean_clone(tmp_path_factory.mktemp("clone"))
    shutil.copytree(ROOT / "mobility" / "static" / "dist", folder / "mobility" / "static" / "dist")
    return folder


def built(clone: Path, kind: str, folder: Path) -> Path:
    """Build from a folder with the build packages that are installed here, so that nothing is fetched."""
    if importlib.util.find_spec("setuptools.command.bdist_wheel") is None:
        refuse("the installed setuptools is too old to build; python3 start.py test installs another")
    code = BUILD.format(kind=kind, folder=str(folder))
    done = subprocess.run([sys.executable, "-c", code], cwd=clone, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stdout + done.stderr
    return folder / done.stdout.split()[-1]


@pytest.fixture(scope="module")
def wheel(clone: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return the wheel of this checkout."""
    return built(clone, "wheel", tmp_path_factory.mktemp("wheel"))


def test_a_wheel_carries_all_that_is_needed_to_run_and_nothing_that_would_be_written(wheel: Path) -> None:
    names = set(zipfile.ZipFile(wheel).namelist())
    sources = {path.relative_to(ROOT).as_posix() for path in (ROOT / "mobility").rglob("*.py")}
    beside = {
        f"mobility/{path.relative_to(ROOT).as_posix()}"
        for folder in ("templates", "migrations")
        for path in (ROOT / folder).rglob("*.[hpt]*")
        if "__pycache__" not in path.parts
    }

    assert sources | beside <= names
    assert {f"mobility/static/dist/{name}" for name in ("mobility.css", "htmx.min.js")} <= names
    texts = {name for name in names if re.search(r"/static/.*\.(css|js|svg)$", name)}
    assert {f"{name}.{ending}" for name in texts for ending in ("br", "gz")} == {
        name for name in names if re.search(r"/static/.*\.(br|gz)$", name)
    }
    assert {f"mobility/translations/{language}/LC_MESSAGES/messages.mo" for language in ("es", "fr")} <= names
    assert {"mobility/py.typed", "mobility/data/isco08.csv", "wsgi.py"} <= names
    assert [name for name in names if re.search(r"\.po$|\.pyc$|/scss/|^tests/|^bench/|instance/", name)] == []


def test_a_wheel_names_its_parts_with_their_hashes(wheel: Path) -> None:
    with zipfile.ZipFile(wheel) as archive:
        name = next(each for each in archive.namelist() if each.endswith(".dist-info/sboms/mobility.cdx.json"))
        bill = json.loads(archive.read(name))
    pinned = re.findall(r"^([\w.-]+)\S*==([^\s;]+)", (ROOT / "requirements" / "run.txt").read_text(), re.MULTILINE)
    parts = {each["purl"]: each["hashes"] for each in bill["components"]}

    assert {f"pkg:pypi/{name.lower()}@{version}" for name, version in pinned} <= set(parts)
    assert {purl.rpartition("@")[0] for purl in parts if "npm" in purl} == {
        "pkg:npm/govuk-frontend",
        "pkg:npm/htmx.org",
    }
    assert all(
        len(each["content"]) == {"SHA-256": 64, "SHA-512": 128}[each["alg"]] for one in parts.values() for each in one
    )
    assert all(parts.values())
    assert (bill["bomFormat"], bill["specVersion"]) == ("CycloneDX", "1.6")


def test_the_metadata_bounds_every_requirement_and_names_no_taken_name(wheel: Path) -> None:
    with zipfile.ZipFile(wheel) as archive:
        name = next(each for each in archive.namelist() if each.endswith("/METADATA"))
        lines = archive.read(name).decode().splitlines()
    required = [line.partition(": ")[2] for line in lines if line.startswith("Requires-Dist")]

    assert "Name: mobility-corridor" in lines
    assert required
    assert [each for each in required if ">=" not in each] == []


def test_an_archive_of_the_sources_makes_the_same_wheel_without_node(clone: Path, wheel: Path, tmp_path: Path) -> None:
    archive = built(clone, "sdist", tmp_path)
    with tarfile.open(archive) as packed:
        packed.extractall(tmp_path, filter="data")
    again = built(tmp_path / archive.name.removesuffix(".tar.gz"), "wheel", tmp_path)

    with zipfile.ZipFile(wheel) as one, zipfile.ZipFile(again) as other:
        assert set(one.namelist()) == set(other.namelist())
        assert [name for name in one.namelist() if "RECORD" not in name and one.read(name) != other.read(name)] == []


# --- as a service user -----------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Installation:
    """A read-only installation, and the one folder into which its service user may write."""

    folder: Path
    instance: Path

    def environ(self, **more: str) -> dict[str, str]:
        return {
            "PATH": "/usr/bin:/bin",
            "LC_ALL": "C.UTF-8",
            "HOME": "/nonexistent",
            "MOBILITY_INSTANCE_DIR": str(self.instance),
            **more,
        }

    def start(self, *command: str, **more: str) -> "subprocess.Popen[str]":
        return subprocess.Popen(
            [str(self.folder / "bin" / command[0]), *command[1:]],
            cwd="/",
            env=self.environ(**more),
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
            **nobody(),
        )

    def run(self, *command: str, **more: str) -> tuple[int, str]:
        with self.start(*command, **more) as process:
            said, _ = process.communicate(timeout=300)
        assert "Traceback" not in said, said
        return process.returncode, said


def nobody() -> dict[str, object]:
    entry = pwd.getpwnam("nobody")
    return {"user": entry.pw_uid, "group": entry.pw_gid, "extra_groups": []}


def python_for_everybody() -> str:
    """Return an interpreter of this version that a service user may run, for which our packages are made too."""
    version = f"python3.{sys.version_info.minor}"
    ask = ["-c", f"import sys, ensurepip; sys.path.append({packages()!r}); import numpy, sqlalchemy"]
    for each in (os.path.realpath(sys.executable), f"/usr/local/bin/{version}", f"/usr/bin/{version}"):
        with contextlib.suppress(OSError):
            if subprocess.run([each, *ask], cwd="/", capture_output=True, check=False, **nobody()).returncode == 0:
                return each
    pytest.skip(f"nobody may run {sys.executable} or read its packages, and there is no other {version}")


def packages() -> str:
    return next(path for path in sys.path if path.endswith("site-packages"))


@pytest.fixture(scope="module")
def installation(wheel: Path) -> Iterator[Installation]:
    """Yield the wheel, installed by root for everybody; its dependencies are those of the tests."""
    if os.geteuid() != 0:
        pytest.skip("only root can install for a service user: run this test as root")
    base = python_for_everybody()
    place = Path(tempfile.mkdtemp(prefix="mobility-installed-"))
    place.chmod(0o755)
    try:
        subprocess.run([base, "-m", "venv", "--without-pip", place / "venv"], check=True)
        inside = next((place / "venv" / "lib").glob("python*/site-packages"))
        (inside / "dependencies.pth").write_text(packages() + "\n")
        python = place / "venv" / "bin" / "python"
        pip = [sys.executable, "-m", "pip", "--python", str(python), "install", "--quiet", "--no-deps", "--no-index"]
        subprocess.run([*pip, str(wheel)], check=True)
        subprocess.run(["chmod", "-R", "a-w,a+rX", place / "venv"], check=True)
        (place / "instance").mkdir(mode=0o700)
        entry = pwd.getpwnam("nobody")
        os.chown(place / "instance", entry.pw_uid, entry.pw_gid)
        yield Installation(place / "venv", place / "instance")
    finally:
        shutil.rmtree(place)


def asked(server: "subprocess.Popen[str]", path: str) -> str:
    """Return what a server answers once it has told its address; it is stopped then."""
    try:
        with urllib.request.urlopen(address(server) + path, timeout=60) as answer:
            assert answer.status == 200
            return answer.read().decode()
    finally:
        server.terminate()
        server.communicate(timeout=60)


def address(server: "subprocess.Popen[str]") -> str:
    lines = []
    for line in server.stdout or ():
        lines.append(line)
        if found := re.search(r"(http://[\d.:]+)", line):
            return found[1]
    pytest.fail("".join(lines))


def test_a_service_user_runs_a_read_only_installation_from_the_first_doctor_to_a_match_run(
    installation: Installation,
) -> None:
    files = {path: path.stat().st_mtime_ns for path in installation.folder.rglob("*")}

    assert installation.run("mobility", "migrate")[0] == 0
    assert installation.run("mobility", "doctor")[0] == 0
    status, said = installation.run("mobility", "demo", "--no-serve", "--workers", "20", "--seed", "5")
    assert status == 0, said
    assert re.search(r"^proposals +[1-9]", said, re.MULTILINE), said

    page = asked(installation.start("mobility", "serve", "--port", "0", PYTHONUNBUFFERED="1"), "/sign-in")
    assert "/static/dist/mobility.css" in page

    assert {path: path.stat().st_mtime_ns for path in installation.folder.rglob("*")} == files
    written = list(installation.instance.rglob("*"))
    assert [path for path in written if path.stat().st_mode & 0o077] == []
    assert (installation.instance / "tmp").is_dir()
    assert list((installation.instance / "numba").rglob("*.nbi")), "kernels are not kept"


def test_kernels_are_compiled_in_memory_where_nothing_can_be_kept(installation: Installation) -> None:
    status, said = installation.run("python", "-c", IN_MEMORY, MOBILITY_INSTANCE_DIR="/proc/none")

    assert (status, said.strip()) == (0, "[2, 0] None")


def test_a_checkout_in_which_nothing_may_be_written_speaks_english_instead_of_failing(
    installation: Installation,
) -> None:
    folder = installation.folder.parent / "checkout" / "es" / "LC_MESSAGES"
    folder.mkdir(parents=True)
    (folder / "messages.po").write_text('msgid "a"\nmsgstr "b"\n')
    subprocess.run(["chmod", "-R", "a-w,a+rX", installation.folder.parent / "checkout"], check=True)
    code = "from pathlib import Path; from mobility.wording.catalogues import compile_stale; print(compile_stale(Path({!r})))"

    assert installation.run("python", "-c", code.format(str(folder.parents[1]))) == (0, "[]\n")


def test_without_a_named_folder_or_a_home_one_sentence_says_what_to_do(installation: Installation) -> None:
    status, said = installation.run("mobility", "migrate", MOBILITY_INSTANCE_DIR="")

    assert status == 2
    assert len(said.splitlines()) == 1
    assert "MOBILITY_INSTANCE_DIR" in said
    assert str(installation.folder) not in said


@pytest.mark.parametrize(
    "command",
    [
        ("gunicorn", "--bind", "127.0.0.1:0", "wsgi:application"),
        ("waitress", "--listen", "127.0.0.1:0", "wsgi:application"),
        ("flask", "--app", "mobility", "run", "--port", "0"),
    ],
    ids=lambda command: command[0],
)
def test_other_servers_start_it_from_any_folder(installation: Installation, command: tuple[str, ...]) -> None:
    pytest.importorskip(command[0], reason=f"{command[0]} is not installed; python3 start.py test installs it")
    place = installation.instance / command[0]

    server = installation.start("python", "-m", *command, MOBILITY_INSTANCE_DIR=str(place), PYTHONUNBUFFERED="1")

    assert "ok" in asked(server, "/healthz")
    assert place.stat().st_mode & 0o777 == 0o700
    assert [path for path in place.rglob("*") if path.stat().st_mode & 0o077] == []


@pytest.mark.long
def test_from_a_clean_clone_to_a_match_run_with_what_the_registries_have(tmp_path: Path) -> None:
    """Build packages, front end and dependencies are all fetched: minutes, and a network."""

    def run(*command: object) -> str:
        environ = {name: text for name, text in os.environ.items() if name not in {"PYTHONPATH", "VIRTUAL_ENV"}}
        done = subprocess.run(
            [str(word) for word in command],
            cwd=tmp_path,
            env=environ | {"MOBILITY_INSTANCE_DIR": str(tmp_path / "instance")},
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
            check=False,
        )
        assert done.returncode == 0, done.stdout
        return done.stdout

    folder = tmp_path / "clone"
    folder.mkdir()
    clean_clone(folder)
    programs = tmp_path / "venv" / "bin"
    run(sys.executable, "-m", "venv", tmp_path / "venv")
    run(programs / "python", "-m", "pip", "wheel", "--quiet", "--no-deps", "-w", tmp_path / "wheels", folder)
    run(programs / "python", "-m", "pip", "install", "--quiet", *(tmp_path / "wheels").glob("*.whl"))

    assert run(programs / "mobility", "--version").strip() == __version__
    run(programs / "mobility", "migrate")
    assert "ok   front-end files" in run(programs / "mobility", "doctor")
    assert re.search(
        r"^proposals +[1-9]", run(programs / "mobility", "demo", "--no-serve", "--workers", "20"), re.MULTILINE
    )

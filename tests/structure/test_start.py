"""The launcher: what it takes for done, how it fails, that two starts wait for each other, and what it becomes."""

import ast
import fcntl
import gzip
import os
import re
import shutil
import signal
import subprocess
import sys
import threading
import time
import tomllib
from pathlib import Path

import brotli
import pytest
from hypothesis import given
from hypothesis import strategies as st

import start

ROOT = Path(__file__).resolve().parents[2]
REQUIREMENTS = sorted((ROOT / "requirements").glob("*.txt"))


@pytest.fixture
def house(tmp_path: Path) -> Path:
    """A checkout with all that stamps look at, in a folder whose name has a space."""
    root = tmp_path / "a house"
    (root / "mobility" / "static" / "scss").mkdir(parents=True)
    (root / "mobility" / "static" / "dist").mkdir()
    (root / "requirements").mkdir()
    (root / ".venv" / "bin").mkdir(parents=True)
    for name in (
        "package.json",
        "package-lock.json",
        "requirements/run.txt",
        "requirements/dev.txt",
        "requirements/bench.txt",
    ):
        (root / name).write_text(name)
    (root / "mobility" / "static" / "scss" / "mobility.scss").write_text("a {}")
    shutil.copy(ROOT / "start.py", root)
    shutil.copy(ROOT / "mobility" / "compressed.py", root / "mobility")
    return root


def program(path: Path, script: str) -> Path:
    path.write_text(f"#!/bin/sh\n{script}\n")
    path.chmod(0o755)
    return path


def settle(root: Path, kind: str = "run") -> None:
    """Leave behind what a finished set-up leaves, with a .venv whose Python only says how it was called."""
    program(start.python_of(root), 'echo "$PYTHONPATH|$PYTHONSAFEPATH|$PWD|$*"')
    start.write_stamp(root / ".venv" / "installed", start.packages_stamp(root, kind))
    start.write_stamp(root / "mobility" / "static" / "dist" / ".built", start.front_end_stamp(root))
    start.write_stamp(root / "mobility" / "static" / "dist" / ".compressed", start.static_texts_stamp(root))
    start.install_command(root)


# --- stamps ----------------------------------------------------------------------------------------------------------


@given(contents=st.lists(st.binary(max_size=20), min_size=2, max_size=5), rotate=st.integers(1, 4))
def test_a_fingerprint_depends_on_every_byte_and_not_on_the_order(
    contents: list[bytes], rotate: int, tmp_path_factory: pytest.TempPathFactory
) -> None:
    folder = tmp_path_factory.mktemp("files")
    files = [folder / f"{number}.txt" for number in range(len(contents))]
    for file, content in zip(files, contents, strict=True):
        file.write_bytes(content)
    before = start.fingerprint(files)

    assert start.fingerprint(files[rotate:] + files[:rotate]) == before
    files[0].write_bytes(contents[0] + b"!")
    assert start.fingerprint(files) != before


def test_a_fingerprint_depends_on_names(tmp_path: Path) -> None:
    one, two = tmp_path / "a", tmp_path / "b"
    one.write_text("x")
    two.write_text("x")

    assert start.fingerprint([one]) != start.fingerprint([two])


@pytest.mark.parametrize(
    ("installed", "asked", "served"),
    [
        ("run", "run", True),
        ("dev", "dev", True),
        ("dev", "run", True),
        ("run", "dev", False),
        ("bench", "dev", True),
        ("bench", "run", True),
        ("dev", "bench", False),
    ],
)
def test_packages_for_tests_also_serve_the_program_but_not_the_other_way(
    house: Path, installed: str, asked: str, served: bool
) -> None:
    settle(house, installed)

    assert start.packages_ready(house, asked) == served


@pytest.mark.parametrize("changed", ["requirements/run.txt", "package-lock.json", "mobility/static/scss/mobility.scss"])
def test_a_change_of_what_was_built_from_is_noticed(house: Path, changed: str) -> None:
    settle(house)
    assert start.packages_ready(house, "run")
    assert start.front_end_ready(house)

    (house / changed).write_text("something else")

    assert not (start.packages_ready(house, "run") and start.front_end_ready(house))


def test_a_new_style_sheet_is_noticed_and_leaves_the_packages_alone(house: Path) -> None:
    settle(house)
    (house / "mobility" / "static" / "scss" / "_new.scss").write_text("b {}")

    assert not start.front_end_ready(house)
    assert start.packages_ready(house, "run")


def test_a_changed_text_of_the_front_end_is_compressed_anew_and_nothing_else_is_done(
    house: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    settle(house)
    script = house / "mobility" / "static" / "init.js"
    script.write_text("let a = 1;\n" * 400)
    assert not start.holds(house / start.COMPRESSED, start.static_texts_stamp(house))
    program(start.python_of(house), f'exec {sys.executable} "$@"')

    start.set_up(house, "run")

    assert start.holds(house / start.COMPRESSED, start.static_texts_stamp(house))
    assert gzip.decompress(script.with_name("init.js.gz").read_bytes()) == script.read_bytes()
    assert brotli.decompress(script.with_name("init.js.br").read_bytes()) == script.read_bytes()
    assert re.findall(r"^(.+) \.\.\. done", capsys.readouterr().out, re.MULTILINE) == ["Compressing the front end"]


def test_a_venv_without_its_python_is_not_ready(house: Path) -> None:
    settle(house)
    start.python_of(house).unlink()
    start.python_of(house).symlink_to(house / "gone")

    assert not start.packages_ready(house, "run")


@pytest.mark.parametrize("content", [None, b"", b"\xff\xfe", b"other"])
def test_a_missing_or_spoiled_stamp_holds_nothing(tmp_path: Path, content: bytes | None) -> None:
    stamp = tmp_path / "stamp"
    if content is not None:
        stamp.write_bytes(content)

    assert not start.holds(stamp, "wanted")


def test_a_written_stamp_holds_and_leaves_no_part_behind(tmp_path: Path) -> None:
    start.write_stamp(tmp_path / "stamp", "wanted")

    assert start.holds(tmp_path / "stamp", "other", "wanted")
    assert [path.name for path in tmp_path.iterdir()] == ["stamp"]


# --- other programs --------------------------------------------------------------------------------------------------


def test_set_up_programs_see_nothing_that_leads_out_of_the_venv(house: Path, tmp_path: Path) -> None:
    outer = dict.fromkeys(start.DROPPED, "/elsewhere") | {"HOME": str(tmp_path), "LANG": "es"}
    inner = start.environment(house, outer)

    assert not set(inner) & start.DROPPED
    assert (inner["HOME"], inner["LANG"]) == (str(tmp_path), "es")


@pytest.mark.parametrize("home", [None, "", "/nowhere/at/all", "/dev/null"])
def test_a_home_that_cannot_be_written_is_replaced(house: Path, home: str | None) -> None:
    inner = start.environment(house, {} if home is None else {"HOME": home})

    assert Path(inner["HOME"]).is_dir()
    assert Path(inner["HOME"]).is_relative_to(house / ".venv")


def test_programs_compile_into_the_venv_even_where_nothing_is_to_be_compiled(house: Path) -> None:
    inner = start.environment(house, {"PYTHONDONTWRITEBYTECODE": "1"})

    assert inner["PYTHONPYCACHEPREFIX"] == str(house / ".venv" / "compiled")
    assert "PYTHONDONTWRITEBYTECODE" not in inner


def test_a_place_for_compiled_code_that_somebody_chose_is_kept(house: Path) -> None:
    assert start.environment(house, {"PYTHONPYCACHEPREFIX": "/mine"})["PYTHONPYCACHEPREFIX"] == "/mine"


def test_nodes_own_certificates_are_kept_where_they_are_named(house: Path) -> None:
    assert start.environment(house, {"NODE_EXTRA_CA_CERTS": "/mine"})["NODE_EXTRA_CA_CERTS"] == "/mine"


def test_a_step_takes_the_first_command_that_works(house: Path, capsys: pytest.CaptureFixture[str]) -> None:
    missing, broken = [str(house / "missing")], ["sh", "-c", "echo noise; exit 3"]
    start.step(house, "Doing it", missing, broken, ["sh", "-c", "pwd > done"], ["touch", "never"], advice="")

    assert (house / "done").read_text().strip() == str(house)
    assert not (house / "never").exists()
    assert re.fullmatch(r"Doing it \.\.\. done in \d+ s\n", capsys.readouterr().out)


def test_a_step_that_fails_shows_the_end_of_the_output_and_what_to_do(house: Path) -> None:
    noise = ["sh", "-c", "for n in $(seq 1 40); do echo line-$n; done; echo last >&2; exit 1"]

    with pytest.raises(start.StartError) as failure:
        start.step(house, "Installing", noise, advice="Check the network.")

    text = str(failure.value)
    assert text.startswith("Installing failed.")
    assert "line-40" in text
    assert "last" in text
    assert "line-5\n" not in text
    assert text.endswith("Check the network.")


def test_a_step_whose_program_is_missing_says_so(house: Path) -> None:
    with pytest.raises(start.StartError, match="No such file"):
        start.step(house, "Installing", [str(house / "missing")], advice="")


def test_two_starts_set_up_one_after_the_other(house: Path) -> None:
    order: list[str] = []
    entered, leave = threading.Event(), threading.Event()

    def first() -> None:
        with start.alone(house):
            entered.set()
            leave.wait(10)
            order.append("first")

    def second() -> None:
        with start.alone(house):
            order.append("second")

    threads = [threading.Thread(target=first), threading.Thread(target=second)]
    threads[0].start()
    assert entered.wait(10)
    threads[1].start()
    threads[1].join(0.2)
    assert order == []
    leave.set()
    for thread in threads:
        thread.join(10)

    assert order == ["first", "second"]


def test_a_command_that_outlives_its_killed_start_keeps_the_others_waiting(house: Path) -> None:
    """Otherwise the next start would throw away .venv under a pip that still writes to it."""
    command = ["sh", "-c", "echo $$ > running; exec sleep 30"]
    code = (
        f"import start, pathlib; r = pathlib.Path('.')\nwith start.alone(r): start.step(r, 'x', {command}, advice='')"
    )
    killed = subprocess.Popen([sys.executable, "-c", code], cwd=house, stdout=subprocess.DEVNULL)
    running = house / "running"
    deadline = time.monotonic() + 20
    while not (running.exists() and running.read_text().strip()):
        assert time.monotonic() < deadline
        time.sleep(0.02)
    killed.kill()
    killed.wait()

    with (house / "start.py").open("rb") as lock:
        with pytest.raises(BlockingIOError):
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        os.kill(int(running.read_text()), signal.SIGKILL)
        fcntl.flock(lock, fcntl.LOCK_EX)


@pytest.mark.parametrize(
    ("said", "version"), [("v20.19.4\n", (20, 19)), ("v24.1.0", (24, 1)), ("", (0, 0)), ("command not found", (0, 0))]
)
def test_nodes_version_is_read(said: str, version: tuple[int, int]) -> None:
    assert start.node_version(said) == version


@pytest.mark.parametrize(
    ("version", "taken"), [("v18.19.0", False), ("v20.18.3", False), ("v20.19.0", True), ("v26.0.1", True)]
)
def test_an_old_node_is_left_aside(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, version: str, taken: bool) -> None:
    npm, node = program(tmp_path / "npm", ""), program(tmp_path / "node", f"echo {version}")
    monkeypatch.setenv("PATH", str(tmp_path))

    assert start.system_node() == (([str(npm)], [str(node)]) if taken else None)


def test_node_without_npm_is_left_aside(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    program(tmp_path / "node", "echo v24.0.0")
    monkeypatch.setenv("PATH", str(tmp_path))

    assert start.system_node() is None


def test_uv_goes_first_where_it_is_there_and_hashes_are_always_asked_for(
    house: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("PATH", str(tmp_path))
    without = start.installers(house, house / "requirements" / "run.txt")
    program(tmp_path / "uv", "")
    with_uv = start.installers(house, house / "requirements" / "run.txt")

    assert [command[0] for command in without] == [str(start.python_of(house))]
    assert with_uv[0][0] == str(tmp_path / "uv")
    assert with_uv[1:] == without
    assert all("--require-hashes" in command for command in with_uv)


# --- set-up ----------------------------------------------------------------------------------------------------------


def test_a_warm_start_sets_nothing_up(house: Path, capsys: pytest.CaptureFixture[str]) -> None:
    settle(house)
    before = sorted(house.rglob("*"))

    start.set_up(house, "run")

    assert sorted(house.rglob("*")) == before
    assert capsys.readouterr().out == ""


def test_a_usable_venv_is_kept(house: Path) -> None:
    program(start.python_of(house), "exit 0")

    start.make_venv(house)

    assert start.python_of(house).read_text() == "#!/bin/sh\nexit 0\n"


@pytest.mark.parametrize("spoil", ["killed while installing", "python does not run", "no python"])
def test_a_half_made_venv_is_not_usable(house: Path, spoil: str) -> None:
    program(start.python_of(house), "exit 0" if spoil.startswith("killed") else "exit 1")
    if spoil.startswith("killed"):
        (house / ".venv" / "installing").touch()
    if spoil == "no python":
        start.python_of(house).unlink()

    assert not start.usable(house)


def test_a_half_made_venv_is_made_again_from_nothing(house: Path) -> None:
    (house / ".venv" / "rubbish").touch()
    (house / ".venv" / "installing").touch()

    start.make_venv(house)

    assert not (house / ".venv" / "rubbish").exists()
    command = [start.python_of(house), "-c", "import sys; print(sys.prefix)"]
    said = subprocess.run(command, capture_output=True, text=True, check=True)
    assert said.stdout.strip() == str(house / ".venv")


def test_a_file_in_the_venvs_place_is_not_thrown_away(house: Path) -> None:
    shutil.rmtree(house / ".venv")
    (house / ".venv").write_text("mine")

    with pytest.raises(start.StartError, match="Move it away"):
        start.make_venv(house)

    assert (house / ".venv").read_text() == "mine"


def test_packages_that_could_not_be_installed_are_tried_again_in_the_same_venv(house: Path) -> None:
    program(start.python_of(house), 'case "$*" in *install*) exit 1;; esac')
    start.write_stamp(house / ".venv" / "installed", "run older")

    with pytest.raises(start.StartError, match="Check the network"):
        start.install_packages(house, "run")

    assert not (house / ".venv" / "installing").exists()
    assert not start.packages_ready(house, "run")


def test_installed_packages_are_stamped(house: Path) -> None:
    program(start.python_of(house), "exit 0")

    start.install_packages(house, "dev")

    assert start.packages_ready(house, "dev")
    assert not (house / ".venv" / "installing").exists()


def test_the_command_of_the_venv_starts_this_checkout_from_any_folder(house: Path, tmp_path: Path) -> None:
    start.make_venv(house)
    start.install_command(house)
    (house / "mobility" / "__main__.py").write_text("import sys; print(__file__, sys.argv[1:])")
    (tmp_path / "mobility.py").write_text("raise SystemExit('the folder of the caller')")
    command = [house / ".venv" / "bin" / "mobility", "match run", "--plan"]
    # the launcher's own path, under which these tests run, would lead to another checkout
    apart = {name: text for name, text in os.environ.items() if name not in {"PYTHONPATH", "PYTHONSAFEPATH"}}

    done = subprocess.run(command, cwd=tmp_path, env=apart, capture_output=True, text=True, check=False)

    assert done.stdout.strip() == f"{house / 'mobility' / '__main__.py'} ['match run', '--plan']"
    find = [start.python_of(house), "-P", "-c", "import mobility.__main__"]  # as `flask --app mobility` does
    found = subprocess.run(find, cwd=tmp_path, env=apart, capture_output=True, text=True, check=False)
    assert found.stdout.startswith(str(house / "mobility" / "__main__.py"))
    assert start.command_ready(house)


def test_a_checkout_that_was_moved_gets_its_command_anew(house: Path) -> None:
    settle(house)
    moved = house.rename(house.with_name("another house"))

    assert not start.command_ready(moved)
    start.set_up(moved, "run")
    assert start.command_ready(moved)


# --- the command -----------------------------------------------------------------------------------------------------


def test_the_words_become_a_command() -> None:
    python = str(start.python_of(ROOT))

    assert start.command_for(ROOT, ["demo", "--port", "1"]) == (
        "run",
        [python, "-m", "mobility", "demo", "--port", "1"],
    )
    assert start.command_for(ROOT, ["test", "-k", "x y"]) == (
        "dev",
        [python, "-m", "pytest", *start.SHARES, "-k", "x y"],
    )
    assert start.command_for(ROOT, ["test", "quick", "-x"]) == (
        "dev",
        [python, "-m", "pytest", *start.SHARES, "-m", start.QUICK, "-x"],
    )


def test_the_quick_form_leaves_out_only_marks_that_there_are() -> None:
    left_out = set(re.findall(r"\w+", start.QUICK)) - {"not", "or"}
    markers = tomllib.loads((ROOT / "pyproject.toml").read_text())["tool"]["pytest"]["ini_options"]["markers"]

    assert left_out == {marker.partition(":")[0] for marker in markers}


def launched(house: Path, *words: str, **environment: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, str(house / "start.py"), *words],
        cwd=house.parent,
        env={**os.environ, **environment},
        capture_output=True,
        text=True,
        check=False,
    )


def test_a_command_runs_from_the_checkout_in_the_callers_folder(house: Path) -> None:
    settle(house)
    done = launched(house, "import", "a file.csv", HOME="", PYTHONPATH="/elsewhere")

    assert done.stdout.strip() == f"{house}|1|{house.parent}|-m mobility import a file.csv"
    assert done.returncode == 0


def test_tests_run_in_the_checkout_and_their_exit_status_is_passed_on(house: Path) -> None:
    settle(house, "dev")
    program(start.python_of(house), 'echo "$PWD|$*"; exit 5')
    done = launched(house, "test", "-k", "fast")

    assert done.stdout.strip() == f"{house}|-m pytest {' '.join(start.SHARES)} -k fast"
    assert done.returncode == 5


def test_a_failed_set_up_ends_with_one_clear_message(house: Path) -> None:
    program(start.python_of(house), 'case "$*" in *install*) echo no route; exit 1;; esac')
    done = launched(house, "demo")

    assert done.returncode == 1
    assert "mobility cannot start: Installing Python packages" in done.stderr
    assert "no route" in done.stderr
    assert "Traceback" not in done.stderr


def test_usage_needs_no_set_up(house: Path) -> None:
    asked, silent = launched(house, "--help"), launched(house)

    assert (asked.returncode, silent.returncode) == (0, 2)
    assert asked.stdout == silent.stdout
    assert "python3 start.py demo" in asked.stdout


def test_launcher_is_short_and_uses_only_the_standard_library() -> None:
    source = (ROOT / "start.py").read_text(encoding="utf-8")
    imports = [node for node in ast.walk(ast.parse(source)) if isinstance(node, ast.Import | ast.ImportFrom)]
    names = {
        name.partition(".")[0]
        for node in imports
        for name in ([node.module or ""] if isinstance(node, ast.ImportFrom) else [alias.name for alias in node.names])
    }

    assert names <= sys.stdlib_module_names
    assert len(source.splitlines()) <= 350


@pytest.mark.parametrize("file", REQUIREMENTS, ids=lambda path: path.name)
def test_every_requirement_is_pinned_and_hashed_and_names_no_registry(file: Path) -> None:
    text = re.sub(r"\\\n", " ", file.read_text(encoding="utf-8"))
    lines = [line for line in text.splitlines() if line and not line.startswith("#")]

    assert lines
    assert [
        line for line in lines if not re.match(r"[\w.-]+(\[[\w,-]+\])?==\S+ .*--hash=sha256:[0-9a-f]{64}", line)
    ] == []
    assert "://" not in text


def test_what_the_program_needs_is_also_there_for_its_tests_in_the_same_version() -> None:
    def pins(name: str) -> set[str]:
        return set(re.findall(r"^[\w.\[\]-]+==[^\s;]+", (ROOT / "requirements" / name).read_text(), re.MULTILINE))

    assert pins("run.txt") <= pins("dev.txt")
    assert "--index" not in (ROOT / "requirements" / "run.txt").read_text()


def test_ci_calls_the_tests_own_command() -> None:
    script = ROOT / ".ci" / "run"

    assert os.access(script, os.X_OK)
    assert script.read_text().splitlines()[-1] == "exec python3 start.py test"
    assert subprocess.run(["bash", "-n", script], check=False).returncode == 0

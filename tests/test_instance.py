"""The instance folder: where it is, that only its owner may use it, and where compiled kernels are kept."""

import os
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path

import pytest

from mobility import instance
from mobility.cli.platform.doctor import examine
from mobility.errors import MobilityError
from mobility.security.installation import open_database, prepare_folder
from mobility.settings import Settings, SettingsError


@pytest.fixture
def installed(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Path:
    """Let the package stand where an installation puts it; return the home of who runs it."""
    package = tmp_path / "site-packages" / "mobility"
    package.mkdir(parents=True)
    monkeypatch.setattr(instance, "PACKAGE", package)
    monkeypatch.delenv("XDG_STATE_HOME", raising=False)
    monkeypatch.setenv("HOME", str(tmp_path / "home"))
    return tmp_path / "home"


def test_a_checkout_keeps_its_data_beside_the_package_and_never_in_it() -> None:
    root = instance.checkout()

    assert root == Path(instance.__file__).parents[1]
    assert instance.folder({}) == root / "instance"
    assert instance.folder({"MOBILITY_INSTANCE_DIR": "/srv/data"}) == Path("/srv/data")


def test_an_installation_keeps_its_data_in_the_state_folder_of_the_platform(installed: Path) -> None:
    assert instance.checkout() is None
    assert instance.folder({}).is_relative_to(installed)
    assert instance.folder({}).name == "mobility"
    assert instance.folder({"MOBILITY_INSTANCE_DIR": "/srv/data"}) == Path("/srv/data")


def test_production_demands_that_the_folder_is_named(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.delenv("MOBILITY_INSTANCE_DIR", raising=False)
    monkeypatch.setenv("MOBILITY_MODE", "production")
    with pytest.raises(SettingsError, match="MOBILITY_INSTANCE_DIR: needed in production"):
        Settings.from_env()
    monkeypatch.setenv("MOBILITY_INSTANCE_DIR", str(tmp_path))

    assert Settings.from_env().instance_dir == tmp_path


def test_a_new_folder_and_its_parents_are_for_their_owner_only(tmp_path: Path) -> None:
    prepare_folder(Settings(instance_dir=tmp_path / "a" / "b"))

    assert [path.stat().st_mode & 0o777 for path in (tmp_path / "a", tmp_path / "a" / "b")] == [0o700, 0o700]


@pytest.mark.parametrize("what", ["", "mobility.db", "uploads"])
@pytest.mark.parametrize("mode", [0o750, 0o701, 0o604, 0o620])
def test_a_start_refuses_what_others_may_use_and_says_what_mends_it(tmp_path: Path, what: str, mode: int) -> None:
    place = tmp_path / "with a space"
    (place / "uploads").mkdir(parents=True)
    (place / "mobility.db").touch()
    mend = f"chmod -R go= '{place}'"
    subprocess.run(mend, shell=True, check=True)
    open_database(Settings(instance_dir=place)).kw["bind"].dispose()

    (place / what).chmod(mode)
    with pytest.raises(MobilityError) as refused:
        open_database(Settings(instance_dir=place))
    assert str(refused.value) == f"{place / what} can be used by others than its owner: {mend}"

    subprocess.run(str(refused.value).partition("owner: ")[2], shell=True, check=True)
    open_database(Settings(instance_dir=place)).kw["bind"].dispose()


def test_a_database_file_elsewhere_is_for_its_owner_only_too(tmp_path: Path) -> None:
    file = tmp_path / "elsewhere.db"
    file.touch()
    settings = Settings(instance_dir=tmp_path / "i", database_url=f"sqlite:///{file}")
    prepare_folder(settings)

    file.chmod(0o644)
    with pytest.raises(MobilityError, match=r"elsewhere.db can be used by others"):
        prepare_folder(settings)


def test_doctor_looks_at_everything_in_the_folder(tmp_path: Path) -> None:
    settings = Settings(instance_dir=tmp_path / "i")
    prepare_folder(settings)
    deep = settings.instance_dir / "runs" / "parts"
    instance.make_private(deep)
    (deep / "workers.bin").touch(mode=0o600)

    def loose() -> list[str]:
        found = [each for each in examine(settings) if each.name.startswith("instance folder")]
        return [each.mend for each in found if not each.holds]

    assert loose() == []
    (deep / "workers.bin").chmod(0o640)
    prepare_folder(settings)
    assert len(loose()) == 1
    assert "workers.bin" in loose()[0]


def test_a_folder_that_cannot_be_made_is_named_with_the_setting(tmp_path: Path) -> None:
    (tmp_path / "file").touch()
    with pytest.raises(MobilityError, match="MOBILITY_INSTANCE_DIR"):
        instance.make_private(tmp_path / "file" / "i")


def test_a_process_makes_files_for_its_owner_only(tmp_path: Path) -> None:
    before = os.umask(0o022)
    try:
        with instance.private_files():
            (tmp_path / "within").touch()
        (tmp_path / "after").touch()
        instance.keep_private()
        (tmp_path / "kept").touch()
    finally:
        os.umask(before)
    modes = {path.name: path.stat().st_mode & 0o777 for path in tmp_path.iterdir()}

    assert modes == {"within": 0o600, "after": 0o644, "kept": 0o600}


@pytest.fixture
def temporary() -> Iterator[dict[str, str]]:
    """Return variables of a process of its own, and put this one's folder for temporary files back at the end."""
    before = tempfile.tempdir
    yield {}
    tempfile.tempdir = before


def test_what_is_put_aside_stands_below_the_instance_folder_and_is_tidied_after_a_day(
    tmp_path: Path, temporary: dict[str, str]
) -> None:
    environ = temporary | {"MOBILITY_INSTANCE_DIR": str(tmp_path / "i")}
    instance.keep_temporary_files(environ)
    assert "TMPDIR" not in environ, "there is no instance folder yet, and nothing makes one only to look at it"

    aside = tmp_path / "i" / "tmp"
    (aside / "left").mkdir(parents=True)
    (aside / "new").touch()
    (aside / "old").touch()
    (aside / "link").symlink_to(tmp_path)
    for left in ("left", "old", "link"):
        os.utime(aside / left, (0, 0), follow_symlinks=False)
    instance.keep_temporary_files(environ)

    assert [path.name for path in aside.iterdir()] == ["new"]
    assert environ["TMPDIR"] == tempfile.gettempdir() == str(aside)
    assert tmp_path.exists()


def test_a_folder_for_temporary_files_that_somebody_chose_is_kept(tmp_path: Path, temporary: dict[str, str]) -> None:
    environ = temporary | {"MOBILITY_INSTANCE_DIR": str(tmp_path), "TMPDIR": "/mine"}
    instance.keep_temporary_files(environ)

    assert environ["TMPDIR"] == "/mine"
    assert list(tmp_path.iterdir()) == []


def test_kernels_stand_beside_their_sources_in_a_checkout_and_in_the_instance_folder_elsewhere(
    installed: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    data = {"MOBILITY_INSTANCE_DIR": str(tmp_path / "i")}

    assert instance.machine_code_folder(data) == tmp_path / "i" / "numba"
    assert instance.machine_code_folder(data | {"NUMBA_CACHE_DIR": str(tmp_path / "n")}) == tmp_path / "n"
    monkeypatch.undo()
    beside = instance.machine_code_folder({})
    assert beside is not None
    assert beside.is_relative_to(instance.PACKAGE)


def test_kernels_are_not_kept_where_somebody_else_could_put_others(installed: Path, tmp_path: Path) -> None:
    (tmp_path / "n").mkdir()
    (tmp_path / "n").chmod(0o777)
    (tmp_path / "file").touch()

    assert instance.machine_code_folder({"NUMBA_CACHE_DIR": str(tmp_path / "n")}) is None
    assert instance.machine_code_folder({"MOBILITY_INSTANCE_DIR": str(tmp_path / "file")}) is None


def test_an_optional_part_is_installed_where_the_program_is(monkeypatch: pytest.MonkeyPatch, installed: Path) -> None:
    assert instance.command_for_extra("dask") == f"{sys.executable} -m pip install 'mobility-corridor[dask]'"
    monkeypatch.undo()
    root = instance.checkout()

    assert instance.command_for_extra("dask") == f"{sys.executable} -m pip install -e '{root}[dask]'"

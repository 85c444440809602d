"""Settings: what is unknown, malformed or unsafe stops start-up with a clear word."""

import pytest

from mobility import settings
from mobility.cli.platform.settings_table import table
from mobility.errors import MobilityError
from mobility.security import installation
from mobility.security.installation import load_keyring, load_secret_key, open_database
from mobility.security.keyring import Keyring
from mobility.settings import ROOT, Settings, SettingsError, unknown_variables


def test_a_misspelt_setting_names_the_nearest(monkeypatch):
    monkeypatch.setenv("MOBILITY_SESSON_HOURS", "3")
    with pytest.raises(SettingsError, match="did you mean MOBILITY_SESSION_HOURS"):
        Settings.from_env()


def test_other_programs_variables_are_left_alone():
    assert unknown_variables({"PATH": "", "MOBILITY_TEST_PG_URL": "x", "MOBILITYX": ""}) == []


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("PORT", "eighty"),
        ("PORT", "70000"),
        ("MODE", "staging"),
        ("DATABASE_URL", "mysql://x"),
        ("SECRET_KEY", "short"),
        ("DASK", "localhost:8786"),
        ("SERVER_THREADS", "0"),
    ],
)
def test_a_malformed_value_names_the_variable_and_does_not_repeat_it(monkeypatch, name, value):
    monkeypatch.setenv(f"MOBILITY_{name}", value)
    with pytest.raises(SettingsError) as refused:
        Settings.from_env()
    assert f"MOBILITY_{name}" in str(refused.value)
    assert "mysql" not in str(refused.value)


def test_all_problems_are_told_at_once(monkeypatch):
    monkeypatch.setenv("MOBILITY_PRT", "1")
    monkeypatch.setenv("MOBILITY_MODE", "x")
    with pytest.raises(SettingsError) as refused:
        Settings.from_env()
    assert len(str(refused.value).splitlines()) == 2


def test_meaning_is_asked_for_only_where_its_encoder_is_installed(monkeypatch):
    monkeypatch.setenv("MOBILITY_SEMANTIC", "yes")
    assert Settings.from_env().semantic
    monkeypatch.setattr(settings, "find_spec", lambda _name: None)
    with pytest.raises(SettingsError, match=r"MOBILITY_SEMANTIC.*\[semantic\]"):
        Settings.from_env()


def test_an_empty_variable_is_as_good_as_none(monkeypatch):
    monkeypatch.setenv("MOBILITY_DATABASE_URL", "")
    assert Settings.from_env().database_url is None


def test_secrets_are_made_once_and_only_for_their_owner(tmp_path):
    settings = Settings(instance_dir=tmp_path)
    first, again = load_secret_key(settings), load_secret_key(settings)
    keyring = load_keyring(settings)
    assert first == again
    assert len(first) >= 32
    assert keyring.demo
    assert load_keyring(settings).keys == keyring.keys
    assert {file.stat().st_mode & 0o777 for file in tmp_path.iterdir()} == {0o600}


def test_production_refuses_to_make_secrets_up(tmp_path):
    settings = Settings(instance_dir=tmp_path, mode="production")
    for load in (load_secret_key, load_keyring):
        with pytest.raises(MobilityError):
            load(settings)
    assert list(tmp_path.iterdir()) == []


def test_production_refuses_demo_keys(tmp_path):
    Keyring.generate(demo=True).save(tmp_path / "keyring.json")
    with pytest.raises(MobilityError, match="demo keys"):
        load_keyring(Settings(instance_dir=tmp_path, mode="production"))


def test_a_keyring_that_others_can_read_is_refused(tmp_path):
    file = tmp_path / "keyring.json"
    Keyring.generate().save(file)
    file.chmod(0o644)
    with pytest.raises(MobilityError, match="chmod 600"):
        Keyring.load(file)


@pytest.mark.parametrize("text", ["", "{}", "[]", "null", '{"current": 1, "keys": {"1": "eA=="}}', "\x00"])
def test_a_broken_keyring_is_named_without_its_content(tmp_path, text):
    file = tmp_path / "keyring.json"
    file.write_text(text)
    file.chmod(0o600)
    with pytest.raises(MobilityError, match="not a keyring"):
        Keyring.load(file)


def test_production_refuses_debug(tmp_path):
    with pytest.raises(SettingsError, match="MOBILITY_DEBUG"):
        open_database(Settings(instance_dir=tmp_path, mode="production", debug=True))


def test_production_refuses_an_sqlite_that_can_lose_data(tmp_path, monkeypatch):
    monkeypatch.setattr(installation, "sqlite_version", lambda: (3, 40, 1))
    with pytest.raises(SettingsError, match="3.40.1"):
        open_database(Settings(instance_dir=tmp_path, mode="production"))


def test_production_runs_with_its_own_keys(tmp_path):
    Keyring.generate().save(tmp_path / "keyring.json")
    assert not open_database(Settings(instance_dir=tmp_path, mode="production")).kw["info"]["keyring"].demo


def test_the_documented_table_is_the_one_of_the_settings_class():
    assert table() in (ROOT / "docs" / "settings.md").read_text()

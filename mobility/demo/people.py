"""Given names and family names as they are common in each language area of the demo; nobody in particular."""

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from importlib.resources import files


@dataclass(frozen=True)
class Names:
    """The names of one language area; in Spanish ones people carry two family names."""

    female: Sequence[str]
    male: Sequence[str]
    family: Sequence[str]
    family_names: int = 1


def _load() -> dict[str, Names]:
    text = files("mobility.data").joinpath("demo_names.json").read_text(encoding="utf-8")
    return {language: Names(**lists) for language, lists in json.loads(text).items()}


#: Names by language.
NAMES: Mapping[str, Names] = _load()

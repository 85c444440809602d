"""The columns that a pool and a demand share: which skill, group, country stands where; no values live here."""

from collections.abc import Sequence
from dataclasses import dataclass, fields

from mobility.data.reference import LANGUAGES


@dataclass(frozen=True, slots=True)
class Vocabulary:
    """Names of the columns of every array that pools and demands share.

    Attributes
    ----------
    skills : tuple of str
        Skill codes; column of ``Pool.skills`` and ``Demand.essential``.
    groups : tuple of str
        Minor occupation groups (three digits of ISCO-08); column of ``Pool.experience``.
    countries : tuple of str
        ISO 3166-1 alpha-2 codes; column of ``Pool.destinations``.
    sectors : tuple of str
        Sector codes; column of ``Pool.sectors``.
    currencies : tuple of str
        ISO 4217 codes; value of ``Pool.pay_currency``.
    languages : tuple of str
        Languages; column of ``Pool.languages``.

    Raises
    ------
    ValueError
        If a name stands twice in one list.
    """

    skills: tuple[str, ...]
    groups: tuple[str, ...]
    countries: tuple[str, ...]
    sectors: tuple[str, ...]
    currencies: tuple[str, ...]
    languages: tuple[str, ...] = LANGUAGES

    def __post_init__(self) -> None:
        for field in fields(self):
            names: Sequence[str] = getattr(self, field.name)
            if len(set(names)) != len(names):
                raise ValueError(f"vocabulary {field.name} names something twice")

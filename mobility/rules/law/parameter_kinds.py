"""The kinds of parameters: how the values of each are read from JSON, written, entered in a form and shown there."""

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from decimal import Decimal
from enum import Enum
from typing import Any, ClassVar

from mobility.errors import InvalidError
from mobility.rules.basics.dates import SeasonDay
from mobility.rules.basics.languages import Cefr
from mobility.rules.law.facts import FACTS, Fact, FactKind, fact
from mobility.rules.law.parameters import Kind, Look
from mobility.rules.law.reader import Json, Limit, Reader, shown


@dataclass(frozen=True)
class FactName(Kind):
    """The name of a fact of one of some kinds."""

    look: ClassVar[Look] = Look.FACT
    kinds: tuple[FactKind, ...]

    def read(self, reader: Reader, key: str, known: Fact | None) -> str:
        """Return the name of a known fact of a kind that fits."""
        del known
        return reader.fact(key, *self.kinds).name

    def facts(self, value: Any) -> frozenset[str]:
        """Return the fact itself."""
        return frozenset({value})

    def choices(self) -> tuple[tuple[str, str], ...]:
        """Return the facts of a kind that fits."""
        return tuple((each.name, each.name) for each in FACTS.values() if each.kind in self.kinds)


@dataclass(frozen=True)
class FactNames(Kind):
    """The names of several facts that begin alike; a form may leave the beginning out."""

    look: ClassVar[Look] = Look.LINES
    kind: FactKind
    prefix: str

    def read(self, reader: Reader, key: str, known: Fact | None) -> tuple[str, ...]:
        """Return the names, each once."""
        del known
        names = tuple(each.name for each in reader.facts(key, self.kind))
        for index, name in enumerate(names):
            if not name.startswith(self.prefix):
                raise InvalidError("rules.wrong_kind", field=f"{reader.at(key)}[{index}]", name=name)
        return names

    def write(self, value: Any) -> Json:
        """Return a list."""
        return list(value)

    def entered(self, text: str, known: Fact | None) -> Json:
        """Return one name a line."""
        del known
        return [line if line.startswith(self.prefix) else f"{self.prefix}{line}" for line in lines(text)]

    def filled(self, written: Any) -> str:
        """Return one name a line, without the beginning."""
        return "\n".join(str(name).removeprefix(self.prefix) for name in written)

    def facts(self, value: Any) -> frozenset[str]:
        """Return the facts themselves."""
        return frozenset(value)


@dataclass(frozen=True)
class Whole(Kind):
    """A whole number between two bounds."""

    least: int = 0
    most: int = 10**6

    def read(self, reader: Reader, key: str, known: Fact | None) -> int:
        """Return the number."""
        del known
        return reader.integer(key, least=self.least, most=self.most)

    def entered(self, text: str, known: Fact | None) -> Json:
        """Return a number where one was entered."""
        del known
        return _whole(text)


class Bound(Kind):
    """A number or a date to compare the fact with, of the fact's own kind."""

    def read(self, reader: Reader, key: str, known: Fact | None) -> Limit:
        """Return the bound."""
        return reader.limit(key, _needed(known))

    def write(self, value: Any) -> Json:
        """Return a whole number as it is, anything else as text."""
        return value if isinstance(value, int) else str(shown(value))

    def entered(self, text: str, known: Fact | None) -> Json:
        """Return a whole number where the fact is one."""
        return _whole(text) if _is(known, FactKind.INTEGER) else text


class Codes(Kind):
    """Codes that look as the fact's do."""

    look: ClassVar[Look] = Look.LINES

    def read(self, reader: Reader, key: str, known: Fact | None) -> frozenset[str]:
        """Return the codes, each once."""
        return reader.codes(key, _needed(known))

    def write(self, value: Any) -> Json:
        """Return a sorted list."""
        return [*sorted(value)]

    def entered(self, text: str, known: Fact | None) -> Json:
        """Return one code a line."""
        del known
        return [*lines(text)]

    def filled(self, written: Any) -> str:
        """Return one code a line."""
        return "\n".join(written)


class ExactValue(Kind):
    """A whole number, a code or a yes-or-no, as the fact is."""

    def read(self, reader: Reader, key: str, known: Fact | None) -> int | str | bool:
        """Return the value."""
        if _is(known, FactKind.BOOLEAN):
            return reader.flag(key)
        if _is(known, FactKind.INTEGER):
            return reader.integer(key, least=-(10**6))
        return reader.code(key, _needed(known))

    def entered(self, text: str, known: Fact | None) -> Json:
        """Return a whole number where the fact is one, and true or false where that was entered."""
        if _is(known, FactKind.INTEGER):
            return _whole(text)
        return {"true": True, "false": False}.get(text.lower(), text)

    def filled(self, written: Any) -> Any:
        """Return true and false as words."""
        return str(written).lower() if isinstance(written, bool) else written


@dataclass(frozen=True)
class CodeLike(Kind):
    """One code that looks as those of a certain fact do."""

    name: str

    def read(self, reader: Reader, key: str, known: Fact | None) -> str:
        """Return the code."""
        del known
        return reader.code(key, fact(self.name))


class Flag(Kind):
    """A yes or a no."""

    look: ClassVar[Look] = Look.FLAG

    def read(self, reader: Reader, key: str, known: Fact | None) -> bool:
        """Return true or false."""
        del known
        return reader.flag(key)


class Level(Kind):
    """A language level of the European framework, A1 or above."""

    look: ClassVar[Look] = Look.CHOICE

    def read(self, reader: Reader, key: str, known: Fact | None) -> Cefr:
        """Return the level."""
        del known
        return reader.level(key)

    def write(self, value: Any) -> Json:
        """Return the name of the level."""
        return str(value.name)

    def choices(self) -> tuple[tuple[str, str], ...]:
        """Return the levels by name."""
        return tuple((level.name, level.name) for level in Cefr if level is not Cefr.NONE)


@dataclass(frozen=True)
class Choice(Kind):
    """A member of an enumeration, each with an English text."""

    look: ClassVar[Look] = Look.CHOICE
    texts: Mapping[Enum, str]

    def read(self, reader: Reader, key: str, known: Fact | None) -> Enum:
        """Return the member of that value."""
        del known
        name = reader.text(key)
        found = next((member for member in self.texts if member.value == name), None)
        if found is None:
            raise InvalidError("rules.not_a_code", field=reader.at(key), name=name[:80])
        return found

    def write(self, value: Any) -> Json:
        """Return the member's value."""
        return str(value.value)

    def choices(self) -> tuple[tuple[str, str], ...]:
        """Return the members with their texts."""
        return tuple((str(member.value), text) for member, text in self.texts.items())


class DayOfYear(Kind):
    """A day of the year, given as ``MM-DD``."""

    def read(self, reader: Reader, key: str, known: Fact | None) -> SeasonDay:
        """Return the day."""
        del known
        return reader.season_day(key)

    def write(self, value: Any) -> Json:
        """Return ``MM-DD``."""
        return str(value)


class Amounts(Kind):
    """Amounts above zero by name."""

    look: ClassVar[Look] = Look.LINES

    def read(self, reader: Reader, key: str, known: Fact | None) -> dict[str, Decimal]:
        """Return the amounts."""
        del known
        inner = reader.inner(key)
        amounts: dict[str, Decimal] = {}
        for name in inner.raw:
            if not isinstance(name, str) or not name.isidentifier():
                raise InvalidError("rules.not_a_code", field=inner.path, name=str(name)[:80])
            amounts[name] = inner.decimal(name)
            if amounts[name] <= 0:
                raise InvalidError("rules.out_of_bounds", field=inner.at(name), least=0)
        return amounts

    def write(self, value: Any) -> Json:
        """Return the amounts as texts."""
        return {name: f"{amount:f}" for name, amount in value.items()}

    def entered(self, text: str, known: Fact | None) -> Json:
        """Return one name and amount a line."""
        del known
        pairs = [line.rpartition(" ") for line in lines(text)]
        return {name.strip() or amount: amount for name, _, amount in pairs}

    def filled(self, written: Any) -> str:
        """Return one name and amount a line."""
        return "\n".join(f"{name} {amount}" for name, amount in written.items())


def lines(text: str) -> Iterator[str]:
    """Yield the entries of a text, parted by line ends, commas or semicolons."""
    return (part.strip() for part in re.split(r"[\n,;]+", text) if part.strip())


def _whole(text: str) -> int | str:
    return int(text) if re.fullmatch(r"-?\d{1,9}", text, re.ASCII) else text


def _is(known: Fact | None, kind: FactKind) -> bool:
    return known is not None and known.kind is kind


def _needed(known: Fact | None) -> Fact:
    if known is None:
        raise TypeError("a parameter of this kind needs a parameter that names a fact, called field, before it")
    return known

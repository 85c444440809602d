"""Reads the parameters of a rule from JSON, and says which one is wrong, where and why."""

import re
from collections.abc import Callable, Collection, Iterable, Mapping
from datetime import date
from decimal import Decimal, InvalidOperation
from typing import Any

from mobility.errors import InvalidError
from mobility.rules.basics.dates import SeasonDay
from mobility.rules.basics.languages import Cefr
from mobility.rules.law.facts import Fact, FactKind, FactValue, fact, nearest

#: What JSON can hold, as far as parameters need it.
Scalar = str | int | bool | None
Json = Scalar | list["Json"] | dict[str, "Json"]
Limit = int | Decimal | date

#: Bounds that keep a hostile rule set from costing time.
MAX_DEPTH = 4
MAX_ITEMS = 500
MAX_TEXT = 200
MAX_DIGITS = 15

CODES = (
    "rules.not_an_object",
    "rules.not_a_list",
    "rules.required",
    "rules.unknown_parameter",
    "rules.wrong_kind",
    "rules.not_a_number",
    "rules.not_an_integer",
    "rules.not_a_date",
    "rules.not_a_flag",
    "rules.not_a_text",
    "rules.not_a_code",
    "rules.not_a_level",
    "rules.out_of_bounds",
    "rules.empty",
    "rules.too_many",
    "rules.too_deep",
    "rules.duplicate",
    "rules.contradiction",
)


def shown(value: FactValue) -> str | int:
    """Return a fact as a finding carries it: numbers as they are, dates in ISO form, sets sorted."""
    match value:
        case Cefr():
            return value.name
        case bool():
            return "true" if value else "false"
        case int() | str():
            return value
        case Decimal():
            return f"{value:f}"
        case date():
            return value.isoformat()
        case frozenset():
            return ",".join(sorted(value))
        case _:
            return ""


class Reader:
    """Reads the parameters of one operator, and says which one is wrong, where and why.

    Parameters
    ----------
    raw : object
        The parameters, as JSON gave them.
    path : str
        Where they stand, such as ``"rules[2].params"``.
    nested : callable
        Reads a condition inside this one from (raw, path, depth).
    depth : int
        How many conditions this one stands inside of.
    """

    def __init__(self, raw: object, path: str, nested: Callable[[object, str, int], Any], *, depth: int = 0) -> None:
        if not isinstance(raw, dict):
            raise InvalidError("rules.not_an_object", field=path)
        self.raw: Mapping[object, object] = raw
        self.path = path
        self.depth = depth
        self._nested = nested

    def only(self, *keys: str) -> None:
        """Refuse any parameter that is not one of ``keys``."""
        for key in self.raw:
            if key not in keys:
                raise InvalidError(
                    "rules.unknown_parameter",
                    field=self.path,
                    parameter=str(key)[:80],
                    nearest=nearest(str(key), keys),
                )

    def at(self, key: str) -> str:
        """Return the path of a parameter."""
        return f"{self.path}.{key}"

    def get(self, key: str) -> object:
        """Return a parameter that must be there."""
        value = self.raw.get(key)
        if value is None:
            raise InvalidError("rules.required", field=self.at(key))
        return value

    def has(self, key: str) -> bool:
        """Tell whether a parameter was given and is not null."""
        return self.raw.get(key) is not None

    def text(self, key: str, *, most: int = MAX_TEXT) -> str:
        """Return a text that is not blank, without spaces around it."""
        value = self.get(key)
        if not isinstance(value, str) or not value.strip() or len(value) > most:
            raise InvalidError("rules.not_a_text", field=self.at(key), most=most)
        return value.strip()

    def integer(self, key: str, *, least: int = 0, most: int = 10**6) -> int:
        """Return a whole number between two bounds."""
        value = self.get(key)
        if not isinstance(value, int) or isinstance(value, bool):
            raise InvalidError("rules.not_an_integer", field=self.at(key))
        if not least <= value <= most:
            raise InvalidError("rules.out_of_bounds", field=self.at(key), least=least, most=most)
        return value

    def decimal(self, key: str) -> Decimal:
        """Return a number of reasonable size, given as a number or as a text."""
        value = self.get(key)
        if isinstance(value, bool) or not isinstance(value, int | float | str) or len(str(value)) > MAX_TEXT:
            raise InvalidError("rules.not_a_number", field=self.at(key))
        try:
            number = Decimal(str(value))
        except InvalidOperation:
            raise InvalidError("rules.not_a_number", field=self.at(key)) from None
        if not number.is_finite() or abs(number.adjusted()) >= MAX_DIGITS or len(number.as_tuple().digits) > MAX_DIGITS:
            raise InvalidError("rules.not_a_number", field=self.at(key))
        return number

    def date(self, key: str) -> date:
        """Return a date given as ``YYYY-MM-DD``."""
        value = self.get(key)
        if isinstance(value, str) and re.fullmatch(r"[0-9]{4}-[0-9]{2}-[0-9]{2}", value):
            try:
                return date.fromisoformat(value)
            except ValueError:
                pass
        raise InvalidError("rules.not_a_date", field=self.at(key))

    def flag(self, key: str) -> bool:
        """Return true or false."""
        value = self.get(key)
        if not isinstance(value, bool):
            raise InvalidError("rules.not_a_flag", field=self.at(key))
        return value

    def level(self, key: str) -> Cefr:
        """Return a language level above ``NONE``, given by its name."""
        value = self.get(key)
        if not isinstance(value, str) or value not in Cefr.__members__ or value == Cefr.NONE.name:
            raise InvalidError("rules.not_a_level", field=self.at(key))
        return Cefr[value]

    def season_day(self, key: str) -> SeasonDay:
        """Return a day of the year given as ``MM-DD``."""
        text = self.text(key)
        if not re.fullmatch(r"[0-9]{2}-[0-9]{2}", text):
            raise InvalidError("rules.not_a_date", field=self.at(key))
        try:
            return SeasonDay.parse(text)
        except InvalidError:
            raise InvalidError("rules.not_a_date", field=self.at(key)) from None

    def fact(self, key: str, *kinds: FactKind) -> Fact:
        """Return the catalogue's entry for a field of one of ``kinds``."""
        return self._of_kind(self.text(key), self.at(key), kinds)

    def facts(self, key: str, *kinds: FactKind) -> tuple[Fact, ...]:
        """Return several fields, at least one and none twice."""
        names = self.items(key)
        paths = [f"{self.at(key)}[{index}]" for index in range(len(names))]
        for name, path in zip(names, paths, strict=True):
            if not isinstance(name, str):
                raise InvalidError("rules.not_a_text", field=path)
        found = [self._of_kind(str(name), path, kinds) for name, path in zip(names, paths, strict=True)]
        self._once(key, [known.name for known in found])
        return tuple(found)

    def code(self, key: str, known: Fact) -> str:
        """Return a code that looks as the field's codes do."""
        code = self.get(key)
        if not isinstance(code, str) or not re.fullmatch(known.pattern, code):
            raise InvalidError("rules.not_a_code", field=self.at(key), name=known.name)
        return code

    def codes(self, key: str, known: Fact) -> frozenset[str]:
        """Return codes that look as the field's codes do, at least one and none twice."""
        codes = self.items(key)
        for index, code in enumerate(codes):
            if not isinstance(code, str) or not re.fullmatch(known.pattern, code):
                raise InvalidError("rules.not_a_code", field=f"{self.at(key)}[{index}]", name=known.name)
        self._once(key, codes)
        return frozenset(str(code) for code in codes)

    def limit(self, key: str, known: Fact) -> Limit:
        """Return a bound of the field's own kind."""
        if known.kind is FactKind.DATE:
            return self.date(key)
        if known.kind is FactKind.INTEGER:
            return self.integer(key, least=-(10**6))
        return self.decimal(key)

    def items(self, key: str) -> list[object]:
        """Return a list that is neither empty nor longer than ``MAX_ITEMS``."""
        value = self.get(key)
        if not isinstance(value, list):
            raise InvalidError("rules.not_a_list", field=self.at(key))
        if not value:
            raise InvalidError("rules.empty", field=self.at(key))
        if len(value) > MAX_ITEMS:
            raise InvalidError("rules.too_many", field=self.at(key), most=MAX_ITEMS)
        return value

    def inner(self, key: str) -> "Reader":
        """Return a reader of an object inside this one."""
        return Reader(self.get(key), self.at(key), self._nested, depth=self.depth)

    def inners(self, key: str) -> tuple["Reader", ...]:
        """Return readers of the objects in a list inside this one."""
        found = self.items(key)
        return tuple(
            Reader(raw, f"{self.at(key)}[{index}]", self._nested, depth=self.depth) for index, raw in enumerate(found)
        )

    def condition(self, key: str) -> Any:
        """Return a condition inside this one."""
        return self._nested(self.get(key), self.at(key), self.depth + 1)

    def conditions(self, key: str) -> tuple[Any, ...]:
        """Return several conditions inside this one."""
        found = self.items(key)
        return tuple(self._nested(raw, f"{self.at(key)}[{index}]", self.depth + 1) for index, raw in enumerate(found))

    def _once(self, key: str, values: Iterable[object]) -> None:
        seen: set[object] = set()
        for value in values:
            if value in seen:
                raise InvalidError("rules.duplicate", field=self.at(key), value=str(value)[:80])
            seen.add(value)

    @staticmethod
    def _of_kind(name: str, path: str, kinds: Collection[FactKind]) -> Fact:
        known = fact(name, path=path)
        if kinds and known.kind not in kinds:
            expected = ",".join(kind.value for kind in kinds)
            raise InvalidError("rules.wrong_kind", field=path, name=name, kind=known.kind.value, expected=expected)
        return known

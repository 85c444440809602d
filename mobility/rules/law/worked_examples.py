"""Worked examples of a rule set: facts of one case and what each rule must say of it, kept and run by ministries."""

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal
from typing import cast

from mobility.errors import InvalidError
from mobility.rules.basics.dates import Period
from mobility.rules.basics.findings import Verdict
from mobility.rules.basics.languages import Cefr
from mobility.rules.law.facts import Fact, FactKind, Facts, FactValue, fact, nearest
from mobility.rules.law.operators import parse_condition
from mobility.rules.law.reader import Json, Reader, shown
from mobility.rules.law.rulesets import Rule, evaluate

CODES = (
    "examples.name_taken",
    "examples.unknown_rule",
    "examples.expects_nothing",
    "examples.too_many",
    "examples.fails",
)

MOST = 100
_MAX_NAME = 120


@dataclass(frozen=True, slots=True)
class WorkedExample:
    """A case with its answer.

    Attributes
    ----------
    name : str
        What the case is, in the ministry's words.
    on : date
        The day whose law applies.
    facts : mapping of str to value
        What is known of the case; what is left out is unknown.
    expected : mapping of str to Verdict
        What each rule named must say.
    """

    name: str
    on: date
    facts: Facts = field(hash=False)
    expected: Mapping[str, Verdict] = field(hash=False)


@dataclass(frozen=True, slots=True)
class Answer:
    """What one rule was to say of an example, and what it says; None if it is not in force on that day."""

    rule: str
    expected: Verdict
    found: Verdict | None
    code: str = ""

    @property
    def holds(self) -> bool:
        """Whether the rule says what it must."""
        return self.found is self.expected


@dataclass(frozen=True, slots=True)
class Result:
    """An example with all answers."""

    example: WorkedExample
    answers: tuple[Answer, ...]

    @property
    def holds(self) -> bool:
        """Whether every rule says what it must."""
        return all(answer.holds for answer in self.answers)


def run(rules: Sequence[Rule], examples: Iterable[WorkedExample]) -> tuple[Result, ...]:
    """Ask the rules about every example, by the same code that judges people.

    Parameters
    ----------
    rules : sequence of Rule
        All versions.
    examples : iterable of WorkedExample

    Returns
    -------
    tuple of Result
        One an example, answers in the order of the expectations.
    """
    return tuple(_result(rules, example) for example in examples)


def check(rules: Sequence[Rule], examples: Iterable[WorkedExample]) -> None:
    """Refuse rules that say anything else of an example than they must.

    Raises
    ------
    InvalidError
        ``examples.fails`` with the first example and rule at fault, what was expected and what was found.
    """
    for result in run(rules, examples):
        for answer in result.answers:
            if not answer.holds:
                found = answer.found.value if answer.found else "not_in_force"
                raise InvalidError(
                    "examples.fails",
                    example=result.example.name,
                    rule=answer.rule,
                    expected=answer.expected.value,
                    found=found,
                )


def parse_examples(raw: object, *, path: str = "examples") -> tuple[WorkedExample, ...]:
    """Read examples from JSON: a list of objects with ``name``, ``on``, ``facts`` and ``expected``.

    Raises
    ------
    InvalidError
        With the path of what does not fit; ``examples.name_taken``, ``examples.expects_nothing``, or
        ``examples.too_many``.
    """
    if not isinstance(raw, list):
        raise InvalidError("rules.not_a_list", field=path)
    if len(raw) > MOST:
        raise InvalidError("examples.too_many", field=path, most=MOST)
    found = tuple(_example(item, f"{path}[{place}]") for place, item in enumerate(raw))
    names = [example.name for example in found]
    for name in names:
        if names.count(name) > 1:
            raise InvalidError("examples.name_taken", field=path, example=name)
    return found


def check_names(rules: Iterable[Rule], example: WorkedExample) -> None:
    """Refuse an example that expects something of a rule that is not there.

    Raises
    ------
    InvalidError
        ``examples.unknown_rule`` with the nearest name.
    """
    names = {rule.id: rule for rule in rules}
    for name in example.expected:
        if name not in names:
            raise InvalidError("examples.unknown_rule", field="expected", name=name[:60], nearest=nearest(name, names))


def write_examples(examples: Iterable[WorkedExample]) -> list[dict[str, Json]]:
    """Return examples as the JSON that ``parse_examples`` reads."""
    return [
        {
            "name": example.name,
            "on": example.on.isoformat(),
            "facts": {name: _written(fact(name), value) for name, value in example.facts.items() if value is not None},
            "expected": {rule: verdict.value for rule, verdict in example.expected.items()},
        }
        for example in examples
    ]


def _result(rules: Sequence[Rule], example: WorkedExample) -> Result:
    found = {finding.rule: finding for finding in evaluate(rules, example.facts, on=example.on)}
    return Result(
        example,
        tuple(
            Answer(rule, expected, found[rule].verdict, found[rule].code)
            if rule in found
            else Answer(rule, expected, None)
            for rule, expected in example.expected.items()
        ),
    )


def _example(raw: object, path: str) -> WorkedExample:
    reader = Reader(raw, path, parse_condition)
    reader.only("name", "on", "facts", "expected")
    facts, expected = reader.inner("facts"), reader.inner("expected")
    if not expected.raw:
        raise InvalidError("examples.expects_nothing", field=expected.path)
    return WorkedExample(
        name=reader.text("name", most=_MAX_NAME),
        on=reader.date("on"),
        facts={str(name): read_fact(facts, str(name)) for name in facts.raw},
        expected={str(rule): _verdict(expected, str(rule)) for rule in expected.raw},
    )


def _verdict(reader: Reader, rule: str) -> Verdict:
    value = reader.text(rule)
    if value not in set(Verdict):
        raise InvalidError("rules.not_a_code", field=reader.at(rule), name=value[:80])
    return Verdict(value)


def read_fact(reader: Reader, name: str) -> FactValue:
    """Read the value of a fact in the form that its kind has in JSON.

    Raises
    ------
    InvalidError
        For an unknown or discriminatory fact, or a value of another kind, with its path.
    """
    known = fact(name, path=reader.at(name))
    return _READ[known.kind](reader, name, known)


def _level(reader: Reader, name: str, _known: Fact) -> Cefr:
    return Cefr.NONE if reader.get(name) == Cefr.NONE.name else reader.level(name)


def _codes(reader: Reader, name: str, known: Fact) -> frozenset[str]:
    return frozenset() if reader.get(name) == [] else reader.codes(name, known)


def _periods(reader: Reader, name: str, _known: Fact) -> tuple[Period, ...]:
    value = reader.get(name)
    if value == []:
        return ()
    periods = tuple(Period(inner.date("start"), inner.date("end")) for inner in reader.inners(name))
    for place, period in enumerate(periods):
        if period.end < period.start:
            raise InvalidError("rules.dates_reversed", field=f"{reader.at(name)}[{place}]")
    return periods


#: How the value of each kind of fact is read; an example may say of languages, codes and stays that there are none.
_READ: Mapping[FactKind, Callable[[Reader, str, Fact], FactValue]] = {
    FactKind.INTEGER: lambda reader, name, _known: reader.integer(name, least=-(10**6)),
    FactKind.DECIMAL: lambda reader, name, _known: reader.decimal(name),
    FactKind.BOOLEAN: lambda reader, name, _known: reader.flag(name),
    FactKind.DATE: lambda reader, name, _known: reader.date(name),
    FactKind.LEVEL: _level,
    FactKind.CODE: lambda reader, name, known: reader.code(name, known),
    FactKind.CODES: _codes,
    FactKind.PERIODS: _periods,
}


def _written(known: Fact, value: FactValue) -> Json:
    match known.kind:
        case FactKind.INTEGER | FactKind.BOOLEAN:
            return cast("Json", value)
        case FactKind.DECIMAL:
            return f"{Decimal(cast('int', value)):f}"
        case FactKind.CODES:
            return cast("list[Json]", sorted(cast("frozenset[str]", value)))
        case FactKind.PERIODS:
            stays = cast("tuple[Period, ...]", value)
            return [{"start": stay.start.isoformat(), "end": stay.end.isoformat()} for stay in stays]
        case _:
            return shown(value)

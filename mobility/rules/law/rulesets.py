"""Dated rules of a scheme: reading them from JSON, holding them together, and applying them to a case's facts."""

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date, timedelta
from itertools import combinations, pairwise
from typing import cast

from mobility.data.reference import LANGUAGES
from mobility.errors import InvalidError
from mobility.rules.basics.findings import Finding, Severity, Verdict
from mobility.rules.basics.organisations import OrganisationKind
from mobility.rules.law.conditions import Condition, write_condition
from mobility.rules.law.facts import Facts, Scope, fact
from mobility.rules.law.operators import parse_condition, read_operator
from mobility.rules.law.reader import MAX_ITEMS, Json, Reader

CODES = ("rules.dates_reversed", "rules.dates_overlap", "rules.dates_gap", "rules.not_a_name", "waived")

_NAME = "abcdefghijklmnopqrstuvwxyz0123456789_"
_MAX_NAME = 60
_MAX_SENTENCE = 500
_KEYS = ("id", "operator", "params", "severity", "source", "valid_from", "valid_to", "waiver", "sentence")


@dataclass(frozen=True, slots=True)
class Rule:
    """One dated version of one rule of a scheme.

    Attributes
    ----------
    id : str
        Name of the rule within its rule set; versions of a rule share it.
    condition : Condition
        Operator with typed parameters.
    severity : Severity
        Whether anything but a pass stops a case.
    source : str
        Citation of the law, agreement or decision, such as ``"20 CFR 655.120"``.
    valid_from, valid_to : date
        First and last day on which it applies; no last day means until further notice.
    waiver : OrganisationKind or None
        Who may waive it for one case; None means nobody.
    sentence : mapping of str to str
        The rule in the ministry's own words, by language.
    """

    id: str
    condition: Condition
    severity: Severity
    source: str
    valid_from: date
    valid_to: date | None = None
    waiver: OrganisationKind | None = None
    sentence: Mapping[str, str] = field(default_factory=dict, hash=False)

    @property
    def operator(self) -> str:
        """Name of the operator."""
        return self.condition.operator

    @property
    def params(self) -> dict[str, Json]:
        """Parameters of the operator as JSON."""
        return self.condition.params()

    @property
    def fields(self) -> frozenset[str]:
        """Names of the facts that the rule looks at."""
        return self.condition.fields

    @property
    def scopes(self) -> frozenset[Scope]:
        """Whom the rule is about: a worker, a vacancy or both."""
        return frozenset(fact(name).scope for name in self.fields)

    def applies_on(self, day: date) -> bool:
        """Tell whether this version is in force on a day."""
        return self.valid_from <= day and (self.valid_to is None or day <= self.valid_to)

    def overlaps(self, other: "Rule") -> bool:
        """Tell whether there is a day on which both are in force."""
        return self.valid_from <= (other.valid_to or date.max) and other.valid_from <= (self.valid_to or date.max)


def parse_rules(raw: object, *, path: str = "rules") -> tuple[Rule, ...]:
    """Read a rule set from JSON.

    Parameters
    ----------
    raw : object
        A list of objects with ``id``, ``operator``, ``params``, ``source``, ``valid_from`` and, where given,
        ``severity`` (block), ``valid_to``, ``waiver`` (an organisation kind) and ``sentence`` (by language).
    path : str
        What errors call the list.

    Returns
    -------
    tuple of Rule
        In the order given.

    Raises
    ------
    InvalidError
        For whatever does not fit: ``field`` is the path, ``params`` name the rule and the nearest known name.
        Versions of one rule may neither overlap nor leave a gap; two rules of one day may not exclude each other.
    """
    if not isinstance(raw, list):
        raise InvalidError("rules.not_a_list", field=path)
    if len(raw) > MAX_ITEMS:
        raise InvalidError("rules.too_many", field=path, most=MAX_ITEMS)
    rules = tuple(_rule(item, f"{path}[{index}]") for index, item in enumerate(raw))
    _check_versions(rules, path)
    _check_contradictions(rules, path)
    return rules


def write_rules(rules: Iterable[Rule]) -> list[dict[str, Json]]:
    """Return rules as the JSON that ``parse_rules`` reads."""
    return [
        {
            "id": rule.id,
            **write_condition(rule.condition),
            "severity": rule.severity.value,
            "source": rule.source,
            "valid_from": rule.valid_from.isoformat(),
            "valid_to": rule.valid_to.isoformat() if rule.valid_to else None,
            "waiver": rule.waiver.value if rule.waiver else None,
            "sentence": dict(rule.sentence),
        }
        for rule in rules
    ]


def in_force(rules: Iterable[Rule], on: date) -> tuple[Rule, ...]:
    """Return the rules that apply on a day."""
    return tuple(rule for rule in rules if rule.applies_on(on))


def about(rules: Iterable[Rule], *scopes: Scope) -> tuple[Rule, ...]:
    """Return the rules that look at nothing beyond these scopes.

    ``about(rules, Scope.VACANCY)`` are those that a vacancy meets or not before anybody is proposed;
    ``about(rules, Scope.WORKER)`` those that hold for a person whatever the vacancy.
    """
    return tuple(rule for rule in rules if rule.scopes <= set(scopes))


def about_workers(rules: Iterable[Rule]) -> tuple[Rule, ...]:
    """Return the rules that look at a worker: what a match run asks, of the worker alone or beside a vacancy."""
    return tuple(rule for rule in rules if Scope.WORKER in rule.scopes)


def about_jobs(rules: Iterable[Rule]) -> tuple[Rule, ...]:
    """Return the rules on a vacancy alone, such as a wage floor: certification asks them."""
    return about(rules, Scope.VACANCY)


def blocking(rules: Iterable[Rule]) -> tuple[Rule, ...]:
    """Return the rules that stop a case; the others are told, and keep nobody out."""
    return tuple(rule for rule in rules if rule.severity is Severity.BLOCK)


def evaluate(rules: Iterable[Rule], facts: Facts, *, on: date, waived: frozenset[str] = frozenset()) -> list[Finding]:
    """Apply every rule in force on a day to the facts of one case.

    Parameters
    ----------
    rules : iterable of Rule
        The scheme's rules, all versions.
    facts : mapping of str to value
        Values by field name; what is absent or None is unknown.
    on : date
        The day whose law applies.
    waived : frozenset of str
        Ids of rules waived for this case; a rule that nobody may waive is applied all the same.

    Returns
    -------
    list of Finding
        One for each rule in force, in the order of ``rules``; an UNKNOWN names the fields it lacks in
        ``params["missing"]``.
    """
    return [_finding(rule, facts, waived) for rule in in_force(rules, on)]


def each_loosened(rules: Sequence[Rule]) -> Iterator[tuple[Rule, tuple[Rule, ...]]]:
    """Yield each rule that has a next step as it would be then, with all rules then; the others stay as they are."""
    for place, rule in enumerate(rules):
        looser = rule.condition.loosened()
        if looser is not None:
            changed = replace(rule, condition=looser)
            yield changed, (*rules[:place], changed, *rules[place + 1 :])


def _finding(rule: Rule, facts: Facts, waived: frozenset[str]) -> Finding:
    if rule.waiver is not None and rule.id in waived:
        by = {"authority": rule.waiver.value}
        return Finding(rule.id, Verdict.PASS, "waived", rule.source, by, rule.severity)
    outcome = rule.condition.apply(facts)
    return Finding(rule.id, outcome.verdict, outcome.code, rule.source, outcome.params, rule.severity)


def _rule(raw: object, path: str) -> Rule:
    reader = Reader(raw, path, parse_condition)
    reader.only(*_KEYS)
    name = reader.text("id", most=_MAX_NAME)
    if set(name) - set(_NAME):
        raise InvalidError("rules.not_a_name", field=reader.at("id"))
    try:
        return _dated(reader, name)
    except InvalidError as error:
        params = {key: value for key, value in error.params.items() if key != "rule"}
        raise InvalidError(error.code, field=error.field, rule=name, **params) from None


def _dated(reader: Reader, name: str) -> Rule:
    starts = reader.date("valid_from")
    ends = reader.date("valid_to") if reader.has("valid_to") else None
    if ends is not None and ends < starts:
        raise InvalidError("rules.dates_reversed", field=reader.at("valid_to"))
    severity = _choice(reader, "severity", [kind.value for kind in Severity]) if reader.has("severity") else "block"
    waiver = _choice(reader, "waiver", [kind.value for kind in OrganisationKind]) if reader.has("waiver") else None
    return Rule(
        id=name,
        condition=read_operator(reader),
        severity=Severity(severity),
        source=reader.text("source"),
        valid_from=starts,
        valid_to=ends,
        waiver=OrganisationKind(waiver) if waiver else None,
        sentence=_sentence(reader),
    )


def _choice(reader: Reader, key: str, choices: Sequence[str]) -> str:
    value = reader.text(key)
    if value not in choices:
        raise InvalidError("rules.not_a_code", field=reader.at(key), name=value[:80], known=",".join(choices))
    return value


def _sentence(reader: Reader) -> Mapping[str, str]:
    if not reader.has("sentence"):
        return {}
    inner = reader.inner("sentence")
    inner.only(*LANGUAGES)
    return {str(key): inner.text(str(key), most=_MAX_SENTENCE) for key in inner.raw}


def _check_versions(rules: Iterable[Rule], path: str) -> None:
    """Refuse versions of one rule that overlap or leave days without a rule between them."""
    versions: dict[str, list[Rule]] = defaultdict(list)
    for rule in rules:
        versions[rule.id].append(rule)
    for name, dated in versions.items():
        for earlier, later in pairwise(sorted(dated, key=lambda rule: rule.valid_from)):
            if earlier.overlaps(later):
                raise InvalidError("rules.dates_overlap", field=path, rule=name, day=later.valid_from.isoformat())
            ended = cast("date", earlier.valid_to)
            if later.valid_from - ended > timedelta(days=1):
                raise InvalidError("rules.dates_gap", field=path, rule=name, day=ended.isoformat())


def _check_contradictions(rules: Iterable[Rule], path: str) -> None:
    """Refuse two blocking rules of one day that no case could meet both."""
    blocking = [rule for rule in rules if rule.severity is Severity.BLOCK]
    for one, other in combinations(blocking, 2):
        if one.id != other.id and one.overlaps(other) and one.condition.excludes(other.condition):
            raise InvalidError("rules.contradiction", field=path, rule=other.id, other=one.id)

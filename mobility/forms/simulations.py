"""The form of a simulation: the fields of every rule, each quota's cap, shares, occupations; and of a scenario."""

from collections.abc import Mapping, Sequence
from typing import Any, NamedTuple

from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from flask_wtf import FlaskForm
from wtforms import BooleanField, HiddenField

from mobility.errors import InvalidError
from mobility.forms.fields import long_text_field, number_field, offer_kind, select_field, text_field
from mobility.forms.schemes import rule_fields
from mobility.forms.words import sentence
from mobility.rules.cases.schemes import ReviewOrder
from mobility.rules.cases.simulations import MOST_CAP, Changes
from mobility.rules.law.reader import Json
from mobility.rules.law.rulesets import Rule, parse_rules, write_rules


class Choice(NamedTuple):
    """Something that a simulation may change, by its name in changes, with what people call it and its value now."""

    name: str
    text: str
    value: int = 0


class RuleFields(NamedTuple):
    """One rule in the form: whether it is left out, its own fields, and those of each of its parts."""

    rule: Rule
    out: Any
    own: list[Any]
    parts: list[tuple[str, list[Any]]]

    @property
    def touched(self) -> bool:
        """Whether something in it was entered that does not fit."""
        return any(field.errors for field in (*self.own, *(each for _, group in self.parts for each in group)))


class SimulationForm(FlaskForm):
    """What to change; ``simulation_form`` adds the fields of the scheme at hand."""

    asked_rules: Sequence[Rule] = ()
    asked_quotas: Sequence[Choice] = ()
    asked_origins: Sequence[Choice] = ()
    asked_occupations: Sequence[Choice] = ()

    base = HiddenField()
    review_order = select_field(_l("Order of decisions"))

    @property
    def rule_groups(self) -> list[RuleFields]:
        """The fields of each rule."""
        return [self._group(place, rule) for place, rule in enumerate(self.asked_rules)]

    @property
    def quota_fields(self) -> list[Any]:
        """The cap of each quota."""
        return [self[f"cap_{place}"] for place in range(len(self.asked_quotas))]

    @property
    def share_fields(self) -> list[Any]:
        """The share of each country of origin."""
        return [self[f"share_{place}"] for place in range(len(self.asked_origins))]

    @property
    def occupation_fields(self) -> list[Any]:
        """Whether each occupation is left out."""
        return [self[f"without_{place}"] for place in range(len(self.asked_occupations))]

    def start_from(self, changes: Changes, order: ReviewOrder) -> None:
        """Fill the form with the scheme as changed."""
        self.base.data = changes.base
        self.review_order.data = (changes.review_order or order).value
        for place, rule in enumerate(self.asked_rules):
            self[f"r{place}_out"].data = rule.id in changes.left_out
            if _is_plain(rule):
                self._fill(place, _as_changed(rule, changes))
        for place, quota in enumerate(self.asked_quotas):
            self[f"cap_{place}"].data = changes.caps.get(quota.name, quota.value)
        for place, origin in enumerate(self.asked_origins):
            self[f"share_{place}"].data = changes.shares.get(origin.name)
        for place, occupation in enumerate(self.asked_occupations):
            self[f"without_{place}"].data = occupation.name in changes.occupations

    def read(self, order: ReviewOrder) -> Changes | None:
        """Return what differs from the scheme as it is; None if a rule does not fit, which is said at its field."""
        params = self._changed_params()
        if any(group.touched for group in self.rule_groups):
            return None
        return Changes(
            base=str(self.base.data or ""),
            params=params,
            left_out=frozenset(rule.id for place, rule in enumerate(self.asked_rules) if self._is_out(place)),
            caps={each.name: cap for each, cap in self._numbers("cap", self.asked_quotas) if cap != each.value},
            shares={each.name: share for each, share in self._numbers("share", self.asked_origins)},
            occupations=self._occupations_out(),
            review_order=self._other_order(order),
        )

    def _other_order(self, order: ReviewOrder) -> ReviewOrder | None:
        chosen = ReviewOrder(self.review_order.data) if self.review_order.data else order
        return None if chosen is order else chosen

    def _is_out(self, place: int) -> bool:
        return bool(self[f"r{place}_out"].data)

    def _changed_params(self) -> dict[str, Mapping[str, Json]]:
        """Return the parameters of each rule that was entered otherwise than it is."""
        found: dict[str, Mapping[str, Json]] = {}
        for place, rule in enumerate(self.asked_rules):
            entered = None if self._is_out(place) or not _is_plain(rule) else self._read(place, rule)
            if entered is not None and entered.condition != rule.condition:
                found[rule.id] = entered.params
        return found

    def _occupations_out(self) -> frozenset[str]:
        pairs = zip(self.asked_occupations, self.occupation_fields, strict=True)
        return frozenset(each.name for each, field in pairs if field.data)

    def field_of(self, error: InvalidError) -> Any | None:
        """Return the field that a refusal belongs to, or None if it belongs to the whole."""
        path = error.field or ""
        for place, quota in enumerate(self.asked_quotas):
            if path == f"cap_{quota.name}":
                return self[f"cap_{place}"]
        return None

    def _group(self, place: int, rule: Rule) -> RuleFields:
        if not _is_plain(rule):
            return RuleFields(rule, self[f"r{place}_out"], [], [])
        own = [field for field in self if field.name.startswith(f"r{place}_p_")]
        parts = [
            (part["operator"], [field for field in self if field.name.startswith(f"r{place}q{number}_")])
            for number, part in enumerate(rule_fields.parts_in(rule.operator, rule.params))
        ]
        return RuleFields(rule, self[f"r{place}_out"], own, parts)

    def _fill(self, place: int, params: Any) -> None:
        rule = self.asked_rules[place]
        shown = rule_fields.fill(rule.operator, params, f"r{place}_p_")
        for number, part in enumerate(rule_fields.parts_in(rule.operator, params)):
            shown |= rule_fields.fill(part["operator"], part["params"], f"r{place}q{number}_")
        for name, value in shown.items():
            self[name].data = value

    def _read(self, place: int, rule: Rule) -> Rule | None:
        """Return a rule as it was entered, or None with its errors hung on the fields."""
        data: Mapping[str, Any] = self.data
        params = rule_fields.read(rule.operator, data, f"r{place}_p_")
        given: list[Json] = [
            {"operator": part["operator"], "params": rule_fields.read(part["operator"], data, f"r{place}q{number}_")}
            for number, part in enumerate(rule_fields.parts_in(rule.operator, rule.params))
        ]
        params = rule_fields.with_parts(rule.operator, params, given)
        try:
            return parse_rules([{**write_rules([rule])[0], "params": params}], path="rule")[0]
        except InvalidError as error:
            self._hang(place, rule, error)
            return None

    def _hang(self, place: int, rule: Rule, error: InvalidError) -> None:
        prefixes = {part: f"r{place}q{number}_" for number, part in enumerate(rule_fields.part_names(rule.operator))}
        names = rule_fields.fields_at(error.field or "", prefixes, own=f"r{place}_p_")
        group = self._group(place, rule)
        everything = [*group.own, *(field for _, fields in group.parts for field in fields)]
        field = next((self[name] for name in names if name in self), everything[0])
        field.errors = [*field.errors, sentence(error.code, error.params)]

    def _numbers(self, stem: str, choices: Sequence[Choice]) -> list[tuple[Choice, int]]:
        found = [(each, self[f"{stem}_{place}"].data) for place, each in enumerate(choices)]
        return [(each, number) for each, number in found if number is not None]


def _as_changed(rule: Rule, changes: Changes) -> Mapping[str, Json]:
    return changes.params.get(rule.id, rule.params)


def _is_plain(rule: Rule) -> bool:
    return rule_fields.is_plain(rule.operator, rule.params)


def simulation_form(
    rules: Sequence[Rule],
    quotas: Sequence[Choice],
    origins: Sequence[Choice],
    occupations: Sequence[Choice],
    **options: Any,
) -> SimulationForm:
    """Return an empty form for a scheme: a group of fields for each rule, one for each quota, origin, occupation."""
    fields: dict[str, Any] = {}
    for place, rule in enumerate(rules):
        fields[f"r{place}_out"] = BooleanField(_("Leave this rule out"))
        if _is_plain(rule):
            fields |= rule_fields.fields_of(rule.operator, f"r{place}_p_")
            for number, part in enumerate(rule_fields.parts_in(rule.operator, rule.params)):
                fields |= rule_fields.fields_of(part["operator"], f"r{place}q{number}_")
    for place, quota in enumerate(quotas):
        fields[f"cap_{place}"] = number_field(quota.text, least=0, most=MOST_CAP)
    for place, origin in enumerate(origins):
        fields[f"share_{place}"] = number_field(origin.text, least=0, most=100)
    for place, occupation in enumerate(occupations):
        fields[f"without_{place}"] = BooleanField(occupation.text)
    asked = {
        "asked_rules": tuple(rules),
        "asked_quotas": tuple(quotas),
        "asked_origins": tuple(origins),
        "asked_occupations": tuple(occupations),
    }
    made = type("SimulationFormOfScheme", (SimulationForm,), {**fields, **asked})
    form: SimulationForm = made(**options)
    offer_kind(form.review_order, ReviewOrder)
    return form


class ScenarioForm(FlaskForm):
    """The name under which a simulation is kept."""

    name = text_field(_l("Name of the scenario"), limit=120, required=_l("Enter a name"))
    note = long_text_field(_l("What is it meant to show?"), limit=2000)
    changes = HiddenField()

"""The form of one rule, made for its operator; worked examples; the first day of a version; waivers."""

from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import Any

from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from flask_wtf import FlaskForm
from wtforms import StringField
from wtforms.fields.choices import SelectChoice

from mobility.data.reference import LANGUAGES
from mobility.errors import InvalidError
from mobility.forms.fields import date_field, offer, offer_kind, reason_field, select_field, text_field
from mobility.forms.schemes import rule_fields
from mobility.forms.words import fact_name, label, operator_name
from mobility.rules.basics.findings import Severity, Verdict
from mobility.rules.basics.organisations import OrganisationKind
from mobility.rules.law.facts import FACTS, FactKind, fact
from mobility.rules.law.operators import OPERATORS
from mobility.rules.law.reader import Json
from mobility.rules.law.rulesets import Rule, write_rules
from mobility.rules.law.worked_examples import WorkedExample, write_examples

#: Who may be named as the authority of a waiver.
AUTHORITIES = (OrganisationKind.DESTINATION_MINISTRY, OrganisationKind.ORIGIN_MINISTRY)


class RuleForm(FlaskForm):
    """What every rule has; the fields of its operator are added by ``rule_form``."""

    operator: str = ""
    part_operators: Sequence[str] = ()

    name = text_field(
        _l("Short name of the rule"),
        limit=60,
        required=_l("Enter a short name"),
        description=_l("Small letters, digits and underscores, such as wage_floor."),
    )
    sentence_en = text_field(_l("The rule in English"), limit=500, required=_l("Say the rule in English"))
    sentence_es = text_field(_l("The rule in Spanish"), limit=500, required=_l("Say the rule in Spanish"))
    sentence_fr = text_field(_l("The rule in French"), limit=500, required=_l("Say the rule in French"))
    source = text_field(
        _l("Source"),
        limit=200,
        required=_l("Enter the law, agreement or decision"),
        description=_l("The citation, such as 20 CFR 655.120."),
    )
    severity = select_field(_l("What if it is not met?"), required=_l("Choose what happens"))
    waiver = select_field(_l("Who may waive it for one case?"))
    valid_from = date_field(_l("Applies from"), required=_l("Enter the first day"))
    valid_to = date_field(_l("Last day"), description=_l("Leave it empty if it applies until further notice."))

    def offer_choices(self) -> None:
        """Give the drop-downs their choices."""
        offer_kind(self.severity, Severity, empty=_l("Choose"))
        offer(self.waiver, [(kind.value, label(kind)) for kind in AUTHORITIES], empty=_l("Nobody"))

    @property
    def own_fields(self) -> list[Any]:
        """The fields of the operator itself."""
        return [field for field in self if field.name.startswith("p_")]

    @property
    def part_fields(self) -> list[tuple[str, list[Any]]]:
        """The operator of each part, with its fields."""
        return [
            (operator, [field for field in self if field.name.startswith(f"q{place}_")])
            for place, operator in enumerate(self.part_operators)
        ]

    def raw(self) -> dict[str, Json]:
        """Return the rule as ``rules.rulesets.parse_rules`` reads it."""
        data: Mapping[str, Any] = self.data
        parts = [_part(name, data, place) for place, name in enumerate(self.part_operators)]
        return {
            "id": data["name"],
            "operator": self.operator,
            "params": rule_fields.with_parts(self.operator, rule_fields.read(self.operator, data), parts),
            "severity": data["severity"],
            "source": data["source"],
            "valid_from": data["valid_from"].isoformat(),
            "valid_to": data["valid_to"].isoformat() if data["valid_to"] else None,
            "waiver": data["waiver"] or None,
            "sentence": {language: data[f"sentence_{language}"] for language in LANGUAGES},
        }

    def start_from(self, rule: Rule) -> None:
        """Fill the form with a rule."""
        written: Any = write_rules([rule])[0]
        shown = {"name": rule.id, "source": rule.source, "severity": rule.severity.value}
        shown |= {"waiver": rule.waiver.value if rule.waiver else ""}
        shown |= {f"sentence_{language}": rule.sentence.get(language, "") for language in LANGUAGES}
        shown |= rule_fields.fill(rule.operator, written["params"])
        for place, part in enumerate(rule_fields.parts_in(rule.operator, written["params"])):
            shown |= rule_fields.fill(part["operator"], part["params"], f"q{place}_")
        for name, value in shown.items():
            self[name].data = value
        self.valid_from.data, self.valid_to.data = rule.valid_from, rule.valid_to

    def field_of(self, error: InvalidError) -> str | None:
        """Return the field that a refusal belongs to, or None if it belongs to the whole."""
        path = error.field or ""
        plain = {"rule[0].id": "name", "rule[0].source": "source", "rule[0].valid_to": "valid_to", "id": "name"}
        prefixes = {part: f"q{place}_" for place, part in enumerate(rule_fields.part_names(self.operator))}
        for name in (plain.get(path), *rule_fields.fields_at(path, prefixes), path):
            if name in self:
                return name
        first = next((field.name for field in self.own_fields), None)
        return first if path.startswith("rule[0].params") else None


def _part(operator: str, data: Mapping[str, Any], place: int) -> Json:
    return {"operator": operator, "params": rule_fields.read(operator, data, f"q{place}_")}


def rule_form(operator: str, parts: Sequence[str] = (), **options: Any) -> RuleForm:
    """Return an empty form for a rule of an operator, with a group of fields for each of its parts."""
    fields = rule_fields.fields_of(operator)
    for place, part in enumerate(parts):
        fields |= rule_fields.fields_of(part, f"q{place}_")
    made = type("RuleFormOfOperator", (RuleForm,), {**fields, "operator": operator, "part_operators": tuple(parts)})
    form: RuleForm = made(**options)
    form.offer_choices()
    return form


class OperatorForm(FlaskForm):
    """What kind of rule it is to be, and for a rule of several parts what each part is."""

    operator = select_field(_l("What kind of rule is it?"), required=_l("Choose a kind of rule"))
    part_0 = select_field(_l("First part"))
    part_1 = select_field(_l("Second part"))
    part_2 = select_field(_l("Third part"))
    part_3 = select_field(_l("Fourth part"))

    def offer_choices(self) -> None:
        """Give the drop-downs the operators."""
        known = [(name, operator_name(name)) for name in OPERATORS]
        offer(self.operator, known, empty=_l("Choose"))
        for field in (self.part_0, self.part_1, self.part_2, self.part_3):
            offer(field, [pair for pair in known if not rule_fields.part_names(pair[0])], empty=_l("None"))

    def chosen(self) -> tuple[str, list[str]]:
        """Return the operator and the operators of its parts."""
        parts = [field.data for field in (self.part_0, self.part_1, self.part_2, self.part_3) if field.data]
        return self.operator.data, parts[: len(rule_fields.part_names(self.operator.data))]


class FirstDayForm(FlaskForm):
    """From when a next version is to apply."""

    first_day = date_field(
        _l("The new rules apply from"),
        required=_l("Enter the first day of the new rules"),
        description=_l("A day ahead, so that all ministries can sign before it."),
    )


class EndRuleForm(FlaskForm):
    """The last day of a rule."""

    last = date_field(_l("Last day of the rule"), required=_l("Enter the last day"))


class WaiverForm(FlaskForm):
    """Which rule is waived, why, and until when."""

    rule = select_field(_l("Rule"), required=_l("Choose a rule"))
    why = reason_field(_l("Why is it waived?"), description=_l("The person can read this."))
    until = date_field(_l("Until"), required=_l("Enter the last day of the waiver"))


class ExampleForm(FlaskForm):
    """A worked example; ``example_form`` adds a field for each fact and an answer for each rule."""

    facts_asked: Sequence[str] = ()
    rules_asked: Sequence[str] = ()

    name = text_field(_l("What is the case?"), limit=120, required=_l("Say what the case is"))
    on = date_field(_l("Judged on"), required=_l("Enter the day whose rules apply"))

    @property
    def fact_fields(self) -> list[Any]:
        """The fields of the facts."""
        return [field for field in self if field.name.startswith("f_")]

    @property
    def verdict_fields(self) -> list[Any]:
        """The fields of the answers."""
        return [field for field in self if field.name.startswith("v_")]

    def raw(self) -> dict[str, Any]:
        """Return the example as ``rules.worked_examples.parse_examples`` reads it."""
        facts = {name: _fact_value(name, self[f"f_{place}"].data) for place, name in enumerate(self.facts_asked)}
        answers = {rule: self[f"v_{rule}"].data for rule in self.rules_asked}
        return {
            "name": self.name.data,
            "on": self.on.data.isoformat(),
            "facts": {name: value for name, value in facts.items() if value is not None},
            "expected": {rule: verdict for rule, verdict in answers.items() if verdict},
        }

    def start_from(self, example: WorkedExample) -> None:
        """Fill the form with an example."""
        written: Any = write_examples([example])[0]
        self.name.data, self.on.data = example.name, example.on
        for place, name in enumerate(self.facts_asked):
            self[f"f_{place}"].data = _fact_text(written["facts"].get(name))
        for rule in self.rules_asked:
            self[f"v_{rule}"].data = written["expected"].get(rule, "")

    def field_of(self, error: InvalidError) -> str | None:
        """Return the field that a refusal belongs to, or None if it belongs to the whole."""
        path = (error.field or "").removeprefix("examples[0].")
        for place, name in enumerate(self.facts_asked):
            if path.startswith(f"facts.{name}"):
                return f"f_{place}"
        return path if path in self else None


def example_form(facts: Iterable[str], rules: Mapping[str, str], **options: Any) -> ExampleForm:
    """Return an empty form for an example; ``rules`` gives the sentence of each rule that can be asked."""
    asked = sorted(facts)
    fields: dict[str, Any] = {
        f"f_{place}": StringField(fact_name(name), description=_hint(name)) for place, name in enumerate(asked)
    }
    for rule, sentence in rules.items():
        verdicts = [SelectChoice(verdict.value, label(verdict)) for verdict in Verdict]
        fields[f"v_{rule}"] = select_field(sentence, choices=[SelectChoice("", _("Not asked")), *verdicts])
    made = type("ExampleFormOfRules", (ExampleForm,), {**fields, "facts_asked": asked, "rules_asked": tuple(rules)})
    form: ExampleForm = made(**options)
    return form


def _hint(name: str) -> str:
    match fact(name).kind:
        case FactKind.DATE:
            return _("A date such as 2026-04-30.")
        case FactKind.BOOLEAN:
            return _("true or false")
        case FactKind.CODES:
            return _("Codes, parted by commas.")
        case FactKind.LEVEL:
            return _("A1 to C2, or NONE.")
        case FactKind.PERIODS:
            return _("Stays such as 2025-01-01/2025-03-31, parted by commas; none for no stay.")
        case _:
            return ""


def _fact_value(name: str, given: Any) -> Json:
    text = str(given or "").strip()
    if not text:
        return None
    return _ENTERED.get(fact(name).kind, str)(text)


def _whole(text: str) -> Json:
    is_whole = text.lstrip("-").isdecimal() and len(text) < 10  # noqa: PLR2004  within range
    return int(text) if is_whole else text


def _codes(text: str) -> Json:
    return [part.strip() for part in text.split(",") if part.strip()]


def _stays(text: str) -> Json:
    if text.lower() == "none":
        return []
    pairs = [part.strip().partition("/") for part in text.split(",") if part.strip()]
    return [{"start": start.strip(), "end": end.strip()} for start, _bar, end in pairs]


#: How what was entered about a fact of a kind is read; of any other kind it is taken as it is.
_ENTERED: Mapping[FactKind, Callable[[str], Json]] = {
    FactKind.INTEGER: _whole,
    FactKind.BOOLEAN: lambda text: {"true": True, "false": False}.get(text.lower(), text),
    FactKind.CODES: _codes,
    FactKind.PERIODS: _stays,
}


def _fact_text(value: Any) -> str:
    match value:
        case None:
            return ""
        case bool():
            return "true" if value else "false"
        case []:
            return "none"
        case [dict(), *_]:
            return ", ".join(f"{stay['start']}/{stay['end']}" for stay in value)
        case list():
            return ", ".join(value)
        case _:
            return str(value)


#: Facts that somebody may want to give an example whatever its rules look at.
ALWAYS_ASKED = frozenset(name for name in FACTS if name in {"vacancy.start", "vacancy.end", "vacancy.country"})

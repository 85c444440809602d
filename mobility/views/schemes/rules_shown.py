"""What pages show of rules in words: their fields, their worked examples, what differs, who is affected."""

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from flask_babel import gettext as _

from mobility.forms.words import label, operator_name, parameters, sentence, spoken
from mobility.rules.law.differences import ChangeKind, Difference
from mobility.rules.law.rulesets import Rule
from mobility.rules.law.worked_examples import WorkedExample, run
from mobility.services.schemes.rule_impact import Impact
from mobility.views.frame.filters import day
from mobility.views.frame.identity import language
from mobility.wording.figures import NOTHING
from mobility.wording.schemes import rulesets

Row = dict[str, Any]


def wording(rule: Rule) -> str:
    """Return a rule's sentence in the page's language, else its name."""
    return rule.sentence.get(language()) or rule.id


def rules_shown(rules: Iterable[Rule]) -> list[Row]:
    """Return each rule as a page shows it: the sentence, the others', and its fields."""
    return [
        {
            "rule": rule,
            "sentence": wording(rule),
            "others": [text for code, text in rule.sentence.items() if code != language()],
            "parameters": parameters(rule.operator, rule.params),
        }
        for rule in rules
    ]


def results(rules: Sequence[Rule], examples: Iterable[WorkedExample]) -> list[Row]:
    """Return each worked example with what every rule had to say and says."""
    words = {rule.id: wording(rule) for rule in rules}
    return [
        {
            "name": result.example.name,
            "on": result.example.on,
            "holds": result.holds,
            "answers": [
                (
                    words.get(answer.rule, answer.rule),
                    label(answer.expected),
                    label(answer.found) if answer.found else sentence("verdict.not_in_force"),
                    answer.holds,
                )
                for answer in result.answers
            ],
        }
        for result in run(rules, examples)
    ]


def compared(found: Iterable[Difference]) -> list[Row]:
    """Return what differs, each rule with the fields of both versions side by side."""
    return [
        {
            "sentence": next(wording(rule) for rule in (each.new, each.old) if rule is not None),
            "kind": each.kind,
            "fields": _fields(each) if each.kind is not ChangeKind.SAME else [],
        }
        for each in found
    ]


def _fields(difference: Difference) -> list[tuple[str, str, str, bool]]:
    """Return (field, before, after, whether it differs); of a changed rule all, so that it can be read whole."""
    before, after = _told(difference.old), _told(difference.new)
    names = dict.fromkeys([*before, *after])
    return [
        (name, before.get(name, NOTHING), after.get(name, NOTHING), before.get(name) != after.get(name))
        for name in names
    ]


def _told(rule: Rule | None) -> Mapping[str, str]:
    if rule is None:
        return {}
    words = rulesets.FIELDS
    told = {spoken(words["sentence"]): wording(rule), spoken(words["operator"]): operator_name(rule.operator)}
    told |= dict(parameters(rule.operator, rule.params))
    told |= {spoken(words["severity"]): label(rule.severity), spoken(words["source"]): rule.source}
    told |= {
        spoken(words["valid_from"]): day(rule.valid_from) or "",
        spoken(words["valid_to"]): day(rule.valid_to) or NOTHING,
    }
    told[spoken(words["waiver"])] = label(rule.waiver) if rule.waiver else _("Nobody")
    return told


def stopped(found: Impact, rules: Iterable[Rule]) -> list[tuple[str, int]]:
    """Return how many would be stopped by each rule, the most first."""
    words = {rule.id: wording(rule) for rule in rules}
    counted = sorted(found.rules.items(), key=lambda pair: (-pair[1], pair[0]))
    return [(words.get(rule, rule), count) for rule, count in counted]

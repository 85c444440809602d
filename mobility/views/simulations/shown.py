"""What pages and tables show of a simulation: the same lines on the page, in the CSV and in a kept scenario."""

from collections.abc import Iterator, Mapping, Sequence
from typing import Any, NamedTuple

from flask_babel import gettext as _

from mobility.forms.words import parameters
from mobility.models.shortages.shortages import Shortage
from mobility.rules.cases.simulations import Changes
from mobility.rules.law.rulesets import Rule
from mobility.rules.law.safeguards import embedded_lists, safeguard_rule
from mobility.services.simulations.figures import NOWHERE, people_of
from mobility.views.frame.filters import region_name, title_of
from mobility.views.match_runs.fairness_words import group_name
from mobility.views.schemes.rules_shown import wording
from mobility.wording.figures import NOTHING

Json = Mapping[str, Any]
#: Figures of one side that are counted, in the order of the page.
_TOTALS = ("people", "pairs", "empty", "places", "filled")


class Line(NamedTuple):
    """One figure now and then; None where it is hidden, ``whole`` what its bar is a share of."""

    name: str
    now: int | None
    then: int | None
    whole: int | None = None

    @property
    def difference(self) -> int | None:
        """How many more then."""
        return None if self.now is None or self.then is None else self.then - self.now


class Group(NamedTuple):
    """One group: its people in the pool (None where that makes no sense or is hidden), eligible, positions filled."""

    name: str
    workers: int | None
    eligible: Line
    filled: Line

    @property
    def is_hidden(self) -> bool:
        """Whether no figure of it is shown."""
        figures = (self.workers, self.eligible.now, self.eligible.then, self.filled.now, self.filled.then)
        return all(figure is None for figure in figures)


class Grouping(NamedTuple):
    """A table of groups; ``hidden`` counts those of which no figure is shown, which are left out."""

    key: str
    title: str
    groups: list[Group]
    pooled: bool
    hidden: int


class RuleLine(NamedTuple):
    """What one rule keeps out, in pairs, and what it one step looser would bring."""

    sentence: str
    source: str
    figures: Json
    step: Json | None
    becomes: list[tuple[str, str, str]]


class CoverLine(NamedTuple):
    """How far one shortage would be covered."""

    shortage: Shortage
    filled: Line
    places: Sequence[int]


class Ratio(NamedTuple):
    """One group's rates beside the best group's, in percent, now and then."""

    name: str
    eligible: Sequence[int | None]
    filled: Sequence[int | None]


def totals(figures: Json) -> list[Line]:
    """Return the figures of the whole."""
    names = {
        "people": _("People who meet all rules for at least one vacancy"),
        "pairs": _("Pairs of a person and a vacancy for which that person meets all rules"),
        "empty": _("Vacancies for which nobody meets all rules"),
        "places": _("Open positions that count"),
        "filled": _("Positions that can be filled"),
    }
    wholes = {"people": figures["workers"], "filled": figures["positions"], "places": figures["positions"]}
    wholes["empty"] = figures["vacancies"]
    before, after = figures["before"], figures["after"]
    return [Line(names[name], before[name], after[name], wholes.get(name)) for name in _TOTALS]


def groupings(figures: Json, occupations: Mapping[str, str]) -> list[Grouping]:
    """Return a table for each way of grouping; ``occupations`` are titles by code."""
    titles = {
        "origin": _("By country of origin"),
        "region": _("By region of residence"),
        "occupation": _("By occupation of the vacancy"),
        "sex": _("By sex"),
        "age": _("By age"),
    }
    told = {**figures["groups"], **figures["protected"]}
    return [_grouping(by, titles[by], found, occupations) for by, found in told.items()]


def _grouping(by: str, title: str, found: Json, occupations: Mapping[str, str]) -> Grouping:
    (now, then), (filled_now, filled_then), workers = found["eligible"], found["filled"], found["workers"]

    def named(code: str) -> str:
        if by == "region":
            return region_name(code) if code != NOWHERE else _("Not recorded")
        return occupations.get(code, code) if by == "occupation" else group_name(by, code)

    found_groups = [
        Group(
            named(code),
            workers[code] if workers else None,
            Line("", now[code], then[code], workers[code] if workers else None),
            Line("", filled_now[code], filled_then[code]),
        )
        for code in people_of(workers or now)
    ]
    shown = [group for group in found_groups if not group.is_hidden]
    return Grouping(by, title, shown, workers is not None, len(found_groups) - len(shown))


def rule_lines(figures: Json, rules: Sequence[Rule]) -> list[RuleLine]:
    """Return each rule with what it keeps out, the one that keeps out most first."""
    steps = {step["rule"]: step for step in figures["steps"]}
    known = {rule.id: rule for rule in (*safeguard_rule(embedded_lists()[-1], ()), *rules)}
    found = []
    for line in figures["waterfall"]:
        rule, step = known.get(line["rule"]), steps.get(line["rule"])
        becomes = _differences(rule, step["params"]) if rule and step else []
        sentence, source = (wording(rule), rule.source) if rule else (line["rule"], "")
        found.append(RuleLine(sentence, source, line, step, becomes))
    return sorted(found, key=lambda line: -(line.figures["failed"] + line.figures["unknown"]))


def _differences(rule: Rule, new: Json) -> list[tuple[str, str, str]]:
    """Return (parameter, before, after) of those in which a rule would differ."""
    before, after = dict(parameters(rule.operator, rule.params)), dict(parameters(rule.operator, new))
    names = dict.fromkeys([*before, *after])
    return [
        (name, before.get(name, NOTHING), after.get(name, NOTHING))
        for name in names
        if before.get(name) != after.get(name)
    ]


def becoming(differences: Sequence[tuple[str, str, str]]) -> str:
    """Say which parameters become what."""
    return "; ".join(
        _("%(name)s: %(value)s", name=name, value=f"{before} → {after}") for name, before, after in differences
    )


def cover_lines(figures: Json, shortages: Mapping[str, Shortage]) -> list[CoverLine]:
    """Return the cover of each shortage that the actor may see, by title."""
    found = [
        CoverLine(
            shortages[ref],
            _filled(shortages[ref], told),
            told["places"],
        )
        for ref, told in figures["cover"].items()
        if ref in shortages
    ]
    return sorted(found, key=lambda line: (line.filled.name, line.shortage.region))


def _filled(shortage: Shortage, told: Json) -> Line:
    now, then = told["filled"]
    return Line(title_of(shortage.occupation), now, then, shortage.headcount)


def ratios(figures: Json) -> list[tuple[str, list[Ratio]]]:
    """Return for each grouping the ratio of each group's rate to the best group's."""
    titles = {
        "sex": _("Sex"),
        "age": _("Age"),
        "origin": _("Country of origin"),
        "displaced": _("Displacement by a disaster"),
        "returning": _("Earlier seasons"),
    }
    return [
        (
            titles[by],
            [
                Ratio(group_name(by, code), told["eligible"][code], told["filled"][code])
                for code in sorted(told["eligible"])
            ],
        )
        for by, told in figures["fairness"].items()
    ]


def changes_told(changes: Changes, rules: Sequence[Rule], names: Mapping[str, str]) -> list[str]:
    """Return what is changed, a sentence each; ``names`` says what quotas, countries and occupations are called."""
    words = {rule.id: rule for rule in rules}
    told = (
        [_("Starts from: %(version)s.", version=names.get(f"base.{changes.base}", changes.base))]
        if changes.base
        else []
    )
    told += [_changed_rule(name, words.get(name), params) for name, params in changes.params.items()]
    told += [
        _("Rule left out: %(rule)s", rule=wording(words[name]) if name in words else name)
        for name in sorted(changes.left_out)
    ]
    told += [
        _("Quota “%(quota)s”: %(cap)s places.", quota=names.get(ref, ref), cap=cap) for ref, cap in changes.caps.items()
    ]
    told += [
        _(
            "At most %(percent)s %% of the open positions for %(country)s.",
            percent=percent,
            country=names.get(origin, origin),
        )
        for origin, percent in changes.shares.items()
    ]
    told += [
        _("Vacancies not counted: %(occupation)s.", occupation=names.get(code, code))
        for code in sorted(changes.occupations)
    ]
    return told + ([_("Another order of decisions. It changes no figure here.")] if changes.review_order else [])


def _changed_rule(name: str, rule: Rule | None, params: Json) -> str:
    what = becoming(_differences(rule, params)) if rule else ""
    return _("Changed rule: %(rule)s %(what)s", rule=wording(rule) if rule else name, what=what)


def csv_lines(figures: Json, page: Mapping[str, Any]) -> Iterator[Sequence[Any]]:
    """Yield every figure of the page as (table, item, measure, now, then); hidden cells are empty."""
    for line in page["totals"]:
        yield _("In short"), line.name, _("Count"), line.now, line.then
    yield _("In short"), _("People who would not meet all rules any more"), _("Count"), None, figures["lost"]
    yield _("In short"), _("People who would meet all rules for the first time"), _("Count"), None, figures["gained"]
    for grouping in page["groupings"]:
        for group in grouping.groups:
            yield grouping.title, group.name, _("People who meet all rules"), group.eligible.now, group.eligible.then
            yield grouping.title, group.name, _("Positions filled"), group.filled.now, group.filled.then
    for line in page["rules"]:
        for measure, name in _measures():
            yield _("What each rule keeps out"), line.sentence, measure, None, line.figures[name]
        if line.step:
            yield _("One step looser"), line.sentence, becoming(line.becomes), None, line.step["people"]
    for line in page["cover"]:
        item = f"{line.filled.name}, {region_name(line.shortage.region)}"
        yield _("Shortages"), item, _("Positions filled"), line.filled.now, line.filled.then
    for title, rows in page["ratios"]:
        for row in rows:
            yield title, row.name, _("Ratio of meeting all rules, in percent"), *row.eligible
            yield title, row.name, _("Ratio of filling a position, in percent"), *row.filled


def _measures() -> list[tuple[str, str]]:
    return [
        (_("Not met"), "failed"),
        (_("Not known"), "unknown"),
        (_("Nothing else in the way"), "sole"),
        (_("Still in"), "left"),
    ]

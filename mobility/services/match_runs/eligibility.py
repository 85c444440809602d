"""Whether workers meet a scheme's rules for vacancies, by the same code as a match run; nothing is stored."""

from collections.abc import Iterable, Mapping, Sequence
from datetime import date, datetime

from sqlalchemy.orm import Session

from mobility.errors import InvalidError
from mobility.matching.facts import pair_facts
from mobility.queries.lists.scheme_lists import rule_set_in_force, today_of
from mobility.queries.lists.waiver_lists import waived_rules
from mobility.queries.pools import demands, pools
from mobility.rules.basics.findings import Finding
from mobility.rules.law.facts import Facts
from mobility.rules.law.rulesets import Rule, about_workers, evaluate, in_force, parse_rules
from mobility.services.schemes import safeguards

#: A worker and a vacancy, by id.
Pair = tuple[int, int]


def rules_on(session: Session, scheme_id: int, *, at: datetime) -> Sequence[Rule]:
    """Return a scheme's rules on workers that are in force at a moment.

    Raises
    ------
    InvalidError
        ``match_run.no_rules``: the scheme has no signed rules in force.
    """
    today = today_of(session, scheme_id, at)
    rule_set = rule_set_in_force(session, scheme_id, today)
    if rule_set is None:
        raise InvalidError("match_run.no_rules")
    return in_force(about_workers(parse_rules(rule_set.rules)), today)


def facts_of(session: Session, pairs: Iterable[Pair], *, on: date) -> Mapping[Pair, Facts]:
    """Return the facts of each pair that rules may read, as they stand on a day; pairs of one scheme.

    Each worker and each vacancy is read once, whatever the number of pairs.
    """
    asked = sorted(set(pairs))
    workers, vacancies = (sorted({pair[side] for pair in asked}) for side in (0, 1))
    words = pools.vocabulary(session)
    pool = pools.pool(session, words, workers, on=on)
    jobs = demands.demand(session, words, vacancies, on=on)
    place = {key: row for row, key in enumerate(workers)}
    job = {key: row for row, key in enumerate(vacancies)}
    return {pair: pair_facts(pool, place[pair[0]], jobs, job[pair[1]]) for pair in asked}


def safeguards_for(session: Session, scheme_id: int, facts: Mapping[Pair, Facts], *, on: date) -> tuple[Rule, ...]:
    """Return the rule of the safeguard list where it is about any of some pairs of one scheme (see ``facts_of``)."""
    occupations = {str(each["vacancy.occupation"]) for each in facts.values()}
    return safeguards.rules_on(session, scheme_id, occupations, on)


def findings(session: Session, scheme_id: int, vacancy_id: int, worker_id: int, *, at: datetime) -> list[Finding]:
    """Return what the rules in force say of a worker for a vacancy; a waived rule passes and says by whom.

    Raises
    ------
    InvalidError
        ``match_run.no_rules``: the scheme has no signed rules in force.
    """
    rules, day = rules_on(session, scheme_id, at=at), today_of(session, scheme_id, at)
    facts = facts_of(session, [(worker_id, vacancy_id)], on=day)
    rules = [*rules, *safeguards_for(session, scheme_id, facts, on=day)]
    return evaluate(
        rules, facts[worker_id, vacancy_id], on=day, waived=waived_rules(session, scheme_id, worker_id, on=day)
    )


def check(session: Session, scheme_id: int, vacancy_id: int, worker_id: int, *, at: datetime) -> None:
    """Refuse a worker who does not, or not any more, meet a blocking rule.

    Raises
    ------
    InvalidError
        ``proposal.no_longer_eligible`` with the rule, its code and its source.
    """
    for finding in findings(session, scheme_id, vacancy_id, worker_id, at=at):
        if finding.blocks:
            raise InvalidError(
                "proposal.no_longer_eligible", rule=finding.rule, finding=finding.code, source=finding.source
            )

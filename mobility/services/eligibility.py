"""Whether a worker meets a scheme's rules for a vacancy today, by the tables as they are now; nothing is stored."""

from datetime import datetime

from sqlalchemy.orm import Session

from mobility.errors import InvalidError
from mobility.matching.derived import pair_facts
from mobility.queries import demands, plain_pools, pools
from mobility.queries.schemes import rule_set_in_force
from mobility.rules.findings import Finding
from mobility.rules.rulesets import evaluate
from mobility.services.match_steps import rules_about_workers


def findings(session: Session, scheme_id: int, vacancy_id: int, worker_id: int, *, at: datetime) -> list[Finding]:
    """Return what the rules in force say of a worker for a vacancy.

    Raises
    ------
    InvalidError
        ``match_run.no_rules``: the scheme has no signed rules in force.
    """
    day = at.date()
    rule_set = rule_set_in_force(session, scheme_id, day)
    if rule_set is None:
        raise InvalidError("match_run.no_rules")
    words = pools.vocabulary(session)
    one = plain_pools.pool(session, words, [worker_id], on=day)
    job = demands.demand(session, words, [vacancy_id], on=day)
    return evaluate(rules_about_workers(rule_set.rules), pair_facts(one, 0, job, 0), on=day)


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

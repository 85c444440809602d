"""Words for match runs: states, stages, figures."""

from collections.abc import Mapping
from enum import Enum

from mobility.rules.cases.match_runs import MatchRunState, ScorecardOrigin
from mobility.wording.texts import Text
from mobility.wording.texts import marked as _l

LABELS: Mapping[Enum, Text] = {
    MatchRunState.QUEUED: _l("Waiting"),
    MatchRunState.RUNNING: _l("Running"),
    MatchRunState.FINISHED: _l("Finished"),
    MatchRunState.FAILED: _l("Failed"),
    MatchRunState.CANCELLED: _l("Cancelled"),
    ScorecardOrigin.EXPERTS: _l("experts'"),
    ScorecardOrigin.LEARNED: _l("learned"),
}

SENTENCES: Mapping[str, Text] = {
    "match_run.scheme_not_active": _l("Only an active scheme can be matched."),
    "match_run.no_rules": _l("No version of the scheme's rules that all ministries signed is in force today."),
    "match_run.no_vacancies": _l("No vacancy of this scheme is open with positions left."),
    "match_run.no_workers": _l("No worker of the countries of origin is ready and agrees to be matched."),
    "match_run.under_way": _l("A match run of this scheme is under way. Wait until it is over."),
    "match_run.no_yardstick": _l(
        "The highest total score is found with OR-Tools, which is not installed. Ask the operator for the extra "
        "“audit”, or start the run without it."
    ),
    "no_optimum.not_nested": _l("It cannot be told, as quotas of this scheme do not all lie within one another."),
    "no_optimum.not_installed": _l("It cannot be told, as the job runner has no OR-Tools. Tell the operator."),
    "no_optimum.failed": _l("It cannot be told, as the solver failed. Tell the operator."),
    "match_run.no_officer": _l("There is no user with this e-mail address."),
    "not_found.scorecard": _l(
        "There is no scorecard %(ref)s. The command `mobility match scorecards list` shows the number of each."
    ),
    "scorecard.unknown_features": _l(
        "This program does not know these features of the scorecard: %(names)s. Update the program, or learn a "
        "scorecard from the features that it knows."
    ),
    "scorecard.stored": _l("This scorecard is stored already, under number %(number)s. Nothing was changed."),
    "scorecard.in_force": _l("Scorecard %(number)s is in force already. Nothing was changed."),
    "scorecard.meanwhile": _l(
        "Somebody else stored a scorecard or put one in force at the same moment. See which one is in force, then try "
        "again."
    ),
    "stage.wait": _l("Waiting for a job runner. Vacancies scored: %(done)s of %(total)s."),
    "stage.load": _l("Loading workers: %(done)s of %(total)s."),
    "stage.score": _l("Scoring vacancies: %(done)s of %(total)s."),
    "stage.explain": _l("Explaining proposals: %(done)s of %(total)s."),
    "stage.store": _l("Storing the proposals."),
    "stage.over": _l("The run is over."),
    "funnel.considered": _l("Pairs of worker and vacancy looked at"),
    "funnel.eligible": _l("Pairs that meet every rule"),
    "funnel.unclear": _l("Pairs of which a paper or a fact is missing"),
    "funnel.shortlisted": _l("Best pairs kept for each vacancy"),
    "funnel.near_misses": _l("Pairs that one single rule keeps out"),
    "funnel.vacancy_full": _l("Left out: better scores took all places"),
    "funnel.quota_full": _l("Left out: a quota was full"),
    "funnel.worker_taken": _l("Left out: the person has enough proposals"),
    "funnel.proposed": _l("Proposals"),
    "funnel.workers_proposed": _l("Workers with a proposal"),
    "funnel.vacancies_proposed": _l("Vacancies with a proposal"),
    "funnel.withdrawn_meanwhile": _l("Left before the run was stored"),
    "funnel.superseded": _l("Older proposals replaced"),
    "funnel.lists_exhausted": _l("Vacancies with places left whose list was too short"),
    "method.deferred_acceptance": _l("Workers ask in the order of their wishes; vacancies hold the best"),
    "method.common_order": _l("Best scores first, because quotas of this scheme cross one another"),
    "fairness.sex": _l("Who gets through, by sex"),
    "fairness.age": _l("Who gets through, by age"),
    "fairness.origin": _l("Who gets through, by country of origin"),
    "fairness.displaced": _l("Who gets through, displaced by a disaster or not"),
    "fairness.returning": _l("Who gets through, for the first time or again"),
    "fairness_step.considered": _l("Looked at"),
    "fairness_step.eligible": _l("Meet every rule"),
    "fairness_step.ranked": _l("On a list"),
    "fairness_step.proposed": _l("Proposed"),
    "fairness_passage.rules": _l("By the rules"),
    "fairness_passage.ranking": _l("By the ranking"),
    "fairness_passage.limits": _l("By places and quotas"),
    "fairness_passage.whole": _l("All together"),
    "fairness_group.age.0": _l("Up to 24 years"),
    "fairness_group.age.25": _l("25 to 34 years"),
    "fairness_group.age.35": _l("35 to 44 years"),
    "fairness_group.age.45": _l("45 to 54 years"),
    "fairness_group.age.55": _l("55 years and more"),
    "fairness_group.displaced.yes": _l("Displaced"),
    "fairness_group.displaced.no": _l("Not displaced"),
    "fairness_group.returning.yes": _l("Worked under a scheme before"),
    "fairness_group.returning.no": _l("For the first time"),
    "fairness_group.unrecorded": _l("Not recorded"),
}

"""Waivers, notices and changed rules."""

from datetime import date, datetime, timedelta

from sqlalchemy.orm import Session

from mobility.models.match_runs import MatchRun
from mobility.models.notices import Notice
from mobility.models.proposals import MatchProposal
from mobility.models.scenarios import Scenario
from mobility.models.schemes.schemes import Scheme
from mobility.models.schemes.waivers import Waiver
from mobility.rules.basics.organisations import OrganisationKind
from mobility.rules.cases.notices import NoticeKind
from mobility.security import audit
from mobility.security.actors import Actor
from mobility.services.schemes import rule_versions, schemes

AHEAD = date(2026, 7, 1)


class PolicyFactory:
    """Makes what stands beside rules."""

    session: Session
    at: datetime

    def waiver(self, reviewer: Actor, proposal: MatchProposal, rule: str = "document", **values: object) -> Waiver:
        """Make a waiver of a reviewer's ministry for a proposal's worker, whatever the rules say of it."""
        given = {
            "scheme_id": self.session.get_one(MatchRun, proposal.run_id).scheme_id,
            "worker_id": proposal.worker_id,
            "proposal_id": proposal.id,
            "rule": rule,
            "authority": reviewer.kind or OrganisationKind.ORIGIN_MINISTRY,
            "organisation_id": reviewer.organisation_id,
            "given_by_id": reviewer.user_id,
            "given_at": self.at,
            "reason": "The new passport is on its way",
            "valid_from": self.at.date(),
            "valid_until": self.at.date() + timedelta(days=90),
        }
        made = Waiver(**{**given, **values})
        self.session.add(made)
        audit.record(self.session, reviewer, "waiver.give", made, at=self.at)
        return made

    def notice(self, actor: Actor, scheme: Scheme, kind: NoticeKind = NoticeKind.SCHEME_CLOSED) -> Notice:
        """Make an unread notice for an actor's organisation."""
        made = Notice(
            organisation_id=actor.organisation_id,
            kind=kind,
            subject_kind="scheme",
            subject_ref=scheme.ref,
            created_at=self.at,
        )
        self.session.add(made)
        self.session.flush()
        return made

    def scenario(self, officer: Actor, scheme: Scheme, name: str = "Older", **values: object) -> Scenario:
        """Make a scenario of an officer's ministry, as small as its figures can be."""
        side = {"people": 9, "pairs": 18, "vacancies": 2, "empty": 0, "places": 4, "filled": 4, "short": 0}
        nothing = {"workers": None, "eligible": [{}, {}], "filled": [{}, {}]}
        given = {
            "scheme_id": scheme.id,
            "organisation_id": officer.organisation_id,
            "name": name,
            "changes": {"left_out": ["age"]},
            "figures": {
                "workers": 12,
                "vacancies": 2,
                "positions": 4,
                "before": side,
                "after": {**side, "people": 12},
                "lost": 0,
                "gained": 3,
                "groups": dict.fromkeys(("origin", "region", "occupation"), nothing),
                "protected": {"sex": nothing},
                "waterfall": [],
                "steps": [],
                "cover": {},
                "fairness": {"sex": {"eligible": {"female": [100, 90]}, "filled": {"female": [100, 100]}}},
            },
            "as_of": self.at,
            "created_by_id": officer.user_id,
            "created_at": self.at,
        }
        made = Scenario(**{**given, **values})
        self.session.add(made)
        audit.record(self.session, officer, "scenario.save", made, at=self.at)
        return made

    def changed_rules(self, scheme: Scheme, name: str, **params: object) -> list[dict[str, object]]:
        """Return the newest rules of a scheme with other parameters for one of them."""
        rules = scheme.rule_sets[-1].rules
        return [{**rule, "params": {**rule["params"], **params}} if rule["id"] == name else rule for rule in rules]

    def later_version(
        self, officer: Actor, scheme: Scheme, rules: object, *signers: Actor, first_day: date = AHEAD
    ) -> Scheme:
        """Issue a later version of a scheme's rules and have ministries sign it."""
        session, at = self.session, self.at
        now = schemes.get(session, officer, scheme.ref)
        rule_versions.new_version(session, officer, scheme.ref, rules, first_day, version=now.version, at=at)
        for signer in signers:
            now = schemes.get(session, officer, scheme.ref)
            schemes.sign(session, signer, scheme.ref, version=now.version, at=at)
        return schemes.get(session, officer, scheme.ref)

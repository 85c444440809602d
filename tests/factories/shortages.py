"""Occupations and shortages."""

from datetime import date, datetime

import sqlalchemy as sa
from sqlalchemy.orm import Session

from mobility.models.concepts.occupations import Occupation
from mobility.models.shortages.shortages import Shortage, ShortageEvidence
from mobility.rules.cases.shortages import EvidenceKind, ShortageState
from mobility.security import audit
from mobility.security.actors import Actor


class ShortageFactory:
    """Makes occupations and shortages."""

    session: Session
    at: datetime

    def occupation(self, code: str = "9211") -> Occupation:
        """Return an occupation, made on first use."""
        found = self.session.scalar(sa.select(Occupation).where(Occupation.code == code))
        if found is None:
            found = Occupation(
                code=code, title_en=f"Occupation {code}", title_es=f"Ocupación {code}", title_fr=f"Profession {code}"
            )
            self.session.add(found)
            self.session.flush()
        return found

    def shortage(self, officer: Actor, state: ShortageState = ShortageState.DECLARED, **values: object) -> Shortage:
        """Make a shortage of the officer's country, with one piece of evidence, recorded."""
        defaults = {
            "occupation": self.occupation(),
            "region": officer.country,
            "headcount": 100,
            "valid_from": date(2026, 1, 1),
            "valid_to": date(2027, 12, 31),
        }
        made = Shortage(
            organisation_id=officer.organisation_id,
            country=officer.country,
            state=state,
            drafted_by_id=officer.user_id,
            created_at=self.at,
            evidence=[
                ShortageEvidence(
                    kind=EvidenceKind.PLAN_REFERENCE,
                    statement="Goal 4",
                    source="Plan 2030",
                    observed_on=date(2026, 1, 1),
                )
            ],
            reviews=[],
            **{**defaults, **values},
        )
        self.session.add(made)
        audit.record(self.session, officer, "shortage.draft", made, at=self.at)
        return made

"""The weights of a ministry's composite of tightness: stated, changed with a reason, recorded."""

from collections.abc import Mapping
from datetime import datetime

import sqlalchemy as sa
from sqlalchemy.orm import Session

from mobility.models.shortages.publications import TightnessWeights
from mobility.rules.basics.permissions import Permission
from mobility.rules.figures.tightness import IndicatorKind, check_weights
from mobility.security import audit
from mobility.security.actors import Actor
from mobility.security.policy import require
from mobility.security.scopes import check_version


def weigh(
    session: Session,
    actor: Actor,
    weights: Mapping[IndicatorKind, int],
    reason: str,
    *,
    version: int,
    at: datetime,
) -> TightnessWeights:
    """State how much each indicator counts for the actor's ministry; ``version`` is 0 where none was stated before.

    Raises
    ------
    ForbiddenError
        The actor weighs nothing.
    InvalidError
        Weights that are not shares of 100.
    ConflictError
        Somebody else changed them meanwhile.
    """
    require(actor, Permission.TIGHTNESS_WEIGH)
    check_weights(weights)
    own = sa.select(TightnessWeights).where(TightnessWeights.organisation_id == actor.organisation_id)
    stated = session.scalar(own.with_for_update().execution_options(populate_existing=True))
    check_version(stated, version)
    before = dict(stated.weights) if stated else {}
    if stated is None:
        stated = TightnessWeights(organisation_id=actor.organisation_id)
        session.add(stated)
    stated.weights = {indicator.value: weights[indicator] for indicator in IndicatorKind}
    stated.reason, stated.changed_by_id, stated.changed_at = reason, actor.user_id or 0, at
    audit.record(session, actor, "tightness.weigh", stated, at=at, before=before, after=dict(stated.weights))
    return stated

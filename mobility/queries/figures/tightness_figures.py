"""The composite of tightness from the figures that a ministry took in; reads only, suggests and declares nothing."""

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal

import sqlalchemy as sa
from sqlalchemy.orm import Session, joinedload

from mobility.models.concepts.occupations import Occupation
from mobility.models.shortages.publications import Publication, PublishedFigure, TightnessWeights
from mobility.rules.figures.tightness import EQUAL_WEIGHTS, Composite, IndicatorKind, composite
from mobility.security.actors import Actor
from mobility.security.scopes import visible

Key = tuple[int, str]


@dataclass(frozen=True)
class Reading:
    """The composite of one occupation in one region, and the figure behind each part."""

    occupation: Occupation
    region: str
    composite: Composite
    figures: Mapping[IndicatorKind, PublishedFigure]


@dataclass(frozen=True)
class Weighing:
    """The weights in use; ``stated`` is None while a ministry has stated none."""

    weights: Mapping[IndicatorKind, int]
    stated: TightnessWeights | None


def weighing(session: Session, organisation_id: int | None) -> Weighing:
    """Return how much each indicator counts for a ministry."""
    own = sa.select(TightnessWeights).where(TightnessWeights.organisation_id == organisation_id)
    stated = session.scalar(own.options(joinedload(TightnessWeights.changed_by)))
    if stated is None:
        return Weighing(EQUAL_WEIGHTS, None)
    return Weighing({indicator: stated.weights[indicator.value] for indicator in IndicatorKind}, stated)


def readings(session: Session, actor: Actor, organisation_id: int | None) -> Sequence[Reading]:
    """Return a ministry's composites, the tightest first, those without enough figures last."""
    figures = _figures(session, actor, organisation_id)
    weights = weighing(session, organisation_id).weights
    found = [_reading(figures, key, weights) for key in figures]
    return sorted(
        found,
        key=lambda each: (
            each.composite.score is None,
            -(each.composite.score or Decimal(0)),
            each.occupation.code,
            each.region,
        ),
    )


def reading(
    session: Session, actor: Actor, organisation_id: int | None, occupation_id: int, region: str
) -> Reading | None:
    """Return the composite of one occupation and region; None if no figure speaks of it."""
    figures = _figures(session, actor, organisation_id, occupation_id)
    key = (occupation_id, region)
    if not _around(figures, key):
        return None
    return _reading(figures, key, weighing(session, organisation_id).weights)


_Figures = Mapping[Key, Mapping[IndicatorKind, PublishedFigure]]


def _figures(session: Session, actor: Actor, organisation_id: int | None, occupation_id: int | None = None) -> _Figures:
    """Return the newest figure of each indicator by occupation and region."""
    seen = visible(actor, Publication).with_only_columns(Publication.id)
    select = (
        sa.select(PublishedFigure)
        .join(Publication, Publication.id == PublishedFigure.publication_id)
        .where(PublishedFigure.organisation_id == organisation_id, PublishedFigure.publication_id.in_(seen))
        .options(joinedload(PublishedFigure.occupation), joinedload(PublishedFigure.publication))
        .order_by(PublishedFigure.period_to, Publication.published_on, PublishedFigure.id)
    )
    if occupation_id is not None:
        select = select.where(PublishedFigure.occupation_id == occupation_id)
    found: dict[Key, dict[IndicatorKind, PublishedFigure]] = defaultdict(dict)
    for figure in session.scalars(select):
        found[figure.occupation_id, figure.region][figure.indicator] = figure
    return found


def _around(figures: _Figures, key: Key) -> dict[IndicatorKind, PublishedFigure]:
    """Return the figures of a region; for what it lacks, those of its whole country."""
    occupation, region = key
    whole = figures.get((occupation, region.partition("-")[0]), {})
    return {**whole, **figures.get(key, {})}


def _reading(figures: _Figures, key: Key, weights: Mapping[IndicatorKind, int]) -> Reading:
    known = _around(figures, key)
    found = composite({indicator: each.figure for indicator, each in known.items()}, weights)
    return Reading(next(iter(known.values())).occupation, key[1], found, known)

"""Policy simulations: what other rules, quotas or occupations of a scheme would bring; reads only, stores nothing."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import partial
from typing import Any

import numpy as np
from sqlalchemy.orm import Session, joinedload

from mobility.db import SessionFactory
from mobility.errors import InvalidError, NotFoundError
from mobility.matching.allocation import Quotas
from mobility.matching.runs import Bounds, Simulation, changed, with_remaining, with_shares
from mobility.models.schemes.quotas import Quota
from mobility.models.schemes.schemes import RuleSet, Scheme
from mobility.queries.lists import scheme_lists
from mobility.queries.lists.quota_lists import counters_of
from mobility.queries.pools import demands, pools, simulation_pools
from mobility.rules.basics.permissions import Permission
from mobility.rules.basics.places import day_in
from mobility.rules.cases.simulations import (
    Changes,
    changed_rules,
    law_on,
    newly_barred,
    share_cap,
    write_changes,
)
from mobility.rules.law.rulesets import Rule, about_jobs, about_workers, blocking, parse_rules
from mobility.rules.quotas.counters import check_cap
from mobility.security.actors import Actor
from mobility.security.policy import allowed, require
from mobility.security.scopes import one
from mobility.services.schemes import rule_drafts, rule_impact
from mobility.services.schemes.rule_impact import Impact
from mobility.services.schemes.schemes import WHOLE
from mobility.services.simulations import worlds
from mobility.services.simulations.figures import Json, figures, side
from mobility.services.simulations.worlds import LASTS, Loading, SimulationCache, World

#: Open proposals up to this number are judged one by one with every answer; more only when asked.
JUDGED_AT_ONCE = 300
DRAFT = "draft"


@dataclass(frozen=True)
class Law:
    """Rules of one day: under ``base``, what they are called in addresses; ``signed`` says whether all have signed."""

    base: str
    rules: tuple[Rule, ...]
    number: int | None
    signed: bool


def get(session: Session, actor: Actor, ref: str) -> Scheme:
    """Return a scheme that the actor may simulate.

    Raises
    ------
    NotFoundError, ForbiddenError
        Not visible, or not a scheme officer of a party to it.
    """
    scheme = one(session, actor, Scheme, ref, options=(*WHOLE, joinedload(Scheme.rule_draft)))
    require(actor, Permission.SCHEME_SIMULATE, scheme)
    return scheme


def law_of_today(scheme: Scheme, *, at: datetime) -> Law:
    """Return the rules in force; of a scheme that has none yet, those of its newest version."""
    signed = [
        each
        for each in scheme_lists.signed_versions(scheme)
        if scheme_lists.applies_on(each, day_in(scheme.country, at))
    ]
    current = signed[-1] if signed else None
    found: RuleSet = current or scheme.rule_sets[-1]
    day = max(day_in(scheme.country, at), found.valid_from)
    return Law("", law_on(parse_rules(found.rules), day), found.number, current is not None)


def bases(actor: Actor, scheme: Scheme, *, at: datetime) -> dict[str, Law]:
    """Return what a simulation may start from: the rules of today, later versions, and the draft of the next one."""
    today = law_of_today(scheme, at=at)
    found = {"": today}
    for each in scheme.rule_sets:
        if each.number > (today.number or 0):
            rules = law_on(parse_rules(each.rules), max(day_in(scheme.country, at), each.valid_from))
            found[str(each.number)] = Law(str(each.number), rules, each.number, scheme_lists.is_signed(scheme, each))
    if scheme.rule_draft is not None and allowed(actor, Permission.SCHEME_EDIT, scheme):
        now = rule_drafts.working(scheme)
        found[DRAFT] = Law(DRAFT, law_on(now.rules, max(day_in(scheme.country, at), now.first_day)), None, signed=False)
    return found


@dataclass(frozen=True)
class Ready:
    """A pool to ask; ``current`` says whether nothing has changed since, ``changes`` how many workers have."""

    world: World
    current: bool
    changes: int


def prepared(
    session: Session, sessions: SessionFactory, shelf: SimulationCache, scheme: Scheme, *, at: datetime
) -> Ready | Loading:
    """Return a scheme's pool: a small one as it is now, a large one as it was read, else how far its reading is.

    Raises
    ------
    InvalidError
        ``simulation.too_large``: it would not fit into this process.
    """
    held, size = shelf.held(scheme.id), pools.number_matchable(session, scheme.id, at=at)
    current = held is not None and worlds.is_current(session, held, at=at)
    if held is not None and (current or (size > shelf.at_once and _lasts(session, held, scheme, at))):
        return Ready(held, current, 0 if current else worlds.changes_since(session, held))
    shelf.check_size(size)
    rules = law_of_today(scheme, at=at).rules
    read = partial(worlds.read, sessions, scheme.id, rules, at=at)
    if size <= shelf.at_once:
        return Ready(shelf.put(read()), current=True, changes=0)
    return shelf.begin(scheme.id, lambda progress: read(progress=progress))


def _lasts(session: Session, held: World, scheme: Scheme, at: datetime) -> bool:
    return worlds.is_scored_alike(session, held) and held.day == day_in(scheme.country, at) and at - held.at < LASTS


@dataclass(frozen=True)
class Answer:
    """What a simulation came to: its figures, the rules on either side, and whom of the open proposals it would stop.

    ``impact`` is None where no rule on workers differs, or where the open proposals were too many to judge unasked.
    """

    figures: Json
    before: tuple[Rule, ...]
    after: tuple[Rule, ...]
    impact: Impact | None
    open_proposals: int
    protected: bool


def answer(
    session: Session,
    actor: Actor,
    scheme: Scheme,
    world: World,
    changes: Changes,
    *,
    at: datetime,
    judge: bool = False,
) -> Answer:
    """Compare a scheme as it is with the scheme as changed, over the whole pool and all open vacancies.

    Raises
    ------
    ForbiddenError
        The actor is no scheme officer of a party to it.
    NotFoundError
        There is no such version of the rules to start from.
    InvalidError
        Whatever does not fit: a rule (with its path), a quota that is not there or whose cap lies below what is taken
        (``field`` is ``cap_<reference>``), a country that no agreement names.
    """
    require(actor, Permission.SCHEME_SIMULATE, scheme)
    today = law_of_today(scheme, at=at).rules
    law = bases(actor, scheme, at=at).get(changes.base)
    if law is None:
        raise NotFoundError("rule_set")
    new = changed_rules(law.rules, changes)
    quotas = _quotas(session, scheme, world, changes)
    key = repr((write_changes(changes), _written(today), _written(new), [each.remaining.tolist() for each in quotas]))
    told = world.answer(key, partial(_compared, world, changes, today, new, quotas))
    count = simulation_pools.open_proposals(session, scheme.id)
    differs = blocking(about_workers(today)) != blocking(about_workers(new))
    found = None
    if differs and (judge or count <= JUDGED_AT_ONCE):
        found = rule_impact.impact(session, actor, scheme, new, day_in(scheme.country, at), at=at)
    may = allowed(actor, Permission.FAIRNESS_VIEW, scheme)
    shown = told if may else {**told, "protected": {}, "fairness": {}}
    return Answer(shown, today, new, found, count, may)


def _written(rules: Sequence[Rule]) -> list[tuple[str, Any]]:
    return [(rule.id, rule.condition, rule.severity) for rule in rules]  # type: ignore[misc]


def _compared(
    world: World, changes: Changes, today: Sequence[Rule], new: Sequence[Rule], quotas: tuple[Quotas, Quotas]
) -> Json:
    """Work out both sides; the run under the rules of today is the one in memory unless these have changed since."""
    old_law, new_law = ((*blocking(about_workers(rules)), *world.safeguards) for rules in (today, new))
    before_run = _under(world.run, old_law)
    everything = np.ones(len(world.run.demand), np.bool_)
    before = side(before_run, old_law, _bounds(world, quotas[0], everything), everything)
    open_ = _counted_vacancies(world, changes, today, new)
    after_run = before_run if new_law == old_law else _under(before_run, new_law)
    after = before
    if after_run is not before_run or not open_.all() or quotas[0] is not quotas[1]:
        after = side(after_run, new_law, _bounds(world, quotas[1], open_), open_)
    return figures(world, before, after)


def _under(run: Simulation, rules: Sequence[Rule]) -> Simulation:
    return changed(run, [rules])


def _counted_vacancies(world: World, changes: Changes, today: Sequence[Rule], new: Sequence[Rule]) -> Any:
    """Tell which open vacancies count: not of an occupation left out, and not refused by a changed rule on jobs."""
    old_jobs, new_jobs, jobs = blocking(about_jobs(today)), blocking(about_jobs(new)), world.run.demand
    stays = [str(facts["vacancy.occupation"]) not in changes.occupations for facts in jobs.facts]
    if old_jobs != new_jobs:
        day = world.day
        stays = [
            kept and not newly_barred(old_jobs, new_jobs, facts, day)
            for kept, facts in zip(stays, jobs.facts, strict=True)
        ]
    return np.array(stays, np.bool_)


def _bounds(world: World, quotas: Quotas, open_: Any) -> Bounds:
    places = np.where(open_, world.run.demand.positions, 0).astype(np.int64)
    return Bounds(places, quotas, world.kinds.of_worker, world.never)


def _quotas(session: Session, scheme: Scheme, world: World, changes: Changes) -> tuple[Quotas, Quotas]:
    """Return the quotas as they are now and as changed; the same object where nothing differs."""
    rows = simulation_pools.quota_rows(session, scheme.id)
    keys = world.run.demand.key.tolist()
    now = demands.quotas(session, scheme.id, keys, list(world.kinds.example))
    unknown = set(changes.caps) - {row.ref for row in rows}
    if unknown:
        raise InvalidError("simulation.unknown_quota", field="caps", quota=min(unknown))
    changed_caps = now
    if changes.caps:
        changed_caps = with_remaining(now, np.array([_remaining(row, changes.caps) for row in rows], np.int64))
    if not changes.shares:
        return now, changed_caps
    countries = {taking_part.agreement.origin.country for taking_part in scheme.agreements}
    strangers = set(changes.shares) - countries
    if strangers:
        raise InvalidError("simulation.unknown_origin", field="shares", country=min(strangers))
    places, kinds = int(world.run.demand.positions.sum()), np.array(world.kinds.origin, np.str_)
    members = [kinds == origin for origin in changes.shares]
    caps = [share_cap(places, percent) for percent in changes.shares.values()]
    return now, with_shares(changed_caps, members, caps, int(now.key.max(initial=0)) + 1)


def _remaining(row: Quota, caps: Mapping[str, int]) -> int:
    counters = counters_of(row)
    if row.ref not in caps:
        return counters.free
    try:
        check_cap(counters, caps[row.ref])
    except InvalidError as error:
        raise InvalidError(error.code, field=f"cap_{row.ref}", **error.params) from None
    return caps[row.ref] - counters.taken

"""What the installation keeps for a while goes after it; what somebody may still need stays."""

from datetime import timedelta

import sqlalchemy as sa

from mobility.models.accounts.sessions import SignInAttempt, UserSession
from mobility.models.platform.jobs import IdempotencyKey, Job
from mobility.rules.cases.jobs import JobState
from mobility.services.platform import idempotency, jobs, leftovers
from tests.days import new_day


def test_keys_sessions_attempts_and_hourly_jobs_go_when_they_are_old(session, make, at):
    actor = make.scheme_officer("US")
    for ago in (timedelta(hours=1), timedelta(days=40)):
        then = at - ago
        idempotency.begin(session, actor, f"key{ago.days}", "content", at=then)
        session.add(
            UserSession(token_hash=f"t{ago.days}", user_id=actor.user_id, state={}, created_at=then, seen_at=then)
        )
        session.add(SignInAttempt(key_hash=f"a{ago.days}", attempts=1, window_started_at=then))
        for kind in (leftovers.HOURLY, "match.score"):
            jobs.enqueue(session, kind, f"{kind}:{ago.days}", {}, at=then)
    session.execute(sa.update(Job).values(state=JobState.DONE, finished_at=Job.created_at))

    assert new_day(leftovers, session, at, "") == 4
    assert new_day(leftovers, session, at, "") == 0

    assert session.scalars(sa.select(IdempotencyKey.key)).all() == ["key0"]
    assert session.scalars(sa.select(UserSession.token_hash)).all() == ["t0"]
    assert session.scalars(sa.select(SignInAttempt.key_hash)).all() == ["a0"]
    kept = set(session.scalars(sa.select(Job.key)))
    assert kept == {"days.take:0", "match.score:0", "match.score:40"}

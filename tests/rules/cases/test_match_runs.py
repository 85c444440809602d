from mobility.rules.basics.permissions import Permission
from mobility.rules.cases.match_runs import LIFECYCLE, MatchRunEvent, MatchRunState


def test_a_run_goes_from_the_queue_to_its_end():
    running = LIFECYCLE.advance(MatchRunState.QUEUED, MatchRunEvent.START)
    assert LIFECYCLE.advance(running, MatchRunEvent.FINISH) is MatchRunState.FINISHED


def test_a_finished_run_is_never_changed():
    assert LIFECYCLE.events(MatchRunState.FINISHED) == ()


def test_a_person_may_stop_a_run_until_it_is_over():
    for state in (MatchRunState.QUEUED, MatchRunState.RUNNING):
        row = LIFECYCLE.transition(state, MatchRunEvent.CANCEL)
        assert row.permission is Permission.MATCH_RUN_CANCEL
        assert not row.by_system

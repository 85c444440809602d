from mobility.rules.basics.organisations import OrganisationKind, Role
from mobility.rules.cases.match_runs import LIFECYCLE, MatchRunEvent, MatchRunState


def test_a_run_goes_from_the_queue_to_its_end():
    running = LIFECYCLE.advance(MatchRunState.QUEUED, MatchRunEvent.START)
    assert LIFECYCLE.advance(running, MatchRunEvent.FINISH) is MatchRunState.FINISHED


def test_a_finished_run_is_never_changed():
    assert LIFECYCLE.events(MatchRunState.FINISHED) == ()


def test_scheme_officers_of_the_destination_may_stop_a_run_and_nobody_else():
    for state in (MatchRunState.QUEUED, MatchRunState.RUNNING):
        row = LIFECYCLE.transition(state, MatchRunEvent.CANCEL)
        assert row.open_to(Role.SCHEME_OFFICER, OrganisationKind.DESTINATION_MINISTRY)
        assert not row.open_to(Role.SCHEME_OFFICER, OrganisationKind.ORIGIN_MINISTRY)
        assert not row.open_to(Role.REVIEWER, OrganisationKind.DESTINATION_MINISTRY)
        assert not row.open_to(Role.RECRUITER, OrganisationKind.EMPLOYER)
        assert not row.by_system

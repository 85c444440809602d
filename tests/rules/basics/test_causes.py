import pytest

from mobility.errors import InvalidError
from mobility.rules.basics.causes import CAUSES_FOR, Cause, CausedStep, Why, check_cause

#: Causes that follow from a step on something else; nobody chooses them.
FOLLOW = {
    Cause.TERMS_MOVED,
    Cause.LAST_DAY_PAST,
    Cause.SHORTAGE_ENDED,
    Cause.SCHEME_CLOSED,
    Cause.EMPLOYER_DEBARRED,
}


@pytest.mark.parametrize("step", CausedStep)
def test_each_step_takes_its_own_causes_and_no_other(step):
    for cause in Cause:
        if cause in CAUSES_FOR[step]:
            assert check_cause(step, Why(cause)) is cause
        else:
            with pytest.raises(InvalidError, match=r"cause\.not_for_step"):
                check_cause(step, Why(cause))


@pytest.mark.parametrize("step", CausedStep)
def test_no_step_goes_without_a_cause(step):
    with pytest.raises(InvalidError, match=r"cause\.missing") as refused:
        check_cause(step, Why(None, "because"))
    assert refused.value.field == "cause"


def test_every_cause_can_be_chosen_somewhere_or_follows_from_another_step():
    chosen = {cause for causes in CAUSES_FOR.values() for cause in causes}
    assert chosen | FOLLOW == set(Cause)
    assert not chosen & FOLLOW

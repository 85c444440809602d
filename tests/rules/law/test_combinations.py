import pytest
from hypothesis import given
from hypothesis import strategies as st

from mobility.rules.basics.findings import Verdict
from mobility.rules.law.combinations import AllOf, AnyOf, When, both, either, negated
from mobility.rules.law.comparisons import IsTrue, Range
from tests.rules.rule_worlds import LEAVES, SOME_FACTS

VERDICTS = st.sampled_from(list(Verdict))
YES, NO, OPEN = Verdict.PASS, Verdict.FAIL, Verdict.UNKNOWN


class TestKleeneLaws:
    @pytest.mark.parametrize(
        ("one", "other", "and_", "or_"),
        [
            (YES, YES, YES, YES),
            (YES, NO, NO, YES),
            (YES, OPEN, OPEN, YES),
            (NO, NO, NO, NO),
            (NO, OPEN, NO, OPEN),
            (OPEN, OPEN, OPEN, OPEN),
        ],
    )
    def test_the_tables_are_kleenes(self, one, other, and_, or_):
        assert both(one, other) is both(other, one) is and_
        assert either(one, other) is either(other, one) is or_

    @given(VERDICTS, VERDICTS, VERDICTS)
    def test_and_and_or_are_associative_and_distribute(self, a, b, c):
        assert both(a, both(b, c)) is both(both(a, b), c)
        assert either(a, either(b, c)) is either(either(a, b), c)
        assert both(a, either(b, c)) is either(both(a, b), both(a, c))
        assert either(a, both(b, c)) is both(either(a, b), either(a, c))

    @given(VERDICTS, VERDICTS)
    def test_de_morgan_absorption_and_double_negation(self, a, b):
        assert negated(both(a, b)) is either(negated(a), negated(b))
        assert both(a, either(a, b)) is a
        assert negated(negated(a)) is a


@given(st.lists(LEAVES, min_size=1, max_size=4), SOME_FACTS)
def test_all_of_is_the_and_of_its_parts_and_any_of_the_or(parts, facts):
    verdicts = [part.apply(facts).verdict for part in parts]
    and_, or_ = verdicts[0], verdicts[0]
    for verdict in verdicts[1:]:
        and_, or_ = both(and_, verdict), either(or_, verdict)
    assert AllOf(tuple(parts)).apply(facts).verdict is and_
    assert AnyOf(tuple(parts)).apply(facts).verdict is or_


@given(st.lists(LEAVES, min_size=1, max_size=4), SOME_FACTS, st.randoms(use_true_random=False))
def test_the_order_of_parts_changes_no_verdict(parts, facts, random):
    shuffled = random.sample(parts, len(parts))
    for kind in (AllOf, AnyOf):
        assert kind(tuple(parts)).apply(facts).verdict is kind(tuple(shuffled)).apply(facts).verdict


@given(LEAVES, LEAVES, SOME_FACTS)
def test_when_is_not_the_condition_or_the_consequence(condition, then, facts):
    expected = either(negated(condition.apply(facts).verdict), then.apply(facts).verdict)
    assert When(condition, then).apply(facts).verdict is expected


class TestReasons:
    ADULT, HOUSED = Range("worker.age", 18), IsTrue("vacancy.housing_free")

    def test_all_of_gives_the_reason_of_the_part_that_failed(self):
        seen = AllOf((self.ADULT, self.HOUSED)).apply({"worker.age": 30, "vacancy.housing_free": False})
        assert (seen.code, seen.params) == ("is_true.not_met", {"field": "vacancy.housing_free"})

    def test_any_of_lists_the_reason_of_every_part(self):
        seen = AnyOf((self.ADULT, self.HOUSED)).apply({"worker.age": 17, "vacancy.housing_free": False})
        assert (seen.code, seen.params["codes"]) == ("any_of.none", "range.below,is_true.not_met")

    def test_any_of_says_which_sort_of_part_passed(self):
        assert AnyOf((self.ADULT, self.HOUSED)).apply({"worker.age": 18}).params == {"by": "range.met"}

    def test_what_is_missing_is_gathered_from_all_open_parts(self):
        for kind in (AllOf, AnyOf):
            assert kind((self.HOUSED, self.ADULT)).apply({}).params == {"missing": "vacancy.housing_free,worker.age"}

    def test_a_case_of_another_sort_passes(self):
        seen = When(self.HOUSED, self.ADULT).apply({"vacancy.housing_free": False, "worker.age": 3})
        assert (seen.verdict, seen.code) == (YES, "when.not_applicable")

    def test_a_case_of_the_sort_is_judged_by_the_consequence(self):
        seen = When(self.HOUSED, self.ADULT).apply({"vacancy.housing_free": True, "worker.age": 3})
        assert (seen.verdict, seen.code) == (NO, "range.below")

    def test_it_does_not_matter_of_which_sort_when_the_consequence_passes(self):
        assert When(self.HOUSED, self.ADULT).apply({"worker.age": 30}).verdict is YES
        assert When(self.HOUSED, self.ADULT).apply({"worker.age": 3}).params == {"missing": "vacancy.housing_free"}

from dataclasses import replace
from datetime import date

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, rule, run_state_machine_as_test

from mobility.errors import ConflictError, InvalidError, QuotaFullError
from mobility.rules.cases.workers import Sex
from mobility.rules.quotas import counters as quotas
from mobility.rules.quotas.counters import (
    DELTAS,
    Counters,
    QuotaCondition,
    QuotaDimension,
    QuotaFacts,
    QuotaKey,
    QuotaMove,
    check_cap,
    fits_vacancy,
    fits_worker,
    move,
    open_remainder,
    read_conditions,
    touched,
    touches,
    write_conditions,
)

SEASON = (date(2027, 1, 1), date(2027, 12, 31))
FACTS = QuotaFacts(
    scheme=7,
    starts_on=date(2027, 4, 1),
    origin="GT",
    sectors=frozenset({"agriculture"}),
    region="US-FL",
    employer="E-1",
    returning=True,
    sex=Sex.FEMALE,
)
D = QuotaDimension
COUNTERS = st.builds(
    lambda held, committed, used, free, released: Counters(
        held + committed + used + free, held, committed, used, released
    ),
    *[st.integers(0, 5)] * 5,
)


def key(dimension=D.TOTAL, value="", scheme=7, period=SEASON):
    return QuotaKey(scheme, *period, dimension, value)


@pytest.mark.parametrize(
    ("dimension", "value", "takes"),
    [
        (D.TOTAL, "", True),
        (D.ORIGIN, "GT", True),
        (D.ORIGIN, "HN", False),
        (D.ORIGIN, "SV, GT,HN", True),
        (D.ORIGIN, "G", False),
        (D.SECTOR, "agriculture", True),
        (D.SECTOR, "fishing", False),
        (D.REGION, "US-FL", True),
        (D.REGION, "US", True),
        (D.REGION, "US-GA", False),
        (D.REGION, "US-F", False),
        (D.EMPLOYER, "E-1", True),
        (D.EMPLOYER, "E-11", False),
        (D.RETURNING, "yes", True),
        (D.RETURNING, "no", False),
        (D.SEX_FLOOR, "female", False),
        (D.SEX_FLOOR, "male", True),
        (D.ORIGIN, "", False),
    ],
)
def test_an_approval_touches_the_quotas_that_name_it(dimension, value, takes):
    assert touches(key(dimension, value), FACTS) is takes


def test_first_timers_touch_the_other_side_of_the_returning_quota():
    first = QuotaFacts(7, FACTS.starts_on, "GT", FACTS.sectors, "US-FL", "E-1", returning=False, sex=Sex.MALE)
    assert touches(key(D.RETURNING, "no"), first)
    assert not touches(key(D.RETURNING, "yes"), first)


def test_other_schemes_and_periods_are_not_touched():
    assert not touches(key(scheme=8), FACTS)
    assert not touches(key(period=(date(2027, 4, 2), date(2027, 12, 31))), FACTS)
    assert not touches(key(period=(date(2026, 1, 1), date(2027, 3, 31))), FACTS)


def test_first_and_last_day_of_a_period_are_in_it():
    assert touches(key(period=(FACTS.starts_on, FACTS.starts_on)), FACTS)


@given(st.sampled_from(Sex))
def test_a_floor_leaves_those_it_is_for_alone_and_counts_everybody_else(sex):
    facts = QuotaFacts(7, FACTS.starts_on, "GT", frozenset(), "US", "E-1", returning=False, sex=sex)
    assert touches(key(D.SEX_FLOOR, "female"), facts) is (sex is not Sex.FEMALE)


def test_a_floor_without_a_value_reserves_for_nobody():
    assert touches(key(D.SEX_FLOOR, ""), FACTS)


@given(
    st.permutations([key(), key(D.ORIGIN, "GT"), key(D.REGION, "US"), key(D.ORIGIN, "GT,HN"), key(D.SECTOR, "fishing")])
)
def test_touched_quotas_come_in_the_same_order_however_they_are_read(keys):
    mine = touched(keys, FACTS)
    assert [(k.dimension, k.value) for k in mine] == [
        (D.ORIGIN, "GT"),
        (D.ORIGIN, "GT,HN"),
        (D.REGION, "US"),
        (D.TOTAL, ""),
    ]


def test_a_case_with_no_sector_touches_no_sector_quota():
    facts = QuotaFacts(7, FACTS.starts_on, "GT", frozenset(), "US-FL", "E-1", returning=True, sex=Sex.FEMALE)
    assert touched([key(D.SECTOR, "agriculture"), key(D.SECTOR, "")], facts) == ()


@given(st.integers(0, 50), st.integers(0, 50))
def test_a_floor_is_a_cap_on_everybody_else(total, floor):
    if floor > total:
        with pytest.raises(InvalidError, match=r"quota\.floor_above_total"):
            open_remainder(total, floor)
    else:
        assert open_remainder(total, floor) + floor == total


@pytest.mark.parametrize(("total", "floor"), [(-1, 0), (5, -1)])
def test_negative_caps_and_floors_are_refused(total, floor):
    with pytest.raises(InvalidError, match=r"quota\.negative_cap"):
        open_remainder(total, floor)


@given(st.integers(0, 12), st.data())
def test_whatever_the_order_of_approvals_the_floor_is_kept_for_women(total, data):
    floor = data.draw(st.integers(0, total))
    whole, rest = Counters(total), Counters(open_remainder(total, floor))
    women = 0
    for sex in data.draw(st.lists(st.sampled_from(Sex), max_size=30)):
        facts = QuotaFacts(7, FACTS.starts_on, "GT", frozenset(), "US", "E-1", returning=False, sex=sex)
        others = touches(key(D.SEX_FLOOR, "female"), facts)
        try:
            after = move(whole, QuotaMove.TAKE)
            rest = move(rest, QuotaMove.TAKE) if others else rest
        except QuotaFullError:
            assert whole.free == 0 or (others and rest.free == 0)
            continue
        whole, women = after, women + (not others)
        assert whole.taken - women <= total - floor, "others took units that are reserved"
    assert whole.free >= max(0, floor - women), "what is reserved and not taken is still there"


@given(COUNTERS, st.sampled_from(QuotaMove), st.integers(1, 3))
def test_a_move_keeps_every_invariant_or_changes_nothing(before, what, units):
    copy = Counters(before.cap, before.held, before.committed, before.used, before.released)
    try:
        after = move(before, what, units=units, quota="Q-1")
    except (QuotaFullError, ConflictError):
        assert before == copy
        return
    assert before == copy
    assert after.cap == before.cap
    assert 0 <= after.taken <= after.cap
    assert min(after.held, after.committed, after.used, after.released) >= 0
    assert after.free + after.taken == after.cap
    assert (after.taken + after.released) - (before.taken + before.released) == sum(DELTAS[what]) * units
    assert after.released >= before.released


@given(COUNTERS)
def test_a_unit_is_to_be_had_exactly_while_one_is_free(counters):
    for what in (QuotaMove.HOLD, QuotaMove.TAKE):
        if counters.free:
            assert move(counters, what).free == counters.free - 1
        else:
            with pytest.raises(QuotaFullError, match="quota Q-1 is full"):
                move(counters, what, quota="Q-1")


@given(COUNTERS)
def test_only_what_is_there_moves_on(counters):
    needs = {
        QuotaMove.COMMIT: counters.held,
        QuotaMove.RELEASE_HELD: counters.held,
        QuotaMove.USE: counters.committed,
        QuotaMove.RELEASE_COMMITTED: counters.committed,
    }
    for what, there in needs.items():
        if there:
            move(counters, what, units=there)
        with pytest.raises(ConflictError) as refusal:
            move(counters, what, units=there + 1)
        assert refusal.value.code == "quota.nothing_to_move"
        assert refusal.value.code in quotas.CODES


@given(COUNTERS)
def test_a_hold_that_is_committed_takes_what_a_direct_approval_takes(counters):
    if counters.free:
        assert move(move(counters, QuotaMove.HOLD), QuotaMove.COMMIT) == move(counters, QuotaMove.TAKE)


@given(COUNTERS)
def test_taking_and_releasing_gives_the_unit_back_and_leaves_a_trace(counters):
    if counters.free:
        back = move(move(counters, QuotaMove.TAKE), QuotaMove.RELEASE_COMMITTED)
        assert back.free == counters.free
        assert back.released == counters.released + 1


def test_moving_on_is_possible_in_a_quota_that_is_full_or_was_cut():
    cut = Counters(cap=1, held=1, committed=1)
    assert move(cut, QuotaMove.COMMIT) == Counters(cap=1, held=0, committed=2)
    assert move(cut, QuotaMove.RELEASE_HELD) == Counters(cap=1, committed=1, released=1)
    with pytest.raises(QuotaFullError):
        move(cut, QuotaMove.TAKE)


@pytest.mark.parametrize("units", [0, -1])
def test_nothing_or_less_does_not_move(units):
    with pytest.raises(ValueError, match="at least one unit"):
        move(Counters(5), QuotaMove.TAKE, units=units)


def test_the_moves_are_these():
    assert {what: DELTAS[what] for what in QuotaMove} == {
        "hold": (1, 0, 0, 0),
        "commit": (-1, 1, 0, 0),
        "take": (0, 1, 0, 0),
        "use": (0, -1, 1, 0),
        "release_held": (-1, 0, 0, 1),
        "release_committed": (0, -1, 0, 1),
    }


@given(COUNTERS, st.integers(-3, 25))
def test_a_cap_may_not_go_below_what_is_taken(counters, cap):
    if 0 <= cap >= counters.taken:
        check_cap(counters, cap)
    else:
        with pytest.raises(InvalidError) as refusal:
            check_cap(counters, cap)
        assert refusal.value.code == ("quota.negative_cap" if cap < 0 else "quota.cap_below_taken")


class Ledger(RuleBasedStateMachine):
    """A quota beside a plain list of who holds what; the two must tell the same story."""

    @initialize(cap=st.integers(0, 4))
    def begin(self, cap):
        self.counters, self.cases, self.released = Counters(cap), {"held": 0, "committed": 0, "used": 0}, 0

    def full(self):
        return sum(self.cases.values()) >= self.counters.cap

    @rule(into=st.sampled_from(["held", "committed"]))
    def ask_for_one(self, into):
        what = {"held": QuotaMove.HOLD, "committed": QuotaMove.TAKE}[into]
        if self.full():
            with pytest.raises(QuotaFullError):
                move(self.counters, what)
        else:
            self.counters = move(self.counters, what)
            self.cases[into] += 1

    @rule(
        what=st.sampled_from(
            [
                (QuotaMove.COMMIT, "held", "committed"),
                (QuotaMove.USE, "committed", "used"),
                (QuotaMove.RELEASE_HELD, "held", None),
                (QuotaMove.RELEASE_COMMITTED, "committed", None),
            ]
        )
    )
    def move_one_on(self, what):
        event, source, target = what
        if not self.cases[source]:
            with pytest.raises(ConflictError):
                move(self.counters, event)
            return
        self.counters = move(self.counters, event)
        self.cases[source] -= 1
        if target:
            self.cases[target] += 1
        else:
            self.released += 1

    @invariant()
    def the_counters_are_what_the_cases_say(self):
        ours = self.counters
        assert {"held": ours.held, "committed": ours.committed, "used": ours.used} == self.cases
        assert ours.released == self.released
        assert ours.taken <= ours.cap


def test_counters_tell_the_story_of_the_cases():
    run_state_machine_as_test(Ledger, settings=settings(max_examples=100, stateful_step_count=30, deadline=None))


# --- combinations

NOT_HN = QuotaCondition(D.ORIGIN, ("HN", "SV"), outside=True)


@pytest.mark.parametrize(
    ("dimension", "value", "conditions", "takes"),
    [
        (D.SECTOR, "agriculture", [QuotaCondition(D.ORIGIN, ("GT",))], True),
        (D.SECTOR, "agriculture", [QuotaCondition(D.ORIGIN, ("HN",))], False),
        (D.SECTOR, "fishing", [QuotaCondition(D.ORIGIN, ("GT",))], False),
        (D.REGION, "US", [QuotaCondition(D.EMPLOYER, ("E-1", "E-2"))], True),
        (D.REGION, "US", [QuotaCondition(D.EMPLOYER, ("E-2",))], False),
        (D.TOTAL, "", [NOT_HN], True),
        (D.TOTAL, "", [QuotaCondition(D.ORIGIN, ("GT", "HN"), outside=True)], False),
        (D.RETURNING, "yes", [NOT_HN, QuotaCondition(D.SECTOR, ("agriculture",))], True),
        (D.SEX_FLOOR, "male", [QuotaCondition(D.ORIGIN, ("GT",))], True),
        (D.SEX_FLOOR, "female", [QuotaCondition(D.ORIGIN, ("GT",))], False),
    ],
)
def test_an_approval_touches_a_quota_that_asks_several_things_if_it_meets_them_all(dimension, value, conditions, takes):
    assert touches(QuotaKey(7, *SEASON, dimension, value, tuple(conditions)), FACTS) is takes


CONDITIONS = st.lists(
    st.builds(
        QuotaCondition,
        st.sampled_from([D.ORIGIN, D.SECTOR, D.REGION, D.EMPLOYER, D.RETURNING]),
        st.lists(st.sampled_from(["GT", "HN", "US-FL", "agriculture", "E-1", "yes"]), min_size=1, unique=True).map(
            lambda values: tuple(sorted(values))
        ),
        outside=st.booleans(),
    ),
    unique_by=lambda each: each.dimension,
)


@given(conditions=CONDITIONS, order=st.randoms())
def test_conditions_come_back_from_their_text_which_is_one_for_equal_ones(conditions, order):
    text = write_conditions(conditions)
    turned = list(conditions)
    order.shuffle(turned)
    assert write_conditions(turned) == text
    assert sorted(read_conditions(text), key=repr) == sorted(conditions, key=repr)
    assert bool(text) is bool(conditions)


@pytest.mark.parametrize("text", ["origin", "origin=", "=GT", "colour=red", "origin=GT;", ";"])
def test_what_is_no_condition_is_not_guessed_at(text):
    with pytest.raises(ValueError, match="."):
        read_conditions(text)


@given(conditions=CONDITIONS, origin=st.sampled_from(["GT", "HN"]), returning=st.booleans(), fits=st.booleans())
def test_both_sides_of_an_approval_together_tell_whether_it_touches(conditions, origin, returning, fits):
    quota = QuotaKey(7, *SEASON, D.TOTAL, "", tuple(conditions))
    facts = replace(FACTS, origin=origin, returning=returning, region="US-FL" if fits else "US-GA")
    other_worker = replace(facts, origin="MX", returning=not returning, sex=Sex.MALE)
    other_job = replace(facts, starts_on=date(1999, 1, 1), sectors=frozenset(), region="CA", employer="E-9")
    assert touches(quota, facts) is (fits_vacancy(quota, facts) and fits_worker(quota, facts))
    assert fits_vacancy(quota, other_worker) is fits_vacancy(quota, facts)
    assert fits_worker(quota, other_job) is fits_worker(quota, facts)

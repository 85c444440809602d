from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mobility.errors import ConflictError, ForbiddenError
from mobility.rules.basics.findings import Verdict, worst
from mobility.rules.cases import schemes
from mobility.rules.cases.agreements import Side
from mobility.rules.cases.schemes import (
    SchemeEvent,
    Signature,
    activation_findings,
    check_signer,
    closing_findings,
    event_for,
    side_complete,
    signatures_complete,
    submission_findings,
    unsigned,
)
from tests.rules.codes import told

US, GT, HN = 1, 2, 3
PARTIES = {US: Side.DESTINATION, GT: Side.ORIGIN}
CORRIDOR = {US: Side.DESTINATION, GT: Side.ORIGIN, HN: Side.ORIGIN}


def sign(organisation, user, rule_set=1, side=None):
    return Signature(side or CORRIDOR.get(organisation, Side.ORIGIN), organisation, user, rule_set)


ANNA, BEA, CARLA = 11, 12, 13
BOTH = (sign(US, ANNA), sign(GT, BEA))


def refused(signatures, new, parties=PARTIES):
    with pytest.raises((ForbiddenError, ConflictError)) as refusal:
        check_signer(signatures, new, parties)
    assert str(refusal.value) in schemes.CODES
    return type(refusal.value), str(refusal.value)


@pytest.mark.parametrize("first", [sign(US, ANNA), sign(GT, BEA)])
def test_either_side_may_sign_first(first):
    check_signer([], first, PARTIES)
    second = next(signature for signature in BOTH if signature.side is not first.side)
    check_signer([first], second, PARTIES)
    assert signatures_complete([first, second], PARTIES, 1)


def test_one_person_may_not_sign_for_both():
    assert refused([sign(US, ANNA)], sign(GT, ANNA)) == (ForbiddenError, "scheme.signs_for_both")


def test_a_ministry_signs_a_version_once():
    assert refused([sign(US, ANNA)], sign(US, CARLA)) == (ConflictError, "scheme.already_signed")
    assert refused([sign(US, ANNA)], sign(US, ANNA)) == (ConflictError, "scheme.already_signed")


def test_others_may_not_sign_nor_a_party_for_the_other_side():
    assert refused([], sign(HN, CARLA)) == (ForbiddenError, "scheme.not_a_party")
    assert refused([], sign(US, ANNA, side=Side.ORIGIN)) == (ForbiddenError, "scheme.not_a_party")
    assert refused([], sign(99, CARLA)) == (ForbiddenError, "scheme.not_a_party")


def test_a_new_version_is_signed_anew_and_old_signatures_do_not_stand_in_its_way():
    check_signer(BOTH, sign(US, ANNA, rule_set=2), PARTIES)
    check_signer(BOTH, sign(GT, ANNA, rule_set=2), PARTIES)
    assert not signatures_complete(BOTH, PARTIES, 2)
    assert unsigned(BOTH, PARTIES, 2) == {US, GT}


@pytest.mark.parametrize(
    ("signatures", "complete"),
    [
        ([], False),
        ([sign(US, ANNA)], False),
        ([sign(GT, BEA)], False),
        ([sign(US, ANNA), sign(GT, BEA)], True),
        ([sign(US, ANNA), sign(GT, ANNA)], False),
        ([sign(US, ANNA), sign(GT, BEA, rule_set=2)], False),
        ([sign(US, ANNA), sign(GT, BEA, side=Side.DESTINATION)], False),
        ([sign(US, ANNA), sign(US, BEA)], False),
        ([sign(US, ANNA), sign(HN, BEA)], False),
    ],
)
def test_a_version_is_signed_when_both_sides_did_by_two_people(signatures, complete):
    assert signatures_complete(signatures, PARTIES, 1) is complete


@pytest.mark.parametrize("parties", [{}, {US: Side.DESTINATION}, {GT: Side.ORIGIN}])
def test_a_scheme_without_two_sides_is_never_signed(parties):
    assert not signatures_complete([sign(org, org) for org in parties], parties, 1)


def test_with_two_origins_the_origin_side_waits_for_both():
    one, all_ = [sign(US, ANNA), sign(GT, BEA)], [sign(US, ANNA), sign(GT, BEA), sign(HN, CARLA)]
    assert side_complete(one, CORRIDOR, 1, Side.DESTINATION)
    assert not side_complete(one, CORRIDOR, 1, Side.ORIGIN)
    assert unsigned(one, CORRIDOR, 1) == {HN}
    assert side_complete(all_, CORRIDOR, 1, Side.ORIGIN)
    assert signatures_complete(all_, CORRIDOR, 1)


SIGNATURES = st.lists(
    st.builds(Signature, st.sampled_from(Side), st.integers(1, 4), st.integers(11, 14), st.integers(1, 2)), max_size=12
)


@given(SIGNATURES)
def test_signatures_taken_one_by_one_through_the_check_complete_exactly_when_nobody_is_missing(wanted):
    given_ = []
    for signature in wanted:
        try:
            check_signer(given_, signature, CORRIDOR)
        except (ForbiddenError, ConflictError):
            continue
        given_.append(signature)
    for version in (1, 2):
        mine = [s for s in given_ if s.rule_set == version]
        assert len({s.user for s in mine}) == len({s.organisation for s in mine}) == len(mine)
        assert signatures_complete(given_, CORRIDOR, version) is (len(mine) == len(CORRIDOR))
        assert unsigned(given_, CORRIDOR, version) == set(CORRIDOR) - {s.organisation for s in mine}


def test_a_signature_stands_for_its_sides_event():
    assert event_for(Side.DESTINATION) is SchemeEvent.APPROVE_AS_DESTINATION
    assert event_for(Side.ORIGIN) is SchemeEvent.APPROVE_AS_ORIGIN


@pytest.mark.parametrize(
    ("lack", "code"),
    [
        ("rule_sets", "scheme_rule_set.none"),
        ("agreements_in_force", "scheme_agreement.none_in_force"),
        ("quotas", "scheme_quota.none"),
    ],
)
def test_a_scheme_needs_rules_an_agreement_and_a_quota(lack, code):
    whole = {"rule_sets": 1, "agreements_in_force": 1, "quotas": 1}
    assert worst(submission_findings(**whole)) is Verdict.PASS
    codes = told(schemes, submission_findings(**{**whole, lack: 0}))
    assert [c for c in codes if not c.endswith(".met")] == [code]


def test_a_scheme_closes_once_no_match_run_is_under_way():
    assert worst(closing_findings(runs=0)) is Verdict.PASS
    [busy] = closing_findings(runs=3)
    assert (busy.verdict, busy.code, busy.params) == (Verdict.FAIL, "scheme_match_runs.open", {"count": 3})
    assert set(told(schemes, [busy])) <= set(schemes.CODES)


def test_a_signed_scheme_starts_on_the_first_day_of_its_rules():
    start = date(2027, 1, 1)
    on_time = activation_findings(BOTH, PARTIES, 1, valid_from=start, today=start, agreements_in_force=1)
    early = activation_findings(BOTH, PARTIES, 1, valid_from=start, today=date(2026, 12, 31), agreements_in_force=1)
    assert told(schemes, on_time) == ["scheme_signatures.met", "scheme_rule_set.met", "scheme_agreement.met"]
    assert told(schemes, early) == ["scheme_signatures.met", "scheme_rule_set.not_yet_valid", "scheme_agreement.met"]


def test_a_scheme_does_not_start_or_go_on_without_an_agreement_in_force():
    start = date(2027, 1, 1)
    over = activation_findings(BOTH, PARTIES, 1, valid_from=start, today=start, agreements_in_force=0)
    assert told(schemes, over)[-1] == "scheme_agreement.none_in_force"


def test_a_scheme_does_not_start_half_signed():
    findings = activation_findings(
        BOTH[:1], PARTIES, 1, valid_from=date(2027, 1, 1), today=date(2027, 1, 1), agreements_in_force=1
    )
    assert told(schemes, findings)[0] == "scheme_signatures.missing"
    assert findings[0].params == {"missing": 1}

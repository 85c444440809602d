"""Vacancies from draft to opening: who may, under which guards, and that every step is recorded."""

from datetime import UTC, date, datetime, timedelta
from decimal import Decimal

import pytest
import sqlalchemy as sa

from mobility.errors import ConflictError, ForbiddenError, InvalidError, NotFoundError, TransitionError
from mobility.models.accounts.organisations import Organisation
from mobility.models.accounts.users import User
from mobility.models.platform.audit import AuditEvent
from mobility.models.vacancies import Vacancy, VacancySkill
from mobility.queries.lists import vacancy_lists
from mobility.rules.basics.causes import Cause, Why
from mobility.rules.basics.languages import Cefr
from mobility.rules.basics.organisations import OrganisationKind, Role
from mobility.rules.basics.skills import SkillLevel
from mobility.rules.basics.wages import PayPeriod
from mobility.rules.cases.vacancies import Deficiency, VacancyState
from mobility.security import audit
from mobility.security.actors import SYSTEM
from mobility.security.audit_verification import verify
from mobility.services import employers
from mobility.services.schemes import schemes
from mobility.services.shortages import shortages
from mobility.services.vacancies import amendments, vacancies
from mobility.services.vacancies.terms import LanguageNeed, SkillNeed
from tests.days import new_day
from tests.factories.vacancies import FLOORS

S = VacancyState


@pytest.fixture
def world(make):
    return make.vacancy_world()


class TestDraft:
    def test_it_keeps_the_terms_with_skills_and_languages(self, session, make, world, at):
        make.asked_skill("S0001", of="9211")
        make.asked_skill("S0002", of="9211")
        terms = make.vacancy_terms(
            world,
            skills=[SkillNeed("S0001", SkillLevel.ADVANCED), SkillNeed("S0002", essential=False)],
            languages=[LanguageNeed("en", Cefr.A2), LanguageNeed("fr", Cefr.NONE)],
            overtime_pay=Decimal(24),
            recruiter="None but us",
        )

        made = vacancies.draft(session, world.boss, terms, at=at)

        assert (made.state, made.country, made.employer_id) == (S.DRAFT, "US", world.employer.id)
        assert (made.shortage_id, made.scheme_id) == (world.shortage.id, world.scheme.id)
        assert [(need.skill.code, need.level, need.essential) for need in made.skills] == [
            ("S0001", 3, True),
            ("S0002", 1, False),
        ]
        assert [(need.language, need.level) for need in made.languages] == [("en", 2)]
        assert (made.overtime_pay, made.recruiter, made.worker_fees) == (Decimal("24.0000"), "None but us", 0)

    @pytest.mark.parametrize(
        ("changes", "code", "field"),
        [
            ({"scheme": "S-0000-0000-0"}, "vacancy.unknown_scheme", "scheme"),
            ({"shortage": "H-0000-0000-0"}, "vacancy.unknown_shortage", "shortage"),
            ({"occupation": "92"}, "unknown_occupation", "occupation"),
            ({"occupation": "9999"}, "unknown_occupation", "occupation"),
            ({"region": "CA-ON"}, "vacancy.region_abroad", "region"),
            ({"currency": "ZZZ"}, "vacancy.unknown_currency", "currency"),
            ({"positions": 0}, "vacancy_positions.not_positive", "positions"),
            ({"ends_on": date(2026, 7, 10)}, "vacancy_period.reversed", "ends_on"),
            ({"starts_on": date(2026, 1, 1), "ends_on": date(2026, 2, 1)}, "vacancy_period.past", "ends_on"),
            ({"hours_week": Decimal(169)}, "vacancy_hours.out_of_range", "hours_week"),
            ({"hours_week": Decimal("38.75")}, "vacancy.too_precise", "hours_week"),
            ({"pay": Decimal(0)}, "vacancy_pay.not_positive", "pay"),
            ({"pay": Decimal("1.00001")}, "vacancy.too_precise", "pay"),
            ({"worker_fees": Decimal(1)}, "zero_fees.charged", "no_fees"),
            ({"guarantee_share": Decimal("1.1")}, "share.not_a_share", "guarantee"),
            ({"experience_months": 601}, "vacancy.experience_out_of_range", "experience_months"),
            ({"skills": [SkillNeed("S9999")]}, "vacancy.unknown_skill", "essential_skills"),
        ],
    )
    def test_terms_that_do_not_fit_are_refused_at_their_field(self, session, make, world, at, changes, code, field):
        with pytest.raises(InvalidError) as refused:
            vacancies.draft(session, world.boss, make.vacancy_terms(world, **changes), at=at)
        assert (refused.value.code, refused.value.field) == (code, field)
        assert session.scalar(sa.select(sa.func.count(Vacancy.id))) == 0

    def test_a_suspended_shortage_cannot_be_named(self, session, make, world, at):
        officer = make.actor(
            OrganisationKind.DESTINATION_MINISTRY,
            "US",
            Role.SHORTAGE_OFFICER,
            of=session.get(Organisation, world.officer.organisation_id),
        )
        shortages.suspend(
            session,
            officer,
            world.shortage.ref,
            Why(Cause.UNDER_REVIEW, "Flood"),
            version=world.shortage.version,
            at=at,
        )
        with pytest.raises(InvalidError, match="vacancy.unknown_shortage"):
            vacancies.draft(session, world.boss, make.vacancy_terms(world), at=at)

    def test_only_an_employer_posts(self, session, make, world, at):
        for actor in (world.officer, world.post, world.origin):
            with pytest.raises(ForbiddenError):
                vacancies.draft(session, actor, make.vacancy_terms(world), at=at)

    def test_a_user_of_an_organisation_that_is_no_employer_yet_finds_nothing(self, session, make, world, at):
        boss = make.actor(OrganisationKind.EMPLOYER, "US", Role.RECRUITER)
        with pytest.raises(NotFoundError):
            vacancies.draft(session, boss, make.vacancy_terms(world), at=at)


class TestAmend:
    def test_a_draft_takes_new_terms_and_drops_old_parts(self, session, make, world, at):
        make.asked_skill("S0001", of="9211")
        make.asked_skill("S0002", of="9211")
        made = make.vacancy(world, S.DRAFT, skills=[SkillNeed("S0001")])

        terms = make.vacancy_terms(world, positions=4, skills=[SkillNeed("S0001"), SkillNeed("S0002")])
        amendments.amend(session, world.boss, made.ref, terms, version=made.version, at=at)

        assert made.positions == 4
        assert session.scalar(sa.select(sa.func.count(VacancySkill.id))) == 2

    def test_terms_of_a_submitted_vacancy_stand(self, session, make, world, at):
        made = make.vacancy(world, S.SUBMITTED)
        with pytest.raises(TransitionError, match="amend cannot follow submitted"):
            amendments.amend(session, world.boss, made.ref, make.vacancy_terms(world), version=made.version, at=at)

    def test_another_employer_does_not_see_it(self, session, make, world, at):
        made, stranger = make.vacancy(world, S.DRAFT), make.employer_actor(make.employer())
        with pytest.raises(NotFoundError):
            amendments.amend(session, stranger, made.ref, make.vacancy_terms(world), version=made.version, at=at)


class TestSubmit:
    def test_it_remembers_when_and_clears_old_reasons(self, session, make, world, at):
        made = make.vacancy(world, S.SUBMITTED)
        reasons = [Deficiency.HOURS_UNCLEAR, Deficiency.HOURS_UNCLEAR, Deficiency.DATES_UNFOUNDED]
        vacancies.send_back(session, world.officer, made.ref, reasons, " See form ", version=made.version, at=at)
        assert (made.state, made.deficiencies, made.state_reason) == (
            S.DEFICIENT,
            ["dates_unfounded", "hours_unclear"],
            "See form",
        )

        later = at + timedelta(hours=1)
        vacancies.submit(session, world.boss, made.ref, version=made.version, at=later)

        assert (made.state, made.deficiencies, made.state_reason, made.submitted_at) == (S.SUBMITTED, None, None, later)

    def test_work_that_is_over_cannot_be_submitted(self, session, make, world, at):
        made = make.vacancy(world, S.DRAFT)
        with pytest.raises(InvalidError, match="vacancy_period.past"):
            vacancies.submit(session, world.boss, made.ref, version=made.version, at=at + timedelta(days=365))

    def test_a_stale_submission_is_a_conflict(self, session, make, world, at):
        made = make.vacancy(world, S.DRAFT)
        with pytest.raises(ConflictError, match="stale"):
            vacancies.submit(session, world.boss, made.ref, version=made.version + 1, at=at)

    def test_the_ministry_does_not_submit_for_the_employer(self, session, make, world, at):
        made = make.vacancy(world, S.SUBMITTED)
        with pytest.raises(ForbiddenError):
            vacancies.submit(session, world.officer, made.ref, version=made.version, at=at)


def certify(session, world, made, positions=10, floors=FLOORS, *, at):
    return vacancies.certify(session, world.officer, made.ref, positions, floors, version=made.version, at=at)


class TestCertify:
    def test_all_positions_make_it_certified_and_keep_the_floors(self, session, make, world, at):
        made = certify(session, world, make.vacancy(world, S.SUBMITTED), at=at)
        assert (made.state, made.certified_positions, made.wage_floors) == (S.CERTIFIED, 10, {"aewr": "15.00"})

    def test_some_positions_make_it_partly_certified(self, session, make, world, at):
        made = certify(session, world, make.vacancy(world, S.SUBMITTED), 7, at=at)
        assert (made.state, made.certified_positions) == (S.PARTIALLY_CERTIFIED, 7)

    @pytest.mark.parametrize(
        ("positions", "code"), [(0, "vacancy_certified.not_positive"), (11, "vacancy_certified.more_than_asked")]
    )
    def test_a_number_beyond_what_was_asked_is_refused(self, session, make, world, at, positions, code):
        made = make.vacancy(world, S.SUBMITTED)
        with pytest.raises(InvalidError, match=code):
            certify(session, world, made, positions, at=at)
        assert (made.state, made.certified_positions) == (S.SUBMITTED, 0)

    @pytest.mark.parametrize(
        ("changes", "code"),
        [
            ({"occupation": "9212"}, "shortage_match.other_occupation"),
            ({"ends_on": date(2028, 1, 31), "starts_on": date(2027, 12, 1)}, "shortage_match.other_dates"),
            ({"pay": Decimal("14.99")}, "highest_of_floors.below"),
            ({"currency": "MXN"}, "highest_of_floors.other_currency"),
            ({"housing_free": False}, "vacancy_rule.failed"),
            ({"guarantee_share": Decimal("0.5")}, "vacancy_rule.failed"),
            ({"pay": Decimal(560), "pay_period": PayPeriod.WEEK}, "highest_of_floors.below"),
        ],
    )
    def test_terms_that_break_a_guard_are_refused(self, session, make, world, at, changes, code):
        make.occupation("9212")
        made = make.vacancy(world, S.SUBMITTED, **changes)
        with pytest.raises(InvalidError) as refused:
            certify(session, world, made, at=at)
        assert refused.value.code == code
        assert made.state is S.SUBMITTED

    def test_a_floor_that_nobody_looked_up_keeps_it_from_being_certified(self, session, make, world, at):
        with pytest.raises(InvalidError, match="fact.missing"):
            certify(session, world, make.vacancy(world, S.SUBMITTED), floors={}, at=at)

    def test_a_shortage_of_another_region_does_not_cover_it(self, session, make, at):
        world = make.vacancy_world(region="US-GA")
        with pytest.raises(InvalidError, match="shortage_match.other_region"):
            certify(session, world, make.vacancy(world, S.SUBMITTED), at=at)

    def test_an_employer_that_is_not_verified_gets_nothing_certified(self, session, make, world, at):
        made = make.vacancy(world, S.SUBMITTED)
        employers.suspend(session, world.officer, world.employer.ref, "Unpaid", version=world.employer.version, at=at)
        with pytest.raises(InvalidError, match="employer_verified.not_verified"):
            certify(session, world, made, at=at)

    def test_a_scheme_that_is_suspended_certifies_nothing(self, session, make, world, at):
        made = make.vacancy(world, S.SUBMITTED)
        schemes.suspend(
            session,
            world.officer,
            world.scheme.ref,
            Why(Cause.UNDER_REVIEW, "Talks"),
            version=world.scheme.version,
            at=at,
        )
        with pytest.raises(InvalidError, match="scheme_active.not_active"):
            certify(session, world, made, at=at)

    def test_headcount_already_certified_is_not_there_a_second_time(self, session, make, at):
        world = make.vacancy_world(headcount=15)
        make.vacancy(world, S.CERTIFIED)
        second = make.vacancy(world, S.SUBMITTED)
        with pytest.raises(InvalidError, match="shortage_left.too_few") as refused:
            certify(session, world, second, at=at)
        assert (refused.value.field, refused.value.params) == ("positions", {"left": 5, "positions": 10})
        assert certify(session, world, second, 5, at=at).certified_positions == 5

    def test_headcount_of_a_withdrawn_vacancy_is_free_again(self, session, make, at):
        world = make.vacancy_world(headcount=10)
        first, second = make.vacancy(world, S.CERTIFIED), make.vacancy(world, S.SUBMITTED)
        vacancies.withdraw(session, world.boss, first.ref, Why(Cause.NO_LONGER_NEEDED), version=first.version, at=at)
        assert certify(session, world, second, at=at).state is S.CERTIFIED

    def test_positions_filled_before_a_withdrawal_stay_counted(self, session, make, at):
        world = make.vacancy_world(headcount=10)
        first, second = make.vacancy(world, S.OPEN), make.vacancy(world, S.SUBMITTED)
        first.filled_positions = 3
        session.flush()
        vacancies.withdraw(session, world.boss, first.ref, Why(Cause.NO_LONGER_NEEDED), version=first.version, at=at)
        assert vacancy_lists.certified_against(session, world.shortage.id, without=second.id) == 3

    def test_only_a_scheme_officer_of_the_destination_certifies(self, session, make, world, at):
        made = make.vacancy(world, S.SUBMITTED)
        colleague = make.actor(OrganisationKind.DESTINATION_MINISTRY, "US", Role.REVIEWER)
        for actor, error in ((colleague, ForbiddenError), (world.boss, ForbiddenError), (world.origin, NotFoundError)):
            with pytest.raises(error):
                vacancies.certify(session, actor, made.ref, 10, FLOORS, version=made.version, at=at)

    def test_a_draft_is_nobodys_but_its_employers(self, session, make, world, at):
        made = make.vacancy(world, S.DRAFT)
        assert vacancies.get(session, world.boss, made.ref) is made
        for actor in (world.officer, world.origin, world.post):
            with pytest.raises(NotFoundError):
                vacancies.get(session, actor, made.ref)

    def test_a_vacancy_is_certified_once(self, session, make, world, at):
        made = make.vacancy(world, S.CERTIFIED)
        with pytest.raises(TransitionError):
            certify(session, world, made, at=at)


@pytest.mark.parametrize("step", [vacancies.send_back, vacancies.refuse, vacancies.revoke])
def test_a_step_against_a_vacancy_needs_a_coded_reason(session, make, world, at, step):
    start = S.OPEN if step is vacancies.revoke else S.SUBMITTED
    made = make.vacancy(world, start)
    with pytest.raises(InvalidError, match=r"vacancy.deficiency_missing in deficiencies"):
        step(session, world.officer, made.ref, [], "because", version=made.version, at=at)
    assert made.state is start


def test_a_refused_vacancy_stays_refused(session, make, world, at):
    made = make.vacancy(world, S.SUBMITTED)
    vacancies.refuse(session, world.officer, made.ref, [Deficiency.FEES_CHARGED], version=made.version, at=at)
    assert (made.state, made.deficiencies, made.state_reason) == (S.REFUSED, ["fees_charged"], None)
    with pytest.raises(TransitionError):
        vacancies.submit(session, world.boss, made.ref, version=made.version, at=at)


@pytest.mark.parametrize("state", [S.CERTIFIED, S.ATTESTED, S.OPEN])
def test_a_certification_can_be_revoked(session, make, world, at, state):
    made = make.vacancy(world, state)
    vacancies.revoke(session, world.officer, made.ref, [Deficiency.TERMS_BROKEN], version=made.version, at=at)
    assert made.state is S.REVOKED
    assert vacancy_lists.certified_against(session, world.shortage.id, without=0) == 0


class TestAttest:
    def test_a_post_of_an_origin_attests_and_the_ministry_opens(self, session, make, world, at):
        made = make.vacancy(world, S.CERTIFIED)
        vacancies.attest(session, world.post, made.ref, version=made.version, at=at)
        assert made.state is S.ATTESTED
        vacancies.open_matching(session, world.officer, made.ref, version=made.version, at=at)
        assert made.state is S.OPEN

    def test_a_post_of_a_stranger_does_not_see_it(self, session, make, world, at):
        made = make.vacancy(world, S.CERTIFIED)
        stranger = make.post_of(make.scheme_officer("GT", origin=True))
        with pytest.raises(NotFoundError):
            vacancies.attest(session, stranger, made.ref, version=made.version, at=at)

    def test_the_origin_ministry_itself_does_not_attest(self, session, make, world, at):
        made = make.vacancy(world, S.CERTIFIED)
        with pytest.raises(ForbiddenError):
            vacancies.attest(session, world.origin, made.ref, version=made.version, at=at)

    def test_nobody_attests_for_a_suspended_employer(self, session, make, world, at):
        made = make.vacancy(world, S.CERTIFIED)
        employers.suspend(session, world.officer, world.employer.ref, "Unpaid", version=world.employer.version, at=at)
        with pytest.raises(InvalidError, match="employer_verified.not_verified"):
            vacancies.attest(session, world.post, made.ref, version=made.version, at=at)

    def test_an_uncertified_vacancy_is_not_opened(self, session, make, world, at):
        made = make.vacancy(world, S.CERTIFIED)
        with pytest.raises(TransitionError):
            vacancies.open_matching(session, world.officer, made.ref, version=made.version, at=at)

    def test_work_that_is_over_is_not_opened(self, session, make, world, at):
        made = make.vacancy(world, S.ATTESTED)
        with pytest.raises(InvalidError, match="vacancy_period.past"):
            vacancies.open_matching(session, world.officer, made.ref, version=made.version, at=at + timedelta(days=400))


class TestExpire:
    @pytest.mark.parametrize("state", [S.SUBMITTED, S.CERTIFIED, S.ATTESTED, S.OPEN])
    def test_what_still_waits_expires_the_day_after_the_last(self, session, make, world, state):
        made = make.vacancy(world, state)
        last = datetime(2027, 4, 1, 3, 59, tzinfo=UTC)

        assert new_day(vacancies, session, last) == 0
        before = made.version
        assert new_day(vacancies, session, last + timedelta(minutes=1)) == 1

        session.refresh(made)
        assert (made.state, made.version) == (S.EXPIRED, before + 1)
        assert new_day(vacancies, session, last + timedelta(days=2)) == 0

    def test_drafts_and_what_has_ended_stay_as_they_are(self, session, make, world, at):
        draft, gone = make.vacancy(world, S.DRAFT), make.vacancy(world, S.OPEN)
        vacancies.withdraw(session, world.boss, gone.ref, Why(Cause.NO_LONGER_NEEDED), version=gone.version, at=at)
        assert new_day(vacancies, session, at + timedelta(days=400)) == 0
        assert (draft.state, gone.state) == (S.DRAFT, S.WITHDRAWN)


def test_the_whole_way_is_recorded_and_told(session, make, world, at):
    for actor in (world.officer, world.origin, world.post, world.boss):
        audit.record_many(session, SYSTEM, "user.create", User, [actor.user_id], at=at)
    ids = session.scalars(sa.select(Organisation.id)).all()
    audit.record_many(session, SYSTEM, "organisation.create", Organisation, ids, at=at)
    made = make.vacancy(world, S.OPEN)
    new_day(vacancies, session, at + timedelta(days=400))

    assert verify(session, None).faults == ()
    told = [(event.action, event.organisation) for event in vacancy_lists.history(session, made.ref)]
    assert told[0] == ("vacancy.expire", "")
    assert [action for action, _ in reversed(told)] == [
        "vacancy.draft",
        "vacancy.submit",
        "vacancy.certify",
        "vacancy.attest",
        "vacancy.open",
        "vacancy.expire",
    ]
    assert told[-1][1] == world.boss.organisation_name


def test_a_certification_says_its_figures_in_the_log(session, make, world):
    make.vacancy(world, S.CERTIFIED, positions=8, certified=5)
    body = session.scalars(sa.select(AuditEvent.body).where(AuditEvent.action == "vacancy.certify_partially")).one()
    assert '"facts":{"floors":{"aewr":"15.00"},"positions":5}' in body

"""A certified vacancy whose terms change: what sends it back, what does not, and what happens to its proposals."""

from decimal import Decimal

import pytest
import sqlalchemy as sa

from mobility.errors import ConflictError, InvalidError
from mobility.models.accounts.organisations import Organisation
from mobility.models.notices import Notice
from mobility.models.proposals import ProposalEnding
from mobility.rules.basics.causes import Cause
from mobility.rules.basics.organisations import Role
from mobility.rules.cases.notices import NoticeKind
from mobility.rules.cases.proposals import EndReason, ProposalState
from mobility.rules.cases.vacancies import VacancyState, matters
from mobility.services.proposals import proposals
from mobility.services.vacancies import amendments


@pytest.fixture
def world(make):
    return make.vacancy_world()


def amend(session, make, world, vacancy, at, *, seen=None, **changes):
    terms = make.vacancy_terms(world, **changes)
    return amendments.amend(session, world.boss, vacancy.ref, terms, version=vacancy.version, at=at, seen=seen)


@pytest.mark.parametrize("state", [VacancyState.CERTIFIED, VacancyState.ATTESTED, VacancyState.OPEN])
def test_terms_that_matter_send_a_certified_vacancy_back_to_the_ministry(session, make, world, at, state):
    made = make.vacancy(world, state)
    amend(session, make, world, made, at, pay=Decimal("21.00"))

    assert (made.state, made.certified_positions, made.submitted_at) == (VacancyState.SUBMITTED, 0, at)
    told = set(session.scalars(sa.select(Notice.organisation_id).where(Notice.kind == NoticeKind.VACANCY_CHANGED)))
    assert told == {world.officer.organisation_id, world.origin.organisation_id}


def test_other_words_for_the_same_work_change_nothing(session, make, world, at):
    made = make.vacancy(world, VacancyState.OPEN)
    certified = made.certified_positions
    amend(session, make, world, made, at, title="Planting trees by hand")

    assert (made.state, made.certified_positions) == (VacancyState.OPEN, certified)
    assert made.title == "Planting trees by hand"


def test_fewer_positions_stay_certified_and_more_do_not(session, make, world, at):
    made = make.vacancy(world, VacancyState.OPEN)
    amend(session, make, world, made, at, positions=made.positions - 3)
    assert (made.state, made.certified_positions) == (VacancyState.OPEN, made.positions)

    amend(session, make, world, made, at, positions=made.positions + 1)
    assert made.state is VacancyState.SUBMITTED


def test_fewer_positions_than_are_promised_are_refused(session, make, world, at):
    made = make.vacancy(world, VacancyState.OPEN)
    made.filled_positions = 4
    session.flush()
    with pytest.raises(InvalidError, match=r"vacancy\.positions_promised") as refused:
        amend(session, make, world, made, at, positions=3)
    assert (refused.value.field, refused.value.params) == ("positions", {"promised": 4})


class TestProposals:
    @pytest.fixture
    def corridor(self, session, make, at):
        made = make.corridor(workers=3, vacancies=1, positions=2)
        made.found = make.proposals(make.match(made))
        first = made.found[0]
        proposals.endorse(session, made.endorser, first.ref, version=first.version, at=at)
        proposals.approve(session, made.approver, first.ref, version=first.version, at=at)
        home = session.get_one(Organisation, made.vacancies[0].employer.organisation_id)
        made.boss = make.actor(home.kind, home.country, Role.EMPLOYER_ADMINISTRATOR, of=home)
        return made

    def test_carrying_on_ends_them_as_it_was_shown(self, session, corridor, at):
        vacancy = corridor.vacancies[0]
        shown = amendments.endings.preview(
            session, corridor.boss, amendments.of_vacancy(vacancy.id), amendments._ending(vacancy)
        )
        assert (shown.approved, shown.waiting) == (1, len(corridor.found) - 1)
        columns = {"positions": vacancy.positions, "pay": vacancy.pay + 1}
        with pytest.raises(ConflictError, match=r"ending\.changed"):
            amendments._carry_on(session, corridor.boss, vacancy, columns, at=at, seen="another")
        amendments._carry_on(session, corridor.boss, vacancy, columns, at=at, seen=shown.mark)

        assert {each.state for each in corridor.found} == {ProposalState.SUPERSEDED}
        ended = session.scalars(sa.select(ProposalEnding)).all()
        assert {(each.reason, each.cause) for each in ended} == {(EndReason.VACANCY_CHANGED, Cause.TERMS_MOVED)}


@pytest.mark.parametrize(
    ("changed", "before", "after", "expected"),
    [
        (set(), 5, 5, False),
        ({"title", "duties"}, 5, 5, False),
        ({"positions"}, 5, 3, False),
        ({"positions"}, 5, 6, True),
        ({"title", "pay"}, 5, 5, True),
        ({"skills"}, 5, 5, True),
    ],
)
def test_what_matters(changed, before, after, expected):
    assert matters(changed, before, after) is expected

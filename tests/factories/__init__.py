"""Factories of valid rows for tests: each gives an object that the rules accept unless a test says otherwise."""

from datetime import datetime

from sqlalchemy.orm import Session

from tests.factories.employers import EmployerFactory
from tests.factories.organisations import OrganisationFactory
from tests.factories.policy import PolicyFactory
from tests.factories.proposals import ProposalFactory
from tests.factories.publications import PublicationFactory
from tests.factories.schemes import SchemeFactory
from tests.factories.shortages import ShortageFactory
from tests.factories.vacancies import VacancyFactory
from tests.factories.workers import WorkerFactory


class Make(
    EmployerFactory,
    VacancyFactory,
    OrganisationFactory,
    PolicyFactory,
    PublicationFactory,
    ShortageFactory,
    SchemeFactory,
    WorkerFactory,
    ProposalFactory,
):
    """All factories on one session and one moment; grows by one base class a resource."""

    def __init__(self, session: Session, at: datetime) -> None:
        self.session = session
        self.at = at

"""Which occupation a seasonal job is in: by its code, else by its title, and never by its title in silence."""

from sqlalchemy.orm import Session

from mobility.formats.crosswalk import Crosswalk
from mobility.formats.faults import RowFault, shape_of
from mobility.formats.seasonal.jobs import SeasonalJob, unknown_occupation
from mobility.queries.lists import taxonomy_lists
from mobility.rules.basics.taxonomies import is_clear
from mobility.services.concepts.search import ConceptShelf, Suggestion, occupations_like

LANGUAGE = "en"
#: Codes of later files are of SOC 2018, those of earlier ones of SOC 2010.
SCHEMES = ("soc2018", "soc2010")


class OccupationFinder:
    """Finds the ISCO-08 unit group of each job of a file; codes and titles that came before are remembered."""

    def __init__(self, session: Session, crosswalk: Crosswalk, indexes: ConceptShelf | None) -> None:
        self._session, self._crosswalk, self._indexes = session, crosswalk, indexes
        self._by_code: dict[str, str] = {}
        self._by_title: dict[str, tuple[Suggestion, ...]] = {}

    def code(self, job: SeasonalJob) -> str:
        """Return the unit group of a job; empty if neither its code nor its title leads to one for sure."""
        return self._of_code(job.soc_code) or self._chosen(job)

    def remark(self, job: SeasonalJob) -> RowFault | None:
        """Return what somebody has to look at: a title that was taken, one that may be meant, or nothing that fits."""
        if self._of_code(job.soc_code):
            return None
        found = self._of_title(job.title)
        if not found:
            return unknown_occupation(job)
        best = found[0]
        told = f"{best.group} {best.group_title} ({best.title}, {best.score:.2f})"
        code = "chosen_by_title" if self._chosen(job) else "suggested_by_title"
        return RowFault(job.line, job.case_number, "job_title", code, shape_of(job.soc_code), told)

    def _chosen(self, job: SeasonalJob) -> str:
        """Return the group of a title's best match if it is clear; rivals in the same group are none."""
        found = self._of_title(job.title)
        rivals = [each.score for each in found[1:] if each.group != found[0].group]
        return found[0].group if found and is_clear([found[0].score, *rivals[:1]]) else ""

    def _of_code(self, soc: str) -> str:
        if not soc:
            return ""
        if soc not in self._by_code:
            self._by_code[soc] = self._known(self._crosswalk.best(soc) or "") or self._imported(soc)
        return self._by_code[soc]

    def _known(self, isco: str) -> str:
        return isco if isco in taxonomy_lists.unit_groups(self._session, [isco]) else ""

    def _imported(self, soc: str) -> str:
        targets = (taxonomy_lists.targets_of(self._session, scheme, soc) for scheme in SCHEMES)
        return next((self._known(found[0].code) for found in targets if found), "")

    def _of_title(self, title: str) -> tuple[Suggestion, ...]:
        if self._indexes is None:
            return ()
        if title not in self._by_title:
            found = occupations_like(self._session, self._indexes, title, LANGUAGE)
            self._by_title[title] = tuple(found)
        return self._by_title[title]


def leads_anywhere(session: Session) -> bool:
    """Tell whether an imported crosswalk leads from the codes of seasonal files."""
    return taxonomy_lists.has_links_from(session, SCHEMES)

"""What pages call the groups by which fairness is measured."""

from mobility.forms.words import label, sentence
from mobility.queries.pools.fairness_groups import UNRECORDED
from mobility.rules.cases.workers import Sex
from mobility.views.frame.filters import country_name


def group_name(by: str, group: str) -> str:
    """Return the name of a group in the page's language."""
    if group == UNRECORDED:
        return str(sentence(f"fairness_group.{group}"))
    match by:
        case "sex":
            return label(Sex(group))
        case "origin":
            return country_name(group)
        case _:
            return str(sentence(f"fairness_group.{by}.{group}"))

"""What the files of a taxonomy say, as values: concepts, their labels and relations, links between codes, slips."""

import csv
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from enum import StrEnum
from pathlib import Path

from mobility.errors import InvalidError
from mobility.formats.crosswalk import LinkKind
from mobility.formats.faults import harmless

#: More slips than this in one file say no more about it.
MOST_SLIPS = 200


class RecordKind(StrEnum):
    """What a concept names; the same values as `mobility.rules.basics.taxonomies.ConceptKind`."""

    OCCUPATION = "occupation"
    SKILL = "skill"
    SKILL_GROUP = "skill_group"


@dataclass(frozen=True, slots=True)
class Slip:
    """Something wrong with one line of a file, or (``is_note``) something that was passed over without harm.

    ``expected`` says what should stand in ``column``; the cell's own content is never repeated.
    """

    file: str
    line: int
    column: str
    code: str
    expected: str = ""
    is_note: bool = False


@dataclass(frozen=True, slots=True)
class LabelSet:
    """The labels of one concept in one language."""

    preferred: str
    alternative: tuple[str, ...] = ()


@dataclass(slots=True)
class ConceptRecord:
    """One occupation, skill or group of skills; ``isco`` is its ISCO-08 group, ``broader`` the URI above it."""

    kind: RecordKind
    uri: str
    code: str = ""
    isco: str = ""
    labels: dict[str, LabelSet] = field(default_factory=dict)
    broader: str = ""


@dataclass(frozen=True, slots=True)
class SkillNeedRecord:
    """A skill that is essential or optional in an occupation, both by URI."""

    occupation: str
    skill: str
    essential: bool


@dataclass(frozen=True, slots=True)
class CodeLinkRecord:
    """One code of a classification and the code of another that it corresponds to; ``kind`` in the terms of SKOS.

    ``rank`` is 0 for the target to take where only one can be taken, and counts up from there.
    """

    source_scheme: str
    source_code: str
    target_scheme: str
    target_code: str
    kind: LinkKind
    source_title: str = ""
    rank: int = 0


@dataclass
class TaxonomyRecords:
    """Everything that the files of one edition say; useful only once `require_whole` has passed.

    ``replaced`` maps the address of a concept that is no longer released to that of its successor.
    """

    version: str
    concepts: dict[str, ConceptRecord] = field(default_factory=dict)
    needs: list[SkillNeedRecord] = field(default_factory=list)
    replaced: dict[str, str] = field(default_factory=dict)
    slips: list[Slip] = field(default_factory=list)

    @property
    def languages(self) -> tuple[str, ...]:
        """Languages in which at least one concept has a label, in the order of their codes."""
        return tuple(sorted({language for concept in self.concepts.values() for language in concept.labels}))

    def require_whole(self) -> None:
        """Refuse records of files with anything wrong in them.

        Raises
        ------
        InvalidError
            ``taxonomy.broken`` with file, line, column and what was expected of the first slip, and how many there are.
        """
        refuse_slips(self.slips)


def refuse_slips(slips: Sequence[Slip]) -> None:
    """Refuse if anything is wrong; notes pass.

    Raises
    ------
    InvalidError
        ``taxonomy.broken``, see `TaxonomyRecords.require_whole`.
    """
    wrong = [slip for slip in slips if not slip.is_note]
    if wrong:
        first = wrong[0]
        raise InvalidError(
            "taxonomy.broken",
            field="file",
            file=first.file,
            line=first.line,
            column=first.column,
            expected=first.expected,
            slips=len(wrong),
        )


#: Every code of a slip, with what the person who owns the file can do about it.
SLIP_ADVICE: Mapping[str, str] = {
    "missing": "Fill in the value; the publisher's file has one.",
    "not_a_uri": "Write the concept's address as the publisher has it.",
    "not_an_isco_group": "Write the four digits of an ISCO-08 unit group.",
    "contradiction": "Make the files of all languages say the same; they may be of different editions.",
    "not_a_code": "Write the code as its classification has it.",
    "unknown_match_kind": "Use exact, close, broad or narrow.",
    "unknown_relation": "Use essential or optional.",
    "unknown_concept": "Import the file that lists this concept together with this one.",
    "row_cells": "Look for a line break or an unquoted delimiter inside a value of this row.",
    "repeated": "Nothing if the rows are equal; the first one counts.",
    "label_too_long": "Nothing: the label is longer than 300 characters and was left out.",
    "label_missing": "Nothing: where this language has no label, that of another language is shown.",
    "leads_nowhere": "Nothing: the table names no code of the other classification for this one.",
    "not_released": "Nothing: the publisher has not released the concept, or has withdrawn it.",
    "file_unused": "Nothing: this file of the bundle is not needed.",
}

HEADINGS = ("file", "line", "column", "code", "expected", "what to do")


def write_slips(path: Path, slips: Iterable[Slip], *, advice: Mapping[str, str] = SLIP_ADVICE) -> int:
    """Write one line for each slip as CSV that opens safely in a spreadsheet, and return how many there were."""
    listed = list(slips)
    with path.open("w", encoding="utf-8-sig", newline="") as stream:
        writer = csv.writer(stream)
        writer.writerow(HEADINGS)
        for slip in listed:
            texts = (slip.column, slip.code, slip.expected, advice.get(slip.code, slip.code))
            writer.writerow([harmless(slip.file), slip.line, *map(harmless, texts)])
    return len(listed)

"""The tour of the README: its numbered steps, who takes each, and the words of the product that it names."""

import re
from pathlib import Path
from typing import NamedTuple

README = Path(__file__).parents[1] / "README.md"
_STEP = re.compile(r"^(\d+)\. (?:\*\*(.+?)\*\* )?(.+?)(?=^\d+\. |\Z)", re.MULTILINE | re.DOTALL)
_LABELS = re.compile(r"(?<!\*)\*([^*]+)\*(?!\*)")


class TourStep(NamedTuple):
    """One step as the README has it."""

    number: int
    person: str
    text: str

    @property
    def labels(self) -> list[str]:
        """Texts of the product that it names, each part of a path for itself."""
        return [part for path in _LABELS.findall(self.text) for part in path.split(" → ")]


def tour() -> list[TourStep]:
    """Return the steps in the README's order."""
    section = README.read_text(encoding="utf-8").partition("## A tour, person by person\n")[2].partition("\n## ")[0]
    return [TourStep(int(number), person, " ".join(text.split())) for number, person, text in _STEP.findall(section)]

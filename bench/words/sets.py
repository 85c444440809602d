"""Development sets of words to concepts: reading them from a folder, and their protocols; no engine and no peer."""

import ast
import csv
import gzip
import random
import sys
from collections import Counter, defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from string import ascii_lowercase

from openpyxl import load_workbook

from mobility.matching.concepts import ConceptIndex, Description, Encoder, Label
from mobility.matching.concepts.words import fold

#: Where the sets stand beside a checkout.
DATA = Path(__file__).resolve().parents[3] / "shared" / "data"
#: What begins the address of an ISCO-08 group.
GROUP = "http://data.europa.eu/esco/isco/C"
#: Letters that a label needs to be misspelt.
_LONG = 6
csv.field_size_limit(sys.maxsize)


@dataclass(frozen=True, slots=True)
class Task:
    """Texts, what may be meant, and what is meant.

    Attributes
    ----------
    labels, broader, descriptions
        As ``ConceptIndex.build`` takes them.
    texts : sequence of str
        What is looked up.
    answers : sequence of frozenset of str
        Concepts that are right for each text.
    language : str
        Of texts and labels.
    forms : mapping of str to sequence of str
        Surface forms of each concept, where the protocol ranks forms.
    right_forms : sequence of frozenset of str
        Forms that are right for each text.
    uses
        As ``ConceptIndex.build`` takes it.
    """

    labels: Sequence[Label]
    texts: Sequence[str]
    answers: Sequence[frozenset[str]]
    language: str
    broader: Mapping[str, str] = field(default_factory=dict)
    descriptions: Sequence[Description] = ()
    forms: Mapping[str, Sequence[str]] = field(default_factory=dict)
    right_forms: Sequence[frozenset[str]] = ()
    uses: Mapping[str, int] = field(default_factory=dict)

    def index(self, encoder: Encoder | None = None) -> ConceptIndex:
        """Build the index of the labels."""
        return ConceptIndex.build(
            self.labels, self.broader, descriptions=self.descriptions, uses=self.uses, encoder=encoder
        )


def rows(path: Path, delimiter: str = ",") -> Iterator[dict[str, str]]:
    """Read a gzipped table with headings."""
    with gzip.open(path, "rt", encoding="utf-8", newline="") as file:
        yield from csv.DictReader(file, delimiter=delimiter)


def _pairs(path: Path) -> list[list[str]]:
    with gzip.open(path, "rt", encoding="utf-8") as file:
        return [line.rstrip("\n").split("\t") for line in file]


def _mapping(path: Path) -> dict[str, str]:
    return {key: value for key, value in _pairs(path)}  # noqa: C416  a row is a list, which dict() would take too


def occupation_labels(data: Path, language: str, *, only_1_1: bool = False) -> list[Label]:
    """Return ESCO's occupations, v1.2 or those of v1.1.1."""
    found = []
    for row in rows(data / "esco/occupations_v1.2_en_es_fr.csv.gz"):
        if not only_1_1 or row["in_v111"] == "1":
            found += _row_labels(row, language)
    return found


def skill_labels(data: Path, language: str) -> list[Label]:
    """Return ESCO's skills."""
    found = []
    for row in rows(data / "esco/skills_v1.1.1_en_es_fr.csv.gz"):
        found += _row_labels(row, language)
    return found


def _row_labels(row: Mapping[str, str], language: str) -> list[Label]:
    preferred = row[f"pref_{language}"]
    others = [text for text in row[f"alt_{language}"].split("|") if text and text != preferred]
    labels = [Label(row["uri"], text, language, preferred=False) for text in dict.fromkeys(others)]
    return [Label(row["uri"], preferred, language, preferred=True), *labels] if preferred else labels


def group_labels(data: Path, language: str) -> list[Label]:
    """Return the titles of ISCO-08's groups."""
    found = rows(data / "esco/isco08_en_es_fr.csv.gz")
    return [Label(GROUP + row["code"], row[language], language, preferred=True) for row in found]


def esco_broader(data: Path) -> dict[str, str]:
    """Return the ISCO-08 group of each occupation, and the broader group of each group."""
    codes = [row["code"] for row in rows(data / "esco/isco08_en_es_fr.csv.gz")]
    found = {GROUP + code: GROUP + code[:-1] for code in codes if len(code) > 1}
    for row in rows(data / "esco/occupations_v1.2_en_es_fr.csv.gz"):
        found[row["uri"]] = GROUP + row["isco08"]
    return found


def esco_descriptions(data: Path, language: str) -> list[Description]:
    """Return the descriptions of occupations and groups; English and Spanish have them."""
    column = f"desc_{language}"
    occupations = rows(data / "esco/occupations_v1.2_en_es_fr.csv.gz")
    groups = rows(data / "esco/isco08_en_es_fr.csv.gz")
    found = [Description(row["uri"], row.get(column) or "", language) for row in occupations]
    return found + [Description(GROUP + row["code"], row.get(column) or "", language) for row in groups]


def melo(data: Path, folder: str, language: str) -> Task:
    """Read one MELO set: national titles to the surface forms of ESCO and ISCO-08 (MELO protocol)."""
    place = data / "melo" / folder
    concept = _mapping(place / "concept_mapping.tsv.gz")
    text = _mapping(place / "corpus_elements.tsv.gz")
    right: dict[str, set[str]] = defaultdict(set)
    for query, _, element, _ in _pairs(place / "annotations.tsv.gz"):
        right[query].add(element)
    forms: dict[str, list[str]] = defaultdict(list)
    labels = []
    for element, form in text.items():
        labels.append(Label(concept[element], form, language, preferred=not forms[concept[element]]))
        forms[concept[element]].append(form)
    queries = [query for query in _pairs(place / "queries.tsv.gz") if right[query[0]]]
    return Task(
        labels,
        [words for _, words in queries],
        [frozenset(concept[element] for element in right[key]) for key, _ in queries],
        language,
        esco_broader(data),
        esco_descriptions(data, language),
        forms,
        [frozenset(text[element] for element in right[key]) for key, _ in queries],
    )


def jobbert(data: Path, name: str = "titles_validation.csv.gz") -> Task:
    """Read JobBERT's vacancy titles with their occupations of ESCO v1.1.1."""
    found = list(rows(data / "jobbert" / name))
    labels = occupation_labels(data, "en", only_1_1=True)
    return Task(
        labels,
        [row["vacancyTitle"] for row in found],
        [frozenset({row["conceptUri"]}) for row in found],
        "en",
        {},
        esco_descriptions(data, "en"),
    )


def seasonal(data: Path, name: str = "h2b_fy2018.csv.gz") -> Task:
    """Read distinct titles of seasonal jobs with their SOC codes, and O*NET's titles as what may be meant.

    The jobs carry SOC 2010 codes, O*NET's are of SOC 2018: an answer is right if it is the code, or one of those that
    the code became.
    """
    became = soc_successors(data)
    pairs = sorted({(fold(row["JOB_TITLE"]), row["SOC_CODE"].strip()[:7]) for row in rows(data / "h2" / name)})
    pairs = [(title, code) for title, code in pairs if title and code]
    return Task(
        onet_labels(data),
        [title for title, _ in pairs],
        [frozenset({code, *became.get(code, ())}) for _, code in pairs],
        "en",
        {},
        onet_descriptions(data),
    )


def onet_labels(data: Path) -> list[Label]:
    """Return O*NET's titles and alternate titles under their SOC 2018 codes."""
    titles = rows(data / "occupations/onet_occupations.tsv.gz", "\t")
    found = [Label(row["O*NET-SOC Code"][:7], row["Title"], "en", preferred=True) for row in titles]
    others = rows(data / "occupations/onet_alternate_titles.tsv.gz", "\t")
    return found + [Label(row["O*NET-SOC Code"][:7], row["Alternate Title"], "en", preferred=False) for row in others]


def onet_descriptions(data: Path) -> list[Description]:
    """Return O*NET's descriptions under their SOC 2018 codes."""
    told: dict[str, str] = defaultdict(str)
    for row in rows(data / "occupations/onet_occupations.tsv.gz", "\t"):
        told[row["O*NET-SOC Code"][:7]] += f" {row['Description']}"
    return [Description(code, text, "en") for code, text in told.items()]


def skill_uses(data: Path) -> Counter[str]:
    """Return how many occupations need each skill, essentially or optionally."""
    found = rows(data / "esco/occupation_skill_v1.1.1.csv.gz")
    return Counter(f"http://data.europa.eu/esco/skill/{row['skill']}" for row in found)


def skillskape(data: Path, part: str = "dev") -> Task:
    """Read SkillSkape's sentences that mention at least one skill of ESCO, by the names of these skills."""
    labels = skill_labels(data, "en")
    named: dict[str, str] = {}
    for label in sorted(labels, key=lambda label: not label.preferred):
        named.setdefault(label.text.strip().lower(), label.concept)
    texts, answers = [], []
    for row in rows(data / f"skillskape/{part}.csv.gz"):
        names = [name.strip().lower() for name in ast.literal_eval(row["skills"])]
        right = frozenset(named[name] for name in names if name in named)
        if right:
            texts.append(row["sentence"])
            answers.append(right)
    told = [Description(row["uri"], row["desc_en"], "en") for row in rows(data / "esco/skills_v1.1.1_en_es_fr.csv.gz")]
    return Task(labels, texts, answers, "en", {}, told, uses=skill_uses(data))


def soc_successors(data: Path) -> dict[str, frozenset[str]]:
    """Return the SOC 2018 codes that each SOC 2010 code became."""
    found: dict[str, set[str]] = defaultdict(set)
    book = load_workbook(data / "occupations/soc2010_soc2018.xlsx", read_only=True)
    for sheet in book:
        for row in sheet.iter_rows(min_row=5, values_only=True):
            if row[0] and row[2]:
                found[str(row[0])[:7]].add(str(row[2])[:7])
    book.close()
    return {code: frozenset(codes) for code, codes in found.items()}


def esco_labels(data: Path, languages: Sequence[str] = ("en", "es", "fr")) -> list[Label]:
    """Return the labels of ESCO's occupations and skills in some languages."""
    return [
        label for language in languages for part in (occupation_labels, skill_labels) for label in part(data, language)
    ]


def held_out_synonyms(labels: Sequence[Label], count: int, seed: int) -> tuple[list[Label], list[Label]]:
    """Split labels into those kept and some alternative ones to look up; no concept loses all its labels."""
    draw = random.Random(seed)
    left = Counter(label.concept for label in labels)
    chosen: set[Label] = set()
    for label in draw.sample([label for label in labels if not label.preferred], len(labels) // 2):
        if left[label.concept] > 1 and len(chosen) < count:
            chosen.add(label)
            left[label.concept] -= 1
    return [label for label in labels if label not in chosen], sorted(
        chosen, key=lambda label: (label.concept, label.text)
    )


def misspelt(labels: Sequence[Label], count: int, seed: int) -> list[tuple[str, Label]]:
    """Return some labels with one or two slips each: a letter left out, doubled, changed, or two swapped."""
    draw = random.Random(seed)
    chosen = draw.sample([label for label in labels if len(label.text) >= _LONG], count)
    return [(_slip(label.text, draw, draw.choice((1, 2))), label) for label in chosen]


def _slip(text: str, draw: random.Random, times: int) -> str:
    for _ in range(times):
        at = draw.randrange(len(text) - 1)
        before, letter, following, rest = text[:at], text[at], text[at + 1], text[at + 2 :]
        middle = draw.choice(
            (following, 2 * letter + following, draw.choice(ascii_lowercase) + following, following + letter)
        )
        text = before + middle + rest
    return text

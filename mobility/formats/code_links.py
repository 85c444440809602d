"""Tables that lead from codes of one classification to those of another: SOC, NOC 2021, national codes, ISCO-08."""

import re
from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

from mobility.errors import InvalidError
from mobility.formats.bundles import Member
from mobility.formats.codes import scheme_code
from mobility.formats.columns import Column
from mobility.formats.crosswalk import Crosswalk, LinkKind, read_crosswalk
from mobility.formats.taxonomy_records import CodeLinkRecord, Slip, refuse_slips
from mobility.formats.taxonomy_tables import TaxonomyRow, TaxonomyTable

ISCO = "isco08"
_SCHEME = re.compile(r"[a-z][a-z0-9-]{1,19}")
_CODE = re.compile(r"[0-9A-Za-z][0-9A-Za-z.\-/]{0,19}")
_KINDS: Mapping[str, LinkKind] = {
    word: kind
    for kind in LinkKind
    for word in (kind.value, f"{kind.value}match", f"skos:{kind.value}match", f"{kind.value} match")
}
#: How codes look in the schemes that the product knows, with an example for whoever has to mend a file.
_FORMS: Mapping[str, tuple[re.Pattern[str], str]] = {
    ISCO: (re.compile(r"[0-9]{1,4}"), "one to four digits, such as 7212"),
    "soc2010": (re.compile(r"[0-9]{2}-[0-9]{4}"), "such as 47-2061"),
    "soc2018": (re.compile(r"[0-9]{2}-[0-9]{4}"), "such as 47-2061"),
    "noc2021": (re.compile(r"[0-9]{5}"), "five digits, such as 75110"),
}
_NOC = (
    Column("source", ("noc", "noc_code", "noc 2021", "noc 2021 v1.0"), required=True),
    Column("title", ("noc_title", "noc title")),
    Column("target", ("onet", "onet_code", "o*net-soc code", "soc2018", "soc"), required=True),
    Column("kind", ("match", "match_kind", "kind")),
)


@dataclass(frozen=True, slots=True)
class ColumnMap:
    """Which schemes a national table links, and under which headings its codes, titles and match kinds stand."""

    source_scheme: str
    source_column: str
    target_column: str
    target_scheme: str = ISCO
    title_column: str = ""
    kind_column: str = ""

    def columns(self) -> tuple[Column, ...]:
        """Return the columns to look for."""
        given = {
            "source": self.source_column,
            "target": self.target_column,
            "title": self.title_column,
            "kind": self.kind_column,
        }
        return tuple(Column(name, (heading,), required=True) for name, heading in given.items() if heading)


def column_map(text: str) -> ColumnMap:
    """Read a column map such as ``cno-gt:source=Codigo,target=CIUO08,title=Nombre,kind=Relacion``.

    A scheme after ``target`` in brackets, ``target[soc2018]=SOC``, leads to another scheme than ISCO-08.

    Raises
    ------
    InvalidError
        ``column_map`` with the form that is expected.
    """
    expected = "scheme:source=HEADING,target=HEADING[,title=HEADING][,kind=HEADING]"
    scheme, _, rest = text.partition(":")
    parts = dict(part.split("=", 1) for part in rest.split(",") if "=" in part)
    target = next((name for name in parts if name.split("[")[0] == "target"), "")
    target_scheme = target.removeprefix("target").strip("[]") or ISCO
    unknown = parts.keys() - {"source", "title", "kind", target}
    if unknown or "source" not in parts or not target or not all(map(_SCHEME.fullmatch, (scheme, target_scheme))):
        raise InvalidError("column_map", field="columns", expected=expected)
    return ColumnMap(
        scheme, parts["source"], parts[target], target_scheme, parts.get("title", ""), parts.get("kind", "")
    )


def read_code_links(
    members: Sequence[Member], *, columns: ColumnMap | None = None
) -> tuple[list[CodeLinkRecord], list[Slip]]:
    """Read crosswalks: those of the US statistics office by their headings, NOC 2021, any other by its column map.

    Where a table does not say of what kind a link is, how many codes share its two ends tells it.

    Raises
    ------
    InvalidError
        What `read_crosswalk`, `read_rows` and `find_layout` refuse, with the file's name;
        ``taxonomy.broken`` with file, line, column and what was expected.
    """
    slips: list[Slip] = []
    if columns is not None:
        links = [link for member in members for link in _mapped(TaxonomyTable(member, slips), columns)]
    else:
        links = _known(members, slips)
    refuse_slips(slips)
    return links, slips


def _known(members: Sequence[Member], slips: list[Slip]) -> list[CodeLinkRecord]:
    noc = [member for member in members if "noc" in member.name.lower()]
    soc = [member for member in members if member not in noc]
    links = [link for member in noc for link in _noc(TaxonomyTable(member, slips))]
    return links + (_soc(read_crosswalk([member.path for member in soc])) if soc else [])


def _soc(walk: Crosswalk) -> list[CodeLinkRecord]:
    """Return the links of a crosswalk from SOC 2010 to ISCO-08, and those from SOC 2018 to SOC 2010."""
    links = []
    for soc, found in walk.links.items():
        best = walk.best(soc)
        ordered = sorted(found, key=lambda link: link.code != best)
        links += [CodeLinkRecord("soc2010", soc, ISCO, link.code, link.kind, "", at) for at, link in enumerate(ordered)]
    pairs = {(new, old): "" for new, olds in walk.older.items() for old in olds}
    return links + _with_kinds("soc2018", "soc2010", pairs)


def _noc(table: TaxonomyTable) -> list[CodeLinkRecord]:
    """Return the links from NOC 2021 to SOC 2018: an O*NET code is one of those with a suffix."""
    pairs: dict[tuple[str, str], str] = {}
    for row in table.rows(_NOC):
        noc, soc = scheme_code("noc2021", row.text("source")), scheme_code("soc2018", row.text("target"))
        if _fits(row, "source", "noc2021", noc) and _fits(row, "target", "soc2018", soc):
            pairs.setdefault((noc, soc), row.text("title")[:300])
    return _with_kinds("noc2021", "soc2018", pairs)


def _mapped(table: TaxonomyTable, columns: ColumnMap) -> list[CodeLinkRecord]:
    pairs: dict[tuple[str, str], str] = {}
    told: dict[tuple[str, str], LinkKind] = {}
    for row in table.rows(columns.columns()):
        if not row.text("target"):
            row.slip("target", "leads_nowhere", is_note=True)
            continue
        pair = (
            scheme_code(columns.source_scheme, row.text("source")),
            scheme_code(columns.target_scheme, row.text("target")),
        )
        good = [
            _fits(row, "source", columns.source_scheme, pair[0]),
            _fits(row, "target", columns.target_scheme, pair[1]),
        ]
        kind = _KINDS.get(row.text("kind").lower()) if columns.kind_column else None
        if columns.kind_column and kind is None:
            row.slip("kind", "unknown_match_kind", "exact, close, broad, narrow")
        elif all(good):
            pairs.setdefault(pair, row.text("title")[:300])
            if kind is not None:
                told.setdefault(pair, kind)
    links = _with_kinds(columns.source_scheme, columns.target_scheme, pairs)
    return [replace(link, kind=told.get((link.source_code, link.target_code), link.kind)) for link in links]


def _fits(row: TaxonomyRow, column: str, scheme: str, code: str) -> bool:
    form, example = _FORMS.get(scheme, (_CODE, "a code of up to 20 letters, digits, dots and dashes"))
    if form.fullmatch(code):
        return True
    row.slip(column, "not_a_code" if scheme != ISCO else "not_an_isco_group", example)
    return False


def _with_kinds(source: str, target: str, pairs: Mapping[tuple[str, str], str]) -> list[CodeLinkRecord]:
    """Give each pair the kind that follows from how many codes share its ends."""
    targets: defaultdict[str, int] = defaultdict(int)
    sources: defaultdict[str, int] = defaultdict(int)
    for left, right in pairs:
        targets[left] += 1
        sources[right] += 1
    return [
        CodeLinkRecord(source, left, target, right, _kind(targets[left], sources[right]), title)
        for (left, right), title in sorted(pairs.items())
    ]


def _kind(targets: int, sources: int) -> LinkKind:
    if targets == 1:
        return LinkKind.EXACT if sources == 1 else LinkKind.BROAD
    return LinkKind.NARROW if sources == 1 else LinkKind.CLOSE

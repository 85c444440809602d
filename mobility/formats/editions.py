"""An edition of a taxonomy read from its publisher's files, whatever they are packed in and however they are named."""

from collections.abc import Callable, Collection, Sequence
from dataclasses import dataclass
from pathlib import Path

from mobility.data.reference import LANGUAGES
from mobility.formats import esco, esco_joined, onet
from mobility.formats.bundles import digest_of, opened_bundle
from mobility.formats.code_links import ColumnMap, read_code_links
from mobility.formats.taxonomy_records import CodeLinkRecord, Slip, TaxonomyRecords

_SHORT = 12


@dataclass(frozen=True)
class LinkEdition:
    """The links of one crosswalk; ``name`` are the schemes that it leads from."""

    name: str
    version: str
    links: Sequence[CodeLinkRecord]
    slips: Sequence[Slip]


def read_esco_edition(
    paths: Sequence[Path], *, version: str = "", languages: Collection[str] = LANGUAGES
) -> tuple[TaxonomyRecords, str]:
    """Read ESCO, official or joined; returns what it says and the hash of its files (and of the languages read).

    Raises
    ------
    InvalidError
        What `opened_bundle` and the reader of the form refuse.
    """
    with opened_bundle(paths) as members:
        digest = digest_of(members)
        if esco_joined.is_joined(members):
            return esco_joined.read_joined_esco(members, version=version), digest
        found = version or _version(paths, esco.version_of)
        return esco.read_esco(members, languages=languages, version=found), digest


def read_onet_edition(paths: Sequence[Path], *, version: str = "") -> tuple[TaxonomyRecords, str]:
    """Read O*NET's titles; returns what they say and the hash of the files.

    Raises
    ------
    InvalidError
        What `opened_bundle` and `read_onet` refuse.
    """
    with opened_bundle(paths) as members:
        return onet.read_onet(members, version=version or _version(paths, onet.version_of)), digest_of(members)


def read_link_edition(
    paths: Sequence[Path], *, version: str = "", columns: ColumnMap | None = None
) -> tuple[LinkEdition, str]:
    """Read a crosswalk; without a version its hash stands for one.

    Raises
    ------
    InvalidError
        What `opened_bundle` and `read_code_links` refuse.
    """
    with opened_bundle(paths) as members:
        digest = digest_of(members)
        links, slips = read_code_links(members, columns=columns)
    name = "+".join(sorted({link.source_scheme for link in links}))
    return LinkEdition(name[:40], version or digest[:_SHORT], links, slips), digest


def _version(paths: Sequence[Path], version_of: Callable[[str], str]) -> str:
    return next(filter(None, (version_of(path.name) for path in paths)), "")

"""Translation catalogues: compiled when their source is newer, so that a fresh clone speaks every language."""

import os
from pathlib import Path

from babel.messages.mofile import write_mo
from babel.messages.pofile import read_po

FOLDER = Path(__file__).resolve().parent.parent / "translations"


def compile_stale(folder: Path = FOLDER) -> list[str]:
    """Compile each catalogue that is newer than its compiled form, where it may be written; return their languages.

    A wheel ships catalogues compiled, without their sources.
    """
    compiled = []
    for source in sorted(folder.glob("*/LC_MESSAGES/messages.po")):
        target = source.with_suffix(".mo")
        if target.exists() and target.stat().st_mtime >= source.stat().st_mtime:
            continue
        if not os.access(target.parent, os.W_OK):
            continue
        language = source.parent.parent.name
        with source.open("rb") as text:
            catalogue = read_po(text, locale=language)
        scratch = target.with_suffix(f".{id(catalogue)}.tmp")
        with scratch.open("wb") as binary:
            write_mo(binary, catalogue)
        scratch.replace(target)
        compiled.append(language)
    return compiled

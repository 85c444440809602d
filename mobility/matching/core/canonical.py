"""Canonical JSON and its hash: one text for equal documents, on every machine."""

import json
from collections.abc import Mapping
from hashlib import sha256
from typing import Any


def canonical(document: Mapping[str, Any]) -> str:
    """Return a document as JSON with sorted keys and without spaces; raises ValueError on NaN or infinity."""
    return json.dumps(document, sort_keys=True, separators=(",", ":"), ensure_ascii=False, allow_nan=False)


def canonical_hash(document: Mapping[str, Any]) -> str:
    """Return the SHA-256 of a document's canonical JSON in hexadecimal."""
    return sha256(canonical(document).encode()).hexdigest()

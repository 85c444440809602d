"""How the parts of a match run are kept in a JSON column: arrays packed, exact to the last bit; no queries."""

import base64
import zlib
from collections.abc import Mapping, Sequence
from dataclasses import fields
from typing import Any

import numpy as np

from mobility.matching.core import Flags, Whole
from mobility.matching.eligibility import Waterfall
from mobility.matching.search import ScoredBatch, Shortlist

_COUNTED = ("failed", "unknown", "sole", "left")
_SINGLE = ("considered", "eligible", "unclear")


def pack(array: Whole) -> dict[str, Any]:
    """Return an array of whole numbers as JSON: type, shape, compressed little-endian bytes."""
    plain = np.ascontiguousarray(array, dtype=array.dtype.newbyteorder("<"))
    text = base64.b64encode(zlib.compress(plain.tobytes(), 1)).decode("ascii")
    return {"type": plain.dtype.str, "shape": list(plain.shape), "bytes": text}


def unpack(packed: Mapping[str, Any]) -> Whole:
    """Return the array that ``pack`` was given."""
    raw = zlib.decompress(base64.b64decode(packed["bytes"]))
    found: Whole = np.frombuffer(raw, dtype=packed["type"]).reshape(packed["shape"])
    return found.astype(found.dtype.newbyteorder("="))


def pack_chunk(chunk: ScoredBatch) -> dict[str, Any]:
    """Return a chunk as JSON."""
    waterfalls = chunk.waterfalls
    rules = len(waterfalls[0].failed) if waterfalls else 0
    counted = {
        name: pack(
            np.array([getattr(waterfall, name) for waterfall in waterfalls], np.int64).reshape(len(waterfalls), rules)
        )
        for name in _COUNTED
    }
    single = {
        name: pack(np.array([getattr(waterfall, name) for waterfall in waterfalls], np.int64)) for name in _SINGLE
    }
    return {
        "vacancies": pack(chunk.vacancies),
        "waterfalls": {**counted, **single},
        "eligible": _pack_shortlist(chunk.eligible),
        "near": _pack_shortlist(chunk.near),
    }


def unpack_chunk(packed: Mapping[str, Any]) -> ScoredBatch:
    """Return the chunk that ``pack_chunk`` was given."""
    vacancies = unpack(packed["vacancies"])
    counted = {name: unpack(packed["waterfalls"][name]) for name in _COUNTED}
    single = {name: unpack(packed["waterfalls"][name]).tolist() for name in _SINGLE}
    waterfalls = tuple(
        Waterfall(
            **{name: counted[name][row] for name in _COUNTED},
            **{name: single[name][row] for name in _SINGLE},
        )
        for row in range(len(vacancies))
    )
    return ScoredBatch(vacancies, waterfalls, _unpack_shortlist(packed["eligible"]), _unpack_shortlist(packed["near"]))


def pack_parts(chunks: Sequence[ScoredBatch], reached: Flags) -> dict[str, Any]:
    """Return what one job scored as JSON: its chunks, and which workers the rules let through."""
    return {"parts": [pack_chunk(chunk) for chunk in chunks], "reached": pack(np.packbits(reached))}


def unpack_parts(packed: Mapping[str, Any]) -> list[ScoredBatch]:
    """Return the chunks that ``pack_parts`` was given."""
    return [unpack_chunk(part) for part in packed["parts"]]


def unpack_reached(packed: Mapping[str, Any], workers: int) -> Flags:
    """Return which of so many workers the rules let through, as ``pack_parts`` was given it."""
    return np.unpackbits(unpack(packed["reached"]).astype(np.uint8), count=workers).astype(np.bool_)


def _pack_shortlist(pairs: Shortlist) -> dict[str, Any]:
    return {part.name: pack(getattr(pairs, part.name)) for part in fields(Shortlist)}


def _unpack_shortlist(packed: Mapping[str, Any]) -> Shortlist:
    arrays: dict[str, Any] = {part.name: unpack(packed[part.name]) for part in fields(Shortlist)}
    return Shortlist(**arrays)

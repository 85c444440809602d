"""What the kernels are made of: bits of words, comparisons of 64 items at once, ranking keys and heaps of them."""

from collections.abc import Callable
from typing import Any

import numpy as np
from llvmlite import ir
from numba import types
from numba.extending import intrinsic

from mobility.matching.core.compiled import compiled
from mobility.matching.core.ties import FACTORS, LOTTERY_BITS, LOTTERY_MASK, SHIFT

#: Words of nobody and of everybody.
NONE, ALL = np.uint64(0), np.uint64(2**64 - 1)
#: Workers of a word that ``members`` puts down before it looks whether there are so many: it may write beyond the last.
SPARE = _AT_ONCE = 8
_LOWEST = np.uint64(1)
_WORD = 64
_MASK, _BITS, _SHIFT = np.uint64(LOTTERY_MASK), np.uint64(LOTTERY_BITS), np.uint64(SHIFT)
_ONE, _TWO = np.uint64(FACTORS[0]), np.uint64(FACTORS[1])


#: Numba's own decorator, as something that may be called with the word alone.
_intrinsic: Callable[[Callable[..., Any]], Callable[..., Any]] = intrinsic


@_intrinsic
def bits_in(context: Any, word: Any) -> Any:
    """Count the bits of a word by the processor's own instruction."""
    del context, word

    def code(context: Any, builder: Any, signature: Any, args: Any) -> Any:
        del context, signature
        return builder.ctpop(args[0])

    return types.uint64(types.uint64), code


@_intrinsic
def lowest_bit(context: Any, word: Any) -> Any:
    """Return the place of the lowest bit of a word, 64 for 0."""
    del context, word

    def code(context: Any, builder: Any, signature: Any, args: Any) -> Any:
        zero_is_given = context.get_constant(types.boolean, 0)
        del signature
        return builder.cttz(args[0], zero_is_given)

    return types.uint64(types.uint64), code


def _comparison(how: str) -> Callable[..., Any]:
    """Return a function of (items, first, value): which of 64 neighbours, from ``first`` on, compare so with a value.

    Its answer is a word, found in few instructions. Items are contiguous and signed for an order; the value fits them.
    """

    def compared(context: Any, items: Any, first: Any, value: Any) -> Any:
        def code(context: Any, builder: Any, signature: Any, args: Any) -> Any:
            array = context.make_array(items)(context, builder, args[0])
            wanted = context.cast(builder, args[2], signature.args[2], items.dtype)
            place, many = ir.IntType(32), ir.VectorType(wanted.type, _WORD)
            start = builder.bitcast(builder.gep(array.data, [args[1]]), many.as_pointer())
            some = builder.load(start, align=wanted.type.width // 8)
            nothing, same = ir.Constant(many, ir.Undefined), ir.Constant(ir.VectorType(place, _WORD), [0] * _WORD)
            one = builder.insert_element(nothing, wanted, ir.Constant(place, 0))
            every = builder.shuffle_vector(one, nothing, same)
            return builder.bitcast(builder.icmp_signed(how, some, every), ir.IntType(_WORD))

        del context, first
        return types.uint64(items, types.intp, value), code

    return _intrinsic(compared)


#: Which of 64 items are not a value, and which are at least one.
differing, reaching = _comparison("!="), _comparison(">=")


@compiled
def members(words: Any, index: Any) -> Any:
    """Write the places of the bits that are set, ascending, and return how many; ``index`` has ``SPARE`` more room."""
    total = np.int64(0)
    for place in range(words.size):
        word, first = words[place], np.uint32(place * _WORD)
        size = bits_in(word)
        for number in range(_AT_ONCE):
            index[total + number] = first + np.uint32(lowest_bit(word))
            word &= word - _LOWEST
        for number in range(_AT_ONCE, size):
            index[total + number] = first + np.uint32(lowest_bit(word))
            word &= word - _LOWEST
        total += np.int64(size)
    return total


@compiled
def ranking_key(score: Any, worker: Any, draw: Any) -> Any:
    """Return the ranking key of a pair; see ``ties.ranking_keys``."""
    mixed = np.uint64(worker) ^ draw
    mixed = ((mixed ^ (mixed >> _SHIFT)) * _ONE) & _MASK
    mixed = ((mixed ^ (mixed >> _SHIFT)) * _TWO) & _MASK
    mixed ^= mixed >> _SHIFT
    return (np.uint64(score) << _BITS) | (_MASK ^ mixed)


@compiled
def offer(heap: Any, length: Any, key: Any) -> Any:
    """Put a key on a heap whose least key stands first, if there is room or it beats the least; return its size.

    The heap has room for one at least.
    """
    if length < heap.size:
        at = length
        while at > 0 and heap[(at - 1) >> 1] > key:
            heap[at] = heap[(at - 1) >> 1]
            at = (at - 1) >> 1
        heap[at] = key
        return length + 1
    if key <= heap[0]:
        return length
    at, below, last = NONE, _LOWEST, np.uint64(heap.size - 1)
    while below < last:
        below += np.uint64(heap[below + _LOWEST] < heap[below])
        if heap[below] >= key:
            break
        heap[at] = heap[below]
        at, below = below, (below << _LOWEST) + _LOWEST
    if below == last and heap[below] < key:
        heap[at] = heap[below]
        at = below
    heap[at] = key
    return length


@compiled
def least_score(heap: Any, length: Any) -> Any:
    """Return the score that a pair must at least have to be kept."""
    return np.int64(heap[0] >> _BITS) if length == heap.size else np.int64(-1)

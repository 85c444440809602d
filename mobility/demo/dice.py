"""Chance for the demo world: a row of random numbers, drawn once, from which choices are made one after another."""

from bisect import bisect
from collections.abc import Iterator, Mapping, Sequence
from datetime import date, timedelta
from itertools import accumulate
from typing import Generic, TypeVar

import numpy as np

Thing = TypeVar("Thing")


class Dice:
    """Makes choices from numbers between 0 and 1; the same numbers make the same choices."""

    def __init__(self, numbers: Sequence[float]) -> None:
        self._numbers = iter(numbers)

    def roll(self) -> float:
        """Return the next number.

        Raises
        ------
        ValueError
            All were used: more are needed for what is made from them.
        """
        for number in self._numbers:
            return number
        raise ValueError("more chance is needed than was drawn")

    def chance(self, share: float) -> bool:
        """Return True in this share of cases."""
        return self.roll() < share

    def between(self, least: int, most: int) -> int:
        """Return a whole number, both ends included."""
        return least + int(self.roll() * (most - least + 1))

    def pick(self, things: Sequence[Thing]) -> Thing:
        """Return one of several."""
        return things[int(self.roll() * len(things))]

    def some(self, things: Sequence[Thing], number: int) -> list[Thing]:
        """Return up to ``number`` different ones, in the order drawn."""
        left = list(things)
        return [left.pop(int(self.roll() * len(left))) for _ in range(min(number, len(left)))]

    def day(self, least: int, most: int, before: date) -> date:
        """Return the day that lies so many days before another."""
        return before - timedelta(days=self.between(least, most))


class Weighted(Generic[Thing]):
    """Things of which some come up more often than others."""

    def __init__(self, weights: Mapping[Thing, float]) -> None:
        self.things = list(weights)
        self._ends = list(accumulate(weights.values()))

    def draw(self, dice: Dice) -> Thing:
        """Return one."""
        return self.things[min(bisect(self._ends, dice.roll() * self._ends[-1]), len(self.things) - 1)]


def rows(seed: int, stream: int, number: int, *, count: int, width: int) -> Iterator[Dice]:
    """Yield ``count`` dice with ``width`` numbers each; they depend on seed, stream and number alone."""
    generator = np.random.default_rng([seed, stream, number])
    for row in generator.random((count, width)):
        yield Dice(row.tolist())


def single(seed: int, stream: int, *, width: int = 200_000) -> Dice:
    """Return the dice of a part of the world that is made once."""
    return Dice(np.random.default_rng([seed, stream]).random(width).tolist())

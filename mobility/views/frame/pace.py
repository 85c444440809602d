"""How often one person may ask in a while, counted in this process alone; nothing is stored."""

from collections import deque
from threading import Lock

MOST_PEOPLE = 10_000


class Pace:
    """At most ``most`` requests of one person in any ``seconds``."""

    def __init__(self, most: int, seconds: float) -> None:
        self._most, self._seconds = most, seconds
        self._asked: dict[int, deque[float]] = {}
        self._lock = Lock()

    def wait(self, person: int, at: float) -> float:
        """Return how many seconds a person has to wait at a moment; 0 lets them in, and counts."""
        with self._lock:
            asked = self._asked.setdefault(person, deque())
            while asked and asked[0] <= at - self._seconds:
                asked.popleft()
            if len(asked) >= self._most:
                return asked[0] + self._seconds - at
            asked.append(at)
            if len(self._asked) > MOST_PEOPLE:
                self._forget(at)
            return 0.0

    def _forget(self, at: float) -> None:
        idle = [who for who, asked in self._asked.items() if not asked or asked[-1] <= at - self._seconds]
        for who in idle:
            del self._asked[who]

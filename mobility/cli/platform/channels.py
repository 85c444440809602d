"""Connections of the shipped server within limits: what is begun must go on, and when all are taken the idlest goes."""

import time
from typing import Any

from waitress.channel import HTTPChannel

#: Seconds for the head of a request, and for the beginning of its body.
PATIENCE = 20
#: Bytes a second that a body must bring on average after that, and the longest that any may take.
LEAST_PACE, LONGEST = 500, 1800
#: Share of the connections that may be taken before the idlest are closed.
NEARLY_ALL = 0.8


class BoundedChannel(HTTPChannel):
    """A connection that knows when the request that it is bringing began."""

    began: float | None = None

    def received(self, data: bytes) -> bool:
        """Take bytes in, and note when a request begins and when it is complete."""
        taken = bool(super().received(data))
        if self.request is None:
            self.began = None
        elif self.began is None:
            self.began = time.time()
        return taken

    def is_overdue(self, now: float) -> bool:
        """Tell whether the request that is being brought comes too slowly."""
        if self.began is None or self.request is None:
            return False
        brought = self.request.body_bytes_received if self.request.headers_finished else 0
        return now - self.began > min(PATIENCE + brought / LEAST_PACE, LONGEST)


def tidy(server: Any, now: float) -> None:
    """Close connections that rest or are overdue; where nearly all are taken, also those that have waited longest."""
    waiting = [each for each in server.active_channels.values() if not each.requests]
    for each in waiting:
        if each.is_overdue(now) or (each.began is None and each.last_activity < now - server.adj.channel_timeout):
            each.will_close = True
    open_still = sorted((each for each in waiting if not each.will_close), key=lambda each: each.creation_time)
    too_many = len(server.active_channels) - int(server.adj.connection_limit * NEARLY_ALL)
    for each in open_still[: max(too_many, 0)]:
        each.will_close = True

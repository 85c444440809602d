"""The one place that reads the clock; everything below the edges is given the time."""

from datetime import UTC, datetime, timedelta

#: How far this process is ahead of the machine's clock: nothing, but where a rehearsal or the suite sets it.
ahead = timedelta()


def now() -> datetime:
    """Return the present moment, aware and in UTC."""
    return datetime.now(UTC) + ahead

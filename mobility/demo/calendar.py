"""The demo's calendar: last season and the coming one, counted from a given day; reads no clock."""

from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta


@dataclass(frozen=True)
class Calendar:
    """Moments of the tale, all relative to ``today``."""

    today: date

    def day(self, offset: int) -> date:
        """Return the day ``offset`` days from today."""
        return self.today + timedelta(days=offset)

    def moment(self, offset: int, hour: int = 14) -> datetime:
        """Return a moment of that day."""
        return datetime.combine(self.day(offset), time(hour), UTC)

    @property
    def signed(self) -> datetime:
        """When the schemes were signed."""
        return self.moment(-430)

    @property
    def last_match(self) -> datetime:
        """When last season's vacancies were matched."""
        return self.moment(-330)

    @property
    def now(self) -> datetime:
        """When the coming season is matched."""
        return self.moment(0, 9)


#: First and last day of each season's quotas, counted from today.
LAST_SEASON = (-400, -30)
COMING_SEASON = (-29, 420)

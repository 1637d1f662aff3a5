"""The computer's clock."""

from datetime import UTC, datetime


class SystemClock:
    """Tells the computer's time."""

    def now(self) -> datetime:
        """Give the time, aware and in UTC."""
        return datetime.now(UTC)

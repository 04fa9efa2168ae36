"""Slows down guessing of passwords: so many attempts per account and per address, then wait.

Counts are kept in the process, not in the database: a stranger must not be able to make the hub
write, and with several processes the limit only grows by their number, which still is nothing
against the passwords there are. A restart forgets.
"""

from collections import OrderedDict, deque
from datetime import datetime, timedelta
from math import ceil
from threading import Lock

from hub import clock

WINDOW = timedelta(minutes=15)
PER_ACCOUNT = 10
PER_ADDRESS = 50
"""Higher than per account: a whole company may come from one address."""
MOST_KEYS = 10_000
"""Accounts and addresses remembered; the one longest unseen is forgotten first."""


class Throttle:
    """Counts attempts within the last window."""

    def __init__(self) -> None:
        self._attempts: OrderedDict[tuple[str, str], deque[datetime]] = OrderedDict()
        self._lock = Lock()

    def attempt(self, account: str, address: str) -> int:
        """Count one attempt. 0: go on; otherwise seconds to wait, and the attempt is not counted.

        Counted before the password is looked at, so that attempts at the same time count too.
        """
        now = clock.now()
        limits = {("account", account): PER_ACCOUNT, ("address", address): PER_ADDRESS}
        with self._lock:
            recent = {key: self._recent(key, now) for key in limits}
            waits = [
                ceil((times[-limits[key]] + WINDOW - now).total_seconds())
                for key, times in recent.items()
                if len(times) >= limits[key]
            ]
            if waits:
                return max(waits)
            for key, times in recent.items():
                times.append(now)
                self._attempts[key] = times
                self._attempts.move_to_end(key)
            while len(self._attempts) > MOST_KEYS:
                self._attempts.popitem(last=False)
        return 0

    def forget(self, account: str, address: str) -> None:
        """The right password was given: earlier mistakes of this account count no more.

        Nor does this attempt against its address: a company that comes to work signs in at once.
        """
        with self._lock:
            self._attempts.pop(("account", account), None)
            times = self._attempts.get(("address", address))
            if times:
                times.pop()

    def _recent(self, key: tuple[str, str], now: datetime) -> deque[datetime]:
        times = self._attempts.get(key, deque())
        while times and times[0] <= now - WINDOW:
            times.popleft()
        return times

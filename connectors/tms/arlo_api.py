"""Talks to Arlo's Auth API: one resource, a collection page by page, what changed since an instant.

It follows a link only below the configured address, since each request carries the password, and
refuses to be led in circles.

What changed is read as developer.arlo.co says in "Entity synchronisation best practice" (ordered by
LastModifiedDateTime and id, asking again from the last stamp), with one difference. Stamps have
seven fractional digits and filters three, so "later than the last stamp" would skip the rest of a
millisecond or repeat its rows for ever. We ask from the beginning of that millisecond, leave out
what we have seen, and turn pages only where a whole page does not leave the millisecond.
"""

import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any
from urllib.parse import urljoin, urlsplit

from connectors.errors import BadRecord, NeedsAttention, Unavailable
from connectors.http import HttpSession, Response
from connectors.tms.arlo_answers import problem, read_answer
from connectors.tms.arlo_values import (
    MILLISECOND,
    floor_to_millisecond,
    instant_literal,
    parse_instant,
)
from connectors.tms.arlo_xml import Resource

MOST_PER_PAGE = 250
"""What Arlo sends in one page at most, whatever is asked for."""


@dataclass(frozen=True, slots=True)
class Collection:
    """A collection of Arlo: its path, what an item and its number are called, links to expand."""

    path: str
    item: str
    id: str
    expand: tuple[str, ...] = ()

    @property
    def expansion(self) -> str:
        """The item itself and the links below it, in the words of the expand parameter."""
        return ",".join((self.item, *(f"{self.item}/{name}" for name in self.expand)))


@dataclass(frozen=True, slots=True)
class Place:
    """Where reading of what changed stands.

    floor: the millisecond from which to ask. seen: rows already handed over that the next answer
    may hold again, each with its latest stamp. next: a page to turn to instead of asking again.
    """

    floor: datetime | None = None
    seen: Mapping[str, datetime | None] = field(default_factory=dict)
    next: str | None = None

    def to_json(self) -> dict[str, Any]:
        return {
            "floor": self.floor and self.floor.isoformat(),
            "seen": {row: stamp and stamp.isoformat() for row, stamp in self.seen.items()},
            "next": self.next,
        }

    @classmethod
    def from_json(cls, data: Mapping[str, Any]) -> "Place":
        instant = datetime.fromisoformat
        return cls(
            floor=data["floor"] and instant(data["floor"]),
            seen={row: stamp and instant(stamp) for row, stamp in data["seen"].items()},
            next=data["next"],
        )


class ArloApi:
    """One Arlo platform. root is the resources address with its final slash; pause is in seconds.

    The pause is kept between requests, as Arlo asks integrators to do: a platform has 300 requests
    per minute for all its integrations together.
    """

    def __init__(
        self,
        http: HttpSession,
        root: str,
        auth: tuple[str, str],
        *,
        page_size: int,
        pause: float,
        sleep: Callable[[float], None] = time.sleep,
    ) -> None:
        self.root = root
        self._http = http
        self._auth = auth
        self._page_size = page_size
        self._pause = pause
        self._sleep = sleep
        self._asked_before = False

    def answer(self, address: str, params: Mapping[str, Any] | None = None) -> Response:
        """The answer to one request, whatever its status. *address* may be relative to the root."""
        url = self._ours(address)
        if self._asked_before and self._pause:
            self._sleep(self._pause)
        self._asked_before = True
        return self._http.request(
            "GET",
            url,
            params=params,
            headers={"Accept": "application/xml"},  # always: the default may change
            auth=self._auth,
        )

    def get(self, address: str, params: Mapping[str, Any] | None = None) -> Resource:
        """One resource. Raises ConnectorError for any other answer."""
        response = self.answer(address, params)
        if response.status != 200:
            raise problem(response)
        return read_answer(response)

    def find(self, address: str, params: Mapping[str, Any] | None = None) -> Resource | None:
        """One resource, or None where Arlo has none at this address."""
        response = self.answer(address, params)
        if response.status == 404:
            return None
        if response.status != 200:
            raise problem(response)
        return read_answer(response)

    def pages(
        self,
        collection: Collection,
        at: str | None = None,
        *,
        condition: str | None = None,
        orderby: str | None = None,
        optional: bool = False,
    ) -> Iterator[tuple[tuple[Resource, ...], str | None]]:
        """The items of a collection and the address of the page after them, page by page.

        *at* is such an address, to go on from. An *optional* collection that does not exist has no
        pages: a session of a standard event has no registrations of its own.
        """
        turned: set[str] = set()
        query = {"filter": condition, "orderby": orderby}
        ask = self.find if optional else self.get
        page = ask(at) if at else ask(collection.path, self._query(collection, query))
        while page is not None:
            following = self._unturned(page.next, turned)
            yield self._items(page, collection), following
            page = None if following is None else self.get(following)

    def numbered(
        self, collection: Collection, conditions: Sequence[str], after: str | None
    ) -> Iterator[Resource]:
        """The items that meet all conditions, by rising number, beginning above *after*.

        It asks again above the last number instead of turning pages, so that an item which begins
        or ceases to meet a condition meanwhile does not shift others out of sight.
        """
        while True:
            above = [] if after is None else [f"{collection.id} gt {after}"]
            query = {"orderby": f"{collection.id} ASC"}
            if conditions or above:
                query["filter"] = " AND ".join(f"({one})" for one in (*conditions, *above))
            page = self.get(collection.path, self._query(collection, query))
            items = self._items(page, collection)
            yield from items
            last = next(
                (text for item in reversed(items) if (text := item.text(collection.id))), None
            )
            if page.next is None:
                return
            if last in (None, after):
                raise Unavailable(
                    f"The list {collection.path} was not read to its end: above number {after} "
                    f"Arlo sent nothing further, yet says that there is more.",
                    hint="The next run tries again. If it goes on, tell Arlo's support.",
                )
            after = last

    def changed(
        self, collection: Collection, since: datetime | None, at: Any
    ) -> Iterator[tuple[tuple[Resource, ...], Any]]:
        """The items that changed since an instant, oldest first, and where to go on after them.

        The second value is JSON-able, and None at the end. *at* is such a value or None. The same
        row comes once per LastModifiedDateTime, however its stamps fall together.
        """
        start = None if since is None else floor_to_millisecond(since)
        place = Place.from_json(at) if at else Place(start)
        turned: set[str] = set()
        while True:
            page = self.get(*self._changed_query(collection, place))
            rows = {_row(item, collection): item for item in self._items(page, collection)}
            new = tuple(item for row, item in rows.items() if row not in place.seen)
            seen = {**place.seen, **{row: _latest(item) for row, item in rows.items()}}
            following = self._unturned(page.next, turned)
            if following is None:
                yield new, None
                return
            place = _advanced(place, rows, seen, following)
            yield new, place.to_json()

    def _changed_query(
        self, collection: Collection, place: Place
    ) -> tuple[str, Mapping[str, Any] | None]:
        if place.next:
            return place.next, None
        query = {"orderby": f"LastModifiedDateTime ASC,{collection.id} ASC"}
        if place.floor:
            after = instant_literal(place.floor - MILLISECOND)
            # A row that nobody has edited yet may have no LastModifiedDateTime.
            query["filter"] = f"(CreatedDateTime gt {after} OR LastModifiedDateTime gt {after})"
        return collection.path, self._query(collection, query)

    def _query(self, collection: Collection, query: Mapping[str, str | None]) -> dict[str, Any]:
        asked = {name: value for name, value in query.items() if value is not None}
        top = min(self._page_size, MOST_PER_PAGE)
        return {"expand": collection.expansion, "top": top, **asked}

    def _items(self, page: Resource, collection: Collection) -> tuple[Resource, ...]:
        """The items of a page; one that Arlo did not expand is fetched, if it still exists."""
        expand = {"expand": ",".join(collection.expand)} if collection.expand else None
        found = (
            link.resource or self.find(link.href, expand) for link in page.items(collection.item)
        )
        return tuple(item for item in found if item is not None)

    def _unturned(self, following: str | None, turned: set[str]) -> str | None:
        if following in turned:
            raise Unavailable(
                f"The list was not read to its end: Arlo's link to the next page, “{following}”, "
                "leads to a page that was already read.",
                hint="The next run tries again. If it goes on, tell Arlo's support.",
            )
        if following is not None:
            turned.add(following)
        return following

    def _ours(self, address: str) -> str:
        """The absolute address, if it lies below the root; else the password would go astray."""
        absolute = urljoin(self.root, address)
        home, there = urlsplit(self.root), urlsplit(absolute)
        same_origin = (home.scheme, home.netloc.lower()) == (there.scheme, there.netloc.lower())
        if same_origin and there.path.startswith(home.path):
            return absolute
        raise NeedsAttention(
            f"Nothing was sent: Arlo points to “{absolute}”, which is not below {self.root}.",
            hint="Your credentials go to the configured address only. If your platform has moved, "
            "enter its new address.",
            field="base_url",
        )


def _advanced(
    place: Place,
    rows: Mapping[str, Resource],
    seen: Mapping[str, datetime | None],
    following: str,
) -> Place:
    """Ask again from the last stamp if it is in a later millisecond, else turn the page."""
    stamps = [stamp for item in rows.values() if (stamp := _stamp(item, "LastModifiedDateTime"))]
    floor = floor_to_millisecond(max(stamps)) if stamps else None
    if floor is None or (place.floor is not None and floor <= place.floor):
        return Place(place.floor, seen, following)
    again = floor - MILLISECOND
    return Place(floor, {row: at for row, at in seen.items() if at is None or at >= again})


def _row(item: Resource, collection: Collection) -> str:
    """What makes an item in one state: its number and stamps as written, all seven digits."""
    names = (collection.id, "LastModifiedDateTime", "CreatedDateTime")
    return "|".join(item.text(name) or "" for name in names)


def _latest(item: Resource) -> datetime | None:
    stamps = (_stamp(item, name) for name in ("CreatedDateTime", "LastModifiedDateTime"))
    return max((stamp for stamp in stamps if stamp), default=None)


def _stamp(item: Resource, name: str) -> datetime | None:
    """A stamp for finding our way. One that cannot be read is refused with its record later."""
    text = item.text(name)
    if text is None:
        return None
    try:
        return parse_instant(text, name)
    except BadRecord:
        return None

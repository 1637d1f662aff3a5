"""Given a log and bookmarks, when it is followed, then each event is handled and given."""

from application.log import Headline
from application.processes.following import Following
from tests.support.working import MemoryBookmarks


class Noting:
    """A process that notes what it handles."""

    name = "noting"
    topics = frozenset({"delivery.planned"})

    def __init__(self) -> None:
        self.handled: list[str] = []

    def handle(self, originator_id: str, version: int) -> None:
        self.handled.append(f"{originator_id}@{version}")


class Log:
    """Ten events, each of a delivery of its own."""

    def headlines(self, after: int, limit: int) -> list[Headline]:
        events = [Headline(n, f"DLV-{n}", 1, "delivery.planned") for n in range(1, 11)]
        return events[after:][:limit]

    def head(self) -> int:
        return 10


def positions(following: Following) -> list[int]:
    return [each.position for each in following.read()]


def test_from_its_bookmark_on_each_event_is_handled_once() -> None:
    bookmarks, process = MemoryBookmarks(), Noting()
    bookmarks.move("noting", 7)
    following = Following(Log(), bookmarks, [process])
    assert (positions(following), positions(following)) == ([8, 9, 10], [])
    assert process.handled == ["DLV-8@1", "DLV-9@1", "DLV-10@1"]
    following.keep()
    assert bookmarks.position("noting") == 10


def test_what_others_handled_while_it_started_is_given_and_not_handled_again() -> None:
    bookmarks, process = MemoryBookmarks(), Noting()
    known = 5
    bookmarks.move("noting", 8)
    following = Following(Log(), bookmarks, [process], known)
    assert positions(following) == [6, 7, 8, 9, 10]
    assert process.handled == ["DLV-9@1", "DLV-10@1"]

"""An event of an incident is stored, and it is decided who is told of it."""

from collections.abc import Callable, Sequence

from application.alerting.routing import Routing
from application.alerting.shipping import Planned
from application.alerting.telling import OCCASIONS
from application.commands.deciding import unopposed


class Alerting:
    """Plans messages for events of incidents, whoever else does so at the same time.

    `planned` is told of every message that this process, and no other one, has planned.
    """

    name = "alerting"
    topics = frozenset(OCCASIONS)

    def __init__(self, routing: Routing, planned: Callable[[Sequence[Planned]], None]) -> None:
        self._routing = routing
        self._planned = planned

    def handle(self, originator_id: str, version: int) -> None:
        """Decide who is told, unless that was done before."""
        self._planned(unopposed(lambda: self._routing.route(originator_id, version)))

"""All projections, by name."""

from application.projections.dead_letters import DEAD_LETTERS
from application.projections.deliveries import DELIVERIES
from application.projections.executions import EXECUTIONS
from application.projections.incidents import INCIDENTS
from application.projections.projection import Projection
from application.projections.rules import RULES
from application.projections.silences import SILENCES
from application.projections.sources import SOURCES
from application.projections.timeline import TIMELINE

EVERY: dict[str, Projection] = {
    projection.name: projection
    for projection in (
        DEAD_LETTERS,
        DELIVERIES,
        EXECUTIONS,
        INCIDENTS,
        RULES,
        SILENCES,
        SOURCES,
        TIMELINE,
    )
}

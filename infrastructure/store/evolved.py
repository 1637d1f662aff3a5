"""Which types of stored events have had more than one version, by topic."""

# It stands here, and not only with the classes, so that events can be read without loading them.
EVOLVED: frozenset[str] = frozenset({"incident.escalated"})

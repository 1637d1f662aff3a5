"""Which projections there are, and in which version, without importing what they do."""

# A change of a projection's rows or of what they mean is a new version: the view is then built
# again. It stands here, and not with the projection, so that a command that only reads can see
# that a view is current without loading the code that would bring it up to date.
VERSIONS: dict[str, int] = {
    "dead_letters": 1,
    "deliveries": 1,
    "executions": 1,
    "incidents": 3,
    "rules": 1,
    "silences": 1,
    "sources": 1,
    "timeline": 3,
}

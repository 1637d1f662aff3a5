"""Commands: each decides on aggregates, and saves what it decided."""

"""A source: how its records are read, and the history of reading it."""

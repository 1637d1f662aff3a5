"""Views of the log: each projection is pure, an event in and rows out."""

"""The log and the tables beside it, on SQLite and on PostgreSQL."""

"""By what messages reach people and other systems: one module a kind of service."""

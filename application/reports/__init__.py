"""Reports: they read views and history, and return values."""

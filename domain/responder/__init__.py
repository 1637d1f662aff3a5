"""Who can be called: people, their teams, and groups that depend on the incident."""

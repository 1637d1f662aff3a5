"""Who can be called: people, teams, groups that depend on the incident, and rotations."""

"""The runbook: what is to be done about an incident, and the history of doing it."""

"""The incident: its life, its severity, and the reasons for both."""

"""Deciding, from signals and rules alone, that something is an incident."""

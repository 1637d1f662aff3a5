"""Telling people: channels, routes, silences, and one delivery for each message."""

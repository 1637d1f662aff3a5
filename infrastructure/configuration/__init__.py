"""Reads YAML configuration and reports every mistake in it at once, with its place."""

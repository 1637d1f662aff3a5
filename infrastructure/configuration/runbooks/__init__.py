"""Reads runbooks, and finds every mistake in them and between them."""

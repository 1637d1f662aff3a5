"""Requests to the outside that cannot be led astray, into private networks least of all."""

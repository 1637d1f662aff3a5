"""Telling people what happens: deciding whom, sending, and waiting for an answer."""

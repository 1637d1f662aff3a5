"""Turns CACAO 2.0 playbooks into runbooks, and says what of them has no counterpart.

The format: CACAO Security Playbooks Version 2.0, OASIS, November 2023.
"""

"""Carrying runbooks out: claim a step, have it performed, record what it came to."""

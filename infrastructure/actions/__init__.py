"""What a runbook's steps can do to the outside world: one module an action."""

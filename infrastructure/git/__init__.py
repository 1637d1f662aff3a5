"""Git repositories as actions use them: fetched into mirrors, read, and pushed to."""

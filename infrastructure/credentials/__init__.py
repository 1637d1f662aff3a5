"""Who can revoke a credential: one module a provider, independent of each other."""

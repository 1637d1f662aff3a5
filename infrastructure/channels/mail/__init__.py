"""Mail: how an alert becomes one, and how a server is made to take it."""

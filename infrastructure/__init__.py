"""How Tocsin touches the world: stores, adapters, the web and the command line."""

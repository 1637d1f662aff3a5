"""The command line: one module a command or a group of them, loaded when it is called."""

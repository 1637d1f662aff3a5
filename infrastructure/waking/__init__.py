"""What wakes whoever waits for a file, or for the log, to change. Without it they poll."""

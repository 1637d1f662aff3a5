"""What is true: signals, detection rules, incidents, and nothing that touches the world."""

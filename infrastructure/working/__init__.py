"""What a worker is made of: threads that perform effects, and a sign that it is there."""

"""What Tocsin does: commands that decide, processes that react, projections that show."""

"""Reading logs: files, their rotation and truncation, standard input, and the lines in them."""

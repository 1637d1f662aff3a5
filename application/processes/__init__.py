"""An event in, commands out: what Tocsin does by itself because something happened."""

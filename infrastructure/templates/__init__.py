"""Templates of runbooks and messages: text with variables in, plain values out, and no way out."""
